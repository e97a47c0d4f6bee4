"""Capacity of EC2 that is reserved already."""

from __future__ import annotations

from typing import Literal

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import arn_problems, field_problems


@frozen
class CapacityReservations:
    """Capacity Reservations of EC2 that Managed Instances start in.

    Attributes:
        group_arn: ARN of the resource group that holds the reservations. Default: none, open reservations that match.
        preference: `RESERVATIONS_ONLY` starts no instance outside of them, `RESERVATIONS_FIRST` falls back to
            On-Demand. Default: `RESERVATIONS_FIRST`, so that a full reservation leaves no task waiting.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityReservationRequest.html
    """

    group_arn: str | None = None
    preference: Literal["RESERVATIONS_ONLY", "RESERVATIONS_FIRST"] = "RESERVATIONS_FIRST"

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and self.group_arn is not None:
            found.extend(arn_problems(found, group_arn=self.group_arn))
        return list(found)

    def render(self) -> ecs.CfnCapacityProvider.CapacityReservationRequestProperty:
        """Return what CloudFormation is told."""
        return ecs.CfnCapacityProvider.CapacityReservationRequestProperty(
            reservation_group_arn=self.group_arn, reservation_preference=self.preference
        )
