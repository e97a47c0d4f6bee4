"""A service that processes the messages of a queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.inputs import (
    DurationLike,
    argument_problems,
    in_seconds,
    is_token,
    remember_reference,
    usable_options,
)
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Rolling
from cdk_containers.messaging import (
    NO_DEAD_LETTERS,
    QUEUE_URL,
    WorkQueue,
    dead_letter_queue_of,
    lacks_dead_letters,
    processing_seconds,
    processing_time_problems,
    queue_url_problems,
)
from cdk_containers.metrics import OwnAlarm
from cdk_containers.model.placement import PlacementConstraint, PlacementStrategy
from cdk_containers.model.workload import Container, ImageLike, Volume
from cdk_containers.observability import Alarms, WorkerAlarms, make_queue_alarms
from cdk_containers.scaling import ServiceScaling, worker_scaling

from ..clusters import Capacity, Cluster
from ..tasks import TaskOptions
from .service import Service
from .service_input import ServiceInput
from .service_kind import ServiceKind
from .task_protection import let_protect_tasks

_SHORTEST_STOP_TIMEOUT, _LONGEST_STOP_TIMEOUT = 30, 120


class WorkerService(Service):
    """Tasks that process messages of a queue, scaled by the number of waiting messages.

    It accepts no inbound traffic. Its container finds the URL of the queue in `QUEUE_URL`. When ECS stops a task, the
    task gets SIGTERM and should finish its messages without receiving more. An unfinished message stays hidden until
    its visibility timeout ends, and then another task receives it.

    Attributes:
        queue: The queue that it reads.
        work_queue: The same queue as a `WorkQueue` with its dead-letter queue; None if you passed a CDK queue.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_services.html
    """

    _kind: ClassVar[ServiceKind] = ServiceKind(reads_queue=True)

    queue: sqs.IQueue
    work_queue: WorkQueue | None

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
        queue: WorkQueue | sqs.IQueue | None = None,
        processing_time: DurationLike | None = None,
        desired_count: int | None = None,
        scaling: ServiceScaling | None = None,
        deployment: Rolling | None = None,
        capacity: Sequence[Capacity] | None = None,
        placement_strategies: Sequence[PlacementStrategy] | None = None,
        placement_constraints: Sequence[PlacementConstraint] = (),
        alarms: WorkerAlarms | Disabled | None = None,
        enable_execute_command: bool = False,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        vpc_subnets: ec2.SubnetSelection | None = None,
        service_name: str | None = None,
        task_protection: bool = False,
    ) -> None:
        """Create a worker.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            cluster: Cluster. Default: a new `Cluster` in a new `Network`.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the worker, instead of `image`.
            sidecars: Additional containers of the task. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a task; 1024 are one vCPU. On EC2, None leaves the size to the containers. Default: 256,
                the smallest.
            memory_limit_mib: Memory of a task in MiB; Fargate supports only certain combinations with `cpu`. On EC2,
                None leaves the size to the containers. Default: 512.
            task: Options that most tasks do not change: platform, disk, roles, logs. Default: `TaskOptions()`.
            queue: The queue that it reads. Default: a new `WorkQueue`.
            processing_time: Maximum time for processing the messages of one receive call, 1 s to 12 h; SQS hides them
                from other tasks for this time. Default: the visibility timeout of your queue, or 5 min if it is
                unknown.
            desired_count: A fixed number of tasks, instead of scaling.
            scaling: Number of tasks. It does not scale on CPU unless you set it, because a waiting worker uses none.
                Default: 1 to 10, with 10 waiting messages per task.
            deployment: How a new version replaces the old one. Default: `Rolling()`, with circuit breaker.
            capacity: Capacity for its tasks, on Fargate or on EC2. Spot suits workers, because another task repeats
                unfinished work. Default: the strategy of the cluster.
            placement_strategies: How ECS chooses instances, on EC2. Default: spread over Availability Zones, then over
                instances.
            placement_constraints: Requirements of instances for tasks, on EC2. Default: none.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates none. Default:
                `WorkerAlarms()`, which sends no notifications.
            enable_execute_command: Enables ECS Exec, with which authorized users open a shell in a container. It
                requires a writable root file system. Default: False.
            security_groups: Security groups of its tasks, up to 5; requires awsvpc networking. Default: a new one.
            vpc_subnets: Private subnets of its tasks; requires awsvpc networking. Default: the subnets of the cluster.
            service_name: Name of the service. CloudFormation cannot replace a service with a fixed name, so an update
                that must replace it fails. Default: a name that CloudFormation generates.
            task_protection: Lets tasks protect themselves while they work, so that scaling and deployments do not stop
                them. A task requests and releases protection at the address in `ECS_AGENT_URI`. Default: False.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(WorkerService.__init__, locals())
        queue = None if found.has("queue") else queue
        processing_time = None if found.has("processing_time") else processing_time
        alarms = None if found.has("alarms") else alarms
        given = ServiceInput(
            kind=self._kind,
            cluster=cluster,
            image=image,
            container=container,
            sidecars=sidecars,
            volumes=volumes,
            cpu=cpu,
            memory_limit_mib=memory_limit_mib,
            task=task or TaskOptions(),
            exposure=(),
            service_connect=None,
            cloud_map=None,
            desired_count=desired_count,
            scaling=scaling,
            deployment=deployment or Rolling(),
            capacity=capacity,
            placement_strategies=placement_strategies,
            placement_constraints=placement_constraints,
            alarms=alarms.of_service if isinstance(alarms, WorkerAlarms) else alarms or Alarms(),
            enable_execute_command=enable_execute_command,
            health_check_grace_period=None,
            security_groups=security_groups,
            vpc_subnets=vpc_subnets,
            service_name=service_name,
        )
        given = usable_options(given, WorkerService.__init__, found)
        found.extend_anew(processing_time_problems(processing_time, queue))
        if isinstance(alarms, WorkerAlarms):
            found.extend_anew(problem.under("alarms") for problem in alarms.problems())
        if given.container is not None:
            found.extend_anew(queue_url_problems(given.container))
        self._given_queue = queue
        self._processing_time = processing_seconds(processing_time, queue)
        self._worker_alarms = alarms or WorkerAlarms()
        self._make(scope, id, found, replace(given, scaling=worker_scaling(given.scaling, given.desired_count)))
        self.queue.grant_consume_messages(self.task_role)
        if queue is not None and lacks_dead_letters(queue):
            cdk.Annotations.of(self).add_warning_v2("cdk-containers:dead-letter-queue", NO_DEAD_LETTERS)
        if task_protection:
            self._resource.node.add_dependency(let_protect_tasks(self, self.task_role, self.cluster))
        if isinstance(alarms, Disabled):
            record_opt_out(self.service, "queue-alarms", alarms)

    def _prepare(self, given: ServiceInput) -> ServiceInput:
        queue = self._given_queue or WorkQueue(self, "Queue", visibility_timeout=in_seconds(self._processing_time))
        self.work_queue = queue if isinstance(queue, WorkQueue) else None
        self.queue = self._read_queue = queue.queue if isinstance(queue, WorkQueue) else queue
        self._dead_letters = dead_letter_queue_of(queue)
        container = given.container or Container(image=given.image or "")
        if container.stop_timeout is None:
            container = replace(container, stop_timeout=_time_to_finish(self._processing_time))
        url = remember_reference(self.queue.queue_url)
        return replace(given, image=None, container=container, environment={QUEUE_URL: url})

    def _make_alarms(self, given: ServiceInput) -> dict[str, OwnAlarm]:
        made = super()._make_alarms(given)
        if isinstance(self._worker_alarms, WorkerAlarms):
            made |= make_queue_alarms(
                self, self.queue, self._dead_letters, self._worker_alarms, processing_time=self._processing_time
            )
        return made


def _time_to_finish(processing_time: int) -> cdk.Duration:
    """Return the time between SIGTERM and SIGKILL: the processing time, up to the maximum of ECS."""
    if is_token(processing_time):
        return in_seconds(_LONGEST_STOP_TIMEOUT)
    return in_seconds(min(max(processing_time, _SHORTEST_STOP_TIMEOUT), _LONGEST_STOP_TIMEOUT))
