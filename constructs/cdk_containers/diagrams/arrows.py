"""Traffic and data between what is drawn, read from listeners, security groups, policies and volumes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Map, Resource, Template

from .drawing import Arrow
from .facts import task_definition_of
from .kinds import BOXES
from .places import find, groups_of, owner_of, place_of

_SERVICE = "AWS::ECS::Service"
_PODS = "AWS::EKS::PodIdentityAssociation"
_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
_CLASSIC = "AWS::ElasticLoadBalancing::LoadBalancer"
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
_TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"
_RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
_GROUP = "AWS::EC2::SecurityGroup"
_FILES = {"AWS::EFS::FileSystem", "AWS::FSx::FileSystem"}
_EVENTS = {"AWS::S3::Bucket", "AWS::ECR::Repository"}
_CONDITIONS = {"host-header": "HostHeaderConfig", "path-pattern": "PathPatternConfig"}
_VERBS = {
    "receives": {"sqs:ReceiveMessage"},
    "sends": {"sqs:SendMessage", "sns:Publish"},
    "reads": {"dynamodb:GetItem", "dynamodb:Query", "s3:GetObject", "s3:GetObject*"},
    "writes": {"dynamodb:PutItem", "dynamodb:UpdateItem", "s3:PutObject", "s3:PutObject*"},
    "pushes": {"ecr:PutImage"},
}


def arrows_of(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Give the traffic and data of a template's boxes, with boxes of other templates at the far end."""
    for maker in (
        _from_the_internet,
        _to_targets,
        _to_pods,
        _over_lattice,
        _between_groups,
        _by_policies,
        _to_volumes,
        _to_queues,
        _by_events,
        _to_instances,
    ):
        yield from maker(template, own)


