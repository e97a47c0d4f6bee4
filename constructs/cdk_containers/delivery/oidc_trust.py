"""Which tokens a role accepts: IAM conditions on the claims of an OpenID Connect token."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdk_containers.core.frozen import frozen


@frozen
class OidcTrust:
    """The tokens of one issuer that a role accepts. A token must contain all claims, each with one of its values.

    Attributes:
        issuer: Address of the issuer, without `https://`.
        claims: The values of each claim, written out.
        patterns: The values of each claim, with wildcards.
    """

    issuer: str
    claims: Mapping[str, Sequence[str]]
    patterns: Mapping[str, Sequence[str]]

    @property
    def conditions(self) -> dict[str, dict[str, str | list[str]]]:
        """The conditions in the form of a trust policy."""
        return {
            operator: {f"{self.issuer}:{claim}": _one_or_more(values) for claim, values in claims.items()}
            for operator, claims in (("StringEquals", self.claims), ("StringLike", self.patterns))
            if claims
        }


def _one_or_more(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
