"""Problems with a service on external machines, except its task definition."""

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
    "exposure": "a load balancer cannot reach a machine outside AWS",
    "scaling": "ECS does not scale services on external instances",
    "capacity": "external instances have no capacity provider; the service runs on those of its cluster",
    "service_connect": "external instances are not in an AWS network, so Service Connect does not reach them",
    "cloud_map": "external instances are not in an AWS network, so service discovery does not find them",
    "security_groups": "external instances are not in an AWS network",
    "vpc_subnets": "external instances are not in an AWS network",
    "health_check_grace_period": "there is no load balancer health check to wait for",
}


def unsupported_problems(given: ServiceInput, defaults: Mapping[str, Any]) -> list[Problem]:
    """Find options that external instances do not support; new options are refused until they are known.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-anywhere.html
    """
    found = Problems()
    for option, default in defaults.items():
        if option not in _SUPPORTED and (value := getattr(given, option)) != default:
            found.add(
                option,
                _WHY.get(option, "external instances do not support this"),
                given=Shown(type(value).__name__),
                allowed="remove it; or use another kind of service, on Fargate or EC2",
                practice="external-tasks",
            )
    if given.cluster is None:
        found.add(
            "cluster",
            "machines are registered with an existing cluster",
            allowed="the cluster of the ExternalInstances",
            practice="external-tasks",
        )
    return list(found)
