"""Base of all jobs: a task that runs to completion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property, reduce
from typing import cast

import aws_cdk as cdk
import jsii
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers.core.cdk_modules import sfn, sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.component_tag import tag_component
from cdk_containers.core.errors import ConstructError
from cdk_containers.core.inputs import argument_problems
from cdk_containers.core.opt_outs import acknowledge_open_egress, record_opt_out, resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import path_of
from cdk_containers.metrics import KnownExpression, KnownMetric, OwnAlarm, OwnAlarms
from cdk_containers.network import has_ipv6
from cdk_containers.observability import (
    JobAlarms,
    failed_executions,
    make_failed_runs_alarm,
    make_not_started_alarm,
    matched_events,
)

from ..clusters import Cluster, TaskConnections, instance_groups_of, seen_from, unknown_group_problems
from ..connections import Callee, CallingConnector, connect
from ..tasks import TaskDefinition
from .job_input import JobInput
from .queues import keep_failed_runs
from .state_machine import Runs, make_state_machine, wait_for_execution
from .task_run import TaskRun


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class Job(CheckedConstruct):
    """A task that runs to completion. Use `ScheduledJob` or `EventJob`.

    Attributes:
        cluster: Its cluster.
        task: Its task definition, with roles, log group and containers.
        security_group: The security group created for its runs; None if you set others, or if runs have no network
            interface.
        state_machine: The state machine that waits for the end of a run; None without timeout, retries and multiple
            inputs.
        dead_letter_queue: The queue for runs that could not start; None for a job that only you start.
        failed_runs_queue: The queue for ECS events of failed runs; None with a state machine, which records them.
        alarms: Its alarms, by name.
    """

    cluster: Cluster
    task: TaskDefinition
    security_group: ec2.ISecurityGroup | None
    state_machine: sfn.StateMachine | None = None
    dead_letter_queue: sqs.Queue | None = None
    failed_runs_queue: sqs.Queue | None = None
    alarms: Mapping[str, cloudwatch.Alarm]

    _given_by_hand = ""
    """Additional arguments of the command for a manual run."""

    def _make_task(self, given: JobInput) -> None:
        tag_component(self)
        self.cluster = given.cluster or Cluster(self, "Cluster")
        self.task = given.task_input.make(self, "Task")
        groups = self._security_groups(given)
        by_address = given.task.network_mode == "awsvpc"
        own = groups if self.security_group is not None else [seen_from(self, group) for group in groups]
        self._groups = own
        self.task.open_volumes_to(groups)
        self._given = given
        self._run = TaskRun(
            cluster=self.cluster,
            task=self.task,
            container=given.task_input.workload.containers[0].name,
            strategy=given.strategy,
            platform=given.platform,
            security_groups=own if by_address else (),
            subnets=given.vpc_subnets or self.cluster.task_subnets,
            task_count=given.task_count,
        )

    def _security_groups(self, given: JobInput) -> list[ec2.ISecurityGroup]:
        self.security_group = None
        if given.security_groups:
            return list(given.security_groups)
        if given.task.network_mode == "awsvpc":
            self.security_group = unchecked(
                ec2.SecurityGroup,
                self,
                "SecurityGroup",
                vpc=self.cluster.vpc,
                description="Runs of a job, which nobody has to reach",
                allow_all_outbound=True,
                allow_all_ipv6_outbound=has_ipv6(self.cluster.network),
            )
            return [self.security_group]
        return instance_groups_of(given.strategy, self.cluster)

    def _make_state_machine(self, given: JobInput, runs: Runs) -> None:
        self.state_machine = make_state_machine(self, self._run, runs, replace(given.task.logs, log_group=None))
        # It contains the family of the task definition as text, which CloudFormation does not see as a reference.
        needs = (self.task.task_definition, *self.cluster.capacity_ready, *self.task.ready_when)
        resource_of(self.state_machine).node.add_dependency(*needs)

    def _finish(self, given: JobInput, starter: cdk.CfnResource | None, role: iam.Role | None) -> None:
        """Make whatever starts the job depend on everything that a run needs, and create alarms and outputs."""
        if starter is not None and role is not None:
            machine = [] if self.state_machine is None else [self.state_machine]
            needs = (role, self.task, *machine, *self.cluster.capacity_ready, *self.task.ready_when)
            starter.node.add_dependency(*needs)
        self.alarms = OwnAlarms(self._make_alarms(given))
        if given.outputs:
            unchecked(cdk.CfnOutput, self, "StartCommand", value=self.start_command)
            unchecked(cdk.CfnOutput, self, "RunCommand", value=self.run_command)

    def _make_alarms(self, given: JobInput) -> dict[str, OwnAlarm]:
        if isinstance(given.alarms, Disabled):
            record_opt_out(self.task.task_definition, "job-alarms", given.alarms)
            return {}
        alarms: JobAlarms = given.alarms
        if self.state_machine is None:
            rule, self.failed_runs_queue = keep_failed_runs(self, self._run)
            failed: KnownMetric | KnownExpression = matched_events(rule.ref, alarms)
        else:
            failed = failed_executions(self.state_machine.state_machine_arn, alarms)
        made = {"FailedRuns": make_failed_runs_alarm(self, failed, alarms)}
        if self.dead_letter_queue is not None:
            made["NotStarted"] = make_not_started_alarm(self, self.dead_letter_queue, alarms)
        return made

    @property
    def run_command(self) -> str:
        """A shell command for a manual run that waits for the end and exits with the result of the run."""
        if self.state_machine is not None:
            return wait_for_execution(self.start_command)
        return self._run.wait(self.start_command)

    @cached_property
    def start_command(self) -> str:
        """The command for a manual run, which does not wait for its end; see also `run_command` and `grant_start`."""
        if self.state_machine is not None:
            start = f"aws stepfunctions start-execution --state-machine-arn {self.state_machine.state_machine_arn}"
            return start + self._given_by_hand
        return self._run.command() + self._given_by_hand

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: this job's own task role."""
        return self.task.grant_principal

    @cached_property
    def _connections(self) -> TaskConnections:
        acknowledge_open_egress(self)
        return TaskConnections(path_of(self), self._groups, own_address=self._given.task.network_mode == "awsvpc")

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of its runs.

        Raises:
            ConstructError: Its runs have the security groups of instances, which are unknown.
        """
        unknown = unknown_group_problems(self._groups, self.cluster, why="no rule can be added for the runs")
        if unknown:
            raise ConstructError(self.node.path, unknown)
        return self._connections

    @property
    def task_role(self) -> iam.IRole:
        """The role of the application."""
        return self.task.task_role

    @property
    def log_group(self) -> aws_logs.ILogGroup:
        """The log group of its containers."""
        return self.task.log_group

    def connect_to(
        self, other: Callee, *, variable: str | None = None, url: str | None = None, scheme: str | None = None
    ) -> None:
        """Let runs of this job call a service, and pass them its address.

        It adds a security group rule in the job's own stack, and creates the job after the service. It grants
        permission to invoke a service in VPC Lattice, and writes the address to an environment variable of the job's
        own container. It uses the first that the service has of: a DNS name, VPC Lattice, an internal load balancer.
        Jobs cannot use Service Connect, because ECS starts its proxy only for tasks of a service.

        Args:
            other: The service to call.
            variable: Name of the environment variable. Default: derived from the name of the other service, such as
                `ORDERS_URL`.
            url: Value of the variable. Default: the address of the other service, such as
                `http://orders.shop.internal:8080`.
            scheme: Scheme of the address, such as `tcp`. Default: as for services.

        Raises:
            ConstructError: A job cannot reach the other service.

        See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/interconnecting-services.html
        """
        found = argument_problems(Job.connect_to, locals())
        connect(self._calls, found, other=other, port=None, variable=variable, url=url, scheme=scheme)

    @cached_property
    def _calls(self) -> CallingConnector:
        own = self._given.task_input.workload.containers[0]
        return CallingConnector(
            owner=self,
            ways={},
            vpc=self.cluster.vpc,
            # Whatever starts the job refers to its task definition.
            waiting=cast("cdk.CfnResource", self.task.task_definition.node.default_child),
            task=self.task,
            environment={*own.environment, *own.secrets},
            security_groups=self.connections.security_groups,
            external=False,
            host_networking=self._given.task.network_mode == "host",
            namespace=None,
            join=None,
        )

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let a principal start runs and read their results, with `start_command` and `run_command`."""
        if self.state_machine is not None:
            seen = self.state_machine.grant_execution(grantee, "states:DescribeExecution")
            return self.state_machine.grant_start_execution(grantee).combine(seen)
        grants = [
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=[statement["Action"]],
                resource_arns=resources if isinstance(resources := statement["Resource"], list) else [resources],
                conditions=statement["Condition"],
            )
            for statement in [*self._run.start_statements(), self._run.see_statement()]
        ]
        return reduce(iam.Grant.combine, grants)
