"""Paths into an event or an input, such as `$.detail.object.key`."""

from __future__ import annotations

import re

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token

_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d+)\]")
_PATH = re.compile(rf"\$(?:{_STEP.pattern})*")
_ALLOWED = "a path that begins with $, such as $.detail.object.key or $.files[0]"


def path_problems(option: str, path: str) -> list[Problem]:
    """Find an invalid path; a path refers to one place, so it has no filters and no wildcards."""
    found = Problems()
    if is_token(path):
        found.add(option, "a path must be known at synthesis", allowed=_ALLOWED, practice="job-input")
    elif not _PATH.fullmatch(path):
        found.add(option, "not a path", given=path, allowed=_ALLOWED, practice="job-input")
    return list(found)


def as_jsonata(path: str) -> str:
    """Return a path into a state's input as JSONata."""
    steps = _STEP.finditer(path)
    return "$states.input" + "".join(f".`{step[1]}`" if step[1] else f"[{step[2]}]" for step in steps)
