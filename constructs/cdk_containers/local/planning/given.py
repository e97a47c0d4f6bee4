"""Values that a developer gives for a run: by `--set`, or in a file."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches


class Given:
    """Values by name. `Web.LOG_LEVEL` is for one task, `LOG_LEVEL` for all.

    Args:
        values: What was given by name; each has to be used by something.
        file: What stands in a file of settings; it may hold more than is used.
    """

    def __init__(self, values: Mapping[str, str] | None = None, file: Mapping[str, str] | None = None) -> None:
        self.values = dict(values or {})
        self.file = dict(file or {})
        self._used: set[str] = set()
        self._asked: set[str] = set()

    def find(self, name: str, *, task: str = "") -> str | None:
        """Return the value for a name, None if nobody gave one."""
        self._asked.add(name)
        for key in (f"{task}.{name}", name):
            if key in self.values:
                self._used.add(key)
                return self.values[key]
        return self.file.get(f"{task}.{name}", self.file.get(name))

    def problems(self, option: str) -> list[str]:
        """Say which values nothing asked for; `option` is where they were given."""
        return [f"{option}: {_nothing(name, self._asked)}" for name in self.values if name not in self._used]


def _nothing(name: str, known: set[str]) -> str:
    near = get_close_matches(name.rpartition(".")[2], sorted(known), n=3, cutoff=0.5)
    return f"unknown name {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")
