"""What is wrong with a service on machines of one's own, beyond its task definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cdk_containers.core.errors import Problem, Problems, Shown

if TYPE_CHECKING:
    from ..service_input import ServiceInput

_SUPPORTED = {
    "cluster",
    "image",
    "container",
    "sidecars",
    "volumes",
    "cpu",
    "memory_limit_mib",
    "task",
    "desired_count",
    "deployment",
    "placement_strategies",
    "placement_constraints",
    "alarms",
    "enable_execute_command",
    "service_name",
}
_WHY = {
    "exposure": "no load balancer reaches a machine outside AWS",
    "scaling": "ECS does not scale services on external instances",
    "capacity": "external instances have no capacity provider; the service runs on those of its cluster",
    "service_connect": "external instances are in no network of AWS, and Service Connect does not reach them",
    "cloud_map": "external instances are in no network of AWS, and service discovery does not find them",
    "security_groups": "external instances are in no network of AWS",
    "vpc_subnets": "external instances are in no network of AWS",
    "health_check_grace_period": "there is no load balancer whose health check could be waited for",
}


def unsupported_problems(given: ServiceInput, defaults: Mapping[str, Any]) -> list[Problem]:
    """Find options that services on external instances have not; what is new to services is refused until it is known.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """
    found = Problems()
    for option, default in defaults.items():
        if option not in _SUPPORTED and (value := getattr(given, option)) != default:
            found.add(
                option,
                _WHY.get(option, "external instances do not have this"),
                given=Shown(type(value).__name__),
                allowed="nothing; or another kind of service, on Fargate or EC2",
                practice="external-tasks",
            )
    if given.cluster is None:
        found.add(
            "cluster",
            "machines are registered with a cluster that is there",
            allowed="the cluster of the ExternalInstances",
            practice="external-tasks",
        )
    return list(found)
