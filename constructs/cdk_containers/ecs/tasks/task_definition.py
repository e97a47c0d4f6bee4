"""Base of all task definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct, IDependable

from cdk_containers.core.cdk_modules import efs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.core.whereabouts import region_of, stack_of
from cdk_containers.logs import owned_log_group
from cdk_containers.model.workload import Architecture, Container, EfsVolume, OperatingSystem, RegistryImage, Volume
from cdk_containers.model.workload.container import DEFAULT_USER
from cdk_containers.model.workload.image import as_image
from cdk_containers.model.workload.secrets import environment_problems
from cdk_containers.network import open_file_system

from .containers import add_container, add_dependencies, container_overrides
from .efs_volumes import add_efs_volume
from .fire_lens import LOG_ROUTER
from .late_secrets import check_when_synthesized
from .neuron import give_neuron_devices
from .open_telemetry import OpenTelemetry
from .options import TaskOptions
from .place import Place
from .pulling import ecr_address
from .roles import make_execution_role, make_task_role
from .sidecars import allow_sidecars, beside_sidecars, sidecars
from .volumes import add_volume, has_tmpfs, with_volumes_for_tmpfs

_REGISTRY_LOGIN = Acknowledgement(
    "ecr:GetAuthorizationToken, with which ECS logs in to ECR, supports no resource-level permissions; all other "
    "permissions of this role are limited to the repository, secret or log group",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
)
_PLAIN_ENVIRONMENT = Acknowledgement(
    "Plain environment variables contain only settings: the construct refuses access keys and values that look like "
    "secrets, and secrets come from Secrets Manager or SSM",
    cdk_nag=("AwsSolutions-ECS2",),
)

_owners: WeakKeyDictionary[iam.IRole, Construct] = WeakKeyDictionary()


@jsii.implements(iam.IGrantable)
class TaskDefinition(CheckedConstruct):
    """A task definition with its own roles and log group. See `FargateTaskDefinition` and `Ec2TaskDefinition`.

    Attributes:
        task_definition: The CDK task definition.
        task_role: The role of the application; it receives grants.
        execution_role: The role with which ECS starts the task.
        log_group: The log group of the containers.
        containers: The containers, by name.
        overrides: Property overrides, by path.
    """

    _tmpfs_everywhere: ClassVar[bool] = True
    """Whether its platform supports tmpfs in every AWS partition, or only in the commercial one."""

    _router_user: ClassVar[str | Disabled] = DEFAULT_USER
    """Default user of a log router on its platform."""

    task_definition: ecs.TaskDefinition
    task_role: iam.IRole
    execution_role: iam.IRole
    log_group: aws_logs.ILogGroup
    containers: dict[str, ecs.ContainerDefinition]
    overrides: dict[str, Any]

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: this task's role."""
        return self.task_role.grant_principal

    def _make_roles(self, options: TaskOptions) -> None:
        self.task_role = options.task_role or make_task_role(self)
        _owners[self.task_role] = self
        self.execution_role = options.execution_role or make_execution_role(self)

    def _fill(
        self,
        task_definition: ecs.TaskDefinition,
        *,
        containers: Sequence[Container],
        volumes: Sequence[Volume],
        memory_limit_mib: int | None,
        options: TaskOptions,
    ) -> None:
        """Add containers, volumes and logs to the L2 task definition."""
        self.task_definition = task_definition
        self.log_group = owned_log_group(self, "Logs", options.logs)
        own, self._sidecars = self._beside_sidecars(containers, options)
        limits = memory_limits(own, memory_limit_mib, beside=self._sidecars)
        containers = [*own, *self._sidecars]
        linux = options.operating_system == "LINUX"
        if linux and not self._tmpfs_everywhere and not has_tmpfs(region_of(stack_of(self))):
            containers, replaced = with_volumes_for_tmpfs(containers)
            volumes = [*volumes, *replaced]
        self._efs_volumes = [volume for volume in volumes if isinstance(volume, EfsVolume)]
        for volume in volumes:
            if isinstance(volume, EfsVolume):
                add_efs_volume(self, task_definition, volume, self.task_role, containers)
            else:
                add_volume(task_definition, volume)
        self.containers = {
            container.name: add_container(
                task_definition,
                container,
                memory_limit_mib=limit,
                log_group=self.log_group,
                execution_role=self.execution_role,
                options=options,
            )
            for container, limit in zip(
                containers, [*limits, *(sidecar.memory_limit_mib for sidecar in self._sidecars)], strict=True
            )
        }
        resource = resource_of(task_definition)
        self.overrides = {
            f"ContainerDefinitions.{index}.{path}": value
            for index, container in enumerate(containers)
            for path, value in container_overrides(container, options).items()
        }
        for path, value in self.overrides.items():
            resource.add_property_override(path, value)
        give_neuron_devices(task_definition, containers)
        add_dependencies(containers, self.containers)
        check_when_synthesized(task_definition, own)
        from_elsewhere = all(
            isinstance(as_image(container.image), RegistryImage) and ecr_address(container.image) is None
            for container in containers
        )
        if isinstance(self.execution_role, iam.Role) and not from_elsewhere:
            acknowledge(self.execution_role, _REGISTRY_LOGIN)
        self._environment_acknowledged = False
        if any(container.environment for container in containers):
            self._acknowledge_environment()
        for sidecar in (options.log_router, options.telemetry):
            if sidecar is not None and isinstance(sidecar.health_check, Disabled):
                record_opt_out(task_definition, "sidecar-health-check", sidecar.health_check)

    def _beside_sidecars(
        self, containers: Sequence[Container], options: TaskOptions
    ) -> tuple[Sequence[Container], Sequence[Container]]:
        """Return the containers and sidecars, configured for each other, and grant the permissions they need."""
        if options.log_router is None and options.telemetry is None:
            return containers, []
        place = self._place(options.telemetry)
        allow_sidecars(containers, options, place, task_role=self.task_role, execution_role=self.execution_role)
        added = sidecars(options, place)
        if options.log_router is not None and options.log_router.user is None:
            added = [replace(one, user=self._router_user) if one.name == LOG_ROUTER else one for one in added]
        return beside_sidecars(containers, options, place), added

    def _place(self, telemetry: OpenTelemetry | None) -> Place:
        parent = self.node.scope
        # People know the name of the service or job; a separate task definition has its own name.
        whole = self if parent is None or isinstance(parent, cdk.Stack) else parent
        return Place(
            stack=cdk.Stack.of(self),
            log_group=self.log_group,
            metrics=owned_log_group(self, "Metrics", telemetry.metrics_logs)
            if telemetry is not None and telemetry.metrics
            else None,
            service=(telemetry and telemetry.service_name) or whole.node.id,
        )

    def add_environment(self, name: str, value: str) -> None:
        """Add a variable to the first container that is known only after its creation, such as an address."""
        found = Problems()
        found.extend(environment_problems({name: value}))
        found.raise_for(self, "environment")
        container = next(iter(self.containers.values()))
        container.add_environment(name, value)
        if not self._environment_acknowledged:
            self._acknowledge_environment()

    def _acknowledge_environment(self) -> None:
        self._environment_acknowledged = True
        acknowledge(self.task_definition, _PLAIN_ENVIRONMENT)

    @property
    def ready_when(self) -> list[IDependable]:
        """What must exist before a task can start: permissions to pull and log, and file systems to mount."""
        file_systems: list[efs.IFileSystem] = [volume.file_system for volume in self._efs_volumes]
        return [
            self.execution_role,
            # A sidecar without permission to write is unhealthy or loses data.
            *([self.task_role] if self._sidecars else []),
            *(file_system.mount_targets_available for file_system in file_systems),
        ]

    def open_volumes_to(self, groups: Sequence[ec2.ISecurityGroup]) -> None:
        """Let tasks reach the EFS file systems from their security groups, or those of their instances."""
        for volume in self._efs_volumes:
            self.task_definition.node.add_dependency(*open_file_system(self, volume, groups))


