"""Values that you set for a run, with `--set` or in a file."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches


class Given:
    """Values by name. `Web.LOG_LEVEL` applies to one task, `LOG_LEVEL` to all tasks.

    Args:
        values: Values by name. A value that nothing uses is an error.
        file: Values from a file, which can contain values that nothing uses.
    """

    def __init__(self, values: Mapping[str, str] | None = None, file: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.file = dict(file or {})
        self._used: set[str] = set()
        self._asked: set[str] = set()

    def find(self, name: str, *, task: str = "") -> str | None:
        """Return the value for a name; None if it is not set."""
        self._asked.add(name)
        for key in (f"{task}.{name}", name):
            if key in self.values:
                self._used.add(key)
                return self.values[key]
        return self.file.get(f"{task}.{name}", self.file.get(name))

    def problems(self, option: str) -> list[str]:
        """Return a problem for each value that nothing used. `option` names the option that set it."""
        return [f"{option}: {_nothing(name, self._asked)}" for name in self.values if name not in self._used]


def _nothing(name: str, known: set[str]) -> str:
    near = get_close_matches(name.rpartition(".")[2], sorted(known), n=3, cutoff=0.5)
    return f"unknown name {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")
