"""Records each call while manifests are turned into constructs.

The calls of the package `building` into this library, CDK and `constructs` determine the template, so the same calls in
the same order create the same template. The converter has no separate rules that could differ.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.frozen import frozen

from .encoding import Encoder, public_global
from .expressions import Expression, Global, options

_BUILDING = "cdk_containers.copilot.building"
_RECORDED = ("aws_cdk", "constructs", "cdk_containers")
_UNSEEN = (
    "cdk_containers.copilot.manifests",
    "cdk_containers.checks",
    "cdk_containers.core.cdk_modules",
    "cdk_containers.core.errors",
    "cdk_containers.core.frozen",
    "cdk_containers.core.inputs",
    "cdk_containers.core.names_on_use",
)
_BETWEEN = {
    ("jsii._runtime", "__call__"),
    ("jsii.python", "__get__"),
    ("jsii._reference_map", "__getattr__"),
    ("jsii._reference_map", "__setattr__"),
    ("cdk_containers.core.inputs.calls", "checked"),
}
"""Functions that a call passes through without being recorded."""

_KEPT = ("CopilotJob",)
"""Classes of `building` that a converted app uses."""

_LOOKS = {"find_all", "find_child", "try_find_child", "resolve"}
"""Methods that only find an object, whose path is recorded instead."""

_PURE = {
    "of",
    "get_att",
    "to_string",
    "resource_of",
    "usage_metric",
    "queue_metric",
    "known_queries",
    "choose_priority",
}
"""Functions without side effects, which may be inside an expression."""

_TraceFunction = Callable[[FrameType, str, Any], Any]

_GENERATOR = inspect.CO_GENERATOR | inspect.CO_COROUTINE


@frozen(kw_only=False)
class Step:
    """A call.

    Attributes:
        expression: The call.
        effect: Whether it has a side effect.
        hint: Suggested name for its result.
        result: The kind of its result.
    """

    expression: Expression
    effect: bool
    hint: str
    result: str


class Recorder:
    """Records calls while it is on.

    Attributes:
        steps: Recorded calls, in order.
        encoder: Knows the origin of each object.
    """

    def __init__(self, root: Path) -> None:
        self.steps: list[Step] = []
        self.encoder = Encoder(root, self._look_up)
        self._inside: FrameType | None = None
        self._call: tuple[Expression, bool, str] | None = None

    @contextmanager
    def on(self) -> Iterator[None]:
        """Record the calls in the block."""
        before = sys.gettrace()
        sys.settrace(self._notice)
        try:
            yield
        finally:
            sys.settrace(before)

    def _look_up(self, way: Expression, name: str) -> Expression:
        self.steps.append(Step(way, effect=False, hint=name, result=""))
        return Expression("step", len(self.steps) - 1)

    def _notice(self, frame: FrameType, _event: str, _result: Any) -> _TraceFunction | None:
        """Note a call, and ask for its end: what is called inside a recorded call follows from it."""
        if self._inside is not None or frame.f_code.co_flags & _GENERATOR or not _is_recorded(frame):
            return None
        call = self._called(frame)
        if call is None:
            return None
        self._inside, self._call = frame, call
        frame.f_trace_lines = False
        return self._notice_end

    def _notice_end(self, frame: FrameType, event: str, result: Any) -> _TraceFunction | None:
        if event == "return":
            self._inside = None
            self._returned(frame, result)
        return self._notice_end

    def _called(self, frame: FrameType) -> tuple[Expression, bool, str] | None:  # noqa: PLR0911  (one for each kind)
        code, known = frame.f_code, frame.f_locals
        name = code.co_name
        first = code.co_varnames[0] if code.co_argcount else ""
        owner = known.get(first) if first in ("self", "cls") else None
        given = _given(frame, skip=1 if owner is not None else 0)
        if name == "__init__" and owner is not None:
            made = _class_of(type(owner), code)
            return self._call_of(Expression("global", public_global(made)), given, owner, "")
        if owner is None:
            function = Expression("global", public_global(sys.modules[frame.f_globals["__name__"]], code.co_qualname))
            return self._call_of(function, given, None, name)
        if name in _LOOKS or (name == "of" and owner is cdk.Stack):
            return None
        kind = inspect.getattr_static(owner if isinstance(owner, type) else type(owner), name, None)
        if isinstance(owner, type):
            target = public_global(owner)
            if not callable(kind) and not isinstance(kind, classmethod | staticmethod):
                return Expression("global", Global(target.module, f"{target.name}.{name}")), False, name
            return self._call_of(
                Expression("global", Global(target.module, f"{target.name}.{name}")), given, None, name
            )
        receiver = self.encoder.encode(owner)
        if isinstance(kind, property):
            if given:
                (changed,) = given.values()
                part = self.encoder.encode(changed[0])
                return Expression("method", "=", (Expression("attribute", name, (receiver,)), part)), True, name
            return Expression("attribute", name, (receiver,)), False, name
        parts, keys = self._arguments(given)
        return Expression("method", name, (receiver, *parts), keys), name not in _PURE, name

    def _call_of(
        self, target: Expression, given: dict[str, tuple[Any, bool]], made: Any, name: str
    ) -> tuple[Expression, bool, str]:
        parts, keys = self._arguments(given)
        first = next(iter(given.values()), (None, False))[0]
        if made is None:
            effect = name not in _PURE and (isinstance(first, Construct) or target.name.module == "function")
            effect = effect or ("." not in target.name.name and name not in _PURE)
        else:
            effect = isinstance(made, Construct)
        hint = name
        if isinstance(first, Construct):
            hint = next((one for one, _ in list(given.values())[1:2] if isinstance(one, str)), name)
        return Expression("call", None, (target, *parts), keys), effect, hint

    def _arguments(self, given: dict[str, tuple[Any, bool]]) -> tuple[tuple[Expression, ...], tuple[str, ...]]:
        by_place = [self.encoder.encode(one) for one, named in given.values() if not named]
        parts, keys = options({name: self.encoder.encode(one) for name, (one, named) in given.items() if named})
        return (*by_place, *parts), keys

    def _returned(self, frame: FrameType, result: Any) -> None:
        assert self._call is not None  # noqa: S101  (it is noted with the frame)
        expression, effect, hint = self._call
        if frame.f_code.co_name == "__init__":
            result = frame.f_locals[frame.f_code.co_varnames[0]]
        elif not effect and not self.encoder.is_worth(result):
            return
        if type(result) is cdk.Stack:
            self.encoder.forget()
        place = len(self.steps)
        self.steps.append(Step(expression, effect, hint, type(result).__name__))
        self.encoder.know(result, Expression("step", place))


def _is_recorded(frame: FrameType) -> bool:
    """Tell whether this is a call from `building` to another package."""
    if not _is_outside(frame.f_code, frame.f_globals.get("__name__", "")):
        return False
    owner = frame.f_locals.get("self")
    if frame.f_globals.get("__name__", "").startswith(_BUILDING) or (
        owner is not None and type(owner).__module__.startswith(_BUILDING) and not isinstance(owner, Construct)
    ):
        return type(owner).__name__ in _KEPT and frame.f_code.co_name == "__init__"
    caller = frame.f_back
    while caller is not None and (caller.f_globals.get("__name__"), caller.f_code.co_name) in _BETWEEN:
        caller = caller.f_back
    return caller is not None and caller.f_globals.get("__name__", "").startswith(_BUILDING)


@cache
def _is_outside(code: CodeType, module: str) -> bool:
    if code.co_name.startswith("<") or (code.co_name.startswith("__") and code.co_name != "__init__"):
        return False
    return module.startswith(_RECORDED) and not module.startswith(_UNSEEN)


def _given(frame: FrameType, *, skip: int) -> dict[str, tuple[Any, bool]]:
    """Return the arguments that differ from their defaults, each with whether it is passed by name."""
    code, known = frame.f_code, frame.f_locals
    count = code.co_argcount + code.co_kwonlyargcount
    defaults = _defaults(frame)
    found: dict[str, tuple[Any, bool]] = {}
    for place, name in enumerate(code.co_varnames[skip:count], skip):
        named = place >= code.co_argcount
        if name in defaults and _is_default(known[name], defaults[name]):
            continue
        found[name] = (
            known[name],
            named or any(one in defaults and one not in found for one in code.co_varnames[skip:place]),
        )
    rest = count
    if code.co_flags & inspect.CO_VARARGS:
        found |= {f"*{place}": (one, False) for place, one in enumerate(known[code.co_varnames[rest]])}
        rest += 1
    if code.co_flags & inspect.CO_VARKEYWORDS:
        found |= {name: (one, True) for name, one in known[code.co_varnames[rest]].items()}
    return found


def _is_default(given: Any, default: Any) -> bool:
    if isinstance(given, list | tuple | dict) and not given:
        return repr(default) in ("()", "[]", "{}", "<factory>", "mappingproxy({})")
    return given is default or (
        type(given) is type(default) and isinstance(given, int | float | str | tuple) and given == default
    )


def _defaults(frame: FrameType) -> dict[str, Any]:
    function = _function(frame)
    if function is None:
        return {}
    return {
        one.name: one.default
        for one in inspect.signature(function).parameters.values()
        if one.default is not inspect.Parameter.empty
    }


def _function(frame: FrameType) -> Any:
    """Return the function that runs in a frame."""
    code = frame.f_code
    owner = frame.f_locals.get(code.co_varnames[0]) if code.co_argcount else None
    if code.co_argcount and code.co_varnames[0] in ("self", "cls"):
        for one in (owner if isinstance(owner, type) else type(owner)).__mro__:
            found: Any = vars(one).get(code.co_name)
            found = getattr(found, "__func__", found)
            found = getattr(found, "fget", found) if not callable(found) else inspect.unwrap(found)
            if getattr(found, "__code__", None) is code:
                return found
        return None
    found = frame.f_globals
    for name in code.co_qualname.split("."):
        found = found.get(name) if isinstance(found, dict) else vars(found).get(name)
    found = getattr(found, "__func__", found)
    return inspect.unwrap(found) if callable(found) else None


def _class_of(made: type, code: CodeType) -> type:
    """Return the class whose constructor runs: the base class for classes of `building`."""
    if not made.__module__.startswith(_BUILDING) or made.__name__ in _KEPT:
        return made
    return next(
        one
        for one in made.__mro__
        if getattr(inspect.unwrap(vars(one).get("__init__", made)), "__code__", None) is code
    )
