"""A service on EKS."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError, Problem, Problems
from cdk_containers.core.inputs import DurationLike, argument_problems, usable_arguments
from cdk_containers.core.inputs.calls import Elsewhere
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Deployment, Rolling
from cdk_containers.load_balancing import (
    AlbRoute,
    ApplicationLoadBalancer,
    Exposure,
    Route,
    domain_place_problems,
)
from cdk_containers.metrics import OwnAlarms
from cdk_containers.model.workload import Container, ImageLike, Volume
from cdk_containers.observability import Alarms
from cdk_containers.registry import warn_of_empty_repository
from cdk_containers.scaling import ServiceScaling

from ..clusters import EksCluster
from .alarms import make_pod_alarms, pod_alarm_losses
from .elsewhere import SERVICES
from .kubernetes_workload import KubernetesWorkload
from .namespaces import DEFAULT_NAMESPACE
from .pod_input import name_from
from .pod_options import PodOptions
from .routes import bindings, make_routes
from .scaling import scaling_manifests
from .service_input import RunningInput, service_pods


class KubernetesService(KubernetesWorkload):
    """A service on EKS, with the same description as `WebService` and `BackendService` on ECS.

    It writes Deployment, Service, ServiceAccount, NetworkPolicy, PodDisruptionBudget and autoscaler to the cluster's
    manifest folder. Load balancers, target groups, DNS names and alarms are CloudFormation resources, as on ECS; a
    controller in the cluster registers the pods as targets. Nodes pull its images with their own role.

    Attributes:
        routes: Its routes, in the order of the exposures.
        alarms: Its alarms, by name.

    See https://docs.aws.amazon.com/eks/latest/userguide/eks-workloads.html
    """

    _elsewhere: ClassVar[Elsewhere] = SERVICES

    routes: Sequence[Route]
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
        exposure: Exposure | Sequence[Exposure] = (),
        internet_facing: bool = False,
        desired_count: int | None = None,
        scaling: ServiceScaling | None = None,
        deployment: Deployment | None = None,
        alarms: Alarms | Disabled | None = None,
        health_check_grace_period: DurationLike | None = None,
        namespace: str = DEFAULT_NAMESPACE,
        service_name: str | None = None,
    ) -> None:
        """Create a service.

        Args:
            scope: The parent, usually a stack; it may be a different stack than the cluster's.
            id: Name among the parent's children.
            cluster: The cluster. Create what the service needs there first, such as a `LoadBalancerController`.
            image: Container image. To set anything else about the container, use `container`.
            container: Container of the service, instead of `image`.
            sidecars: Additional containers. Default: none.
            volumes: Volumes that the containers mount. Default: none.
            cpu: CPU units of a pod; 1024 are one vCPU. None leaves the size to the containers. Default: 256.
            memory_limit_mib: Memory of a pod in MiB. None leaves the size to the containers. Default: 512.
            pod: Options that most workloads do not change: role, nodes, security. Default: `PodOptions()`.
            exposure: Exposures through load balancers, one or several: `AlbExposure` and `NlbExposure`. Default: none;
                pods of the cluster reach it by name.
            internet_facing: Whether load balancers created for it have public addresses, as for a `WebService`.
                Default: False, as for a `BackendService`.
            desired_count: A fixed number of pods. Default: 2, so that one Availability Zone may fail; none with
                `scaling`.
            scaling: Scales the number of pods with the load, instead of `desired_count`. CPU and memory require the
                add-on metrics-server; requests, metrics and schedules require KEDA.
            deployment: How a new version replaces the old one: `Rolling`. Kubernetes does not roll back automatically.
                Default: `Rolling()`.
            alarms: Alarms to create, and where to send notifications. `Disabled(reason="…")` creates none. Default:
                `Alarms()`, which sends no notifications.
            health_check_grace_period: Time that the application may take to start. Default: 60 s.
            namespace: Namespace of its objects, which the first workload in it creates. Default: `apps`.
            service_name: Name of its objects, and its DNS name. A new name creates a second service, and deletes this
                one only if you apply with pruning. Default: derived from `id`, such as `order-api` for `OrderApi`.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(KubernetesService.__init__, locals())
        given = usable_arguments(KubernetesService.__init__, locals(), found)
        if not found.has("cluster"):
            running = _running(given)
            pods = service_pods(given, running, name=given["service_name"] or name_from(str(id)))
            problems = Problems()
            problems.extend(self._pod_problems(pods))
            problems.extend(running.problems(pods, problems))
            found.extend_anew(problems)
            found.extend_anew(domain_place_problems(scope, running.exposures))
        found.raise_for(scope, id)
        CheckedConstruct.__init__(self, scope, id)

        self._make_pods(pods)
        own = pods.workload.containers[0].name
        self.routes = make_routes(self, cluster, running.exposures, own_container=own, internet_facing=internet_facing)
        place: dict[str, Any] = {"name": self.workload_name, "namespace": self.namespace}
        before = bindings(self.routes, **place, facts=cluster.facts)
        if scaling is not None:
            before += scaling_manifests(self, scaling, **place, container=own, routes=self.routes)
        self.alarms = OwnAlarms({})
        if isinstance(running.alarms, Alarms):
            self.alarms = OwnAlarms(make_pod_alarms(self, cluster, **place, routes=self.routes, alarms=running.alarms))
        self._record_opt_outs({"service-alarms": alarms, **running.deployment.defaults})
        self._write(before, [*running.losses(), *pod_alarm_losses(cluster, running.alarms)])
        warn_of_empty_repository(self, [container.image for container in pods.workload.containers])

    @property
    def url(self) -> str:
        """The URL of its first exposure: its name in `domain`, or the DNS name of the load balancer.

        Raises:
            ConstructError: There is no exposure; `endpoint` is for pods of the cluster.
        """
        url = next((url for route in self.routes if (url := route.url) is not None), None)
        if url is None:
            raise ConstructError(self.node.path, [_unexposed("the service has no load balancer")])
        return url

    @property
    def load_balancer(self) -> ApplicationLoadBalancer:
        """The Application Load Balancer of its first route; `routes` has all load balancers."""
        return self._first_alb_route.load_balancer

    @property
    def target_group(self) -> elbv2.ApplicationTargetGroup:
        """The target group of that load balancer."""
        return self._first_alb_route.target_group

    @property
    def _first_alb_route(self) -> AlbRoute:
        route = next((route for route in self.routes if isinstance(route, AlbRoute)), None)
        if route is None:
            raise ConstructError(self.node.path, [_unexposed("the service has no Application Load Balancer")])
        return route


def _unexposed(what: str) -> Problem:
    return Problem(option="exposure", what=what, allowed="an AlbExposure", practice="explicit-ingress")


def _running(given: Mapping[str, Any]) -> RunningInput:
    exposure = given["exposure"]
    return RunningInput(
        cluster=given["cluster"],
        exposures=[exposure] if isinstance(exposure, Exposure) else list(exposure),
        internet_facing=given["internet_facing"],
        desired_count=given["desired_count"],
        scaling=given["scaling"],
        deployment=given["deployment"] or Rolling(),
        alarms=given["alarms"] or Alarms(),
        health_check_grace_period=given["health_check_grace_period"],
    )
