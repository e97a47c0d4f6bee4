"""One run of a job's task: arguments and permissions of RunTask."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.core.pseudo_parameters import account, here
from cdk_containers.core.unchecked import unchecked
from cdk_containers.network import subnet_ids_of

from ..clusters import Capacity, Cluster, LaunchType, launch_type_of
from ..tasks import Platform, TaskDefinition

_REASON = (
    "The role runs only this task definition in this cluster, in any revision; the ids of the tasks that it tags or "
    "that a state machine stops are unknown before they run"
)


@frozen(slots=False)
class TaskRun:
    """How a job's task is run.

    Attributes:
        cluster: The cluster.
        task: The task definition.
        container: Name of its main container, which gets overrides.
        strategy: The capacity strategy.
        platform: The platform of that capacity.
        security_groups: The security groups of its network interface, if it has one.
        subnets: The subnets of its network interface.
        task_count: Number of tasks of a run.
    """

    cluster: Cluster
    task: TaskDefinition
    container: str
    strategy: Sequence[Capacity]
    platform: Platform
    security_groups: Sequence[ec2.ISecurityGroup]
    subnets: ec2.SubnetSelection
    task_count: int = 1

    @cached_property
    def _subnets(self) -> list[str]:
        own = self.subnets is self.cluster.task_subnets
        return self.cluster.task_subnet_ids if own else subnet_ids_of(self.cluster.vpc, self.subnets)

    @cached_property
    def _group_ids(self) -> list[str]:
        return [group.security_group_id for group in self.security_groups]

    @cached_property
    def family(self) -> str:
        """Name that the revisions of the task definition share."""
        return self.task.task_definition.family

    @property
    def any_revision(self) -> str:
        """ARN of all revisions of the task definition."""
        return f"{here('ecs')}:task-definition/{self.family}:*"

    @cached_property
    def _launch_type(self) -> LaunchType | None:
        return launch_type_of(self.strategy)

    @property
    def _in_cluster(self) -> dict[str, dict[str, str]]:
        return {"ArnEquals": {"ecs:cluster": self.cluster.cluster_arn}}

    def start_statements(self) -> list[dict[str, Any]]:
        """Return the statements to start a run: this task, in this cluster, with its two roles.

        They allow any revision, because a run may be retried after a deployment, and the role outlives the revision.
        """
        roles = [self.task.task_role.role_arn, self.task.execution_role.role_arn]
        return [
            {
                "Effect": "Allow",
                "Action": "ecs:RunTask",
                "Resource": self.any_revision,
                "Condition": self._in_cluster,
            },
            {
                "Effect": "Allow",
                "Action": "ecs:TagResource",
                "Resource": _any_task(),
                "Condition": {"StringEquals": {"ecs:CreateAction": "RunTask"}},
            },
            {
                "Effect": "Allow",
                "Action": "iam:PassRole",
                "Resource": roles,
                "Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
            },
        ]

    def see_statement(self) -> dict[str, Any]:
        """Return the statement to read the result of a run."""
        return {
            "Effect": "Allow",
            "Action": "ecs:DescribeTasks",
            "Resource": _any_task(),
            "Condition": self._in_cluster,
        }

    def watch_statements(self) -> list[iam.PolicyStatement]:
        """Return the statements to wait for the end of a run, and to stop it."""
        return [
            iam.PolicyStatement(
                actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[_any_task()], conditions=self._in_cluster
            ),
            iam.PolicyStatement(
                actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"],
                # The rule that tells Step Functions about the end; there is one for the account.
                resources=[f"{here('events')}:rule/StepFunctionsGetEventsForECSTaskRule"],
            ),
        ]

    def let_start(self, role: iam.Role, *besides: dict[str, Any]) -> None:
        """Let our own role start runs and do what the other statements allow, with a policy created immediately."""
        unchecked(
            iam.CfnPolicy,
            role,
            "StartRuns",
            policy_name="StartRuns",
            policy_document={"Version": "2012-10-17", "Statement": [*self.start_statements(), *besides]},
            roles=[role.role_name],
        )
        here = "arn:<AWS::Partition>:ecs:<AWS::Region>:<AWS::AccountId>"
        findings = tuple(
            f"AwsSolutions-IAM5[Resource::{here}:{resource}]"
            for resource in ("task/*", f"task-definition/{self.family}:*")
            if not is_token(resource)
        )
        acknowledge(role, Acknowledgement(_REASON, cdk_nag=findings))

    def arguments(self) -> dict[str, Any]:
        """Return the arguments of RunTask for Step Functions."""
        told: dict[str, Any] = {
            "Cluster": self.cluster.cluster_arn,
            # The newest revision, because an execution may outlive the revision it started with.
            "TaskDefinition": self.family,
            **self._capacity(),
            "PropagateTags": "TASK_DEFINITION",
        }
        if self.platform == "FARGATE":
            told["PlatformVersion"] = "LATEST"
        if self.security_groups:
            told["NetworkConfiguration"] = {
                "AwsvpcConfiguration": {
                    "Subnets": self._subnets,
                    "SecurityGroups": self._group_ids,
                    "AssignPublicIp": "DISABLED",
                }
            }
        return told

    def _capacity(self) -> dict[str, Any]:
        if self._launch_type is not None:
            return {"LaunchType": self._launch_type.name}
        return {
            "CapacityProviderStrategy": [
                {"CapacityProvider": share.provider, "Base": share.base, "Weight": share.weight}
                for share in self.strategy
            ]
        }

    def overrides(self, environment: Mapping[str, str]) -> str:
        """Return the container overrides of a run for RunTask."""
        listed = [{"name": name, "value": value} for name, value in environment.items()]
        return json.dumps({"containerOverrides": [{"name": self.container, "environment": listed}]})

    def scheduler_parameters(self) -> scheduler.CfnSchedule.EcsParametersProperty:
        """Return the arguments of RunTask for EventBridge Scheduler."""
        schedule = scheduler.CfnSchedule
        return schedule.EcsParametersProperty(
            task_definition_arn=self.task.task_definition.task_definition_arn,
            task_count=self.task_count,
            launch_type=None if self._launch_type is None else self._launch_type.name,
            capacity_provider_strategy=[
                schedule.CapacityProviderStrategyItemProperty(
                    capacity_provider=share.provider, base=share.base, weight=share.weight
                )
                for share in self.strategy
            ]
            if self._launch_type is None
            else None,
            platform_version="LATEST" if self.platform == "FARGATE" else None,
            enable_ecs_managed_tags=True,
            propagate_tags="TASK_DEFINITION",
            network_configuration=schedule.NetworkConfigurationProperty(
                awsvpc_configuration=schedule.AwsVpcConfigurationProperty(
                    subnets=self._subnets,
                    security_groups=self._group_ids,
                    assign_public_ip="DISABLED",
                )
            )
            if self.security_groups
            else None,
        )

    def rule_parameters(self) -> events.CfnRule.EcsParametersProperty:
        """Return the arguments of RunTask for an EventBridge rule."""
        rule = events.CfnRule
        return rule.EcsParametersProperty(
            task_definition_arn=self.task.task_definition.task_definition_arn,
            task_count=self.task_count,
            launch_type=None if self._launch_type is None else self._launch_type.name,
            capacity_provider_strategy=[
                rule.CapacityProviderStrategyItemProperty(
                    capacity_provider=share.provider, base=share.base, weight=share.weight
                )
                for share in self.strategy
            ]
            if self._launch_type is None
            else None,
            platform_version="LATEST" if self.platform == "FARGATE" else None,
            enable_ecs_managed_tags=True,
            propagate_tags="TASK_DEFINITION",
            network_configuration=rule.NetworkConfigurationProperty(
                aws_vpc_configuration=rule.AwsVpcConfigurationProperty(
                    subnets=self._subnets,
                    security_groups=self._group_ids,
                    assign_public_ip="DISABLED",
                )
            )
            if self.security_groups
            else None,
        )

    def wait(self, start: str) -> str:
        """Return a shell command that starts a run, waits for its end, and exits with its result.

        Not `aws ecs wait tasks-stopped`, which times out after ten minutes.
        """
        describe = f"aws ecs describe-tasks --cluster {self.cluster.cluster_name} --tasks $tasks"
        running = "length(tasks[?lastStatus!=`STOPPED`])"
        codes = f"tasks[].containers[]|[?name==`{self.container}`]"
        end = (
            f"exit \"$({describe} --query '{codes}.exitCode|[0]' --output text)\" 2>/dev/null"
            if self.task_count == 1
            else f"[ \"$({describe} --query 'length({codes}|[?exitCode==`0`])' --output text)\" = {self.task_count} ]"
        )
        return (
            f"( tasks=$({start} --query 'tasks[].taskArn' --output text); "
            f"while left=$({describe} --query '{running}' --output text) && [ \"$left\" != 0 ]; do sleep 10; done; "
            f"{end} )"
        )

    def command(self) -> str:
        """Return the command for a manual run."""
        if self._launch_type is not None:
            capacity = f"--launch-type {self._launch_type.name}"
        else:
            capacity = "--capacity-provider-strategy " + " ".join(
                f"capacityProvider={share.provider},base={share.base},weight={share.weight}" for share in self.strategy
            )
        words = [
            f"aws ecs run-task --cluster {self.cluster.cluster_name} --task-definition {self.family}",
            *([f"--count {self.task_count}"] if self.task_count != 1 else []),
            capacity,
            "--propagate-tags TASK_DEFINITION --enable-ecs-managed-tags",
        ]
        if self.security_groups:
            subnets = cdk.Fn.join(",", self._subnets)
            groups = cdk.Fn.join(",", self._group_ids)
            words.append(
                "--network-configuration "
                f"'awsvpcConfiguration={{subnets=[{subnets}],securityGroups=[{groups}],assignPublicIp=DISABLED}}'"
            )
        return " ".join(words)


def _any_task() -> str:
    return f"{here('ecs')}:task/*"


def service_role(scope: Construct, id: str, service: str, source_arn: str) -> iam.Role:  # noqa: A002
    """Create a role that an AWS service can assume only for resources of this account."""
    return unchecked(
        iam.Role,
        scope,
        id,
        assumed_by=unchecked(
            iam.ServicePrincipal,
            f"{service}.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": account()},
                "ArnLike": {"aws:SourceArn": f"{here(service)}:{source_arn}"},
            },
        ),
    )
