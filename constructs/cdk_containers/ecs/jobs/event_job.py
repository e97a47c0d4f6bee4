"""A job that runs on an event, once for each of many inputs, or manually."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import DurationLike, argument_problems, seconds, usable_options
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container, ImageLike, Volume
from cdk_containers.observability import JobAlarms

from ..clusters import Capacity, Cluster
from ..tasks import TaskOptions
from .event_checks import event_problems
from .job import Job
from .job_input import JobInput
from .paths import as_jsonata
from .queues import let_send, make_queue
from .start_retry import StartRetry
from .state_machine import Runs, let_start
from .task_run import service_role

_DEFAULT_CONCURRENCY = 10


class EventJob(Job):
    """A container that runs to completion on an event or manually: imports, ETL, migrations.

    An EventBridge rule starts the task. With `timeout`, `retries` or `for_each` it starts a Step Functions state
    machine, which waits until the task stops. Without an `event_pattern`, you start the job manually.

    Attributes:
        rule: The EventBridge rule; None without an `event_pattern`.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/tasks-scheduled-eventbridge-rule.html
    """

    rule: events.CfnRule | None = None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: Cluster | None = None,
        image: ImageLike | None = None,
        container: Container | None = None,
        sidecars: Sequence[Container] = (),
        volumes: Sequence[Volume] = (),
        cpu: int | None = 256,
        memory_limit_mib: int | None = 512,
        task: TaskOptions | None = None,
        capacity: Sequence[Capacity] | None = None,
        task_count: int = 1,
        event_pattern: Mapping[str, Any] | None = None,
        event_bus: events.IEventBus | None = None,
        environment_from: Mapping[str, str] | None = None,
        for_each: str | None = None,
        max_concurrency: int | None = None,
        timeout: DurationLike | None = None,
        retries: int = 0,
        start_retry: StartRetry | None = None,
        alarms: JobAlarms | Disabled | None = None,
        outputs: bool = True,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        vpc_subnets: ec2.SubnetSelection | None = None,
    ) -> None:
        """Create a job.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: Cluster. Default: a new `Cluster` in a new `Network`.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the job, instead of `image`.
            sidecars: Additional containers. Default: none.
            volumes: Volumes that the containers mount; no `EbsVolume`. Default: none.
            cpu: CPU units of a run; 1024 are one vCPU. On EC2, None leaves the size to the containers. Default: 256,
                the smallest.
            memory_limit_mib: Memory of a run in MiB; Fargate supports only certain combinations with `cpu`. On EC2,
                None leaves the size to the containers. Default: 512.
            task: Options that most tasks do not change: platform, disk, roles, logs. Default: `TaskOptions()`.
            capacity: Capacity for runs, on Fargate or on EC2. Default: the strategy of the cluster.
            task_count: Number of tasks to start, 1–10. With `timeout` or `retries`, Step Functions starts only one.
                Default: 1.
            event_pattern: Event pattern in EventBridge syntax: `{"source": ["aws.s3"], "detail-type": ["Object
                Created"]}`. Default: none; you start the job manually.
            event_bus: Event bus. Default: the default bus of the account, which receives events of AWS services.
            environment_from: Environment variables of the container by path into the event, such as `{"KEY":
                "$.detail.object.key"}`; with `for_each` into each input. Values must be text, unless Step Functions
                runs the job, which converts other values to text. Default: none.
            for_each: Path to a list in the event, such as `$.detail.files`; the job runs once for each item. Default:
                none; one run.
            max_concurrency: Maximum number of concurrent runs with `for_each`, 1–40. Default: 10.
            timeout: Maximum duration of a run, 60 s to 365 days. A run that exceeds it is stopped and counts as failed.
                Default: none.
            retries: Retries of a failed run, 0–99. The first retry starts after a minute, and the delays grow. Default:
                0.
            start_retry: Retries for runs that cannot start. Default: `StartRetry()`, an hour.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates none. Default:
                `JobAlarms()`, which sends no notifications.
            outputs: Writes the command for a manual run to the stack's outputs. Default: True.
            security_groups: Security groups of its runs, up to 5; requires awsvpc networking. Default: a new one.
            vpc_subnets: Private subnets of its runs; requires awsvpc networking. Default: the subnets of the cluster.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(EventJob.__init__, locals())
        given = JobInput(
            cluster=cluster,
            image=image,
            container=container,
            sidecars=sidecars,
            volumes=volumes,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            task=task or TaskOptions(),
            capacity=capacity,
            task_count=task_count,
            timeout=timeout,
            retries=retries,
            start_retry=start_retry or StartRetry(),
            alarms=alarms or JobAlarms(),
            outputs=outputs,
            security_groups=security_groups,
            vpc_subnets=vpc_subnets,
        )
        given = usable_options(given, EventJob.__init__, found)
        watched = given.is_watched or for_each is not None
        found.extend_anew(
            [
                *given.problems(),
                *given.count_problems(watched=watched),
                *event_problems(
                    found,
                    event_pattern=event_pattern,
                    event_bus=event_bus,
                    environment_from=environment_from,
                    for_each=for_each,
                    max_concurrency=max_concurrency,
                    watched=watched,
                ),
            ]
        )
        found.raise_for(scope, id)
        CheckedConstruct.__init__(self, scope, id)

        variables = dict(environment_from or {})
        self._make_task(given)
        if watched:
            self._make_state_machine(
                given,
                Runs(
                    timeout=given.timeout_seconds,
                    retries=given.retries,
                    start_attempts=given.start_retry.attempts,
                    environment={name: f"$string({as_jsonata(path)})" for name, path in variables.items()},
                    for_each=for_each,
                    max_concurrency=max_concurrency or _DEFAULT_CONCURRENCY,
                ),
            )
        role = None
        if event_pattern is not None:
            self.dead_letter_queue = queue = make_queue(self, "DeadLetters")
            # The rule refers to the role, so the role cannot refer to the rule.
            role = service_role(self, "RuleRole", "events", "rule/*")
            self.rule = events.CfnRule(
                self,
                "Rule",
                event_bus_name=None if event_bus is None else event_bus.event_bus_name,
                event_pattern=dict(event_pattern),
                state="ENABLED",
                targets=[
                    events.CfnRule.TargetProperty(
                        id="Job",
                        **self._target(role, variables),
                        dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=queue.queue_arn),
                        retry_policy=events.CfnRule.RetryPolicyProperty(
                            maximum_retry_attempts=given.start_retry.attempts,
                            maximum_event_age_in_seconds=seconds(given.start_retry.max_age),
                        ),
                    )
                ],
            )
            let_send(queue, self.rule)
        if watched and (variables or for_each):
            self._given_by_hand = " --input file://input.json"
        elif variables:
            self._given_by_hand = f" --overrides '{self._run.overrides(dict.fromkeys(variables, 'VALUE'))}'"
        self._finish(given, self.rule, role)

    def _target(self, role: iam.Role, variables: Mapping[str, str]) -> dict[str, Any]:
        if self.state_machine is not None:
            return {"arn": let_start(role, self.state_machine), "role_arn": role.role_arn}
        self._run.let_start(role)
        return {
            "arn": self.cluster.cluster_arn,
            "role_arn": role.role_arn,
            "ecs_parameters": self._run.rule_parameters(),
            # Without either, EventBridge would use the event itself as the input of RunTask.
            **({"input_transformer": self._transformer(variables)} if variables else {"input": "{}"}),
        }

    def _transformer(self, variables: Mapping[str, str]) -> events.CfnRule.InputTransformerProperty:
        short = {name: f"v{index}" for index, name in enumerate(variables)}
        template = self._run.overrides({name: f"<{short[name]}>" for name in variables})
        return events.CfnRule.InputTransformerProperty(
            input_paths_map={short[name]: path for name, path in variables.items()},
            # Without quotes EventBridge writes text as JSON, so a file name that contains quotes stays intact.
            input_template=re.sub(r'"(<v\d+>)"', r"\1", template),
        )
