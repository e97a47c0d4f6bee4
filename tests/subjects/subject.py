"""What a subject of the tests is, and how an option of one is changed."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import Any

import aws_cdk as cdk

Options = Mapping[str, Any]


Value = Callable[[cdk.Stack], Any]
"""Makes the other value of an option in a stack."""


@dataclass(frozen=True)
class Subject:
    """A construct, a dataclass or a function of the library, made into part of a stack."""

    of: Callable[..., Any]
    make: Callable[[cdk.Stack, dict[str, Any]], Any]
    base: Callable[[cdk.Stack], dict[str, Any]] = lambda _: {}

    @property
    def name(self) -> str:
        return self.of.__qualname__

    @property
    def options(self) -> list[str]:
        return options_of(self.of)

    def build(self, stack: cdk.Stack, **options: Any) -> Any:
        return self.make(stack, self.base(stack) | options)


@dataclass(frozen=True)
class Change:
    """Another value for an option, and the options that it needs: in both templates, or only along with it."""

    value: Any
    beside: Mapping[str, Any] = field(default_factory=dict)
    along: Mapping[str, Any] = field(default_factory=dict)


def options_of(callable_: Callable[..., Any]) -> list[str]:
    """List the options of a dataclass, of a construct, or of a function."""
    if is_dataclass(callable_):
        return [field.name for field in fields(callable_)]
    return [name for name in _parameters(callable_) if name not in ("self", "scope", "id")]


def defaults_of(callable_: Callable[..., Any]) -> dict[str, Any]:
    """List the defaults of the options that have one."""
    if is_dataclass(callable_):
        made = {
            it.name: it.default if it.default_factory is MISSING else it.default_factory() for it in fields(callable_)
        }
        return {name: default for name, default in made.items() if default is not MISSING}
    given = ((name, it.default) for name, it in _parameters(callable_).items())
    return {name: default for name, default in given if default is not inspect.Parameter.empty}


def _parameters(callable_: Callable[..., Any]) -> Mapping[str, inspect.Parameter]:
    function = callable_.__init__ if inspect.isclass(callable_) else callable_  # CDK hides a class's own signature
    return inspect.signature(function).parameters