def role_problems(options: TaskOptions) -> list[Problem]:
    """Find a task role that another task already has."""
    found = Problems()
    owner = _owners.get(options.task_role) if options.task_role is not None else None
    if owner is not None:
        found.add(
            "task_role",
            f"the role already belongs to {owner.node.path}, so both tasks would share permissions",
            given=options.task_role,
            allowed="a role for each task",
            practice="task-role-per-service",
        )
    return list(found)


def memory_limits(
    containers: Sequence[Container], task_memory: int | None, *, beside: Sequence[Container] = ()
) -> list[int | None]:
    """Assign the remaining memory to the container without a limit, if there is exactly one.

    With a limit, only the leaking container is stopped; without it, the whole task stops. Reservations of the sidecars
    in `beside` are subtracted.
    """
    limits = [container.memory_limit_mib for container in containers]
    kept = [sidecar.memory_reservation_mib or 0 for sidecar in beside]
    if task_memory is None or is_token([task_memory, *limits, *kept]) or limits.count(None) != 1:
        return limits
    rest = task_memory - sum(kept) - sum(limit for limit in limits if limit is not None)
    without = limits.index(None)
    reservation = containers[without].memory_reservation_mib or 0
    return [rest if index == without and rest > max(reservation, 0) else limit for index, limit in enumerate(limits)]


def pid_mode(options: TaskOptions) -> ecs.PidMode | None:
    """Return the PID mode as a CDK value."""
    return None if options.pid_mode is None else ecs.PidMode[options.pid_mode.upper()]


@cache
def runtime_platform(architecture: Architecture, operating_system: OperatingSystem) -> ecs.RuntimePlatform:
    """Return architecture and operating system as CDK values."""
    return ecs.RuntimePlatform(
        cpu_architecture=ecs.CpuArchitecture.of(architecture),
        operating_system_family=ecs.OperatingSystemFamily.of(operating_system),
    )
