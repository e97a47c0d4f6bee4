"""One run of a job's task: what RunTask is told, and what it takes to be allowed to call it."""

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
from cdk_containers.network import subnet_ids_of

from ..clusters import Capacity, Cluster, LaunchType, launch_type_of
from ..tasks import Platform, TaskDefinition

_REASON = (
    "The role runs this task definition only, in this cluster only, in whatever revision the last deployment made; the "
    "ids of the tasks that it tags, or of those that a state machine stops, are known when they run and not before"
)


@frozen(slots=False)
class TaskRun:
    """How a job's task is run.

    Attributes:
        cluster: Where.
        task: What.
        container: Name of the container of its own, which is told about its run.
        strategy: On which capacity.
        platform: What kind of capacity that is.
        security_groups: The security groups of its network interface, if it has one.
        subnets: Where that is.
        task_count: How many tasks a run has.
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
        """ARN of the task definition in whatever revision."""
        return f"{here('ecs')}:task-definition/{self.family}:*"

    @cached_property
    def _launch_type(self) -> LaunchType | None:
        return launch_type_of(self.strategy)

    @property
    def _in_cluster(self) -> dict[str, dict[str, str]]:
        return {"ArnEquals": {"ecs:cluster": self.cluster.cluster_arn}}

    def start_statements(self) -> list[dict[str, Any]]:
        """Return what it takes to start a run: this task, in this cluster, with its two roles.

        Any revision, since a run may be tried again after a deployment, and the role outlives the revision.
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
        """Return what it takes to see how a run ends."""
        return {
            "Effect": "Allow",
            "Action": "ecs:DescribeTasks",
            "Resource": _any_task(),
            "Condition": self._in_cluster,
        }

    def watch_statements(self) -> list[iam.PolicyStatement]:
        """Return what it takes to wait for the end of a run, and to put an end to it."""
        return [
            iam.PolicyStatement(
                actions=["ecs:DescribeTasks", "ecs:StopTask"], resources=[_any_task()], conditions=self._in_cluster
            ),
            iam.PolicyStatement(
                actions=["events:DescribeRule", "events:PutRule", "events:PutTargets"],
                # The rule with which Step Functions learns of the end; it makes one for the account.
                resources=[f"{here('events')}:rule/StepFunctionsGetEventsForECSTaskRule"],
            ),
        ]

    def let_start(self, role: iam.Role, *besides: dict[str, Any]) -> None:
        """Let a role of ours start runs, and do what other statements say, by a policy that is made at once."""
        iam.CfnPolicy(
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
        """Return what RunTask is told, as Step Functions writes it."""
        told: dict[str, Any] = {
            "Cluster": self.cluster.cluster_arn,
            # The newest revision: an execution may outlive the one that it began with, which is gone then.
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
        """Return what tells the container about its run, as RunTask reads it."""
        listed = [{"name": name, "value": value} for name, value in environment.items()]
        return json.dumps({"containerOverrides": [{"name": self.container, "environment": listed}]})

    def scheduler_parameters(self) -> scheduler.CfnSchedule.EcsParametersProperty:
        """Return what RunTask is told, as EventBridge Scheduler writes it."""
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
        """Return what RunTask is told, as a rule of EventBridge writes it."""
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
        """Return a command for a shell that starts a run, waits for its end and ends as it did.

        Not `aws ecs wait tasks-stopped`, which gives up after ten minutes.
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
        """Return the command that starts a run by hand."""
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
    """Make a role that a service of AWS takes on for resources of this account, and for no one else's."""
    return iam.Role(
        scope,
        id,
        assumed_by=iam.ServicePrincipal(
            f"{service}.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": account()},
                "ArnLike": {"aws:SourceArn": f"{here(service)}:{source_arn}"},
            },
        ),
    )
