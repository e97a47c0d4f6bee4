"""Number of tasks and pods that fit into subnets while a new version replaces the old one.

AWS reserves five addresses in each subnet, see https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html. A
task in awsvpc mode uses one address, and so does a pod with the VPC CNI, see
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import ConstructError
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import argument_problems

KEPT_BY_AWS = 5
_SMALLEST, _LARGEST = 28, 16
_WHOLE = 100


@frozen
class AddressRoom:
    """Number of tasks or pods that fit into the addresses of subnets.

    Attributes:
        addresses: Addresses of all subnets, without those that AWS or other resources use.
        steady: Tasks or pods that fit, spread evenly across the subnets, without a deployment.
        while_deploying: The maximum desired count for which old and new tasks fit together.
    """

    addresses: int
    steady: int
    while_deploying: int

    def __str__(self) -> str:
        return f"addresses for {self.steady} tasks or pods, and for {self.while_deploying} while all are deployed"


def address_room(
    prefix_lengths: Sequence[int], *, max_healthy_percent: int = 200, taken_per_subnet: int = 0
) -> AddressRoom:
    """Return the number of tasks or pods that fit into the addresses of the subnets.

    Tasks are spread evenly across zones, so the smallest subnet fills up first and determines the result.

    Args:
        prefix_lengths: The prefix length of each subnet, one subnet for each zone: 16–28.
        max_healthy_percent: Percentage of the desired tasks that run at once during a deployment, 100 or more. Default:
            200, old and new tasks together.
        taken_per_subnet: Addresses in each subnet that other resources use, such as load balancers (at least 8 each)
            and interface endpoints. Default: 0.

    Raises:
        ConstructError: The input is wrong.
    """
    found = argument_problems(address_room, locals())
    if not found:
        wrong = [length for length in prefix_lengths if not _LARGEST <= length <= _SMALLEST]
        if wrong or not prefix_lengths:
            found.add("prefix_lengths", "out of range", given=wrong, allowed="one or more of 16–28")
        if max_healthy_percent < _WHOLE:
            found.add("max_healthy_percent", "out of range", given=max_healthy_percent, allowed="100 or more")
        if taken_per_subnet < 0:
            found.add("taken_per_subnet", "out of range", given=taken_per_subnet, allowed="0 or more")
    if found:
        raise ConstructError("address_room", found)
    free = [max(2 ** (32 - length) - KEPT_BY_AWS - taken_per_subnet, 0) for length in prefix_lengths]
    steady = min(free) * len(free)
    return AddressRoom(addresses=sum(free), steady=steady, while_deploying=steady * _WHOLE // max_healthy_percent)
