"""The estate in a few boxes: what has a name for people, with all that belongs to it inside.

A load balancer, a service, a cluster, a table or a repository gets a box. A listener, a task definition, a role or an
alarm gets none: it belongs to the box that its references lead to, or to the rest of its group.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from cdk_containers.checks.templates import Estate, Resource

from .words import count

NETWORK, LOAD_BALANCING, SERVICES, DATA, REST = (
    "Network",
    "Load balancing",
    "Services",
    "Data",
    "Roles, logs and the rest",
)
GROUPS = (NETWORK, LOAD_BALANCING, SERVICES, DATA, REST)

_GROUP_OF_PREFIX = {
    "AWS::EC2::Instance": SERVICES,
    "AWS::EC2::LaunchTemplate": SERVICES,
    "AWS::EC2::": NETWORK,
    "AWS::ElasticLoadBalancing": LOAD_BALANCING,
    "AWS::CertificateManager::": LOAD_BALANCING,
    "AWS::Route53::": LOAD_BALANCING,
    "AWS::CloudFront::": LOAD_BALANCING,
    "AWS::ApiGateway": LOAD_BALANCING,
    "AWS::VpcLattice::": LOAD_BALANCING,
    "AWS::WAF": LOAD_BALANCING,
    "AWS::ECS::": SERVICES,
    "AWS::EKS::": SERVICES,
    "AWS::AutoScaling::": SERVICES,
    "AWS::ApplicationAutoScaling::": SERVICES,
    "AWS::Batch::": SERVICES,
    "AWS::CodeDeploy::": SERVICES,
    "AWS::ElasticBeanstalk::": SERVICES,
    "AWS::Events::": SERVICES,
    "AWS::Lambda::": SERVICES,
    "AWS::Scheduler::": SERVICES,
    "AWS::ServiceDiscovery::": SERVICES,
    "AWS::StepFunctions::": SERVICES,
    "AWS::DynamoDB::": DATA,
    "AWS::ECR::": DATA,
    "AWS::EFS::": DATA,
    "AWS::ElastiCache::": DATA,
    "AWS::FSx::": DATA,
    "AWS::Kinesis::": DATA,
    "AWS::MSK::": DATA,
    "AWS::OpenSearchService::": DATA,
    "AWS::RDS::": DATA,
    "AWS::S3::": DATA,
    "AWS::SQS::": DATA,
    "AWS::SecretsManager::": DATA,
}

_KINDS = {
    "AWS::EC2::VPC": "VPC",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "load balancer",
    "AWS::ElasticLoadBalancing::LoadBalancer": "Classic Load Balancer",
    "AWS::VpcLattice::Service": "Lattice service",
    "AWS::ECS::Cluster": "ECS cluster",
    "AWS::ECS::Service": "ECS service",
    "AWS::ECS::ExpressGatewayService": "Express service",
    "AWS::EKS::Cluster": "EKS cluster",
    "AWS::EKS::Nodegroup": "node group",
    "AWS::AutoScaling::AutoScalingGroup": "Auto Scaling group",
    "AWS::ElasticBeanstalk::Environment": "Beanstalk environment",
    "AWS::StepFunctions::StateMachine": "state machine",
    "AWS::Scheduler::Schedule": "schedule",
    "AWS::DynamoDB::Table": "table",
    "AWS::DynamoDB::GlobalTable": "table",
    "AWS::ECR::Repository": "repository",
    "AWS::EFS::FileSystem": "file system",
    "AWS::FSx::FileSystem": "file system",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::RDS::DBCluster": "database cluster",
    "AWS::RDS::DBInstance": "database",
    "AWS::S3::Bucket": "bucket",
    "AWS::SQS::Queue": "queue",
    "AWS::SecretsManager::Secret": "secret",
}
"""What gets a box, and what people call it."""

_ON_THE_WAY = {
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
}
"""What lies between a service and its load balancer, or between a service and its data."""

_MOST_OF_A_KIND = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A box.

    Attributes:
        id: Its number among the boxes.
        group: The group that it is in.
        title: Its name.
        kind: What it is, and what belongs to it.
        resources: The keys of its resources.
    """

    id: str
    group: str
    title: str
    kind: str
    resources: frozenset[str]


