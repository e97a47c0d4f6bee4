"""An agent on every instance of Managed Instances."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import DurationLike, argument_problems, is_token, usable_options
from cdk_containers.core.opt_outs import copy_opt_outs, resource_of
from cdk_containers.deployments.bake_times import minutes, minutes_problems
from cdk_containers.logs import ContainerLogs
from cdk_containers.model.workload import Container, HostVolume, ImageLike, SharedVolume, Volume

from ..clusters import ManagedInstancesCapacity
from ..tasks import TaskDefinition, TaskInput, TaskOptions

_PRACTICE = "managed-daemons"


@jsii.implements(iam.IGrantable)
class ManagedDaemon(CheckedConstruct):
    """One task on every instance of Managed Instances, started before all others: agents for logs and security.

    ECS starts other tasks only after the daemon runs, and replaces an instance whose daemon stops. A new version runs
    on new instances: ECS drains a share of the old instances at a time.

    Attributes:
        daemon: The daemon resource.
        definition: Its task definition.
        task_role: The role of the agent; it receives grants.
        execution_role: The role with which ECS starts its tasks.
        log_group: Its log group.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-daemons.html
    """

    daemon: ecs.CfnDaemon
    definition: ecs.CfnDaemonTaskDefinition
    task_role: iam.IRole
    execution_role: iam.IRole
    log_group: aws_logs.ILogGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        capacity: Sequence[ManagedInstancesCapacity],
        image: ImageLike | None = None,
        container: Container | None = None,
        sidecars: Sequence[Container] = (),
        volumes: Sequence[Volume] = (),
        cpu: int | None = 256,
        memory_limit_mib: int | None = 512,
        logs: ContainerLogs | None = None,
        critical: bool = True,
        drain_percent: int = 25,
        bake_time: DurationLike | None = None,
        alarms: Sequence[cloudwatch.IAlarm] = (),
    ) -> None:
        """Create a daemon.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            capacity: Capacity whose instances run it, one or more, all of one cluster.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the agent, instead of `image`.
            sidecars: Additional containers. Default: none.
            volumes: `HostVolume` and `SharedVolume` that the containers mount. Default: none.
            cpu: CPU units that it reserves on each instance; 1024 are one vCPU. Default: 256.
            memory_limit_mib: Memory that it reserves on each instance, in MiB. Default: 512.
            logs: Retention and delivery of logs. Default: a log group that keeps them for a year.
            critical: Replaces an instance when its daemon stops. With False, the other tasks keep running there.
                Default: True.
            drain_percent: Percentage of the instances that a deployment drains at a time, 1–100. Default: 25.
            bake_time: Time that ECS waits after each step, 0–1440 minutes. Default: none.
            alarms: Alarms that roll back a deployment. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ManagedDaemon.__init__, locals())
        logs = None if found.has("logs") else logs
        task = TaskInput(
            image=image,
            container=container,
            sidecars=sidecars,
            volumes=volumes,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            task=TaskOptions(logs=logs or ContainerLogs()),
            platform="MANAGED_INSTANCES",
        )
        task = usable_options(task, ManagedDaemon.__init__, found)
        found.extend_anew([*task.problems(), *_problems(found, task, capacity, drain_percent, bake_time)])
        found.raise_for(scope, id)
        super().__init__(scope, id)

        made = task.make(self, "Task")
        self.task_role, self.execution_role, self.log_group = made.task_role, made.execution_role, made.log_group
        self.definition = self._define(made)
        self.daemon = ecs.CfnDaemon(
            self,
            "Daemon",
            # A name is required, and it may be fixed, because only a change of the cluster replaces the daemon.
            daemon_name=cdk.Names.unique_resource_name(self, max_length=255, allowed_special_characters="-_"),
            cluster_arn=capacity[0].cluster.cluster.cluster_arn,
            capacity_provider_arns=[_provider_arn(one) for one in capacity],
            daemon_task_definition_arn=self.definition.attr_daemon_task_definition_arn,
            critical=critical,
            deployment_configuration=ecs.CfnDaemon.DaemonDeploymentConfigurationProperty(
                drain_percent=drain_percent,
                bake_time_in_minutes=None if bake_time is None else minutes(bake_time, 0),
                alarms=ecs.CfnDaemon.DaemonAlarmConfigurationProperty(
                    alarm_names=[alarm.alarm_name for alarm in alarms], enable=True
                )
                if alarms
                else None,
            ),
            enable_ecs_managed_tags=True,
            propagate_tags="DAEMON",
        )
        self.daemon.node.add_dependency(self.task_role, *made.ready_when)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: this daemon's task role."""
        return self.task_role.grant_principal

    def _define(self, made: TaskDefinition) -> ecs.CfnDaemonTaskDefinition:
        """Register the task definition of Managed Instances under the resource type of daemons.

        Its containers and volumes have the same form, except for options that daemons do not have, which CDK omits.
        """
        task = cast("ecs.CfnTaskDefinition", resource_of(made.task_definition))
        definition = ecs.CfnDaemonTaskDefinition(
            self,
            "Definition",
            family=made.task_definition.family,
            container_definitions=cast("Any", task.container_definitions),
            volumes=cast("Any", task.volumes),
            cpu=task.cpu,
            memory=task.memory,
            execution_role_arn=made.execution_role.role_arn,
            task_role_arn=made.task_role.role_arn,
        )
        for path, value in made.overrides.items():
            definition.add_property_override(path, value)
        copy_opt_outs(made.task_definition, definition)
        made.task_definition.node.try_remove_child(task.node.id)
        return definition


