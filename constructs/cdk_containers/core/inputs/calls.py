"""Checks of option names: unknown options, missing options, and values without a name.

Python answers them with a `TypeError` that names the class with the constructor instead of the called class, and stops
at the first problem.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache, wraps
from typing import Any, Literal, TypeAlias, cast

from ..errors import OptionError, Problem, Problems, child_path, together_with
from ..frozen import MadeOnUse, frozen

Makes: TypeAlias = Literal["construct", "value", "anything"]

Elsewhere: TypeAlias = Mapping[str, tuple[str, str]]
"""Options that exist only on another platform, with the reason and the alternative."""

_PACKAGE = __name__.partition(".")[0]


class Missing:
    """Placeholder for a missing required option, so that the rest of the call can be checked."""


@frozen
class _Signature:
    """The parameters of a function, without its instance or class."""

    positional: tuple[str, ...]
    names: frozenset[str]
    required: Mapping[str, str]
    """The required options, with their types as written."""
    open: bool

    def takes(self, args: tuple[Any, ...], options: Mapping[str, Any]) -> bool:
        if self.open:
            return True
        if len(args) > len(self.positional) or not options.keys() <= self.names:
            return False
        return self.required.keys() <= options.keys() | set(self.positional[: len(args)])

    def problems(
        self, name: str, args: tuple[Any, ...], options: Mapping[str, Any], elsewhere: Elsewhere
    ) -> Iterator[Problem]:
        if extra := args[len(self.positional) :]:
            named = [f"{option}=…" for option in sorted(self.names) if option not in self.positional]
            yield Problem(
                option="arguments",
                what=f"the options of {name} must be passed by name",
                given=f"{len(extra)} without a name",
                allowed=f"{name}({', '.join([*self.positional, *named[:1]])})",
            )
        given = {*options, *self.positional[: len(args)]}
        for option in [option for option in options if option not in self.names]:
            if option in elsewhere:
                what, allowed = elsewhere[option]
                yield Problem(option=option, what=what, allowed=allowed)
                continue
            near = nearest_name(option, self.names)
            yield Problem(
                option=option,
                what=f"{name} does not have this option",
                allowed=f"the nearest is {near}" if near else f"one of {', '.join(sorted(self.names))}",
            )
            given.add(near)
        for option, type_ in self.required.items():
            if option not in given:
                yield Problem(option=option, what=f"{name} needs it", allowed=type_)

    def corrected(
        self, args: tuple[Any, ...], options: Mapping[str, Any], elsewhere: Elsewhere
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the checkable arguments of a call: misspelled options under their intended names, none missing."""
        args = args[: len(self.positional)]
        options = {name: value for name, value in options.items() if name not in elsewhere}
        known = {name: value for name, value in options.items() if name in self.names}
        meant = {nearest_name(name, self.names): value for name, value in options.items() if name not in self.names}
        meant = {name: value for name, value in meant.items() if name and name not in self.positional}
        missing = {name: Missing() for name in self.required if name not in self.positional[: len(args)]}
        return args, missing | meant | known


def nearest_name(name: str, names: Collection[str]) -> str:
    """Return the name nearest to an unknown name; empty if no name is near."""
    from difflib import get_close_matches  # noqa: PLC0415  (needed only here, and 2 ms to import)

    return next(iter(get_close_matches(name, sorted(names), n=1)), "")


@cache
def _signature(function: Callable[..., Any], bound: int) -> _Signature:
    parameters = list(inspect.signature(function).parameters.values())[bound:]
    by_name = [one for one in parameters if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)]
    return _Signature(
        positional=tuple(one.name for one in by_name if one.kind is one.POSITIONAL_OR_KEYWORD),
        names=frozenset(one.name for one in by_name),
        required={one.name: str(one.annotation) for one in by_name if one.default is one.empty},
        open=len(by_name) < len(parameters),
    )


def check_names(function: Callable[..., Any], *, bound: int, makes: Makes) -> Callable[..., Any]:
    """Make a function check the names of its options, in an `OptionError` with all other problems.

    Args:
        function: A constructor, or another function that makes something.
        bound: Number of implicit arguments: 1 for the instance or the class, 0 for a static method.
        makes: A construct, with a scope and an id, which raises by itself; a value, which reports its problems; or
            anything else.
    """

    @wraps(function)
    def checked(*args: Any, **options: Any) -> Any:
        signature = _signature(function, bound)
        if signature.takes(args[bound:], options):
            return function(*args, **options)
        owner = args[0] if bound else None
        name = owner.__name__ if isinstance(owner, type) else type(owner).__name__
        if function.__name__ != "__init__":
            name = function.__qualname__ if not bound else f"{name}.{function.__name__}"
        elsewhere: Elsewhere = getattr(owner, "_elsewhere", {})
        found = Problems()
        found.extend(signature.problems(name, args[bound:], options, elsewhere))
        given, known = signature.corrected(args[bound:], options, elsewhere)
        if makes == "value":
            value = function(*args[:bound], *given, **known)
            found.extend_anew((args[0] if bound else value).problems())
        if makes != "construct":
            raise OptionError(name, found)
        place = {**dict(zip(signature.positional, given, strict=False)), **known}
        if any(isinstance(place.get(part, Missing()), Missing) for part in ("scope", "id")):
            raise OptionError(name, found)
        if function.__module__.startswith(_PACKAGE):  # other code checks nothing before it creates something
            with together_with(found):
                function(*args[:bound], *given, **known)
        raise OptionError(child_path(place["scope"], str(place["id"])), found)

    return _with_defaults_of(function, checked)


def _with_defaults_of(function: Callable[..., Any], wrapper: Any) -> Callable[..., Any]:
    """Return the wrapper of a function, with the defaults of the options where callers look for them."""
    wrapper.__kwdefaults__ = getattr(function, "__kwdefaults__", None)
    return cast("Callable[..., Any]", wrapper)


def check_names_of_values(owner: type) -> None:
    """Make a public value class and its factory methods check their option names."""
    constructor = inspect.getattr_static(owner, "__init__")
    make = constructor.make if isinstance(constructor, MadeOnUse) else lambda: constructor
    checked: Any = MadeOnUse(owner, "__init__", lambda: check_names(make(), bound=1, makes="value"))
    owner.__init__ = checked  # type: ignore[misc]
    for name, member in list(vars(owner).items()):
        if isinstance(member, staticmethod) and not name.startswith("_"):
            setattr(owner, name, staticmethod(check_names(member.__func__, bound=0, makes="anything")))


def check_names_of_construct(owner: type) -> None:
    """Make the constructor, the imports and the public methods of a construct check their option names."""
    for name, member in list(vars(owner).items()):
        if name == "__init__":
            owner.__init__ = check_names(member, bound=1, makes="construct")  # type: ignore[misc]
        elif name.startswith("_"):
            continue
        elif isinstance(member, staticmethod | classmethod):
            makes: Makes = "construct" if name.startswith("from_") else "anything"
            bound = int(isinstance(member, classmethod))
            setattr(owner, name, type(member)(check_names(member.__func__, bound=bound, makes=makes)))
        elif inspect.isfunction(member):
            setattr(owner, name, check_names(member, bound=1, makes="anything"))
