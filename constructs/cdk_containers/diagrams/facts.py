"""The second line of a box: what a reviewer asks first."""

from __future__ import annotations

from collections.abc import Callable

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Resource

from .kinds import number_of

_ASG = "AWS::AutoScaling::AutoScalingGroup"
_SERVICE = "AWS::ECS::Service"
_TASK = "AWS::ECS::TaskDefinition"
_SCHEDULE = "AWS::Scheduler::Schedule"
_SCALABLE_TARGET = "AWS::ApplicationAutoScaling::ScalableTarget"


def facts_of(resource: Resource, estate: Estate) -> list[str]:
    """Return what a box says about a resource; what only a deployment knows is left out."""
    makers = _FACTS.get(resource.type, ())
    facts = (_or_nothing(maker, resource, estate) for maker in makers)
    return [fact for fact in facts if fact]


def _or_nothing(maker: Callable[[Resource, Estate], str], resource: Resource, estate: Estate) -> str:
    try:
        return maker(resource, estate)
    except (CannotTell, Malformed):
        return ""


def task_definition_of(box: Resource, estate: Estate) -> Resource | None:
    """Return the task definition of a service or job, if a template of the estate has it. A job is drawn as its own."""
    if box.type == _TASK:
        return box
    if box.type != _SERVICE:
        return None
    try:
        named = box.value("TaskDefinition")
        found = estate.find(named, _TASK)
    except CannotTell:
        return None
    families = (it for it in estate.of_type(_TASK) if isinstance(named, str) and it.source.get("Family") == named)
    return found or next(families, None)


def _tasks(service: Resource, estate: Estate) -> str:
    if service.text("SchedulingStrategy") == "DAEMON":
        return "one task on each instance"
    for target in estate.mentioning(service, _SCALABLE_TARGET):
        return f"{target.number('MinCapacity'):g} to {target.number('MaxCapacity'):g} tasks"
    count = service.number("DesiredCount")
    return "" if count is None else number_of(int(count), "task")


def _size(service: Resource, estate: Estate) -> str:
    task = task_definition_of(service, estate)
    cpu, memory = (task.number("Cpu"), task.number("Memory")) if task else (None, None)
    if cpu is None or memory is None:
        return ""
    return f"{cpu / 1024:g} vCPU, {memory:g} MiB" if memory < 1024 else f"{cpu / 1024:g} vCPU, {memory / 1024:g} GiB"


def _containers(service: Resource, estate: Estate) -> str:
    task = task_definition_of(service, estate)
    number = len(task.values("ContainerDefinitions")) if task else 0
    return number_of(number, "container") if number > 1 else ""


def _starts(task: Resource, estate: Estate) -> str:
    """Say when a job starts; a state machine may stand between the schedule and the task."""
    callers = estate.mentioning(task, _SCHEDULE, "AWS::Events::Rule", "AWS::StepFunctions::StateMachine")
    callers += [it for caller in callers for it in estate.mentioning(caller, _SCHEDULE, "AWS::Events::Rule")]
    for caller in callers:
        if caller.type == _SCHEDULE or caller.has("ScheduleExpression"):
            return caller.text("ScheduleExpression")
    return "on an event" if any(it.type == "AWS::Events::Rule" for it in callers) else ""


def _runs_on(service: Resource, _: Estate) -> str:
    names = {"FARGATE": "Fargate", "FARGATE_SPOT": "Fargate Spot", "EC2": "EC2", "EXTERNAL": "your own machines"}
    providers = [it.value("CapacityProvider") for it in service.maps("CapacityProviderStrategy")]
    launch = service.text("LaunchType")
    found = [names[it] for it in (*providers, launch) if isinstance(it, str) and it in names]
    return " and ".join(dict.fromkeys(found))


def _instances(group: Resource, _: Estate) -> str:
    return _between(group.number("MinSize"), group.number("MaxSize"), "instance")


def _node_group(group: Resource, _: Estate) -> str:
    return _between(group.number("ScalingConfig", "MinSize"), group.number("ScalingConfig", "MaxSize"), "node")


def _between(low: float | None, high: float | None, word: str) -> str:
    if low is None or high is None:
        return ""
    return number_of(int(low), word) if low == high else f"{low:g} to {high:g} {word}s"


def _pods(association: Resource, _: Estate) -> str:
    return f"service account {association.text('Namespace')}/{association.text('ServiceAccount')}"


def _files(system: Resource, _: Estate) -> str:
    kind, capacity = system.text("FileSystemType").title(), system.number("StorageCapacity")
    return kind if capacity is None else f"{kind}, {capacity:g} GiB"


def _auto_mode(cluster: Resource, _: Estate) -> str:
    return "Auto Mode" if cluster.flag("ComputeConfig", "Enabled") else ""


def _network(vpc: Resource, estate: Estate) -> str:
    gateways = estate.mentioning(vpc, "AWS::EC2::Subnet")
    zones = {str(subnet.source.get("AvailabilityZone")) for subnet in gateways}
    return number_of(len(zones), "zone")


def _egress(vpc: Resource, estate: Estate) -> str:
    subnets = {it.key for it in estate.mentioning(vpc, "AWS::EC2::Subnet")}
    gateways = [
        it
        for it in estate.of_type("AWS::EC2::NatGateway")
        if (found := estate.find(it.value("SubnetId"))) is not None and found.key in subnets
    ]
    return number_of(len(gateways), "NAT gateway") if gateways else "no NAT gateway"


def _scheme(balancer: Resource, _: Estate) -> str:
    return "internal" if balancer.text("Scheme", default="internet-facing") == "internal" else "internet-facing"


def _version(cluster: Resource, _: Estate) -> str:
    version = cluster.text("Version")
    return f"Kubernetes {version}" if version else ""


_FACTS: dict[str, tuple[Callable[[Resource, Estate], str], ...]] = {
    _SERVICE: (_tasks, _size, _containers, _runs_on),
    _TASK: (_starts, _size, _containers),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (_scheme,),
    "AWS::ElasticLoadBalancing::LoadBalancer": (_scheme,),
    _ASG: (_instances,),
    "AWS::EKS::Nodegroup": (_node_group,),
    "AWS::EKS::Cluster": (_version, _auto_mode),
    "AWS::EKS::PodIdentityAssociation": (_pods,),
    "AWS::FSx::FileSystem": (_files,),
    "AWS::EC2::VPC": (_network, _egress),
}
