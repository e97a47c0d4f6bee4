"""Names of resources that exist."""

from __future__ import annotations

import re

from ..errors import Problem, Problems
from .tokens import is_token

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
