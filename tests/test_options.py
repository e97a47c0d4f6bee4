"""Changing any option of anything changes the template: no option is forgotten on its way.

The options are read from the signatures, so an option that is new fails here until the table knows a value for it.
"""

from __future__ import annotations

import inspect
from dataclasses import is_dataclass

import pytest
from constructs import Construct

import cdk_containers
from cdk_containers import (
    SharedVolume,
    VolumeMount,
)
from tests.properties_with_options import missing_in, properties_with_options
from tests.schema_properties import shown_in
from tests.subjects import CHANGES, NOT_A_SUBJECT, NOT_IN_THE_TEMPLATE
from tests.subjects.pairs import BY_NAME, each_option, is_shown, options, pair
from tests.toolkit import (
    container,
    new_stack,
    synth,
)


@each_option()
def test_changing_an_option_changes_the_template(name: str, option: str):
    if is_shown(name, option):
        without, given = pair(name, option)
        assert given != without
        # What has an option does not stand on the page of what has none.
        assert missing_in(given) == {}, "run `python -m tests.properties_with_options`, and see scripts/no_option.py"
        for type_, shown in properties_with_options().items():
            mine = {path for path, by in shown.items() if by == f"{name}.{option}"}
            assert not mine or mine <= shown_in(given, type_), "run `python -m tests.properties_with_options`"


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
