"""Errors for invalid input: all problems of one call, in one error, before CDK is called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import Protocol

from .frozen import frozen

_ROOT = re.compile(r"[^.\[]*")


@frozen
class Problem:
    """One problem with one option."""

    option: str
    """The option as you wrote it, such as `sidecars[0].memory_limit_mib`."""
    what: str
    """What is wrong, as a sentence without a full stop."""
    allowed: str
    """What to write instead."""
    given: str | None = None
    """The value that you gave, or None if there is no value to show."""
    practice: str | None = None
    """The id of the practice that the value violates, if any."""

    @property
    def root(self) -> str:
        """The argument of the call that holds the option."""
        return _ROOT.match(self.option)[0]  # type: ignore[index]  # matches any text

    def under(self, prefix: str) -> Problem:
        """Return the same problem, seen from the object that holds the option."""
        joint = "" if self.option.startswith("[") or not self.option else "."
        return replace(self, option=f"{prefix}{joint}{self.option}" if prefix else self.option)

    def __str__(self) -> str:
        lines = [f"{self.option}: {self.what}"]
        if self.given is not None:
            lines.append(f"    given:    {self.given}")
        lines.append(f"    allowed:  {self.allowed}")
        if self.practice is not None:
            lines.append(f"    practice: {self.practice}")
        return "\n".join(lines)


class ConstructError(ValueError):
    """Invalid input to a construct, found before synthesis.

    Attributes:
        path: Path of the construct that rejected its input, such as `Shop/Web`.
        problems: All problems of the call.
    """

    __module__ = "cdk_containers"  # a traceback names what a caller can import

    def __init__(self, path: str, problems: Iterable[Problem]) -> None:
        self.path = path
        self.problems = tuple(problems)
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        body = "\n".join(f"  {number}. {problem}" for number, problem in enumerate(self.problems, start=1))
        super().__init__(f"{path}: {count} {noun} with the arguments\n{body}")


class OptionError(ConstructError, TypeError):
    """A call with an unknown option, or without a required option: what Python calls a `TypeError`."""


class _Node(Protocol):
    @property
    def path(self) -> str: ...


class _Scope(Protocol):
    @property
    def node(self) -> _Node: ...


class Problems:
    """Collects the problems of one call, so that one error reports all of them."""

    def __init__(self) -> None:
        self._found: list[Problem] = []
        self._beside: list[Problem] = []

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found + self._beside)

    def __bool__(self) -> bool:
        return bool(self._found or self._beside)

    def add(self, option: str, what: str, *, allowed: str, given: object = None, practice: str | None = None) -> None:
        """Add one problem; `given` is shown as its `repr`, except text that was composed for display."""
        shown = None if given is None else _shown(given)
        self._found.append(Problem(option=option, what=what, allowed=allowed, given=shown, practice=practice))

    def extend(self, problems: Iterable[Problem], *, under: str = "") -> None:
        """Add the problems of a nested object; `under` is the option that holds the object."""
        for problem in problems:
            self._found.append(problem.under(under))

    def extend_beside(self, problems: Iterable[Problem]) -> None:
        """Add problems of options that later checks can still use: the value is valid, but not usable here."""
        self._beside.extend(problems)

    def extend_anew(self, problems: Iterable[Problem]) -> None:
        """Add problems, except those of options with a known problem: they may only be its consequence."""
        known = {problem.root for problem in self._found}
        self._found.extend(problem for problem in problems if problem.root not in known)

    def has(self, option: str) -> bool:
        """Tell whether an option already has a problem, so that a later check does not repeat it."""
        return any(
            problem.option == option or problem.option.startswith((f"{option}.", f"{option}["))
            for problem in self._found
        )

    def raise_for(self, scope: _Scope, id: str) -> None:  # noqa: A002  (CDK's name for it)
        """Raise a `ConstructError` for the construct `id` in `scope` if anything was found."""
        self._found += self._beside
        if already := _already_found.get():
            found = Problems()
            found.extend(already)
            found.extend_anew(self._found)
            raise OptionError(child_path(scope, id), found)
        if self._found:
            raise ConstructError(child_path(scope, id), self._found)


_already_found: ContextVar[tuple[Problem, ...]] = ContextVar("already_found", default=())


@contextmanager
def together_with(problems: Iterable[Problem]) -> Iterator[None]:
    """Make the construct that is created in this context raise these problems together with its own."""
    before = _already_found.set(tuple(problems))
    try:
        yield
    finally:
        _already_found.reset(before)


class Shown(str):
    """Text that describes a given value; it is printed without quotes."""

    __slots__ = ()


def _shown(given: object) -> str:
    """Show a given value; for an object whose `repr` is only its address, show the type."""
    if isinstance(given, Shown):
        return given
    written = repr(given)
    return f"a value of type {type(given).__name__}" if written.startswith("<") and " at 0x" in written else written


def child_path(scope: _Scope, id: str) -> str:  # noqa: A002
    """Return the path that the child `id` of `scope` has or would have."""
    node = getattr(scope, "node", None)
    if node is None:
        return f"{scope!r}/{id}"
    return f"{node.path}/{id}" if node.path else id
