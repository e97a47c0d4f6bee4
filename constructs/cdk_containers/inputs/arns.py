"""Names of resources that exist."""

from __future__ import annotations

import re

from ..errors import Problem, Problems
from .tokens import is_token

_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")


def arn_problems(found: Problems, **arns: str | None) -> list[Problem]:
    """Find options with text that is no ARN; those that `found` has already are left out."""
    wrong = Problems()
    for option, arn in arns.items():
        if arn is not None and not found.has(option) and not is_token(arn) and not _ARN.fullmatch(arn):
            wrong.add(option, "not an ARN", given=arn, allowed="arn:partition:service:region:account:resource")
    return list(wrong)
