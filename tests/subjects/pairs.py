"""Two templates for each option: with it, and with its default in its place.

A value comes with what it takes to be valid at all, such as a second container to wait for; both templates get that,
and everything that making the value leaves in the stack, so the difference is the option's own. A pair is made once in
a process: the tests that read it run in one, by their xdist group.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest

from tests.toolkit import Template, new_stack, synth_with_objects

from . import CHANGES, NOT_IN_THE_TEMPLATE, SUBJECTS
from .subject import Change, Subject

BY_NAME: dict[str, Subject] = {subject.name: subject for subject in SUBJECTS}


def options() -> list[tuple[str, str]]:
    return [(name, option) for name, subject in BY_NAME.items() for option in subject.options]


def each_option() -> Any:
    """Parametrize a test with every option; those of one subject run in one process."""
    cases = [
        pytest.param(name, option, id=f"{name}-{option}", marks=pytest.mark.xdist_group(f"options-of-{name}"))
        for name, option in options()
    ]
    return pytest.mark.parametrize(("name", "option"), cases)


def is_shown(name: str, option: str) -> bool:
    """Whether a template shows the option at all."""
    return f"{name}.{option}" not in NOT_IN_THE_TEMPLATE


@cache
def pair(name: str, option: str) -> tuple[Template, Template]:
    """Return the template without an option of a subject, and with it."""
    changes = CHANGES.get(name, {})
    assert option in changes, f"give {name}.{option} another value in CHANGES, or a reason in NOT_IN_THE_TEMPLATE"
    change = changes[option] if isinstance(changes[option], Change) else Change(changes[option])
    return _without(name, change), _with(name, option, change)


def _with(name: str, option: str, change: Change) -> Template:
    stack = new_stack(region="eu-west-1")
    value = change.value(stack) if inspect.isfunction(change.value) else change.value
    BY_NAME[name].build(stack, **{**change.beside, option: value, **change.along})
    return synth_with_objects(stack)


def _without(name: str, change: Change) -> Template:
    if not change.beside and not inspect.isfunction(change.value):
        return _default(name)
    stack = new_stack(region="eu-west-1")
    if inspect.isfunction(change.value):
        change.value(stack)  # what it makes in the stack is not the option's doing
        if not change.beside and not _has_resources(stack):
            return _default(name)
    BY_NAME[name].build(stack, **change.beside)
    return synth_with_objects(stack)


def _has_resources(stack: cdk.Stack) -> bool:
    return any(isinstance(found, cdk.CfnElement) for found in stack.node.find_all())


@cache
def _default(name: str) -> Template:
    stack = new_stack(region="eu-west-1")
    BY_NAME[name].build(stack)
    return synth_with_objects(stack)