@dataclass(frozen=True, slots=True)
class Diagram:
    """Boxes in groups, and which of them send requests to, or use, which others."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[Box, Box], ...]

    def of_group(self, group: str) -> list[Box]:
        """Return the boxes of a group."""
        return [box for box in self.boxes if box.group == group]


def diagram_of(estate: Estate) -> Diagram:
    """Draw an estate together to a few boxes."""
    resources = list(estate.resources)
    near = _neighbours(estate, resources)
    owners = {it.key: _owner(it, near) for it in resources}
    boxes = list(_boxes(resources, owners))
    box_of = {key: box for box in boxes for key in box.resources}
    arrows = {
        _arrow(box_of[service.key], box_of[other.key])
        for service in resources
        if service.type in ("AWS::ECS::Service", "AWS::ECS::ExpressGatewayService")
        for other in _reached(service, near, through=lambda it: it.type in _ON_THE_WAY)
        if _group(other) in (LOAD_BALANCING, DATA)
    }
    return Diagram(tuple(boxes), tuple(sorted(arrows, key=lambda it: (boxes.index(it[0]), boxes.index(it[1])))))


def _group(resource: Resource) -> str:
    return next((group for prefix, group in _GROUP_OF_PREFIX.items() if resource.type.startswith(prefix)), REST)


def _neighbours(estate: Estate, resources: Iterable[Resource]) -> Mapping[str, dict[str, Resource]]:
    """Return for each resource those that refer to it, and those that it refers to."""
    near: dict[str, dict[str, Resource]] = {it.key: {} for it in resources}
    for resource in resources:
        for other in estate.mentioning(resource):
            near[resource.key][other.key] = other
            near[other.key][resource.key] = resource
    return near


def _reached(
    start: Resource, near: Mapping[str, dict[str, Resource]], *, through: Callable[[Resource], bool]
) -> Iterable[Resource]:
    """Give what has a box and can be reached from a resource, the nearest first, through what has none."""
    seen = {start.key}
    waiting = deque([start])
    while waiting:
        for key, other in near[waiting.popleft().key].items():
            if key in seen:
                continue
            seen.add(key)
            if other.type in _KINDS:
                yield other
            elif through(other):
                waiting.append(other)


def _owner(resource: Resource, near: Mapping[str, dict[str, Resource]]) -> Resource | None:
    if resource.type in _KINDS:
        return resource
    group = _group(resource)
    if group == REST:
        return None
    found = _reached(resource, near, through=lambda it: _group(it) == group)
    return next((it for it in found if _group(it) == group), None)


def _boxes(resources: list[Resource], owners: Mapping[str, Resource | None]) -> Iterable[Box]:
    number = 0
    for group in GROUPS:
        members = [it for it in resources if _group(it) == group]
        by_kind: dict[str, list[Resource]] = {}
        for it in members:
            if it.type in _KINDS:
                by_kind.setdefault(_KINDS[it.type], []).append(it)
        parts: list[tuple[str, str, list[Resource]]] = []
        for kind, nouns in by_kind.items():
            together = [nouns] if len(nouns) > _MOST_OF_A_KIND else [[it] for it in nouns]
            for some in together:
                keys = {it.key for it in some}
                owned = [it for it in members if (owner := owners[it.key]) and owner.key in keys]
                title = _name(some[0]) if len(some) == 1 else count(len(some), kind)
                parts.append((title, kind if len(some) == 1 else "", owned))
        rest = [it for it in members if owners[it.key] is None]
        if rest:
            parts.append(("Others" if parts else count(len(rest), "resource"), _content(rest), rest))
        for title, kind, owned in parts:
            number += 1
            more = len(owned) - 1 if kind in _KINDS.values() else 0
            text = f"{kind} and {more} more" if more > 0 else kind
            yield Box(f"b{number}", group, title, text, frozenset(it.key for it in owned))


def _content(resources: list[Resource]) -> str:
    names = Counter(it.type.rpartition("::")[2] for it in resources)
    shown = [f"{number} {name}" for name, number in names.most_common(3)]
    return ", ".join(shown) + (", …" if len(names) > 3 else "")


def _name(resource: Resource) -> str:
    """Return the path of a construct without its stack, or the logical id."""
    return resource.construct_path.partition("/")[2] or resource.logical_id


def _arrow(service: Box, other: Box) -> tuple[Box, Box]:
    return (other, service) if other.group == LOAD_BALANCING else (service, other)
