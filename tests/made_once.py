"""Make things once in a scope: CDK is asked only the first time whether a thing is there."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from constructs import Construct

_Options = ParamSpec("_Options")
_Made = TypeVar("_Made")


def made_once(make: Callable[Concatenate[Any, _Options], _Made]) -> Callable[Concatenate[Any, _Options], _Made]:
    """Remember in the scope what was made in it, by its id. Options count only for the first call."""
    signature = inspect.signature(make)

    @wraps(make)
    def find_or_make(scope: Construct, *arguments: _Options.args, **options: _Options.kwargs) -> _Made:
        asked = signature.bind(scope, *arguments, **options)
        asked.apply_defaults()
        known = vars(scope).setdefault("_made_once", {})
        id_ = asked.arguments.get("id", asked.arguments.get("name", ""))
        key = (make.__name__, id_)
        if key not in known:
            # A test may have made its own.
            known[key] = (scope.node.try_find_child(id_) if id_ else None) or make(scope, *arguments, **options)
        made: _Made = known[key]
        return made

    return find_or_make
