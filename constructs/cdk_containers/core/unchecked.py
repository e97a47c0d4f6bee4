"""Makes objects of CDK without its type checks at run time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ParamSpec, TypeVar, cast

import jsii

_Options = ParamSpec("_Options")
_Made = TypeVar("_Made")


def unchecked(kind: Callable[_Options, _Made], *place: _Options.args, **options: _Options.kwargs) -> _Made:
    """Make an object of CDK, as `kind(*place, **options)` does, in a fifth to a half of Python's time.

    CDK's Python classes check the type of each option, and read it back from a struct, which builds the type hints of
    all its options again. Here the options are known to fit: the library has checked what users give, and the type
    checker what the library adds. A dict for a struct has CDK's own names, such as `maxReceiveCount`.
    Pass the class by its name: the type checker does not check the options of a `type[…]`.
    """
    names = _names(kind)
    made = cast("Any", kind).__new__(kind)
    given = {names[name]: value for name, value in options.items() if value is not None}
    jsii.create(cast("Any", kind), made, [*place, given])
    return cast("_Made", made)


@cache
def _names(kind: Any) -> Mapping[str, str]:
    """Return the names of the options of a class in CDK itself, by those in Python."""
    module = sys.modules[kind.__module__]
    struct = getattr(module, f"{kind.__name__}Props", None) or getattr(module, f"{kind.__name__}Opts")
    return cast("Mapping[str, str]", struct.__jsii_name_mapping__)