def _from_the_internet(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    for balancer in own.values():
        if balancer.type in {_BALANCER, _CLASSIC} and balancer.source.get("Scheme", "internet-facing") != "internal":
            listeners = map(_protocol, _listened(balancer, template.estate))
            yield Arrow(source="internet", target=balancer.key, label=", ".join(sorted(listeners)))


def _listened(balancer: Resource, estate: Estate) -> list[Map]:
    if balancer.type == _BALANCER:
        return [*estate.mentioning(balancer, _LISTENER)]
    try:
        return balancer.maps("Listeners")
    except (CannotTell, Malformed):
        return []


def _protocol(listener: Map) -> str:
    port = listener.source.get("Port") or listener.source.get("LoadBalancerPort", "")
    return f"{listener.source.get('Protocol', '')} {port}".strip().upper()


def _to_targets(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Follow what is routed to a service, from its target groups over rules and listeners to load balancers."""
    for service in own.values():
        if service.type == _SERVICE:
            for target in _targets(service, template.estate, "LoadBalancers", "LoadBalancerName"):
                yield Arrow(source=target.key, target=service.key)
            for group in _targets(service, template.estate, "LoadBalancers", "TargetGroupArn"):
                yield from _routed(group, service, template.estate)


def _to_pods(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Follow what is routed to pods. The manifest names their target group, and the path says whose it is."""
    pods = {place_of(it): it.key for it in own.values() if it.type == _PODS}
    for group in template.resources.values():
        if group.type == _TARGETS and (key := owner_of(group.construct_path, pods)):
            yield from _routed(group, own[key], template.estate)


def _routed(group: Resource, to: Resource, estate: Estate) -> Iterator[Arrow]:
    for listener, label in _listeners(group, estate):
        balancer = find(listener, estate, "LoadBalancerArn")
        if balancer is not None:
            yield Arrow(source=balancer.key, target=to.key, label=label)


def _targets(service: Resource, estate: Estate, *path: str) -> list[Resource]:
    place, name = path
    try:
        found = [find(it, estate, name) for it in service.maps(place)]
    except (CannotTell, Malformed):
        return []
    return [it for it in found if it is not None]


def _over_lattice(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Follow VPC Lattice from a service network to its services, and from those to ECS."""
    estate = template.estate
    for association in template.resources.values():
        if association.type == "AWS::VpcLattice::ServiceNetworkServiceAssociation":
            network = find(association, estate, "ServiceNetworkIdentifier")
            service = find(association, estate, "ServiceIdentifier")
            if network is not None and service is not None:
                yield Arrow(source=network.key, target=service.key)
    for target in own.values():
        groups = (
            _targets(target, estate, "VpcLatticeConfigurations", "TargetGroupArn") if target.type == _SERVICE else []
        )
        for group in groups:
            for listener in estate.mentioning(group, "AWS::VpcLattice::Listener"):
                if (service := find(listener, estate, "ServiceIdentifier")) is not None:
                    yield Arrow(source=service.key, target=target.key, label=_protocol(listener))


def _listeners(group: Resource, estate: Estate) -> Iterator[tuple[Resource, str]]:
    for listener in estate.mentioning(group, _LISTENER):
        yield listener, ""
    for rule in estate.mentioning(group, _RULE):
        if (found := find(rule, estate, "ListenerArn")) is not None:
            yield found, _condition(rule)


def _condition(rule: Resource) -> str:
    """Say which requests a rule is for, by host and path."""
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


def _between_groups(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """What may call what: one security group lets another one in. An EKS cluster stands for its own group."""
    estate = template.estate
    of_group = {group.key: box for box in own.values() for group in _groups_of(box, estate)} | dict(own)
    for rule in estate.of_type("AWS::EC2::SecurityGroupIngress"):
        into, source = find(rule, estate, "GroupId"), find(rule, estate, "SourceSecurityGroupId")
        target = of_group.get(into.key) if into else None
        caller = of_group.get(source.key) if source else None
        if target and caller and target is not caller and BOXES[caller.type][1] == "compute":
            port = f"{rule.source.get('IpProtocol')} {rule.source.get('FromPort')}"
            yield Arrow(source=caller.key, target=target.key, label="mounts" if target.type in _FILES else port)


def _groups_of(box: Resource, estate: Estate) -> Iterator[Resource]:
    """Give the security groups of a box, which some types have at something that mentions them."""
    place = ("NetworkConfiguration", "AwsvpcConfiguration") if box.type == _SERVICE else ()
    for holder in (box, *estate.mentioning(box, "AWS::EFS::MountTarget")):
        for name in ("SecurityGroups", "SecurityGroupIds", "VPCSecurityGroups", "VpcSecurityGroupIds"):
            try:
                for group in holder.values(*place, name):
                    if (found := estate.find(group, _GROUP)) is not None:
                        yield found
            except (CannotTell, Malformed):
                continue


def _by_policies(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """What the roles of boxes may do with what is drawn."""
    estate = template.estate
    roles = {role.key: box for box in own.values() for role in _roles_of(box, estate)}
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


def _roles_of(box: Resource, estate: Estate) -> Iterator[Resource]:
    """Give the roles of a box: of tasks, of pods, of a pipeline's builds, and of who a provider of identities tells."""
    holders: list[tuple[Resource, str]] = []
    if (task := task_definition_of(box, estate)) is not None:
        holders.append((task, "TaskRoleArn"))
    if box.type == _PODS:
        holders.append((box, "RoleArn"))
    if box.type == "AWS::CodePipeline::Pipeline":
        projects = estate.of_type("AWS::CodeBuild::Project")
        holders += [(it, "ServiceRole") for it in projects if box in estate.mentioning(it)]
    for holder, name in holders:
        if (role := find(holder, estate, name)) is not None:
            yield role
    if box.type == "AWS::IAM::OIDCProvider":
        yield from estate.mentioning(box, "AWS::IAM::Role")


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
            if target is None or target.key == holder.key or not verb or _is_plumbing(target, holder):
                continue
            if verb == "receives":
                yield Arrow(source=target.key, target=holder.key, label="messages")
            else:
                yield Arrow(source=holder.key, target=target.key, label=verb)


def _is_plumbing(bucket: Resource, of: Resource) -> bool:
    return bucket.type == "AWS::S3::Bucket" and owner_of(bucket.construct_path, {place_of(of): of.key}) != ""


def _to_volumes(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    estate = template.estate
    for box in own.values():
        task = task_definition_of(box, estate)
        try:
            volumes = task.maps("Volumes") if task else []
        except (CannotTell, Malformed):
            continue
        for volume in volumes:
            system = find(volume, estate, "EFSVolumeConfiguration", "FilesystemId")
            if system is not None:
                yield Arrow(source=box.key, target=system.key, label="mounts")


def _to_queues(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    estate = template.estate
    for subscription in template.resources.values():
        if subscription.type == "AWS::SNS::Subscription":
            topic, queue = find(subscription, estate, "TopicArn"), find(subscription, estate, "Endpoint")
            if topic is not None and queue is not None and queue.key in own:
                yield Arrow(source=topic.key, target=queue.key, label="delivers")


def _by_events(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Jobs that start when something happens to what is drawn."""
    estate = template.estate
    for job in own.values():
        rules = estate.mentioning(job, "AWS::Events::Rule") if job.type == "AWS::ECS::TaskDefinition" else []
        for source in own.values() if rules else ():
            if source.type in _EVENTS and any(it in rules for it in estate.mentioning(source, "AWS::Events::Rule")):
                yield Arrow(source=source.key, target=job.key, label="events")


def _to_instances(template: Template, own: Mapping[str, Resource]) -> Iterator[Arrow]:
    """Services that share their tasks out over several groups of instances. One on a single group is inside it."""
    for service in own.values():
        try:
            groups = groups_of(service, template.estate) if service.source.get("CapacityProviderStrategy") else []
        except (CannotTell, Malformed):
            continue
        for group in groups if len(groups) > 1 else ():
            yield Arrow(source=service.key, target=group.key, label="runs on")
