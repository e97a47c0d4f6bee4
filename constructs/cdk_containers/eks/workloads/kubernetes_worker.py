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
    "KEDA scales the worker by the messages of its queue, and asks for them with the role of its operator. Give "
    "keda_role, or let that role call sqs:GetQueueAttributes for the queue, and acknowledge this warning."
)


class KubernetesWorker(KubernetesWorkload):
    """A worker on EKS: what `WorkerService` is on ECS, by the same description.

    Nothing reaches it but the queue, whose URL its container finds in `QUEUE_URL`. A pod that is to end gets SIGTERM,
    and as long as the work on its messages takes.

    Attributes:
        queue: The queue that it reads.
        work_queue: The same with its dead letters, unless a queue of CDK was given.
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
        """Make a worker.

        Args:
            scope: The parent, mostly a stack; it may be another than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster in which it runs.
            image: Image of the worker's container, where nothing else about the container needs saying.
            container: The worker's container, instead of `image`.
            sidecars: Containers beside it. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a pod, 1024 to a vCPU. Default: 256. None leaves it to containers.
            memory_limit_mib: Memory of a pod in MiB. Default: 512. None leaves it to containers.
            pod: What most workloads leave alone: role, nodes, security. Default: `PodOptions()`.
            queue: The queue that it reads. Default: a new `WorkQueue`.
            processing_time: The longest that the work on the messages of one receive call takes, 1 s to 12 h: so long
                they are hidden from other pods, and so long a pod that ends may take. Default: the visibility timeout
                of the queue that is given, or 5 min where nobody knows it.
            desired_count: A fixed number of pods, instead of scaling.
            scaling: How many pods there are. Default: 1 to 10, with 10 waiting messages for each, which takes KEDA in
                the cluster.
            keda_role: Role of KEDA's operator, which is let ask how many messages there are. Default: nobody knows it.
            deployment: How a new version takes over. Default: `Rolling()`; nothing rolls back by itself.
            alarms: What somebody has to look at, and who is told. Default: `WorkerAlarms()`, which tells nobody.
                `Disabled(reason="…")` makes none.
            namespace: Namespace of its objects, which is made with the first workload in it. Default: `apps`.
            service_name: Name of its objects. Another name makes a second worker. Default: from `id`.

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
        """Let KEDA ask for the number of messages; a queue says its own through the role of whoever asks."""
        if role is None:
            cdk.Annotations.of(self).add_warning_v2("cdk-containers:eks-keda-role", _KEDA_MAY_NOT_ASK)
        else:
            self.queue.grant(role, *_KEDA_ASKS)


def _with_time_to_finish(pods: PodInput, work_seconds: int) -> PodInput:
    """Give a pod that ends as long as its work takes: nothing on Kubernetes cuts it off at two minutes."""
    if pods.own_container_problems():
        return pods
    container = pods.container or Container(image=pods.image or "")
    if container.stop_timeout is None and not is_token(work_seconds):
        container = replace(container, stop_timeout=in_seconds(max(work_seconds, _SHORTEST_STOP_TIMEOUT)))
    return replace(pods, image=None, container=container, environment={QUEUE_URL: "its queue"})
