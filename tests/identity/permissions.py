"""What IAM would say to a call: the part of its rules that the policies of people's access use.

An explicit denial wins; without a permission for each resource of the call there is none. A condition on a key that the
call does not have is false, true if it is a negation or says `IfExists`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

ACCOUNT, REGION = "111111111111", "eu-west-1"
_PSEUDO = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}

Statement = Mapping[str, Any]
Context = Mapping[str, str]

ADMINISTRATOR: Statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def arn(resource: str) -> str:
    """Return the ARN of a resource of ECS, such as `task/shop/1`."""
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{resource}"


def allowed(
    statements: Iterable[Statement], action: str, resources: str | Sequence[str] = "*", context: Context | None = None
) -> bool:
    """Tell whether a call with these resources and this context is allowed."""
    named = [resources] if isinstance(resources, str) else resources
    listed = list(statements)
    return all(_allowed(listed, action, resource, context or {}) for resource in named)


def _allowed(statements: list[Statement], action: str, resource: str, context: Context) -> bool:
    effects = {entry["Effect"] for entry in statements if _applies(entry, action, resource, context)}
    return "Allow" in effects and "Deny" not in effects


def _applies(entry: Statement, action: str, resource: str, context: Context) -> bool:
    if not any(_like(pattern, action) for pattern in _texts(entry["Action"])):
        return False
    if "NotResource" in entry:
        named = not any(_like(pattern, resource) for pattern in _texts(entry["NotResource"]))
    else:
        named = any(_like(pattern, resource) for pattern in _texts(entry["Resource"]))
    return named and all(
        _holds(operator, context.get(key), _texts(values))
        for operator, keys in entry.get("Condition", {}).items()
        for key, values in keys.items()
    )


def _holds(operator: str, value: str | None, values: list[str]) -> bool:
    match operator:
        case "StringEquals":
            return value in values
        case "ArnEquals" | "ArnLike":
            return value is not None and any(_like(pattern, value) for pattern in values)
        case "ArnLikeIfExists":
            return value is None or any(_like(pattern, value) for pattern in values)
        case "ArnNotEquals":
            return value is None or not any(_like(pattern, value) for pattern in values)
        case _:
            raise NotImplementedError(operator)


def _like(pattern: str, value: str) -> bool:
    parts = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    return re.fullmatch(".*".join(parts), value) is not None


def _texts(value: Any) -> list[str]:
    return [_text(item) for item in (value if isinstance(value, list) else [value])]


def _text(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Ref": name}:
            return _PSEUDO.get(name, name)
        case {"Fn::GetAtt": [name, "Arn"]}:
            return f"arn-of-{name}"
        case {"Fn::Join": [delimiter, parts]}:
            return str(delimiter).join(_text(part) for part in parts)
        case _:
            raise NotImplementedError(value)
