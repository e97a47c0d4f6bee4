"""Names of resources that exist."""

from __future__ import annotations

import re

from ..errors import Problem, Problems
from .tokens import is_token

_SECURITY_GROUP = re.compile(r"sg-[0-9a-f]+")
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


def is_arn(text: str) -> bool:
    """Tell whether text is an ARN."""
    return _ARN.fullmatch(text) is not None


def arn_problems(found: Problems, **arns: str | None) -> list[Problem]:
    """Find options with text that is no ARN; those that `found` has already are left out."""
    wrong = Problems()
    for option, arn in arns.items():
        if arn is not None and not found.has(option) and not is_token(arn) and not is_arn(arn):
            wrong.add(option, "not an ARN", given=arn, allowed="arn:partition:service:region:account:resource")
    return list(wrong)


def security_group_problems(option: str, id: str) -> list[Problem]:  # noqa: A002
    """Find text that is no id of a security group; its name or its ARN, say."""
    wrong = Problems()
    if not is_token(id) and not _SECURITY_GROUP.fullmatch(id):
        wrong.add(option, "not the id of a security group", given=id, allowed="an id such as sg-0123456789abcdef0")
    return list(wrong)
