"""The possible outcomes of a template, as far as a check needs them.

A condition or a parameter that is known only at deployment splits the world into two or more. A check runs in each
world as if everything was decided, and a decision holds for the whole run. Running the check discovers the worlds, at
no cost if it reads nothing undecided.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from .values import CannotTell

T = TypeVar("T")

_MOST_WORLDS = 64


class World:
    """The decisions of a run, and their alternatives."""

    def __init__(self) -> None:
        self._decided: dict[str, tuple[int, int]] = {}
        self._told: dict[str, str] = {}
        self.asked = 0
        """Number of questions that this world has decided."""

    def choose(self, key: str, options: Sequence[T], *, what: str) -> T:
        """Return the option of this world. The same key always gets the same option.

        `what` says it to a reader.
        """
        self.asked += 1
        index, _ = self._decided.setdefault(key, (0, len(options)))
        option = options[index]
        self._told[key] = f"{what} is {option!r}"
        return option

    @property
    def described(self) -> str:
        """The decisions, for users."""
        return " and ".join(self._told.values())

    def following(self) -> World | None:
        """Return the next world; None if all were visited."""
        decided = list(self._decided.items())
        while decided:
            key, (index, count) = decided.pop()
            if index + 1 < count:
                following = World()
                following._decided = {**dict(decided), key: (index + 1, count)}
                return following
        return None


class Worlds:
    """Holds the current world of a template and its checks."""

    def __init__(self) -> None:
        self.now = World()

    def each(self, run: Callable[[], T]) -> Iterator[T]:
        """Run a function in every world that it distinguishes.

        Raises:
            CannotTell: There are too many worlds to check.
        """
        world: World | None = World()
        for _ in range(_MOST_WORLDS):
            if world is None:
                break
            self.now = world
            try:
                result = run()
            finally:
                self.now = World()
            yield result
            world = world.following()
        else:
            if world is not None:
                raise CannotTell(f"it depends on more than {_MOST_WORLDS} combinations of conditions and parameters")
