"""Arrows for traffic and data, read from listeners, security groups, policies and volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Map, Resource, Template

from .drawing import Arrow
from .facts import task_definition_of

_SERVICE = "AWS::ECS::Service"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_GROUP = "AWS::EC2::SecurityGroup"
_CONDITIONS = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}
_VERBS = {
    "receives": {"sqs:ReceiveMessage"},
    "sends": {"sqs:SendMessage", "sns:Publish"},
    "reads": {"dynamodb:GetItem", "dynamodb:Query", "s3:GetObject", "s3:GetObject*"},
    "writes": {"dynamodb:PutItem", "dynamodb:UpdateItem", "s3:PutObject", "s3:PutObject*"},
}


def arrows_of(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Yield the traffic and data of a template's boxes, including arrows to boxes of other templates."""
    for maker in (_from_the_internet, _to_targets, _between_groups, _by_policies, _to_volumes, _to_queues):
        yield from maker(template, own)


def _from_the_internet(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    for balancer in own.values():
        if balancer.type == _BALANCER and balancer.source.get("Scheme", "internet-facing") != "internal":
            listeners = template.estate.mentioning(balancer, _LISTENER)
            yield Arrow(source="internet", target=balancer.key, label=", ".join(sorted(map(_protocol, listeners))))


def _protocol(listener: Resource) -> str:
    return f"{listener.source.get('Protocol', '')} {listener.source.get('Port', '')}".strip()


def _to_targets(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Follow the routes to a service, from its target groups through rules and listeners to load balancers."""
    estate = template.estate
    for service in own.values():
        if service.type != _SERVICE:
            continue
        for group in _target_groups(service, estate):
            for listener, label in _listeners(group, estate):
                balancer = _find(listener, estate, "LoadBalancerArn")
                if balancer is not None:
                    yield Arrow(source=balancer.key, target=service.key, label=label)


def _target_groups(service: Resource, estate: Estate) -> list[Resource]:
    try:
        found = [_find(it, estate, "TargetGroupArn") for it in service.maps("LoadBalancers")]
    except (CannotTell, Malformed):
        return []
    return [it for it in found if it is not None]


def _listeners(group: Resource, estate: Estate) -> Iterator[tuple[Resource, str]]:
    for listener in estate.mentioning(group, _LISTENER):
        yield listener, ""
    for rule in estate.mentioning(group, _RULE):
        if (found := _find(rule, estate, "ListenerArn")) is not None:
            yield found, _condition(rule)


def _condition(rule: Resource) -> str:
    """Describe the requests that a rule matches, by host and path."""
    try:
        fields = {it.text("Field"): it for it in rule.maps("Conditions")}
        values = [
            value
            for field, place in _CONDITIONS.items()
            if field in fields
            for value in fields[field].texts(place, "Values")
        ]
    except (CannotTell, Malformed):
        return ""
    return ", ".join(values[:2]) + ("…" if len(values) > 2 else "")


def _find(resource: Map, estate: Estate, *path: str) -> Resource | None:
    try:
        return estate.find(resource.value(*path))
    except (CannotTell, Malformed):
        return None


def _between_groups(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Find services that can call each other: one security group allows another."""
    estate = template.estate
    of_group = {group.key: box for box in own.values() for group in _groups_of(box, estate)}
    for rule in estate.of_type("AWS::EC2::SecurityGroupIngress"):
        into, source = _find(rule, estate, "GroupId"), _find(rule, estate, "SourceSecurityGroupId")
        target = of_group.get(into.key) if into else None
        caller = of_group.get(source.key) if source else None
        if target and caller and target is not caller and caller.type != _BALANCER:
            protocol, port = rule.source.get("IpProtocol"), rule.source.get("FromPort")
            yield Arrow(source=caller.key, target=target.key, label=f"{protocol} {port}")


def _groups_of(box: Resource, estate: Estate) -> Iterator[Resource]:
    place = ("NetworkConfiguration", "AwsvpcConfiguration") if box.type == _SERVICE else ()
    try:
        for group in box.values(*place, "SecurityGroups"):
            if (found := estate.find(group, _GROUP)) is not None:
                yield found
    except (CannotTell, Malformed):
        return


def _by_policies(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Find the access of task roles to other boxes."""
    estate = template.estate
    roles = {}
    for box in own.values():
        task = task_definition_of(box, estate)
        if task is not None and (role := _find(task, estate, "TaskRoleArn")) is not None:
            roles[role.key] = box
    for policy in estate.of_type("AWS::IAM::Policy"):
        try:
            holders = [
                roles[it.key] for name in policy.values("Roles") if (it := estate.find(name)) and it.key in roles
            ]
            statements = policy.maps("PolicyDocument", "Statement") if holders else []
        except (CannotTell, Malformed):
            continue
        for statement in statements:
            yield from _statement(statement, holders, estate)


def _statement(statement: Map, holders: list[Resource], estate: Estate) -> Iterator[Arrow]:
    try:
        actions = set(statement.texts("Action"))
        named = statement.value("Resource")
        targets = [estate.find(it) for it in (named if isinstance(named, list) else [named])]
    except (CannotTell, Malformed):
        return
    verb = " and ".join(word for word, some in _VERBS.items() if actions & some)
    for target in targets:
        for holder in holders:
            if target is None or target.key == holder.key or not verb:
                continue
            if verb == "receives":
                yield Arrow(source=target.key, target=holder.key, label="messages")
            else:
                yield Arrow(source=holder.key, target=target.key, label=verb)


def _to_volumes(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    estate = template.estate
    for box in own.values():
        task = task_definition_of(box, estate)
        try:
            volumes = task.maps("Volumes") if task else []
        except (CannotTell, Malformed):
            continue
        for volume in volumes:
            system = _find(volume, estate, "EFSVolumeConfiguration", "FilesystemId")
            if system is not None:
                yield Arrow(source=box.key, target=system.key, label="mounts")


def _to_queues(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    estate = template.estate
    for subscription in template.resources.values():
        if subscription.type == "AWS::SNS::Subscription":
            topic, queue = _find(subscription, estate, "TopicArn"), _find(subscription, estate, "Endpoint")
            if topic is not None and queue is not None and queue.key in own:
                yield Arrow(source=topic.key, target=queue.key, label="delivers")
