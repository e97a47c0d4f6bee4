"""A worker on EKS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import sqs
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problems
from cdk_containers.core.inputs import DurationLike, argument_problems, in_seconds, is_token, usable_arguments
from cdk_containers.core.inputs.calls import Elsewhere
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
from cdk_containers.metrics import OwnAlarms
from cdk_containers.model.workload import Container, ImageLike, Volume
from cdk_containers.observability import WorkerAlarms, make_queue_alarms
from cdk_containers.registry import warn_of_empty_repository
from cdk_containers.scaling import ServiceScaling, worker_scaling

from ..clusters import EksCluster
from .alarms import make_pod_alarms, pod_alarm_losses
from .elsewhere import SERVICES
from .kubernetes_workload import KubernetesWorkload
from .namespaces import DEFAULT_NAMESPACE
from .pod_input import PodInput, name_from
from .pod_options import PodOptions
from .scaling import scaling_manifests
from .service_input import RunningInput, service_pods

_SHORTEST_STOP_TIMEOUT = 30
_KEDA_ASKS = ["sqs:GetQueueAttributes"]
_KEDA_MAY_NOT_ASK = (
    "KEDA scales the worker by the messages of its queue, and reads their number with the role of its operator. Set "
    "keda_role; or let that role call sqs:GetQueueAttributes for the queue, and acknowledge this warning."
)


class KubernetesWorker(KubernetesWorkload):
    """A worker on EKS, with the same description as `WorkerService` on ECS.

    It accepts no inbound traffic. Its container finds the URL of the queue in `QUEUE_URL`. A terminating pod gets
    SIGTERM, and the processing time to finish its messages.

    Attributes:
        queue: The queue that it reads.
        work_queue: The same queue as a `WorkQueue` with its dead-letter queue; None if you passed a CDK queue.
        alarms: Its alarms, by name.

    See https://docs.aws.amazon.com/eks/latest/userguide/eks-workloads.html
    """

    _elsewhere: ClassVar[Elsewhere] = SERVICES

    queue: sqs.IQueue
    work_queue: WorkQueue | None
    alarms: Mapping[str, cloudwatch.Alarm]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster: EksCluster,
        image: ImageLike | None = None,
        container: Container | None = None,
        sidecars: Sequence[Container] = (),
        volumes: Sequence[Volume] = (),
        cpu: int | None = 256,
        memory_limit_mib: int | None = 512,
        pod: PodOptions | None = None,
        queue: WorkQueue | sqs.IQueue | None = None,
        processing_time: DurationLike | None = None,
        desired_count: int | None = None,
        scaling: ServiceScaling | None = None,
        keda_role: iam.IRole | None = None,
        deployment: Rolling | None = None,
        alarms: WorkerAlarms | Disabled | None = None,
        namespace: str = DEFAULT_NAMESPACE,
        service_name: str | None = None,
    ) -> None:
        """Create a worker.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster in which it runs.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the worker, instead of `image`.
            sidecars: Additional containers. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a pod; 1024 are one vCPU. None leaves the size to the containers. Default: 256.
            memory_limit_mib: Memory of a pod in MiB. None leaves the size to the containers. Default: 512.
            pod: Options that most workloads do not change: role, nodes, security. Default: `PodOptions()`.
            queue: The queue that it reads. Default: a new `WorkQueue`.
            processing_time: Maximum time for processing the messages of one receive call, 1 s to 12 h. SQS hides them
                from other pods for this time, and a terminating pod gets this time. Default: the visibility timeout of
                your queue, or 5 min if it is unknown.
            desired_count: A fixed number of pods, instead of scaling.
            scaling: Number of pods, which requires KEDA in the cluster. Default: 1 to 10, with 10 waiting messages per
                pod.
            keda_role: Role of KEDA's operator, which gets permission to read the number of messages. Default: unknown.
            deployment: How a new version replaces the old one. Kubernetes does not roll back automatically. Default:
                `Rolling()`.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates none. Default:
                `WorkerAlarms()`, which sends no notifications.
            namespace: Namespace of its objects, which the first workload in it creates. Default: `apps`.
            service_name: Name of its objects. A new name creates a second worker. Default: derived from `id`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(KubernetesWorker.__init__, locals())
        given = usable_arguments(KubernetesWorker.__init__, locals(), found)
        queue, processing_time = given["queue"], given["processing_time"]
        found.extend_anew(processing_time_problems(processing_time, queue))
        watched: WorkerAlarms | Disabled = given["alarms"] or WorkerAlarms()
        if isinstance(watched, WorkerAlarms):
            found.extend_anew(problem.under("alarms") for problem in watched.problems())
        if given["container"] is not None:
            found.extend_anew(queue_url_problems(given["container"]))
        work_seconds = processing_seconds(processing_time, queue)
        scaling = worker_scaling(given["scaling"], given["desired_count"])
        if not found.has("cluster"):
            running = RunningInput(
                cluster=cluster,
                desired_count=given["desired_count"],
                scaling=scaling,
                deployment=given["deployment"] or Rolling(),
                alarms=watched.of_service if isinstance(watched, WorkerAlarms) else watched,
                reads_queue=True,
            )
            name = given["service_name"] or name_from(str(id))
            pods = _with_time_to_finish(service_pods(given, running, name=name), work_seconds)
            problems = Problems()
            problems.extend(self._pod_problems(pods))
            problems.extend(running.problems(pods, problems))
            found.extend_anew(problems)
        found.raise_for(scope, id)
        CheckedConstruct.__init__(self, scope, id)

        made = queue or WorkQueue(self, "Queue", visibility_timeout=in_seconds(work_seconds))
        self.work_queue = made if isinstance(made, WorkQueue) else None
        self.queue = made.queue if isinstance(made, WorkQueue) else made
        self._make_pods(replace(pods, environment={QUEUE_URL: self.queue.queue_url}))
        self.queue.grant_consume_messages(self.role)
        place: dict[str, Any] = {"name": self.workload_name, "namespace": self.namespace}
        own = pods.workload.containers[0].name
        scaled = [] if scaling is None else scaling_manifests(self, scaling, **place, container=own, queue=self.queue)
        if scaling is not None and scaling.messages_per_task is not None:
            self._let_ask(keda_role)
        self.alarms = OwnAlarms({})
        if isinstance(watched, WorkerAlarms):
            letters = dead_letter_queue_of(made)
            self.alarms = OwnAlarms(
                {
                    **make_pod_alarms(self, cluster, **place, routes=(), alarms=watched.of_service),
                    **make_queue_alarms(self, self.queue, letters, watched, processing_time=work_seconds),
                }
            )
        self._record_opt_outs({"service-alarms": watched, "queue-alarms": watched, **running.deployment.defaults})
        self._write(scaled, [*running.losses(), *pod_alarm_losses(cluster, running.alarms)])
        if queue is not None and lacks_dead_letters(queue):
            cdk.Annotations.of(self).add_warning_v2("cdk-containers:dead-letter-queue", NO_DEAD_LETTERS)
        warn_of_empty_repository(self, [container.image for container in pods.workload.containers])

    def _let_ask(self, role: iam.IRole | None) -> None:
        """Let KEDA read the number of messages."""
        if role is None:
            cdk.Annotations.of(self).add_warning_v2("cdk-containers:eks-keda-role", _KEDA_MAY_NOT_ASK)
        else:
            self.queue.grant(role, *_KEDA_ASKS)


def _with_time_to_finish(pods: PodInput, work_seconds: int) -> PodInput:
    """Give a terminating pod its full processing time; Kubernetes has no limit of two minutes."""
    if pods.own_container_problems():
        return pods
    container = pods.container or Container(image=pods.image or "")
    if container.stop_timeout is None and not is_token(work_seconds):
        container = replace(container, stop_timeout=in_seconds(max(work_seconds, _SHORTEST_STOP_TIMEOUT)))
    return replace(pods, image=None, container=container, environment={QUEUE_URL: "its queue"})
