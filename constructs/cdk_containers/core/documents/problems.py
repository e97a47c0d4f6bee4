"""Problems of a file: each with its position, all in one error."""

from __future__ import annotations

from collections.abc import Iterable

from cdk_containers.core.frozen import frozen

_MOST_LINES = 100


@frozen(kw_only=False)
class Problem:
    """A problem.

    Attributes:
        path: Path of keys to it.
        line: Its line, from 1; None for the whole file.
        column: Its column, from 1.
        message: The given value, and what is allowed.
    """

    path: tuple[str, ...]
    line: int | None
    column: int | None
    message: str

    @property
    def key(self) -> str:
        """Its path of keys, as text."""
        return dotted(self.path)

    def text(self, file: str) -> str:
        """Return it as one line: file, position, keys, message."""
        place = f"{file}:{self.line}:{self.column}" if self.line else file
        return f"{place}: {self.key}: {self.message}" if self.path else f"{place}: {self.message}"


class Problems:
    """The known problems of a file."""

    def __init__(self) -> None:
        self._found: dict[Problem, None] = {}

    def add(self, problem: Problem) -> None:
        """Record a problem, once."""
        self._found[problem] = None

    def in_order(self) -> list[Problem]:
        """Return the problems in the order of the file."""
        return sorted(self._found, key=lambda one: (one.line or 0, one.column or 0))

    def __bool__(self) -> bool:
        return bool(self._found)


class ManifestError(Exception):
    """An invalid file: a manifest, or a file that a manifest names.

    Attributes:
        file: Its name.
        problems: All problems.
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