def _provider_arn(capacity: ManagedInstancesCapacity) -> str:
    return cdk.Stack.of(capacity).format_arn(
        service="ecs", resource="capacity-provider", resource_name=capacity.provider_name
    )


def _problems(
    known: Problems,
    task: TaskInput,
    capacity: Sequence[ManagedInstancesCapacity],
    drain_percent: int,
    bake_time: DurationLike | None,
) -> list[Problem]:
    found = Problems()
    if known.has("capacity"):
        capacity = ()
    elif not capacity:
        found.add(
            "capacity", "a daemon runs on instances", allowed="one ManagedInstancesCapacity or more", practice=_PRACTICE
        )
    if len({one.cluster.node.path for one in capacity}) > 1:
        found.add(
            "capacity",
            "a daemon belongs to only one cluster",
            given=Shown(", ".join(one.node.path for one in capacity)),
            allowed="capacity of one cluster, with a separate daemon for each cluster",
            practice=_PRACTICE,
        )
    if not known.has("drain_percent") and not is_token(drain_percent) and not 1 <= drain_percent <= 100:
        found.add("drain_percent", "out of range", given=drain_percent, allowed="1–100", practice=_PRACTICE)
    if not known.has("bake_time"):
        found.extend(minutes_problems("bake_time", bake_time))
    for index, volume in enumerate(task.volumes):
        if not isinstance(volume, HostVolume | SharedVolume):
            found.add(
                f"volumes[{index}]",
                "a daemon can mount only storage of its instance",
                given=Shown(type(volume).__name__),
                allowed="HostVolume or SharedVolume",
                practice=_PRACTICE,
            )
    if (task.image is None) != (task.container is None):
        found.extend(_container_problems(task))
    return list(found)


def _container_problems(task: TaskInput) -> list[Problem]:
    found = Problems()
    for index, container in enumerate(task.workload.containers):
        option = f"sidecars[{index - 1}]" if index else "container"
        if container.problems():
            continue
        for name, value in (("ports", container.ports), ("gpus", container.gpus)):
            if value:
                found.add(
                    f"{option}.{name}",
                    f"a daemon does not support {name}",
                    given=Shown(f"{len(container.ports)} of them") if name == "ports" else container.gpus,
                    allowed="none; reach agents through a directory of the instance (HostVolume)",
                    practice=_PRACTICE,
                )
    return list(found)
