"""Whether a task fits on its capacity."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.core.whereabouts import id_of
from cdk_containers.model.instances import Fit, InstanceType, find_instance_type, tasks_per_instance
from cdk_containers.model.rollouts import RollingSteps, RolloutSteps, task_bounds
from cdk_containers.model.workload import Workload

from ..tasks import TaskOptions
from .capacity import Capacity, LaunchType
from .cluster import Cluster
from .ec2_capacity import Ec2Share
from .managed_instances_capacity import ManagedInstancesCapacity, ManagedInstancesShare


def owner_problems(capacity: Sequence[Capacity] | None, cluster: Cluster | None) -> list[Problem]:
    """Find capacity of another cluster, or capacity that is retired."""
    found = Problems()
    for index, share in enumerate(capacity or ()):
        if isinstance(share, Ec2Share | ManagedInstancesShare) and not _is_same(share.capacity.cluster, cluster):
            found.add(
                f"capacity[{index}]",
                f"{share.capacity.node.path} is not capacity of the service's cluster",
                given=None if cluster is None else Shown(cluster.node.path),
                allowed="capacity of the service's cluster",
                practice="capacity-beside-cluster",
            )
        own = cluster is None or not cluster.is_imported
        if share == LaunchType.EC2 and own and (cluster is None or not cluster.instance_security_groups):
            found.add(
                f"capacity[{index}]",
                "the cluster has no instances",
                given=Shown("LaunchType.EC2"),
                allowed="a cluster with an Ec2Capacity created before, or a Cluster.from_attributes",
                practice="capacity-beside-cluster",
            )
        if isinstance(share, Ec2Share | ManagedInstancesShare) and share.capacity.retired:
            found.add(
                f"capacity[{index}]",
                f"{share.capacity.node.path} is retired: it stays in the cluster until its tasks run elsewhere",
                given=Shown(share.capacity.node.id),
                allowed="another capacity; or remove retired=True from this one",
                practice="capacity-retired-first",
            )
    return list(found)


def _is_same(one: Cluster, other: Cluster | None) -> bool:
    """Tell whether two are the same cluster, which may have been imported twice."""
    if one is other or other is None or not (one.is_imported and other.is_imported):
        return one is other
    return one.cluster.cluster_name == other.cluster.cluster_name


def fit_problems(strategy: Sequence[Capacity], workload: Workload, options: TaskOptions) -> list[Problem]:
    """Find capacity that could not hold one task; types newer than the data here pass."""
    found = Problems()
    asked = _Asked(workload, options)
    if options.operating_system != "LINUX" and any(isinstance(share, Ec2Share) for share in strategy):
        found.add(
            "task.operating_system",
            "the instances run Linux",
            given=options.operating_system,
            allowed="LINUX, or capacity on Fargate",
            practice="runtime-platform",
        )
    for index, share in enumerate(strategy):
        if isinstance(share, ManagedInstancesShare):
            found.extend(_managed_fit_problems(share.capacity, workload, options), under=f"capacity[{index}]")
        if not isinstance(share, Ec2Share):
            continue
        capacity = share.capacity
        types = [find_instance_type(name) for name in capacity.instance_types]
        architectures = {fact.architecture for fact in types if fact is not None}
        if architectures and options.architecture not in architectures:
            found.add(
                "task.architecture",
                f"the instances of {capacity.node.id} have another architecture",
                given=options.architecture,
                allowed=" or ".join(sorted(architectures)),
                practice="instance-architecture",
            )
        fits = [asked.fit(fact, eni_trunking=capacity.instances.eni_trunking) for fact in types if fact is not None]
        if fits and len(fits) == len(types) and not any(fit.holds_a_task for fit in fits):
            arithmetic = "; ".join(f"{fit.instance.name}: {fit.explanation}" for fit in fits)
            found.add(
                f"capacity[{index}]",
                f"no instance of {capacity.node.id} can hold one task",
                given=Shown(arithmetic),
                allowed="a smaller task, or larger instances",
                practice="task-fits-instance",
            )
    return list(found)


def room_problems(
    strategy: Sequence[Capacity],
    workload: Workload,
    options: TaskOptions,
    *,
    tasks: int,
    steps: RolloutSteps,
    one_each: bool = False,
) -> list[Problem]:
    """Find instances that together could never hold the tasks, or a second version in addition.

    Args:
        strategy: The capacity of the service; the check needs only EC2 capacity of known types.
        workload: What one task runs.
        options: Options of the task.
        tasks: Minimum number of tasks of the service.
        steps: How a new version takes over.
        one_each: Whether an instance runs at most one task of the service.
    """
    found = Problems()
    asked = _Asked(workload, options)
    room, counted = 0, []
    for share in strategy:
        most = getattr(share.capacity, "max_instances", None) if isinstance(share, Ec2Share) else None
        facts = (
            [find_instance_type(name) for name in share.capacity.instance_types] if isinstance(share, Ec2Share) else []
        )
        if not isinstance(share, Ec2Share) or most is None or is_token([most, tasks]) or not all(facts):
            return []
        trunking = share.capacity.instances.eni_trunking
        held = [asked.fit(fact, eni_trunking=trunking).tasks for fact in facts if fact is not None]
        if not held or None in held:
            return []
        each = min(max(count or 0 for count in held), 1 if one_each else tasks * 2)
        room += most * each
        counted.append(f"{most} × {each} on {id_of(share.capacity)}")
    if not counted:
        return []
    given = Shown(f"{tasks} task{'' if tasks == 1 else 's'}, and room for {room} ({', '.join(counted)})")
    if room < tasks:
        found.add(
            "capacity",
            "the instances cannot hold all tasks",
            given=given,
            allowed="more max_instances, larger instances, smaller or fewer tasks",
            practice="task-fits-instance",
        )
    elif isinstance(steps, RollingSteps):
        # With room for one more task, a deployment proceeds task by task; without it, a task must stop first.
        numbers = [steps.min_healthy_percent, steps.max_healthy_percent]
        if tasks and room == tasks and not is_token(numbers) and task_bounds(steps, tasks)[0] >= tasks:
            found.add(
                "capacity",
                "the instances are full, so a deployment could neither start a new task nor stop an old one",
                given=given,
                allowed="more max_instances, or Rolling(min_healthy_percent=…) below 100",
                practice="task-fits-instance",
            )
    elif room < 2 * tasks:
        found.add(
            "capacity",
            "the instances cannot hold two versions of all tasks at once",
            given=given,
            allowed=f"room for {2 * tasks} tasks; or Rolling",
            practice="task-fits-instance",
        )
    return list(found)


class _Asked:
    """What one task requires of an instance."""

    def __init__(self, workload: Workload, options: TaskOptions) -> None:
        containers = workload.containers
        self._cpu = workload.cpu or sum(container.cpu or 0 for container in containers)
        self._memory = workload.memory_limit_mib or sum(
            container.memory_reservation_mib or container.memory_limit_mib or 0 for container in containers
        )
        self._gpus = sum(container.gpus for container in containers)
        devices = [container.neuron_devices for container in containers]
        self._neuron_devices = max((it for it in devices if isinstance(it, int)), default=0)
        ports = [port for container in containers for port in container.all_ports]
        host = options.network_mode == "host"
        self._ports = [port.host_port or (port.number if host else 0) for port in ports]
        self._mode = options.network_mode
        self._unknown = is_token([self._cpu, self._memory, self._gpus, *self._ports])

    def fit(self, fact: InstanceType, *, eni_trunking: bool) -> Fit:
        """Count how many fit on an instance; unknown requirements count as zero."""
        return tasks_per_instance(
            fact,
            cpu=0 if self._unknown else self._cpu,
            memory_mib=0 if self._unknown else self._memory,
            gpus=0 if self._unknown else self._gpus,
            neuron_devices=self._neuron_devices,
            host_ports=() if self._unknown else self._ports,
            network_mode=self._mode,
            eni_trunking=eni_trunking,
        )


def _managed_fit_problems(
    capacity: ManagedInstancesCapacity, workload: Workload, options: TaskOptions
) -> list[Problem]:
    """Find requirements whose instances could not hold one task."""
    found = Problems()
    wanted = capacity.requirements
    gpus = sum(container.gpus for container in workload.containers)
    unknown = wanted is None and capacity.is_imported
    if gpus and not unknown and (wanted is None or wanted.min_gpus == 0):
        found.add(
            "",
            f"ECS would choose instances without GPUs for {capacity.node.id}",
            given=Shown(f"{gpus} GPUs in a task"),
            allowed="InstanceRequirements(min_gpus=…) on the capacity",
            practice="gpu-capacity",
        )
    if wanted is None:
        return list(found)
    if wanted.architecture not in (None, options.architecture):
        found.add(
            "",
            f"the instances of {capacity.node.id} have another architecture",
            given=Shown(f"{wanted.architecture}, and {options.architecture} in the task"),
            allowed="one architecture",
            practice="instance-architecture",
        )
    for what, needed, most in (
        ("CPU units", workload.cpu, None if wanted.max_vcpus is None else wanted.max_vcpus * 1024),
        ("MiB", workload.memory_limit_mib, wanted.max_memory_mib),
    ):
        if needed is not None and most is not None and not is_token([needed, most]) and needed > most:
            found.add(
                "",
                f"no instance of {capacity.node.id} can hold one task",
                given=Shown(f"{needed} {what} of at most {most}"),
                allowed="a smaller task, or larger instances",
                practice="task-fits-instance",
            )
    return list(found)
