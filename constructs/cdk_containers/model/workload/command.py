"""Commands as lists of words."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token


def unsplit_problems(option: str, words: Sequence[str], *, instead: str) -> list[Problem]:
    """Find a command that is one word with spaces: no program has such a name."""
    found = Problems()
    if len(words) == 1 and not is_token(words[0]) and "\\" not in words[0] and len(words[0].split()) > 1:
        split = ", ".join(f'"{word}"' for word in words[0].split())
        found.add(
            option,
            "one word with spaces, which is not the name of a program",
            given=list(words),
            allowed=f"[{split}], a word for each argument; or {instead}",
        )
    return list(found)
