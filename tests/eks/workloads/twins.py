"""Workloads of ECS once more, on EKS, from the same description."""

from __future__ import annotations

from dataclasses import MISSING, fields, replace
from typing import Any

import aws_cdk as cdk
from constructs import Construct, IConstruct

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    ConstructError,
    Disabled,
    EksCluster,
    KubernetesDaemon,
    KubernetesJob,
    KubernetesService,
    KubernetesWorker,
    NetworkLoadBalancer,
    NlbExposure,
    PodOptions,
    Rolling,
    ScheduledJob,
    TaskOptions,
    WebService,
    WorkerService,
)
from cdk_containers.ecs.jobs.job import Job
from cdk_containers.ecs.services.service import Service
from cdk_containers.eks.workloads import KubernetesWorkload
from cdk_containers.eks.workloads.elsewhere import SERVICES
from tests.toolkit import ADMIN, certificate

OF_PODS = ("image", "container", "sidecars", "volumes", "cpu", "memory_limit_mib")
_OF_TESTS = ("test_port", "test_ingress", "test_rule")
_OF_TASK = ("architecture", "operating_system", "ephemeral_storage_gib")


class Twins:
    """Clusters of EKS beside those of ECS, in the same networks, and workloads in them."""

    def __init__(self, app: cdk.App) -> None:
        self._app = app
        self._clusters: dict[str, EksCluster] = {}
        self._balancers: dict[str, Any] = {}
        self._made = 0

    @property
    def clusters(self) -> list[EksCluster]:
        return list(self._clusters.values())

    def cluster_for(self, network: IConstruct) -> EksCluster:
        path = network.node.path
        if path not in self._clusters:
            of_network = cdk.Stack.of(network)
            env = cdk.Environment(account=of_network.account, region=of_network.region)
            stack = cdk.Stack(cdk.Stage.of(network) or self._app, f"eks-{len(self._clusters)}", env=env)
            cluster = EksCluster(stack, "Eks", version="1.36", admins=[ADMIN], network=network)  # type: ignore[arg-type]
            cluster.now_has(
                load_balancer_controller=True,
                network_policy=True,
                secrets="SECRETS_STORE",
                keda=True,
                metrics_server=True,
                container_insights=True,
            )
            self._clusters[path] = cluster
        return self._clusters[path]

    def balancer_for(self, shared: Any, cluster: EksCluster) -> Any:
        """Return a load balancer like the shared load balancer on ECS, whose rules already have owners."""
        path = shared.node.path
        if path not in self._balancers:
            scope, id_ = Construct(cluster, f"Lb{len(self._balancers)}"), "LoadBalancer"
            network = cluster.network
            off = Disabled("the same load balancer on ECS says it")
            self._balancers[path] = (
                ApplicationLoadBalancer(scope, id_, network=network, https=off, internet_facing=shared.internet_facing)
                if isinstance(shared, ApplicationLoadBalancer)
                else NetworkLoadBalancer(scope, id_, network=network, internet_facing=shared.internet_facing)
            )
        return self._balancers[path]

    def make(self, original: Service | Job) -> tuple[KubernetesWorkload | None, list[str]]:
        """Make the workload on EKS, and return it with the options that do not come along; None if all of it does."""
        cluster = self.cluster_for(original.cluster.network)  # type: ignore[arg-type]
        kind, given = self.description(original, cluster)
        given["namespace"] = cdk.Stack.of(original).stack_name.lower()
        try:
            return kind(self._scope(cluster), original.node.id, cluster=cluster, **given), []
        except ConstructError as error:
            lost = [f"task.{name}" for name in given.get("task", ())]
            lost += [problem.option for problem in error.problems if problem.option != "task"]
        try:
            return kind(self._scope(cluster), original.node.id, cluster=cluster, **what_is_left(given)), lost
        except ConstructError:
            return None, lost

    def _scope(self, cluster: EksCluster) -> Construct:
        self._made += 1
        return Construct(cdk.Stack.of(cluster), f"Twin{self._made}")

    def description(self, original: Any, cluster: EksCluster) -> tuple[Any, dict[str, Any]]:
        said = original._given
        given = {option: getattr(said, option) for option in OF_PODS}
        given["pod"] = PodOptions(**{option: getattr(said.task, option) for option in _OF_TASK})
        if lost := [option for option in _changed(said.task) if option not in _OF_TASK]:
            given["task"] = lost
        if isinstance(original, ScheduledJob):
            schedule = original.schedule
            zone = schedule.schedule_expression_timezone
            return KubernetesJob, given | {
                "schedule": schedule.schedule_expression,
                "time_zone": zone,
                "timeout": said.timeout,
                "retries": said.retries,
            }
        given |= {
            option: getattr(said, option)
            for option in SERVICES
            if option != "task" and getattr(said, option, None) not in (None, (), [], False)
        }
        given |= {"service_name": None, "alarms": said.alarms}
        if said.kind.daemon:
            return KubernetesDaemon, given
        given |= {"desired_count": said.desired_count, "scaling": said.scaling, "deployment": said.deployment}
        if isinstance(original, WorkerService):
            queue, processing = original.work_queue or original.queue, original._processing_time
            given |= {"queue": queue, "processing_time": cdk.Duration.seconds(processing)}
            return KubernetesWorker, given | {"alarms": original._worker_alarms}
        given |= {
            "exposure": [self._exposure(exposure, cluster) for exposure in said.exposures],
            "health_check_grace_period": said.health_check_grace_period,
            "internet_facing": isinstance(original, WebService),
        }
        return KubernetesService, given

    def _exposure(self, exposure: Any, cluster: EksCluster) -> Any:
        """Return the same exposure, on an unused load balancer and with an unused name."""
        if not isinstance(exposure, AlbExposure | NlbExposure):
            return exposure
        shared = exposure.load_balancer
        changes: dict[str, Any] = {} if shared is None else {"load_balancer": self.balancer_for(shared, cluster)}
        if exposure.domain is not None:
            changes["domain"] = None
            if isinstance(exposure, NlbExposure) or shared is None:
                changes["certificate"] = certificate(cluster)
        return replace(exposure, **changes)


def _changed(options: TaskOptions) -> list[str]:
    """Return the options of a task that were said."""
    found = []
    for field in fields(options):
        default = field.default if field.default is not MISSING else field.default_factory()  # type: ignore[misc]
        if getattr(options, field.name) != default:
            found.append(field.name)
    return found


def what_is_left(given: dict[str, Any]) -> dict[str, Any]:
    """Return a description without the options that Kubernetes has no counterpart for."""
    left = {option: value for option, value in given.items() if option not in SERVICES}
    if not isinstance(left.get("deployment", Rolling()), Rolling):
        left["deployment"] = Rolling()
    if "exposure" in left:
        left["exposure"] = [
            replace(exposure, **{option: None for option in _OF_TESTS if hasattr(exposure, option)})
            for exposure in left["exposure"]
            if isinstance(exposure, AlbExposure | NlbExposure)
        ]
    if left.get("scaling") is not None:
        left["scaling"] = replace(left["scaling"], steps=(), predictive=None)
    return left
