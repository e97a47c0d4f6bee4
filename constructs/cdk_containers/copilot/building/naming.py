"""The logical ids of Copilot's templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
from constructs import IConstruct

from cdk_containers.core.opt_outs import resource_of

from .compatibility import Compatibility


class Naming:
    """Sets the logical ids of Copilot's templates, and records which resource has which id.

    Attributes:
        known: Resources by logical id.
        properties: Functions that return the current properties of a resource, if more is known than CDK shows.
    """

    def __init__(self, compatibility: Compatibility) -> None:
        self._keeps = compatibility.logical_ids
        self.known: dict[str, cdk.CfnResource] = {}
        self.properties: dict[str, Callable[[], dict[str, Any]]] = {}

    def name(self, logical_id: str, construct: IConstruct) -> None:
        """Name the resource of a construct."""
        self.known[logical_id] = resource = resource_of(construct)
        if self._keeps:
            resource.override_logical_id(logical_id)
