"""What jobs of all kinds share: a task that somebody starts, and that comes to an end."""

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
    """A task that runs to its end. Use `ScheduledJob` or `EventJob`.

    Attributes:
        cluster: The cluster it runs in.
        task: Its task definition, with roles, log group and containers.
        security_group: The security group made for its runs; None where they were given others, or have no address of
            their own.
        state_machine: What waits for the end of a run, with a timeout, retries or many inputs; None without.
        dead_letter_queue: Where runs are kept that could not be started; None if nothing starts it by itself.
        failed_runs_queue: Where ECS's word on runs that failed is kept; None with a state machine, which knows.
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
    """What the command that starts a run by hand has besides."""

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
            self.security_group = ec2.SecurityGroup(
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
        # It names the family of the task definition, which CloudFormation does not see as a reference.
        needs = (self.task.task_definition, *self.cluster.capacity_ready, *self.task.ready_when)
        resource_of(self.state_machine).node.add_dependency(*needs)

    def _finish(self, given: JobInput, starter: cdk.CfnResource | None, role: iam.Role | None) -> None:
        """Order what starts the job, with its role, after all that a run needs, and make alarms and outputs."""
        if starter is not None and role is not None:
            machine = [] if self.state_machine is None else [self.state_machine]
            needs = (role, self.task, *machine, *self.cluster.capacity_ready, *self.task.ready_when)
            starter.node.add_dependency(*needs)
        self.alarms = OwnAlarms(self._make_alarms(given))
        if given.outputs:
            cdk.CfnOutput(self, "StartCommand", value=self.start_command)
            cdk.CfnOutput(self, "RunCommand", value=self.run_command)

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
        """The same for a shell that waits for the end: it ends as the run ended, and fails without one."""
        if self.state_machine is not None:
            return wait_for_execution(self.start_command)
        return self._run.wait(self.start_command)

    @cached_property
    def start_command(self) -> str:
        """The command that starts a run by hand; see `grant_start`, and `run_command` for one that waits."""
        if self.state_machine is not None:
            start = f"aws stepfunctions start-execution --state-machine-arn {self.state_machine.state_machine_arn}"
            return start + self._given_by_hand
        return self._run.command() + self._given_by_hand

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """Whom a grant to this job goes to: its task role, which is no other's."""
        return self.task.grant_principal

    @cached_property
    def _connections(self) -> TaskConnections:
        acknowledge_open_egress(self)
        return TaskConnections(path_of(self), self._groups, own_address=self._given.task.network_mode == "awsvpc")

    @property
    def connections(self) -> ec2.Connections:
        """Who may connect to its runs, and they to whom.

        Raises:
            ConstructError: Its runs have the security groups of instances, and those are not known.
        """
        unknown = unknown_group_problems(self._groups, self.cluster, why="no rule can be made for the runs")
        if unknown:
            raise ConstructError(self.node.path, unknown)
        return self._connections

    @property
    def task_role(self) -> iam.IRole:
        """The role that the application acts as."""
        return self.task.task_role

    @property
    def log_group(self) -> aws_logs.ILogGroup:
        """Where its containers log."""
        return self.task.log_group

    def connect_to(
        self, other: Callee, *, variable: str | None = None, url: str | None = None, scheme: str | None = None
    ) -> None:
        """Let runs of this job call a service, and tell them where that is.

        It opens the security group by a rule in the job's own stack, makes the job after the service, lets it invoke a
        service behind VPC Lattice, and writes the address to an environment variable of the job's own container. The
        way is the first that the other has of: a name in DNS, VPC Lattice, an internal load balancer. Service Connect
        is for services only: ECS starts no proxy beside a task that no service runs.

        Args:
            other: The service that is called.
            variable: Name of the environment variable. Default: from the other's name, such as `ORDERS_URL`.
            url: What the variable says. Default: the address of the other, such as `http://orders.shop.internal:8080`.
            scheme: What the address begins with, such as `tcp`. Default: as for services.

        Raises:
            ConstructError: The other cannot be found by a job.

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
        """Let a principal start runs and see how they end, with `start_command` and `run_command`."""
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
