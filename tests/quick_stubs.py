"""Caches what CDK's generated Python computes at each call, a quarter of the tests' time outside of Node.

Its getters evaluate `typing.Optional["Name"]`, of which Python caches the last 128. It checks each argument against its
type. A check that depends only on the class of the value runs once for each class.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Callable
from typing import Any

from jsii import _type_checking

_BY_CLASS = (str, int, float, bool, type(None))


def work_out_once() -> None:
    _keep_type_hints()
    _check_classes_once()


def _keep_type_hints() -> None:
    for kind in (typing._SpecialForm, typing._SpecialGenericAlias):  # type: ignore[attr-defined]
        kind.__getitem__ = _keeping(kind.__getitem__.__wrapped__)


def _keeping(make: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    kept = functools.cache(make)

    def get(form: Any, parameters: Any) -> Any:
        try:
            return kept(form, parameters)
        except TypeError:  # not hashable
            return make(form, parameters)

    get.__wrapped__ = make  # type: ignore[attr-defined]
    return get


def _check_classes_once() -> None:
    check = _type_checking._resolve_check()
    passed: dict[tuple[int, type], Any] = {}

    def check_once(argname: str, value: object, expected_type: Any) -> None:
        key = (id(expected_type), type(value))
        if key not in passed:
            check(argname=argname, value=value, expected_type=expected_type)
            if isinstance(value, _BY_CLASS) or hasattr(value, "__jsii_type__"):
                passed[key] = expected_type  # kept, so that no other gets its id

    _type_checking._resolved_check = check_once
