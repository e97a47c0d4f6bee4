"""A daemon on EKS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problems
from cdk_containers.core.inputs import argument_problems, usable_arguments
from cdk_containers.core.inputs.calls import Elsewhere
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Rolling
from cdk_containers.metrics import OwnAlarms
from cdk_containers.model.workload import Container, ImageLike, Volume
from cdk_containers.observability import Alarms

from ..clusters import EksCluster
from ..rendering import Loss, render_daemon
from .alarms import make_pod_alarms, pod_alarm_losses
from .elsewhere import SERVICES
from .kubernetes_workload import KubernetesWorkload
from .namespaces import DEFAULT_NAMESPACE
from .pod_input import name_from
from .pod_options import PodOptions
from .service_input import RunningInput, service_pods

_ONE_EACH = "a daemon runs one pod on every node"
_NO_ROLLBACK = Loss(
    option="deployment",
    kind="approximated",
    what="nodes get a new version one after another, without rollback",
    instead="kubectl rollout undo, or a GitOps controller that watches health",
    practice="deployment-circuit-breaker",
)


class KubernetesDaemon(KubernetesWorkload):
    """One pod on every node of the cluster: the counterpart of `DaemonService` on ECS, with the same description.

    Attributes:
        alarms: Its alarms, by name.

    See https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
    """

    _elsewhere: ClassVar[Elsewhere] = {
        **SERVICES,
        "desired_count": (_ONE_EACH, "remove it; use pod=PodOptions(node_selector=…) to exclude nodes"),
        "scaling": (_ONE_EACH, "remove it; use pod=PodOptions(node_selector=…) to exclude nodes"),
        "deployment": ("nodes get a new version one after another", "nothing"),
        "exposure": ("a load balancer needs a service", "a KubernetesService"),
    }

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
        alarms: Alarms | Disabled | None = None,
        namespace: str = DEFAULT_NAMESPACE,
        service_name: str | None = None,
    ) -> None:
        """Create a daemon.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster on whose nodes it runs.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the daemon, instead of `image`.
            sidecars: Additional containers. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a pod; 1024 are one vCPU. None leaves the size to the containers. Default: 256.
            memory_limit_mib: Memory of a pod in MiB. None leaves the size to the containers. Default: 512.
            pod: Options that most workloads do not change: role, nodes, security. Default: `PodOptions()`.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates none. Default:
                `Alarms()`, which sends no notifications.
            namespace: Namespace of its objects, which the first workload in it creates. Default: `apps`.
            service_name: Name of its objects. A new name creates a second daemon. Default: derived from `id`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(KubernetesDaemon.__init__, locals())
        given = usable_arguments(KubernetesDaemon.__init__, locals(), found)
        watched = given["alarms"] or Alarms()
        if not found.has("cluster"):
            running = RunningInput(cluster=cluster, deployment=Rolling(), alarms=watched)
            name = given["service_name"] or name_from(str(id))
            pods = replace(service_pods(given, running, name=name), render=render_daemon)
            problems = Problems()
            problems.extend(self._pod_problems(pods))
            problems.extend(running.problems(pods, problems))
            found.extend_anew(problems)
        found.raise_for(scope, id)
        CheckedConstruct.__init__(self, scope, id)

        self._make_pods(pods)
        place: dict[str, Any] = {"name": self.workload_name, "namespace": self.namespace}
        self.alarms = OwnAlarms({})
        if isinstance(watched, Alarms):
            self.alarms = OwnAlarms(make_pod_alarms(self, cluster, **place, routes=(), alarms=watched))
        self._record_opt_outs({"service-alarms": watched})
        self._write(losses=[_NO_ROLLBACK, *pod_alarm_losses(cluster, watched)])
