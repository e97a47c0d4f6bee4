"""Statements of policies: their actions, resources and principals, all as patterns."""

from __future__ import annotations

from fnmatch import fnmatchcase

from cdk_containers.checks.templates import CannotTell, Map, Partial, Reference, Unknown, Value
from cdk_containers.core.frozen import frozen

from .settings import listed

_WITHOUT_KINDS = {"s3", "sns", "sqs"}
"""Services whose ARNs end with a name only."""


@frozen(kw_only=False)
class Statement:
    """One statement of a policy, or of a trust policy.

    Attributes:
        source: Content of the statement.
        policy: Name of its policy, for users.
    """

    source: Map
    policy: str

    @property
    def allows(self) -> bool:
        """Whether its effect is to allow."""
        return self.source.text("Effect") == "Allow"

    @property
    def actions(self) -> list[str]:
        """The patterns of its actions; with `NotAction`, every action except the listed ones is `*`."""
        return ["*"] if self.source.has("NotAction") else [pattern_of(value) for value in listed(self.source, "Action")]

    @property
    def resources(self) -> list[str]:
        """The patterns of its resources, `{}` for what a deployment fills in; `*` with `NotResource`."""
        if self.source.has("NotResource"):
            return ["*"]
        return [pattern_of(value) for value in listed(self.source, "Resource")]

    @property
    def on_everything(self) -> bool:
        """Whether a pattern of its resources matches everything. Known patterns take precedence over unknown ones."""
        if self.source.has("NotResource"):
            return True
        unknown: CannotTell | None = None
        for value in listed(self.source, "Resource"):
            try:
                if takes_all(pattern_of(value)):
                    return True
            except CannotTell as error:
                unknown = error
        if unknown is not None:
            raise unknown
        return False

    @property
    def has_condition(self) -> bool:
        """Whether it has a condition."""
        return bool(self.source.has("Condition") and list(self.source.map("Condition")))

    def names(self, action: str) -> bool:
        """Tell whether an action, such as `iam:PassRole`, is among its actions."""
        if self.source.has("NotAction"):
            return not any(_matches(action, pattern) for pattern in map(pattern_of, listed(self.source, "NotAction")))
        return any(_matches(action, pattern) for pattern in self.actions)

    def principals(self, kind: str) -> list[str]:
        """Return its principals of a kind, such as `Service`: `*` for everyone, `{}` for unknown principals."""
        everybody = self.source.value("Principal")
        if self.source.has("NotPrincipal") or everybody == "*":
            return ["*"]
        values = listed(self.source, "Principal", kind)
        whole = [isinstance(value, Unknown) and not isinstance(value, Partial) for value in values]
        return ["{}" if unknown else pattern_of(value) for unknown, value in zip(whole, values, strict=True)]


def pattern_of(value: Value) -> str:
    """Return an ARN or a pattern as text, with `{}` for the parts that a deployment fills in.

    Raises:
        CannotTell: Only a deployment sets the value.
    """
    if isinstance(value, Partial):
        return "".join(part if isinstance(part, str) else "{}" for part in value.parts)
    if isinstance(value, Reference):
        return "{}"
    if isinstance(value, Unknown):
        raise CannotTell(f"it depends on {value.why}")
    return str(value)


def takes_all(pattern: str) -> bool:
    """Tell whether a pattern matches all resources, or all of one kind, such as every log group."""
    parts = pattern.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or not parts[5].strip("/:"):
        return not pattern.strip("*") or (parts[0] == "arn" and pattern.endswith("*"))
    kind, *rest = (part for part in parts[5].replace(":", "/").split("/") if part)
    named = [kind, *rest] if not rest or parts[2] in _WITHOUT_KINDS else rest
    return not kind.strip("*") or not named[0].strip("*")


def _matches(action: str, pattern: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())
