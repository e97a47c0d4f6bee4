"""Telling secrets from plain settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import Problem, Problems, Shown
from ..inputs import field_problems, has_members, is_token

if TYPE_CHECKING:
    from aws_cdk import aws_ecs, aws_secretsmanager, aws_ssm

    SecretLike = aws_secretsmanager.ISecret | aws_ssm.IParameter | aws_ecs.Secret
else:
    SecretLike = Any

_ACCESS_KEYS = frozenset({"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ECS_ENGINE_AUTH_DATA"})
_SECRET_NAME = re.compile(r"(^|_)(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)$", re.I)
_SECRET_VALUE = (
    (re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"), "an AWS access key id"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"), "a private key"),
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@]+:[^/\s@]+@"), "a URL with a password"),
    (re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"), "a GitHub token"),
    (re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{10,}"), "a Slack token"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+"), "a JSON web token"),
)


@dataclass(frozen=True, slots=True)
class NotSecret:
    """A plain environment value that only looks like a secret.

    `environment={"TOKEN": NotSecret("X-CSRF", reason="the name of a header")}`

    Attributes:
        value: The value that the container gets.
        reason: Why it is no secret, in at least 10 characters.
    """

    value: str
    reason: str

    def problems(self) -> list[Problem]:
        """Find what is wrong with the reason, or with the type of the value."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and len(self.reason.strip()) < 10:
            found.add(
                "reason",
                "NotSecret needs a reason that a reviewer understands",
                given=self.reason,
                allowed="at least 10 characters",
                practice="no-secrets-in-environment",
            )
        return list(found)


def environment_problems(
    environment: Mapping[str, str | NotSecret], *, option: str = "environment", secrets: str = "secrets"
) -> list[Problem]:
    """Find access keys, and values that look like secrets, among plain environment variables, or options like them.

    The values are never shown: the error must not be the next place where a secret leaks.
    """
    found, root = Problems(), option
    way_out = f"`{secrets}`, with a Secrets Manager secret or an SSM parameter"
    for name, value in environment.items():
        option = f"{root}[{name!r}]"
        if name.upper() in _ACCESS_KEYS:
            found.add(
                option,
                "an access key in the environment can be read by all who see the task definition",
                given=Shown("(not shown)"),
                practice="no-access-keys",
                allowed="no access keys at all: grant the service's task role what it needs",
            )
        elif isinstance(value, NotSecret):
            found.extend(value.problems(), under=option)
        elif not is_token(value):
            kind = next((kind for pattern, kind in _SECRET_VALUE if pattern.search(value)), None)
            if kind is None and _SECRET_NAME.search(name) and value:
                kind = "a secret, by its name"
            if kind is not None:
                found.add(
                    option,
                    f"the value looks like {kind}",
                    given=Shown("(not shown)"),
                    practice="no-secrets-in-environment",
                    allowed=f'{way_out}; or NotSecret("…", reason="…") if it is none',
                )
    return list(found)


def plain_value(value: str | NotSecret) -> str:
    """Return an environment value as the container gets it."""
    return value.value if isinstance(value, NotSecret) else value


def secret_problems(secrets: Mapping[str, object], *, option: str = "secrets") -> list[Problem]:
    """Find what is wrong with the values given as secrets."""
    found = Problems()
    for name, value in secrets.items():
        if not any(has_members(value, member) for member in ("secret_arn", "parameter_arn", "from_secrets_manager")):
            found.add(
                f"{option}[{name!r}]",
                "not a secret",
                given=Shown(f"a value of type {type(value).__name__}"),
                allowed="an aws_secretsmanager.ISecret, an aws_ssm.IParameter or an aws_ecs.Secret",
                practice="no-secrets-in-environment",
            )
    return list(found)
