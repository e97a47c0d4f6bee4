"""How to import resources that were created with CDK's own constructs.

Names only: nothing here knows CDK.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_MODULE = "aws_cdk."
_NAME = re.compile(r"_?(?:I(?=[A-Z][a-z]))?(\w+?)(?:Proxy)?")

_NAMESPACE = (
    "Namespace.from_attributes(scope, id, name=given.namespace_name, namespace_id=given.namespace_id, "
    "namespace_arn=given.namespace_arn)"
)
_LOGS = "(log_group=given)"
_EXISTING_SERVICE = (
    "from_attributes(scope, id, service_arn=given.service_arn, cluster=…, security_group_id=…, task_role_arn=…)"
)

_WAYS: Mapping[str, Mapping[str, str]] = {
    "Cluster": {
        "aws_ecs.Cluster": (
            "Cluster.from_attributes(scope, id, cluster_name=given.cluster_name, network=given.vpc, capacity=…)"
        ),
    },
    "Capacity": {
        "aws_ecs.AsgCapacityProvider": (
            "Ec2Capacity.from_attributes(scope, id, cluster=…, capacity_provider_name=given.capacity_provider_name, "
            "security_group_id=…).share()"
        ),
        "aws_ecs.ManagedInstancesCapacityProvider": (
            "ManagedInstancesCapacity.from_attributes(scope, id, cluster=…, "
            "capacity_provider_name=given.capacity_provider_name, security_group_id=…).share()"
        ),
        "aws_ecs.CapacityProviderStrategy": (
            "FargateCapacity(base=…, weight=…); or Ec2Capacity.from_attributes(…).share(base=…, weight=…) for a "
            "capacity provider of instances"
        ),
        "aws_ecs.LaunchType": "LaunchType.FARGATE or LaunchType.EC2 of this library",
    },
    "ApplicationLoadBalancer": {
        "aws_elasticloadbalancingv2.ApplicationLoadBalancer": (
            "ApplicationLoadBalancer.from_attributes(scope, id, load_balancer_arn=given.load_balancer_arn, "
            "listener_arn=listener.listener_arn, security_group_id=…, dns_name=given.load_balancer_dns_name, "
            "vpc=given.vpc)"
        ),
        "aws_elasticloadbalancingv2.ApplicationListener": (
            "ApplicationLoadBalancer.from_attributes(scope, id, listener_arn=given.listener_arn, …)"
        ),
    },
    "NetworkLoadBalancer": {
        "aws_elasticloadbalancingv2.NetworkLoadBalancer": (
            "NetworkLoadBalancer.from_attributes(scope, id, load_balancer_arn=given.load_balancer_arn, "
            "security_group_id=…, dns_name=given.load_balancer_dns_name, vpc=given.vpc)"
        ),
    },
    "Namespace": {
        f"aws_servicediscovery.{kind}": _NAMESPACE if kind == "HttpNamespace" else f"{_NAMESPACE[:-1]}, network=…)"
        for kind in ("HttpNamespace", "PrivateDnsNamespace", "Namespace")
    },
    "ServiceNetwork": {
        "aws_vpclattice.CfnServiceNetwork": (
            "ServiceNetwork.from_attributes(scope, id, service_network_arn=given.attr_arn, security_group_id=…, "
            "prefix_list_id=…, network=…)"
        ),
    },
    "Logs": {"aws_logs.LogGroup": f"Logs{_LOGS}"},
    "ContainerLogs": {"aws_logs.LogGroup": f"ContainerLogs{_LOGS}"},
    "WorkQueue": {
        "aws_sqs.Queue": "WorkQueue.from_attributes(scope, id, queue_arn=given.queue_arn, visibility_timeout=…)",
    },
    "Image": {
        "aws_ecr.Repository": (
            "Repository.from_attributes(scope, id, repository_name=given.repository_name).image(tag); or "
            "aws_ecs.ContainerImage.from_ecr_repository(given, tag)"
        ),
        "aws_ecr.RepositoryBase": (
            "Repository.from_attributes(scope, id, repository_name=given.repository_name).image(tag); or "
            "aws_ecs.ContainerImage.from_ecr_repository(given, tag)"
        ),
        "aws_ecr_assets.DockerImageAsset": "aws_ecs.ContainerImage.from_docker_image_asset(given)",
    },
    "Service": {
        f"aws_ecs.{kind}": f"{ours}.{_EXISTING_SERVICE}"
        for kind, ours in (
            ("FargateService", "WebService"),
            ("Ec2Service", "WebService"),
            ("BaseService", "WebService"),
            ("Service", "WebService"),
        )
    },
    "Container": {"aws_ecs.ContainerDefinition": "Container(image=…, …), with the same options as add_container"},
    "Port": {"aws_ecs.PortMapping": "the number of the port, or Port(number=…, name=…, host_port=…)"},
    "HealthCheck": {"aws_ecs.HealthCheck": "HealthCheck(command=…, …) of this library, with the same options"},
    "LogDriver": {
        "aws_ecs.LogDriver": (
            "task=TaskOptions(logs=ContainerLogs(log_group=…)) for awslogs; LogDriver(name=…, options=…) for others"
        ),
    },
    "PlacementStrategy": {
        "aws_ecs.PlacementStrategy": "PlacementStrategy of this library: binpack(…), spread_across_zones(), random() …",
    },
    "PlacementConstraint": {
        "aws_ecs.PlacementConstraint": "PlacementConstraint of this library: member_of(…), distinct_instance()",
    },
    "CircuitBreaker": {
        "aws_ecs.DeploymentCircuitBreaker": ("omit it: it is on by default; Disabled(reason=…) turns it off")
    },
    "CloudMap": {"aws_ecs.CloudMapOptions": "CloudMap(namespace=…, name=…)"},
    "ServiceConnect": {"aws_ecs.ServiceConnectProps": "ServiceConnect(namespace=…, ports=[…])"},
    "Exposure": {
        "aws_elasticloadbalancingv2.ApplicationTargetGroup": "AlbExposure(port=…), which creates the target group",
        "aws_elasticloadbalancingv2.NetworkTargetGroup": "NlbExposure(port=…), which creates the target group",
    },
}
"""Replacement text by expected type and CDK type. `given` stands for the value."""


def way_in(value: object, expected: Iterable[str]) -> str | None:
    """Return what to write instead of a CDK construct if one of ours is expected; None if there is no such way."""
    names = list(_names_in_cdk(value))
    ways = (_WAYS.get(ours, {}).get(name) for ours in expected for name in names)
    return next((way for way in ways if way is not None), None)


def interface_of(value: object) -> str | None:
    """Return the name of the CDK interface that a value implements, if CDK has no class for it."""
    parts: Any = getattr(value, "_delegates", None)
    return None if not parts else type(parts[-1]).__name__.removeprefix("_").removesuffix("Proxy")


def _names_in_cdk(value: object) -> Iterator[str]:
    parts: Any = getattr(value, "_delegates", None) or (value,)
    for part in parts:
        for kind in type(part).__mro__:
            match = _NAME.fullmatch(kind.__name__)
            if kind.__module__.startswith(_MODULE) and match is not None:
                yield f"{kind.__module__.removeprefix(_MODULE)}.{match[1]}"
