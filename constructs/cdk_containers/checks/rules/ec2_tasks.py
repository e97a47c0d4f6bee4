"""Checks of what tasks ask of the instances that they run on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .capacity_parts import group_of, instance_types_of, launches_of
from .service_parts import (
    SERVICE,
    TASK_DEFINITION,
    Capacity,
    capacities,
    capacity_providers_of,
    containers_of,
    network_mode,
    network_mode_of,
    scalable_targets,
    services_of,
    task_definition,
)
from .services import is_daemon

_FARGATE_ULIMIT = "nofile"
_FARGATE_CAPABILITY = "SYS_PTRACE"
_PROVISIONED = {"gp3", "io1", "io2"}


def runs_on(task: Resource) -> set[Capacity]:
    """Return what a task definition runs on, by its services, or by what it is compatible with."""
    services = services_of(task)
    if services:
        return {capacity for service in services for capacity in capacities(service)}
    named = task.texts("RequiresCompatibilities")
    if named == ["FARGATE"]:
        return {"Fargate"}
    raise CannotTell("no service in the templates shows where the task runs")


def is_for_fargate(task: Resource) -> bool:
    """Tell whether ECS checks a task definition for Fargate when it is registered."""
    return "FARGATE" in task.texts("RequiresCompatibilities")


@check("task-fits-instance", SERVICE, fix="Use a larger instance type, or a smaller task.")
def task_fits(service: Resource) -> Outcome | None:
    """A task finds an instance that has room for it."""
    if capacities(service) != {"EC2 instances"}:
        return None
    task = task_definition(service)
    cpu, memory = _size(task)
    types = [name for provider in capacity_providers_of(service) for name in _types(provider)]
    if not types:
        raise CannotTell("the instance types are not in the templates")
    mode = network_mode(task)
    if mode not in {"awsvpc", "bridge", "host"}:
        return None
    small = [name for name in types if not _holds(name, cpu, memory)]
    if small:
        return fault(f"a task requests {cpu:g} CPU units and {memory:g} MiB, more than {', '.join(small)} has")
    return ok(f"a task fits on {types[0]}")


def _holds(name: str, cpu: float, memory: float) -> bool:
    from cdk_containers.model.instances import find_instance_type, tasks_per_instance  # noqa: PLC0415  (few templates have instances)

    instance = find_instance_type(name)
    if instance is None:
        raise CannotTell(f"the size of {name} is not known")
    return tasks_per_instance(instance, cpu=int(cpu), memory_mib=int(memory)).holds_a_task


def _size(task: Resource) -> tuple[float, float]:
    containers = containers_of(task)
    cpu = task.number("Cpu") if task.has("Cpu") else sum(it.number("Cpu", default=0) for it in containers)
    memory = (
        task.number("Memory")
        if task.has("Memory")
        else sum(it.number("MemoryReservation", default=it.number("Memory", default=0)) for it in containers)
    )
    return cpu or 0, memory or 0


def _types(provider: Resource) -> Iterator[str]:
    for launch in launches_of(group_of(provider)):
        yield from instance_types_of(launch)


@check("host-ports", TASK_DEFINITION, fix="Remove HostPort, so that each task gets a free port of the instance.")
def ports_are_free(task: Resource) -> Outcome | None:
    """An instance runs more than one task of a service."""
    ports = [port for container in containers_of(task) for port in container.maps("PortMappings")]
    mode = network_mode(task)
    if not ports or mode not in {"bridge", "host"}:
        return None
    fixed = [f"{port.number('HostPort'):g}" for port in ports if port.number("HostPort", default=0)]
    twice = [port for port, count in Counter(fixed).items() if count > 1]
    if twice:
        return fault(f"two containers use port {twice[0]} of the instance")
    if mode == "host":
        return ok("with host networking, ports are those of the instance")
    if not fixed:
        return ok("each task gets a free port of the instance")
    services = services_of(task)
    if services and all(is_daemon(it) or _is_behind_classic(it) for it in services):
        return ok("one task runs on each instance")
    return fault(f"an instance can run only one task, because the task uses its port {fixed[0]}")


def _is_behind_classic(service: Resource) -> bool:
    return any(entry.has("LoadBalancerName") for entry in service.maps("LoadBalancers"))


@check("gpu-capacity", TASK_DEFINITION, fix="Run it on GPU instances, through an EC2 capacity provider.")
def has_gpu(task: Resource) -> Outcome | None:
    """A container finds the GPU that it asks for."""
    if not any(_asks_for_gpu(container) for container in containers_of(task)):
        return None
    from cdk_containers.model.instances import has_gpus  # noqa: PLC0415  (few templates have instances)

    return _judged_by_types(task, has_gpus, "GPUs")


def _asks_for_gpu(container: Map) -> bool:
    return any(it.text("Type") == "GPU" for it in container.maps("ResourceRequirements"))


@check("neuron-devices", TASK_DEFINITION, fix="Run it on instances of the families inf or trn.")
def has_neuron(task: Resource) -> Outcome | None:
    """A container finds the Neuron device that it asks for."""
    devices = [device for it in containers_of(task) for device in it.maps("LinuxParameters", "Devices")]
    if not any(device.text("HostPath").startswith("/dev/neuron") for device in devices):
        return None
    from cdk_containers.model.instances import has_neuron_devices  # noqa: PLC0415  (few templates have instances)

    return _judged_by_types(task, has_neuron_devices, "Neuron devices")


def _judged_by_types(task: Resource, has: Callable[[str], bool], what: str) -> Outcome:
    if is_for_fargate(task) or "Fargate" in runs_on(task):
        return fault(f"a container requests {what}, and Fargate has none")
    providers = [provider for service in services_of(task) for provider in capacity_providers_of(service)]
    types = [name for provider in providers if provider.has("AutoScalingGroupProvider") for name in _types(provider)]
    if not types:
        raise CannotTell("the instance types are not in the templates")
    without = [name for name in types if not has(name)]
    return fault(f"{', '.join(without)} has no {what}") if without else ok(f"{types[0]} has {what}")


@check("instance-volumes", TASK_DEFINITION, fix="Use an EFS or EBS volume, or run the task on EC2 instances.")
def volumes_are_there(task: Resource) -> Outcome | None:
    """Fargate has no directories to mount."""
    volumes = [it for it in task.maps("Volumes") if it.has("Host", "SourcePath") or it.has("DockerVolumeConfiguration")]
    if not volumes:
        return None
    names = ", ".join(it.text("Name") for it in volumes)
    if is_for_fargate(task) or "Fargate" in runs_on(task):
        return fault(f"{names} is on the instance, and Fargate has no instances")
    return ok(f"{names} is on the instance")


@check(
    "instance-kernel-options",
    TASK_DEFINITION,
    fix=("Remove the options that only EC2 supports, or run the task on EC2 instances."),
)
def kernel_options_exist(task: Resource) -> Outcome | None:
    """Fargate has the options that containers set."""
    return worst(lambda container: _kernel_outcome(task, container), containers_of(task))


def _kernel_outcome(task: Resource, container: Map) -> Outcome | None:
    options = list(_options_of_ec2(container))
    if not options:
        return None
    what = f"container {container.text('Name')} sets {', '.join(options)}"
    if is_for_fargate(task) or "Fargate" in runs_on(task):
        return fault(f"{what}, which Fargate does not support")
    return ok(what)


def _options_of_ec2(container: Map) -> Iterator[str]:
    if set(container.texts("LinuxParameters", "Capabilities", "Add")) - {_FARGATE_CAPABILITY}:
        yield "Capabilities.Add"
    for name in ("SharedMemorySize", "MaxSwap", "Swappiness", "Devices"):
        if container.has("LinuxParameters", name):
            yield name
    if any(it.text("Name") != _FARGATE_ULIMIT for it in container.maps("Ulimits")):
        yield "Ulimits"


@check("ebs-volume", SERVICE, fix="Set ManagedEBSVolume.Encrypted to true.")
def ebs_volumes_are_encrypted(service: Resource) -> Outcome | None:
    """What a task writes is not readable from a disk, and the volume can be made."""
    volumes = [it for it in service.maps("VolumeConfigurations") if it.has("ManagedEBSVolume")]
    return worst(_ebs_outcome, volumes)


def _ebs_outcome(configuration: Map) -> Outcome:
    name, volume = configuration.text("Name"), configuration.map("ManagedEBSVolume")
    kind = volume.text("VolumeType", default="gp3")
    if volume.has("Iops") and kind not in _PROVISIONED:
        return fault(f"{name} is {kind}, which does not support Iops", fix="Remove Iops, or use gp3, io1 or io2.")
    if volume.has("Throughput") and kind != "gp3":
        return fault(f"{name} is {kind}, which does not support Throughput", fix="Remove Throughput, or use gp3.")
    if not volume.flag("Encrypted"):
        return fault(f"{name} is not encrypted")
    return ok(f"{name} is encrypted")


@check("daemon-scheduling", SERVICE, fix="Remove the count, scaling and placement of the daemon, and run it on EC2.")
def daemons_have_no_count(service: Resource) -> Outcome | None:
    """One task runs on every instance."""
    if not is_daemon(service):
        return None
    wrong = []
    if service.has("DesiredCount"):
        wrong.append("a count")
    if scalable_targets(service):
        wrong.append("scaling")
    if service.values("PlacementStrategies"):
        wrong.append("a placement strategy")
    if service.text("LaunchType") == "FARGATE":
        wrong.append("Fargate")
    if wrong:
        return fault(f"a daemon has {' and '.join(wrong)}, which contradicts one task on each instance")
    return ok("one task runs on every instance")


@check(
    "classic-load-balancer",
    SERVICE,
    fix="Use a target group of an Application or Network Load Balancer.",
)
def classic_gets_a_fixed_port(service: Resource) -> Outcome | None:
    """A Classic Load Balancer finds the tasks."""
    entries = [it for it in service.maps("LoadBalancers") if it.has("LoadBalancerName")]
    if not entries:
        return None
    if service.text("AvailabilityZoneRebalancing", default="DISABLED") == "ENABLED":
        return fault("ECS does not rebalance zones for a service with a Classic Load Balancer")
    if network_mode_of(service) == "awsvpc":
        return fault("tasks have their own addresses (awsvpc), which a Classic Load Balancer does not support")
    return worst(lambda entry: _classic_outcome(task_definition(service), entry), entries)


def _classic_outcome(task: Resource, entry: Map) -> Outcome:
    name, number = entry.text("ContainerName"), entry.number("ContainerPort")
    for container in containers_of(task):
        if container.text("Name") != name:
            continue
        for port in container.maps("PortMappings"):
            is_fixed = network_mode(task) == "host" or port.number("HostPort", default=0) > 0
            if port.number("ContainerPort") == number and not is_fixed:
                return fault(f"port {number:g} of {name} is not a fixed port of the instance")
    return ok("the load balancer uses a fixed port of the instances")
