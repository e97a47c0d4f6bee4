"""Telling secrets from plain settings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import HIDDEN, REFERENCE, field_problems, has_members, is_token, written_out
from cdk_containers.core.secret_texts import ACCESS_KEYS, kind_of_secret

if TYPE_CHECKING:
    from aws_cdk import aws_ecs, aws_secretsmanager, aws_ssm

    SecretLike = aws_secretsmanager.ISecret | aws_ssm.IParameter | aws_ecs.Secret
else:
    SecretLike = Any

_DYNAMIC_REFERENCE = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")
_PRACTICE = "no-secrets-in-environment"


@frozen(kw_only=False)
class NotSecret:
    """A plain value that only looks like a secret.

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
                "the reason of NotSecret is too short for a reviewer",
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
        if name.upper() in ACCESS_KEYS:
            found.add(
                option,
                "everyone who can read the task definition can read an access key in the environment",
                given=Shown("(not shown)"),
                practice="no-access-keys",
                allowed="remove the key and grant the permissions to the service's task role",
            )
        else:
            found.extend(_value_problems(option, value, way_out, name=name))
    return list(found)


def variable_problems(*groups: Mapping[str, object]) -> list[Problem]:
    """Find names that no environment variable can have."""
    found = Problems()
    for option, group in zip(("environment", "secrets"), groups, strict=False):
        for name in group:
            if not is_token(name) and (not name or "=" in name or "\0" in name):
                found.add(
                    f"{option}[{name!r}]",
                    "not a valid name of an environment variable",
                    given=name,
                    allowed="a name such as LOG_LEVEL, without =",
                )
    return list(found)


def text_problems(
    texts: str | NotSecret | Sequence[str | NotSecret],
    *,
    option: str,
    way_out: str = "an environment variable in `secrets`",
) -> list[Problem]:
    """Find what looks like a secret in a command, or in a list of other texts that the task definition shows."""
    found = Problems()
    listed = [texts] if isinstance(texts, str | NotSecret) else texts
    for index, text in enumerate(listed):
        place = option if listed is not texts else f"{option}[{index}]"
        before = listed[index - 1] if index else ""
        flag = None if isinstance(before, NotSecret) else _FLAG.fullmatch(before)
        # --password x; but not --no-password --verbose
        name = flag[1] if flag is not None and not plain_value(text).startswith("-") else ""
        found.extend(_value_problems(place, text, way_out, name=name, assignments=True))
    return list(found)


def _value_problems(
    option: str, value: str | NotSecret, way_out: str, *, name: str = "", assignments: bool = False
) -> list[Problem]:
    found = Problems()
    text = written_out(plain_value(value)) if isinstance(plain_value(value), str) else ""
    if holds_secret(text) or HIDDEN in text:
        found.add(
            option,
            "CloudFormation would write the secret in plain text, and everyone who can read the task definition could "
            "read it",
            given=Shown("a dynamic reference to a secret" if HIDDEN not in text else "a parameter with NoEcho"),
            practice=_PRACTICE,
            allowed=way_out,
        )
    elif isinstance(value, NotSecret):
        found.extend(value.problems(), under=option)
    elif (kind := kind_of_secret(name, text, assignments=assignments, plain=("", REFERENCE))) is not None:
        found.add(
            option,
            f"the value looks like {kind}",
            given=Shown("(not shown)"),
            practice=_PRACTICE,
            allowed=f'{way_out}; or NotSecret("…", reason="…") if it is not secret',
        )
    return list(found)


def holds_secret(text: str) -> bool:
    """Tell whether CloudFormation would write a secret into a text."""
    return _DYNAMIC_REFERENCE.search(text) is not None


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
