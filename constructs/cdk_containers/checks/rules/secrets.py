"""Checks of plain text in a task definition."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import (
    CannotTell,
    Dynamic,
    Map,
    Missing,
    NoEcho,
    Partial,
    Reference,
    Unknown,
    Value,
)
from cdk_containers.core.frozen import frozen
from cdk_containers.core.secret_texts import ACCESS_KEYS, is_secret_name, kind_of_secret

from .containers import EXPRESS_SERVICE, Container, each_container
from .service_parts import TASK_DEFINITION
from .settings import listed

_ACCESS_KEY = "AWS::IAM::AccessKey"
_DYNAMIC = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")
_FLAG = re.compile(r"--?([A-Za-z][\w.-]*)")
_COMMANDS = (("Command",), ("EntryPoint",), ("HealthCheck", "Command"))
_SECRETS = "Read it from Secrets Manager or Parameter Store, with Secrets instead of Environment."


@frozen(kw_only=False)
class _Text:
    """A text of a container that everyone with access to the task definition can read."""

    name: str
    value: Value
    where: str


@check("no-secrets-in-environment", TASK_DEFINITION, EXPRESS_SERVICE, fix=_SECRETS)
@each_container
def nothing_looks_like_a_secret(container: Container) -> Outcome | None:
    """No variable, argument or log option is a secret."""
    seen = worst(lambda text: _look(text, container), _texts(container))
    return seen or ok("it sets no environment")


@check(
    "no-access-keys",
    TASK_DEFINITION,
    EXPRESS_SERVICE,
    fix="Remove the access keys, and grant the permissions to the task role.",
)
@each_container
def has_no_access_keys(container: Container) -> Outcome:
    """A task uses only the credentials of its role."""
    variables = [text for text in _variables(container.source, "Environment") if not _is_empty(text.value)]
    keys = sorted(text.name for text in variables if text.name.upper() in ACCESS_KEYS)
    made = [text.name for text in _texts(container) if _is_made(text.value)]
    if keys or made:
        return fault(f"{container} gets an access key as {(keys or made)[0]}")
    return ok("no container gets an access key")


def _texts(container: Container) -> Iterator[_Text]:
    yield from _variables(container.source, "Environment")
    options = container.source.map("LogConfiguration", "Options")
    yield from (_Text(name, options.value(name), f"the log option {name}") for name in options)
    for path in _COMMANDS:
        before = ""
        for value in listed(container.source, *path):
            flag = _FLAG.fullmatch(before)
            plain = isinstance(value, str) and value.startswith("-")
            yield _Text(flag[1] if flag and not plain else "", value, ".".join(path))
            before = value if isinstance(value, str) else ""


def _variables(source: Map, key: str) -> Iterator[_Text]:
    for variable in source.maps(key):
        name = variable.value("Name")
        told = name if isinstance(name, str) else ""
        yield _Text(told, variable.value("Value"), f"the variable {told or '(unknown)'}")


def _look(text: _Text, container: Container) -> Outcome | None:
    value = text.value
    if isinstance(value, Missing | Map | list):
        return None
    parts = value.parts if isinstance(value, Partial) else (value,)
    at = f"{text.where} of {container}"
    what = _written_in(text, parts) or (f"looks like {kind}" if (kind := _kind(text, " ", parts)) else "")
    if what:
        return fault(f"{at} {what}")
    by_name = isinstance(value, Unknown) and not isinstance(value, Reference) and is_secret_name(text.name)
    if by_name or (isinstance(value, Partial) and _kind(text, "x", parts)):
        raise CannotTell(f"{at} depends on {value.why}")
    return ok("no variable and no command looks like a secret")


def _written_in(text: _Text, parts: tuple[object, ...]) -> str:
    """Describe the secret that a deployment certainly writes into a text; empty if there is none."""
    if _DYNAMIC.search("".join(part.why if isinstance(part, Dynamic) else str(part) for part in _shown(parts))):
        return "contains a secret, which CloudFormation writes into the task definition"
    if any(isinstance(part, NoEcho) for part in parts):
        return "is a NoEcho parameter, which the task definition shows in plain text"
    if _is_made(text.value) or (text.name.upper() in ACCESS_KEYS and not _is_empty(text.value)):
        return "is an access key"
    if isinstance(text.value, Dynamic) and is_secret_name(text.name):
        return "looks like a secret, which CloudFormation writes into the task definition"
    return ""


def _shown(parts: tuple[object, ...]) -> Iterator[object]:
    """Yield the parts of a value, with empty text for unknown parts."""
    return (part for part in parts if isinstance(part, Dynamic) or not isinstance(part, Unknown))


def _is_empty(value: Value) -> bool:
    return isinstance(value, Missing) or (isinstance(value, str) and not value)


def _kind(text: _Text, unknown: str, parts: tuple[object, ...]) -> str | None:
    """Describe the kind of secret that a text looks like, with a placeholder for unknown parts."""
    if all(isinstance(part, Unknown) for part in parts):
        return None
    known = "".join(unknown if isinstance(part, Unknown) else str(part) for part in parts)
    whole = any(isinstance(part, Unknown) for part in parts)
    name = "" if whole and not unknown.strip() else text.name
    return kind_of_secret(name, known.replace(";", " "), assignments=True)


def _is_made(value: Value) -> bool:
    """Tell whether a value is the secret key of an access key from the template."""
    if not isinstance(value, Reference):
        return False
    return value.resource.type == _ACCESS_KEY and value.attribute == "SecretAccessKey"
