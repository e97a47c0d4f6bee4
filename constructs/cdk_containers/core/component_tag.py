"""Tags that identify deployed services and jobs by their names in the code."""

from __future__ import annotations

import re

import aws_cdk as cdk
from constructs import IConstruct

from .whereabouts import path_of, stack_of

COMPONENT, APPLICATION = "component", "application"
_TAGGED = ["AWS::ECS::Service", "AWS::ECS::TaskDefinition"]
_NOT_IN_TAGS = re.compile(r"[^\w +\-=.:/@]")
_LONGEST = 256


def tag_component(construct: IConstruct) -> None:
    """Tag the service and the task definitions of a construct with its path below the stack, such as `Shop/Web`."""
    path = path_of(construct).removeprefix(f"{path_of(stack_of(construct))}/")
    cdk.Tags.of(construct).add(COMPONENT, tag_value(path), include_resource_types=_TAGGED)


def tag_value(text: str) -> str:
    """Return a text as the value of a tag. AWS accepts at most 256 letters, digits, spaces and some signs."""
    return _NOT_IN_TAGS.sub("_", text)[-_LONGEST:]
