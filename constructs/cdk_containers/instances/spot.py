"""Spot Instances."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token


@frozen
class Spot:
    """Runs instances on Spot: up to 90 % cheaper, but EC2 can reclaim them with two minutes' notice.

    Attributes:
        on_demand_base: Number of On-Demand Instances before Spot is used. Default: 0.
        on_demand_percent: Percentage of the remaining instances that are On-Demand, 0–100. Default: 0.

    See https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-mixed-instances-groups.html
    """

    on_demand_base: int = 0
    on_demand_percent: int = 0

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not is_token(self.on_demand_base) and self.on_demand_base < 0:
            found.add("on_demand_base", "out of range", given=self.on_demand_base, allowed="0 or more")
        if not is_token(self.on_demand_percent) and not 0 <= self.on_demand_percent <= 100:
            found.add("on_demand_percent", "out of range", given=self.on_demand_percent, allowed="0–100")
        return list(found)
