"""From a template to a drawing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from cdk_containers.checks.templates import Estate, Resource, Template

from .arrows import arrows_of
from .drawing import Arrow, Box, Drawing
from .facts import facts_of, task_definition_of
from .kinds import BOXES, ONLY_WITH_ARROWS, counted
from .places import containers, name_of, owner_of, place_of

INTERNET = "internet"
_SERVICE = "AWS::ECS::Service"
_TASK = "AWS::ECS::TaskDefinition"
_CLUSTER = "AWS::ECS::Cluster"
_PROVIDER = "AWS::ECS::CapacityProvider"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"


def drawing_of(template: Template, *, before: Collection[str] = ()) -> Drawing:
    """Draw what a template makes. Names come from the construct paths, if an app made the template.

    `before` has the logical ids of an earlier template: what they name is drawn only if something new reaches it.
    """
    estate = template.estate
    old = {it.key for it in template.resources.values() if it.logical_id in before}
    own = {it.key: it for it in template.resources.values() if it.type in BOXES and _is_drawn(it, estate)}
    new = own.keys() - old
    inside = {
        key: place
        for key, place in containers(own, estate).items()
        if place in new or own[place].type != "AWS::EC2::VPC"
    }
    arrows = [it for it in _joined(arrows_of(template, own)) if {it.source, it.target} & new]
    reached = {end for arrow in arrows for end in (arrow.source, arrow.target)}
    reached |= {inside[key] for key in new & inside.keys()}
    drawn = {key: it for key, it in own.items() if key in reached or (key in new and it.type not in ONLY_WITH_ARROWS)}
    foreign = {
        it.key: it
        for other in estate.templates
        if other is not template
        for it in other.resources.values()
        if it.key in reached and it.type in BOXES
    }
    owners = _owners([it for it in template.resources.values() if it.key not in old], drawn)
    boxes = [
        *_outside(arrows),
        *(_box(it, estate, owners) for it in drawn.values()),
        *map(_elsewhere, foreign.values()),
    ]
    known = {box.id for box in boxes}
    return Drawing(
        title=_title(template),
        boxes=[_placed(box, inside, drawn, old) for box in boxes],
        arrows=[arrow for arrow in arrows if arrow.source in known and arrow.target in known],
        shared=counted(owners.get("", Counter())),
    )


def _placed(box: Box, inside: Mapping[str, str], drawn: Mapping[str, Resource], old: Collection[str]) -> Box:
    place = inside.get(box.id)
    box = replace(box, inside=place if place in drawn else None)
    return replace(box, lines=["exists already"], elsewhere=True) if box.id in old else box


def _joined(arrows: Iterable[Arrow]) -> list[Arrow]:
    """Make one arrow of those between the same boxes."""
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
        users = estate.mentioning(resource, "AWS::ECS::Daemon", "AWS::ECS::ExpressGatewayService")
        return not users and not any(task_definition_of(it, estate) is resource for it in estate.of_type(_SERVICE))
    if resource.type == _PROVIDER:
        return "ManagedInstancesProvider" in resource.source
    if resource.type == _CLUSTER:
        return not estate.mentioning(resource, _SERVICE, _TASK)
    return True


def _outside(arrows: list[Arrow]) -> Iterator[Box]:
    if any(arrow.source == INTERNET for arrow in arrows):
        yield Box(id=INTERNET, kind="Internet", name="", family="outside")


def _box(resource: Resource, estate: Estate, owners: Mapping[str, Counter[str]]) -> Box:
    facts, counts = facts_of(resource, estate), counted(owners.get(resource.key, Counter()))
    return replace(_named(resource), lines=[" · ".join(it) for it in (facts, counts) if it])


def _elsewhere(resource: Resource) -> Box:
    return replace(_named(resource), lines=[f"of {_title(resource.template)}"], elsewhere=True)


def _named(resource: Resource) -> Box:
    kind, family = BOXES[resource.type]
    if resource.type == _BALANCER:
        types = {"network": "Network Load Balancer", "gateway": "Gateway Load Balancer"}
        kind = types.get(str(resource.source.get("Type")), "Application Load Balancer")
    url = resource.source.get("Url") if resource.type == "AWS::IAM::OIDCProvider" else None
    name = url.removeprefix("https://") if isinstance(url, str) else name_of(resource)
    return Box(id=resource.key, kind=kind, name=name, family=family)


def _owners(resources: Collection[Resource], drawn: Mapping[str, Resource]) -> dict[str, Counter[str]]:
    """Count, for each box, the resources that belong to it; resources without a box are under the empty key."""
    places = {place: key for key, resource in drawn.items() if (place := place_of(resource))}
    used = {
        task.key: service.key
        for service in drawn.values()
        if service.type == _SERVICE and (task := task_definition_of(service, service.template.estate)) is not None
    }
    counts: dict[str, Counter[str]] = {}
    for resource in resources:
        if resource.key not in drawn:
            owner = used.get(resource.key) or owner_of(resource.construct_path, places)
            counts.setdefault(owner, Counter())[resource.type] += 1
    return counts
