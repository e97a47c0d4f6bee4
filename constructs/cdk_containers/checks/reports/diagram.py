"""A summary of the estate as boxes: the resources that people refer to by name, with all their parts.

A load balancer, a service, a cluster, a table or a repository gets a box. A listener, a task definition, a role or an
alarm gets none: it belongs to the box that its references lead to, or to the rest of its group.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path

from cdk_containers.checks.templates import Estate, Resource
from cdk_containers.core.frozen import frozen

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
"""Types that get a box, with their names."""

_TASK_DEFINITION = "AWS::ECS::TaskDefinition"
_ON_THE_WAY = {
    _TASK_DEFINITION,
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::Listener",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
}
"""Types between a service and its load balancer, or between a service and its data."""

_SERVICES = ("AWS::ECS::Service", "AWS::ECS::ExpressGatewayService")
_MOST_IN_A_GROUP = 8
"""Number of boxes from which resources of the same kind without findings share a box."""


@frozen(kw_only=False)
class Box:
    """A box.

    Attributes:
        id: Its number among the boxes.
        group: The group that it is in.
        title: Its name.
        kind: Kind and parts, as its second line.
        resources: The keys of its resources.
    """

    id: str
    group: str
    title: str
    kind: str
    resources: frozenset[str]


@frozen(kw_only=False)
class Diagram:
    """Boxes in groups, and the requests and data access between them."""

    boxes: tuple[Box, ...]
    arrows: tuple[tuple[Box, Box], ...]

    def of_group(self, group: str) -> list[Box]:
        """Return the boxes of a group."""
        return [box for box in self.boxes if box.group == group]


def diagram_of(estate: Estate, *, marked: Collection[str] = ()) -> Diagram:
    """Summarize an estate as boxes. `marked` are the keys of resources with findings."""
    resources = list(estate.resources)
    near = _neighbours(estate, resources)
    owners = {it.key: _owner(it, near) for it in resources}
    boxes: list[Box] = []
    for group in GROUPS:
        members = [it for it in resources if _group(it) == group]
        for title, kind, inside in _parts(members, owners, set(marked)):
            boxes.append(Box(f"b{len(boxes) + 1}", group, title, kind, frozenset(it.key for it in inside)))
    box_of = {key: box for box in boxes for key in box.resources}
    arrows = {
        _arrow(box_of[service.key], box_of[other.key])
        for service in resources
        if service.type in _SERVICES
        for other in _reached(service, near, through=lambda it: it.type in _ON_THE_WAY)
        if _group(other) in (LOAD_BALANCING, DATA)
    }
    return Diagram(tuple(boxes), tuple(sorted(arrows, key=lambda it: (boxes.index(it[0]), boxes.index(it[1])))))


def _group(resource: Resource) -> str:
    return next((group for prefix, group in _GROUP_OF_PREFIX.items() if resource.type.startswith(prefix)), REST)


def _neighbours(estate: Estate, resources: Iterable[Resource]) -> Mapping[str, dict[str, Resource]]:
    """Return the neighbours of each resource: resources that refer to it, or that it refers to."""
    near: dict[str, dict[str, Resource]] = {it.key: {} for it in resources}
    for resource in resources:
        for other in estate.mentioning(resource):
            near[resource.key][other.key] = other
            near[other.key][resource.key] = resource
    return near


def _reached(
    start: Resource, near: Mapping[str, dict[str, Resource]], *, through: Callable[[Resource], bool]
) -> Iterable[Resource]:
    """Yield the boxes that a resource reaches through resources without a box, nearest first."""
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
    group = _group(resource)
    if resource.type in _KINDS:
        return resource
    if group == REST:
        return None
    found = _reached(resource, near, through=lambda it: _group(it) == group)
    nearest = next((it for it in found if _group(it) == group), None)
    return resource if nearest is None and resource.type == _TASK_DEFINITION else nearest


def _parts(
    members: list[Resource], owners: Mapping[str, Resource | None], marked: set[str]
) -> Iterator[tuple[str, str, list[Resource]]]:
    """Yield the boxes of a group: title, second line, and resources."""
    inside: dict[str, list[Resource]] = {}
    rest = []
    for it in members:
        owner = owners[it.key]
        if owner is None:
            rest.append(it)
        else:
            inside.setdefault(owner.key, []).append(it)
    nouns = [it for it in members if it.key in inside]
    several_stacks = len({_stack(it) for it in nouns}) > 1
    together: dict[str, list[Resource]] = {}
    for noun in nouns:
        kind = _KINDS.get(noun.type, "task definition")
        if len(nouns) > _MOST_IN_A_GROUP and not marked & {it.key for it in inside[noun.key]}:
            together.setdefault(kind, []).append(noun)
            continue
        more = f" and {len(inside[noun.key]) - 1} more" if len(inside[noun.key]) > 1 else ""
        yield _name(noun), f"{kind}{more}{f', {_stack(noun)}' if several_stacks else ''}", inside[noun.key]
    for kind, some in together.items():
        title = _name(some[0]) if len(some) == 1 else count(len(some), kind)
        yield title, kind if len(some) == 1 else _names(some), [it for noun in some for it in inside[noun.key]]
    if rest:
        yield "Others" if nouns else count(len(rest), "resource"), _content(rest), rest


def _names(resources: list[Resource]) -> str:
    return ", ".join(dict.fromkeys(_name(it) for it in resources))


def _stack(resource: Resource) -> str:
    """Return the stack of a construct, or the name of the file without its endings."""
    return resource.construct_path.partition("/")[0] or Path(resource.template.name).name.partition(".")[0]


def _content(resources: list[Resource]) -> str:
    names = Counter(it.type.rpartition("::")[2] for it in resources)
    shown = [f"{name} × {number}" for name, number in names.most_common(3)]
    return ", ".join(shown) + (", …" if len(names) > 3 else "")


def _name(resource: Resource) -> str:
    """Return the path of a construct without its stack, or the logical id."""
    return resource.construct_path.partition("/")[2] or resource.logical_id


def _arrow(service: Box, other: Box) -> tuple[Box, Box]:
    return (other, service) if other.group == LOAD_BALANCING else (service, other)
