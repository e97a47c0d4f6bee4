"""Changing any option of anything changes the template: no option is forgotten on its way.

The options are read from the signatures, so an option that is new fails here until the table knows a value for it. A
value comes with what it takes to be valid at all, such as a second container to wait for; both templates get that, and
everything that making the value leaves in the stack, so the difference is the option's own.
"""

from __future__ import annotations

import inspect
from dataclasses import is_dataclass
from functools import cache
from typing import Any

import pytest
from constructs import Construct

import cdk_containers
from cdk_containers import (
    SharedVolume,
    VolumeMount,
)
from tests.properties_with_options import missing_in, properties_with_options
from tests.schema_properties import shown_in
from tests.subjects import CHANGES, NOT_A_SUBJECT, NOT_IN_THE_TEMPLATE, SUBJECTS, Change, Subject
from tests.toolkit import (
    container,
    new_stack,
    synth,
)

BY_NAME: dict[str, Subject] = {subject.name: subject for subject in SUBJECTS}


def options() -> list[tuple[str, str]]:
    return [(name, option) for name, subject in BY_NAME.items() for option in subject.options]


@pytest.mark.parametrize(("name", "option"), options(), ids=lambda part: part)
def test_changing_an_option_changes_the_template(name: str, option: str):
    if f"{name}.{option}" in NOT_IN_THE_TEMPLATE:
        return
    assert option in CHANGES.get(name, {}), f"give {name}.{option} another value in CHANGES, or a reason why not"
    template = template_of(name, option)
    assert template != template_without(name, change_of(name, option))
    # What has an option does not stand on the page of what has none.
    assert missing_in(template) == {}, "run `python -m tests.properties_with_options`, and see scripts/no_option.py"
    for type_, shown in properties_with_options().items():
        mine = {path for path, by in shown.items() if by == f"{name}.{option}"}
        assert mine <= shown_in(template, type_), "run `python -m tests.properties_with_options`"


def change_of(name: str, option: str) -> Change:
    change = CHANGES[name][option]
    return change if isinstance(change, Change) else Change(change)


def template_of(name: str, option: str) -> Any:
    """Return the template with the option's other value, if there is one."""
    return template_with(name, option, change_of(name, option)) if option in CHANGES.get(name, {}) else None


def template_with(name: str, option: str, change: Change) -> Any:
    stack = new_stack(region="eu-west-1")
    value = change.value(stack) if inspect.isfunction(change.value) else change.value
    BY_NAME[name].build(stack, **{**change.beside, option: value, **change.along})
    return synth(stack)


def template_without(name: str, change: Change) -> Any:
    if not change.beside and not inspect.isfunction(change.value):
        return default_template(name)
    stack = new_stack(region="eu-west-1")
    if inspect.isfunction(change.value):
        change.value(stack)  # what it makes in the stack is not the option's doing
    BY_NAME[name].build(stack, **change.beside)
    return synth(stack)


@cache
def default_template(name: str) -> Any:
    stack = new_stack(region="eu-west-1")
    BY_NAME[name].build(stack)
    return synth(stack)


def test_the_table_has_no_option_that_is_gone():
    known = {f"{name}.{option}" for name, option in options()}
    listed = {f"{name}.{option}" for name, changes in CHANGES.items() for option in changes}
    assert listed | NOT_IN_THE_TEMPLATE.keys() == known
    assert not listed & NOT_IN_THE_TEMPLATE.keys()


def test_everything_public_that_takes_options_is_in_the_table():
    public = {name: getattr(cdk_containers, name) for name in cdk_containers.__all__}
    with_options = {
        name
        for name, value in public.items()
        if inspect.isclass(value) and (is_dataclass(value) or issubclass(value, Construct))
    }
    assert "WebService" in with_options
    assert with_options - BY_NAME.keys() - NOT_A_SUBJECT.keys() == set(), "add them to tests/subjects/"
    assert not NOT_A_SUBJECT.keys() & BY_NAME.keys()
    assert NOT_A_SUBJECT.keys() <= public.keys()


@pytest.mark.parametrize(
    "name", ["FargateTaskDefinition", "Ec2TaskDefinition", "WebService", "BackendService", "DaemonService"]
)
def test_a_volume_is_rendered(name: str):
    stack = new_stack()
    mounting = container(memory_limit_mib=256, ports=[8080], mounts=[VolumeMount(volume="data", path="/data")])
    given = {"containers": [mounting]} if name.endswith("TaskDefinition") else {"container": mounting, "image": None}
    BY_NAME[name].build(stack, volumes=[SharedVolume(name="data")], **given)
    assert "{'Name': 'data'}" in str(synth(stack)["Resources"])
