"""What is wrong with a file: every problem with its place, all of them in one error."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_containers.core.frozen import frozen

_MOST_LINES = 100


@frozen(kw_only=False)
class Problem:
    """One thing that is wrong.

    Attributes:
        path: The keys that lead to it.
        line: Its line, from 1; None for the whole file.
        column: Its column, from 1.
        message: What was given, and what is allowed.
    """

    path: tuple[str, ...]
    line: int | None
    column: int | None
    message: str

    @property
    def key(self) -> str:
        """The keys that lead to it, as one string."""
        return dotted(self.path)

    def text(self, file: str) -> str:
        """Return it as one line: file, place, keys, message."""
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return f"{place}: {self.key}: {self.message}" if self.path else f"{place}: {self.message}"


class Problems:
    """What is wrong with one file, as far as is known."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, problem: Problem) -> None:
        """Note a problem, once."""
        self._found[problem] = None

    def in_order(self) -> list[Problem]:
        """Return them from the top of the file to its end."""
        return sorted(self._found, key=lambda one: (one.line or 0, one.column or 0))

    def __bool__(self) -> bool:
        return bool(self._found)


class ManifestError(Exception):
    """A file that cannot be used: a manifest, or what a manifest names.

    Attributes:
        file: Its name.
        problems: All that is wrong with it.
    """

    def __init__(self, file: str, problems: Iterable[Problem]) -> None:
        self.file = file
        self.problems = tuple(problems)
        lines = [problem.text(file) for problem in self.problems[:_MOST_LINES]]
        more = len(self.problems) - len(lines)
        super().__init__("\n".join([*lines, *([f"… and {more:,} more problems"] if more else [])]))


def dotted(path: Iterable[str]) -> str:
    """Return keys as one text.

    >>> dotted(("nlb", "additional_listeners", "[0]", "port"))
    'nlb.additional_listeners[0].port'
    """
    return ".".join(path).replace(".[", "[")


def nearest(given: str, allowed: Iterable[str]) -> str:
    """Return a hint with the nearest name, or otherwise all allowed names."""
    from difflib import get_close_matches  # noqa: PLC0415  (what is right needs no hint)

    names = list(allowed)
    lowered = {name.lower().replace("_", ""): name for name in names}
    close = get_close_matches(given.lower().replace("_", "").replace("-", ""), lowered, n=1, cutoff=0.6)
    if close:
        return f"did you mean {lowered[close[0]]!r}?"
    return f"allowed: {', '.join(names)}" if names else "there are none"
