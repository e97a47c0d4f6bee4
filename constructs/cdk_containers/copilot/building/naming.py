"""The logical ids of Copilot's templates."""

from __future__ import annotations

import aws_cdk as cdk
from constructs import IConstruct

from cdk_containers.core.opt_outs import resource_of

from .compatibility import Compatibility


class Naming:
    """Gives resources the logical ids that they have in Copilot's templates, and remembers which has which.

    Attributes:
        known: The resources, by these ids.
    """

    def __init__(self, compatibility: Compatibility) -> None:
        self._keeps = compatibility.logical_ids
        self.known: dict[str, cdk.CfnResource] = {}

    def name(self, logical_id: str, construct: IConstruct) -> None:
        """Name the resource of a construct."""
        self.known[logical_id] = resource = resource_of(construct)
        if self._keeps:
            resource.override_logical_id(logical_id)
