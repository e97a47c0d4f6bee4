"""The option that a practice names is one that a caller can write."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

import cdk_containers
from cdk_containers.core.practices import PRACTICES, Practice

_METHOD = re.compile(r"([a-z_]+)\(([a-z_]+)=\)")


def names_of(owner: Any) -> set[str]:
    """Return the options of a dataclass or construct, and the public attributes of its instances."""
    if is_dataclass(owner):
        return {field.name for field in fields(owner)}
    # CDK hides the signature of a construct's class; that of its constructor is there.
    return {*inspect.signature(owner.__init__).parameters, *inspect.get_annotations(owner)}


@pytest.mark.parametrize("entry", PRACTICES.values(), ids=PRACTICES.keys())
def test_the_option_of_a_practice_exists(entry: Practice) -> None:
    for option in entry.option.split(", "):
        class_name, _, member = option.partition(".")
        assert class_name in cdk_containers.__all__, "not a public name"
        owner = getattr(cdk_containers, class_name)
        if method := _METHOD.fullmatch(member):
            assert method[2] in inspect.signature(getattr(owner, method[1])).parameters
        elif member:
            assert member in names_of(owner)


def test_the_names_of_a_class_are_found() -> None:
    """Otherwise the test above could pass for any name."""
    assert "max_azs" in names_of(cdk_containers.Network)
    assert "subnets" not in names_of(cdk_containers.Network)
    assert "user" in names_of(cdk_containers.Container)
    assert "users" not in names_of(cdk_containers.Container)
