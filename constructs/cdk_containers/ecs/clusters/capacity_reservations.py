"""EC2 Capacity Reservations."""

from __future__ import annotations

from typing import Literal

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import arn_problems, field_problems


@frozen
class CapacityReservations:
    """EC2 Capacity Reservations for Managed Instances.

    Attributes:
        group_arn: ARN of the resource group with the reservations. Default: none; matching open reservations.
        preference: `RESERVATIONS_ONLY` starts no instances outside of the reservations; `RESERVATIONS_FIRST` falls back
            to On-Demand. Default: `RESERVATIONS_FIRST`, so that tasks do not wait when a reservation is full.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityReservationRequest.html
    """

    group_arn: str | None = None
    preference: Literal["RESERVATIONS_ONLY", "RESERVATIONS_FIRST"] = "RESERVATIONS_FIRST"

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and self.group_arn is not None:
            found.extend(arn_problems(found, group_arn=self.group_arn))
        return list(found)

    def render(self) -> ecs.CfnCapacityProvider.CapacityReservationRequestProperty:
        """Return the CloudFormation property."""
        return ecs.CfnCapacityProvider.CapacityReservationRequestProperty(
            reservation_group_arn=self.group_arn, reservation_preference=self.preference
        )
