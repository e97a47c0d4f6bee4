"""Creates a drawing from a template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Reference, Resource, Template

from .arrows import arrows_of
from .drawing import Arrow, Box, Drawing
from .facts import facts_of, task_definition_of
from .kinds import BOXES, ONLY_WITH_ARROWS, counted

INTERNET = "internet"
_SERVICE = "AWS::ECS::Service"
_TASK = "AWS::ECS::TaskDefinition"
_CLUSTER = "AWS::ECS::Cluster"
_GROUP = "AWS::AutoScaling::AutoScalingGroup"
_PROVIDER = "AWS::ECS::CapacityProvider"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_GENERIC = {
    *("Default", "Resource", "Service", "TaskDefinition", "Task", "Group", "ASG", "Vpc", "VPC"),
    *("LoadBalancer", "Queue", "FileSystem", "Cluster", "Table", "Topic", "Repository", "Nodegroup", "Pipeline"),
    *("Definition", "Provider", "Environment", "Schedule"),
}
"""Ids of internal constructs. The id of the parent is more helpful."""


def drawing_of(template: Template) -> Drawing:
    """Draw what a template makes. Names come from the construct paths, if an app made the template."""
    estate = template.estate
    own = {it.key: it for it in template.resources.values() if it.type in BOXES and _is_drawn(it, estate)}
    arrows = _joined(arrows_of(template, own))
    reached = {end for arrow in arrows for end in (arrow.source, arrow.target)}
    drawn = {key: it for key, it in own.items() if it.type not in ONLY_WITH_ARROWS or key in reached}
    foreign = {
        it.key: it
        for other in estate.templates
        if other is not template
        for it in other.resources.values()
        if it.key in reached and it.type in BOXES
    }
    owners = _owners(template, drawn)
    boxes = [*_outside(arrows), *(_box(it, estate, owners, template) for it in (drawn | foreign).values())]
    known = {box.id for box in boxes}
    return Drawing(
        title=_title(template),
        boxes=[_placed(box, known) for box in boxes],
        arrows=[arrow for arrow in arrows if arrow.source in known and arrow.target in known],
        shared=counted(owners.get("", Counter())),
    )


def _joined(arrows: Iterable[Arrow]) -> list[Arrow]:
    """Merge the arrows between the same boxes."""
    labels: dict[tuple[str, str], list[str]] = {}
    for arrow in arrows:
        labels.setdefault((arrow.source, arrow.target), []).append(arrow.label)
    return [
        Arrow(source=source, target=target, label=", ".join(filter(None, dict.fromkeys(found))))
        for (source, target), found in labels.items()
    ]


def _title(template: Template) -> str:
    return template.stack_name or template.name.rsplit("/", 1)[-1].split(".", 1)[0]


def _is_drawn(resource: Resource, estate: Estate) -> bool:
    if resource.type == _TASK:
        users = estate.mentioning(resource, _SERVICE, "AWS::ECS::Daemon", "AWS::ECS::ExpressGatewayService")
        return not users
    if resource.type == _PROVIDER:
        return "ManagedInstancesProvider" in resource.source
    if resource.type == _CLUSTER:
        return not estate.mentioning(resource, _SERVICE, _TASK)
    return True


def _outside(arrows: list[Arrow]) -> Iterator[Box]:
    if any(arrow.source == INTERNET for arrow in arrows):
        yield Box(id=INTERNET, kind="Internet", name="", family="outside")


def _box(resource: Resource, estate: Estate, owners: dict[str, Counter[str]], template: Template) -> Box:
    kind, family = BOXES[resource.type]
    if resource.type == _BALANCER:
        types = {"network": "Network Load Balancer", "gateway": "Gateway Load Balancer"}
        kind = types.get(str(resource.source.get("Type")), "Application Load Balancer")
    elsewhere = resource.template is not template
    counts = [] if elsewhere else counted(owners.get(resource.key, Counter()))
    facts = facts_of(resource, estate)
    lines = [" · ".join(it) for it in (facts, counts) if it]
    if elsewhere:
        lines = [f"of {_title(resource.template)}"]
    return Box(
        id=resource.key,
        kind=kind,
        name=_name(resource),
        family=family,
        lines=lines,
        inside=None if elsewhere else _container(resource, estate),
        elsewhere=elsewhere,
    )


def _placed(box: Box, known: set[str]) -> Box:
    if box.inside is None or box.inside in known:
        return box
    return replace(box, inside=None)


def _name(resource: Resource) -> str:
    """Return the name in the code: the last id of the path that is not from CDK."""
    path = resource.construct_path.split("/")[1:] or [resource.logical_id]
    while len(path) > 1 and path[-1] in _GENERIC:
        path.pop()
    return path[-1]


def _container(resource: Resource, estate: Estate) -> str | None:
    """Return the Auto Scaling group of a service, if all its tasks run on one group."""
    if resource.type != _SERVICE:
        return None
    try:
        providers = [it.value("CapacityProvider") for it in resource.maps("CapacityProviderStrategy")]
    except (CannotTell, Malformed):
        return None
    groups = {found.key for it in providers if isinstance(it, Reference) and (found := _group(it.resource, estate))}
    return groups.pop() if len(groups) == 1 and len(providers) == 1 else None


def _group(provider: Resource, estate: Estate) -> Resource | None:
    if provider.type != _PROVIDER:
        return None
    if "ManagedInstancesProvider" in provider.source:
        return provider
    try:
        return estate.find(provider.value("AutoScalingGroupProvider", "AutoScalingGroupArn"), _GROUP)
    except CannotTell:
        return None


def _owners(template: Template, drawn: dict[str, Resource]) -> dict[str, Counter[str]]:
    """Count the resources of each box. Resources without a box are under the empty key."""
    places = {}
    for key, resource in drawn.items():
        parts = resource.construct_path.split("/")
        name = _name(resource)
        if name in parts:
            places["/".join(parts[: len(parts) - parts[::-1].index(name)])] = key
    counts: dict[str, Counter[str]] = {}
    used = {
        task.key: service.key
        for service in drawn.values()
        if service.type == _SERVICE and (task := task_definition_of(service, template.estate)) is not None
    }
    for resource in template.resources.values():
        if resource.key in drawn:
            continue
        owner = used.get(resource.key) or _owner(resource.construct_path, places)
        counts.setdefault(owner, Counter())[resource.type] += 1
    return counts


def _owner(path: str, places: dict[str, str]) -> str:
    parts = path.split("/")
    for length in range(len(parts), 1, -1):
        if (found := places.get("/".join(parts[:length]))) is not None:
            return found
    return ""
