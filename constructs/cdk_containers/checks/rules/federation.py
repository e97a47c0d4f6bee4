"""Checks of roles that pipelines outside AWS assume with a token of GitHub, GitLab or another issuer."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import partial

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Estate, Resource, Value
from cdk_containers.core.frozen import frozen

from .roles import ROLE, trust_of
from .settings import listed
from .statements import Statement, pattern_of

_ACTION = "sts:AssumeRoleWithWebIdentity"
_PROVIDER = "AWS::IAM::OIDCProvider"
_GITHUB = "token.actions.githubusercontent.com"
_OF_PEOPLE = ("accounts.google.com", "cognito-identity.", "graph.facebook.com", "www.amazon.com")
"""Issuers for people, whose tokens have subjects that a policy cannot name beforehand."""
_PULL_REQUEST = "pull_request"
_PULL_REQUEST_REF = "refs/pull/1/merge"


@check(
    "oidc-trust",
    ROLE,
    fix=(
        "Require aud, and sub with the exact repository and branch or environment, with StringEquals. For GitHub, also "
        "require repository_id."
    ),
)
def trust_names_who_comes(role: Resource) -> Outcome | None:
    """Only one branch or environment of one repository can assume the role."""
    return worst(partial(_trust, role.template.estate), trust_of(role))


@frozen
class _Condition:
    """A condition of a statement on a claim of a token.

    Attributes:
        operator: The operator of IAM.
        claim: The claim, such as `sub`.
        values: Values that it is compared with.
    """

    operator: str
    claim: str
    values: list[Value]

    @property
    def loose(self) -> str:
        """Why a token without the claim is accepted, or nothing."""
        if self.operator.lower().startswith("forallvalues:"):
            return "ForAllValues also accepts a token without the claim"
        return "IfExists also accepts a token without the claim" if self.operator.lower().endswith("ifexists") else ""

    @property
    def demands(self) -> bool:
        """Whether the claim is required, with one of the values."""
        return not self.loose and "string" in self.operator.lower() and "not" not in self.operator.lower()

    @property
    def patterns(self) -> list[str]:
        """The values, as patterns; `{}` stands for what a deployment fills in."""
        return [pattern_of(value) for value in self.values]

    @property
    def subjects(self) -> list[str]:
        """The values, as patterns in which a `*` is a wildcard."""
        return [pattern if self.has_wildcards else pattern.replace("*", "{}") for pattern in self.patterns]

    @property
    def has_wildcards(self) -> bool:
        """Whether wildcards in the values have an effect."""
        return "like" in self.operator.lower()


def _trust(estate: Estate, statement: Statement) -> Outcome | None:
    if not statement.allows or not statement.names(_ACTION):
        return None
    provider = _provider(statement, estate)
    if provider.startswith(_OF_PEOPLE):
        return None
    conditions = list(_conditions(statement))
    loose = next((f"{one.claim}: {one.loose}" for one in conditions if one.loose), "")
    if loose:
        return fault(loose)
    demanded: dict[str, list[_Condition]] = {}
    for one in conditions:
        if one.demands:
            demanded.setdefault(one.claim, []).append(one)
    if not demanded:
        return fault("it has no condition on the token, so every identity of the provider can assume it")
    for claim, why in (
        ("aud", ("it accepts tokens issued for another service")),
        ("sub", "it accepts tokens of every user"),
    ):
        if claim not in demanded:
            return fault(f"it does not check {claim}: {why}")
    return _subjects(demanded, github=_GITHUB in provider)


def _subjects(demanded: dict[str, list[_Condition]], *, github: bool) -> Outcome:
    """Check the accepted subjects. All conditions must hold, so the narrowest one counts."""
    outcomes = [
        worst(partial(_subject, demanded=demanded, github=github), condition.subjects) for condition in demanded["sub"]
    ]
    good = next((one for one in outcomes if one is not None and one.passes), None)
    return good or next((one for one in outcomes if one is not None), fault("it checks no subject"))


def _subject(pattern: str, demanded: dict[str, list[_Condition]], *, github: bool) -> Outcome:
    if pattern.startswith("project_path:"):
        return _of_gitlab(pattern)
    if github or pattern.startswith("repo:"):
        return _of_github(pattern, demanded)
    return ok("it checks the subject") if pattern.strip("*?") else fault("it accepts every subject")


def _of_github(pattern: str, demanded: dict[str, list[_Condition]]) -> Outcome:
    repository, _, rest = pattern.removeprefix("repo:").partition(":")
    pinned = any(_is_exact(demanded, claim) for claim in ("repository", "repository_id"))
    if not pinned and not _names_repository(repository):
        return fault(f"{pattern} accepts tokens of more than one repository")
    rest = rest or ("*" if "*" in repository else "")
    if _matches(_PULL_REQUEST, rest) and not _keeps_out_pull_requests(demanded):
        return fault(f"{pattern} accepts tokens of pull requests")
    if rest.startswith("ref:") and _matches(f"ref:{_PULL_REQUEST_REF}", rest):
        return fault(f"{pattern} accepts tokens of pull requests")
    return ok("it names one repository, and the branch or environment")


def _names_repository(text: str) -> bool:
    """Tell whether a subject names one repository. Only numbers after `@` can be a wildcard."""
    owner, slash, name = text.partition("/")
    return bool(slash) and all(
        part.partition("@")[0] and not any(sign in part.partition("@")[0] for sign in "*?") for part in (owner, name)
    )


def _keeps_out_pull_requests(demanded: dict[str, list[_Condition]]) -> bool:
    for condition in demanded.get("ref", ()):
        if not any(_matches(_PULL_REQUEST_REF, pattern) for pattern in condition.patterns):
            return True
    return any(_is_exact(demanded, claim) for claim in ("environment", "job_workflow_ref"))


def _is_exact(demanded: dict[str, list[_Condition]], claim: str) -> bool:
    return any(
        not (condition.has_wildcards and any("*" in pattern for pattern in condition.patterns))
        for condition in demanded.get(claim, ())
    )


def _of_gitlab(pattern: str) -> Outcome:
    path, _, rest = pattern.removeprefix("project_path:").partition(":")
    if any(sign in path for sign in "*?"):
        return fault(f"{pattern} accepts tokens of more than one project")
    ref = rest.rpartition("ref:")[2] if "ref:" in rest else ""
    if not ref.strip("*?"):
        return fault(f"{pattern} accepts tokens of every branch, and so of merge requests")
    return ok("it names one project, and the branch or tag")


def _matches(text: str, pattern: str) -> bool:
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _provider(statement: Statement, estate: Estate) -> str:
    """Return the address of the provider, as far as it is known, without `https://`."""
    source = statement.source
    keys = [key for operator in source.map("Condition") for key in source.map("Condition", operator)]
    named = next((key.rpartition(":")[0] for key in keys if key.lower().endswith((":sub", ":aud"))), "")
    if named:
        return named.lower()
    for value in listed(source, "Principal", "Federated"):
        try:
            resource = estate.find(value, _PROVIDER)
        except CannotTell:
            resource = None
        text = pattern_of(value) if resource is None else pattern_of(resource.value("Url"))
        return text.rpartition("oidc-provider/")[2].removeprefix("https://").lower()
    return ""


def _conditions(statement: Statement) -> Iterator[_Condition]:
    for operator in statement.source.map("Condition"):
        keys = statement.source.map("Condition", operator)
        for key in keys:
            if not key.lower().startswith("aws:"):
                yield _Condition(operator=operator, claim=key.rpartition(":")[2].lower(), values=listed(keys, key))
