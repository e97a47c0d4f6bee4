"""Input of a long-running workload, and problems of its combination."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, disabled_problems, is_token, seconds
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Deployment, Rolling
from cdk_containers.load_balancing import AlbExposure, Exposure, NlbExposure, exposed_ports, exposure_problems
from cdk_containers.observability import Alarms
from cdk_containers.scaling import DEFAULT_COUNT, ServiceScaling, count_problems

from ..clusters import EksCluster
from ..rendering import Loss, PodFacts, ServiceFacts, render_service
from .pod_input import PodInput
from .pod_options import PodOptions
from .routes import exposed_port, kind_problems, seconds_to_healthy
from .scaling import scaling_losses, scaling_problems

_STARTUP_SECONDS = 60
_WORDS = (
    ("replicas", "desired_count"),
    ("startup_seconds", "health_check_grace_period"),
    ("min_healthy_percent", "deployment.min_healthy_percent"),
    ("max_healthy_percent", "deployment.max_healthy_percent"),
    ("exposures", "exposure"),
)


@frozen(slots=False)
class RunningInput:
    """The options of a long-running workload, in addition to those of its pods; see `KubernetesService`."""

    cluster: EksCluster
    exposures: Sequence[Exposure] = ()
    internet_facing: bool = False
    desired_count: int | None = None
    scaling: ServiceScaling | None = None
    deployment: Deployment
    alarms: Alarms | Disabled
    health_check_grace_period: DurationLike | None = None
    reads_queue: bool = False

    @cached_property
    def _usable_exposures(self) -> Sequence[AlbExposure | NlbExposure]:
        """The exposures without a problem, found once, because the service itself reserves their rules later."""
        return [
            exposure
            for exposure in self.exposures
            if isinstance(exposure, AlbExposure | NlbExposure) and not exposure.problems()
        ]

    def options(self, given: PodInput) -> PodFacts:
        """Return the facts for rendering."""
        rolling = self.deployment if isinstance(self.deployment, Rolling) else Rolling()
        grace = self.health_check_grace_period
        count = DEFAULT_COUNT if self.desired_count is None else self.desired_count
        exposures = self._usable_exposures
        return ServiceFacts(
            **given.pod.of_service,
            replicas=None if self.scaling is not None else count,
            exposures=[exposed_port(exposure, self.cluster) for exposure in exposures],
            min_ready_seconds=max(map(seconds_to_healthy, exposures), default=0),
            min_healthy_percent=rolling.min_healthy_percent,
            max_healthy_percent=rolling.max_healthy_percent,
            startup_seconds=_STARTUP_SECONDS if grace is None else seconds(grace),
        )

    def problems(self, pods: PodInput, known: Problems) -> list[Problem]:
        """Find all problems except those of the pods; `known` are the problems of the pods."""
        found = Problems()
        kinds = kind_problems(self.exposures, self.cluster.facts)
        found.extend(kinds)
        if not kinds and not known.has("image"):
            found.extend(
                exposure_problems(
                    self.exposures,
                    pods.workload.containers,
                    known=known,
                    needs_exposure=False,
                    open_vpc=self.cluster.vpc if self.internet_facing else None,
                    vpc=self.cluster.vpc,
                )
            )
        found.extend(count_problems(self.desired_count, self.scaling))
        if is_token(self.desired_count):
            found.add(
                "desired_count",
                "a Kubernetes object needs the actual number",
                given=Shown("a token"),
                allowed="a number known at synthesis",
                practice="several-tasks",
            )
        if self.scaling is not None:
            found.extend(
                scaling_problems(
                    self.scaling,
                    exposures=self.exposures,
                    reads_queue=self.reads_queue,
                    facts=self.cluster.facts,
                ),
                under="scaling",
            )
        found.extend(deployment_problems(self.deployment))
        if isinstance(self.alarms, Alarms):
            found.extend(self.alarms.problems(), under="alarms")
        found.extend(disabled_problems(self.alarms), under="alarms")
        grace = self.health_check_grace_period
        if grace is not None and (is_token(length := seconds(grace)) or length < 0):
            found.add(
                "health_check_grace_period",
                "out of range",
                given=Shown("a token" if is_token(length) else f"{length} s"),
                allowed="0 s or more, known at synthesis",
                practice="health-check-grace-period",
            )
        return list(found)

    def losses(self) -> list[Loss]:
        """Report differences from ECS."""
        return [*deployment_losses(self.deployment), *scaling_losses(self.scaling)]


def deployment_problems(deployment: Deployment) -> list[Problem]:
    """Find deployments that Kubernetes does not support."""
    found = Problems()
    if not isinstance(deployment, Rolling):
        found.add(
            "deployment",
            "a Kubernetes Deployment is always rolling and does not shift traffic between two versions",
            given=Shown(type(deployment).__name__),
            allowed="Rolling; or Argo Rollouts or Flagger with your own objects",
            practice="traffic-shift",
        )
        return list(found)
    if wrong := deployment.problems():
        return [problem.under("deployment") for problem in wrong]
    for option, value, what, allowed in (
        (
            "alarms",
            deployment.alarms,
            "nothing watches alarms during a deployment, or rolls it back",
            "none; `alarms` of the workload, and kubectl rollout undo",
        ),
        (
            "keep_alternate",
            deployment.keep_alternate,
            "no deployment that shifts traffic can have created a second target group here",
            "False",
        ),
        (
            "early_success",
            deployment.early_success,
            "nothing except kubectl rollout status waits for the deployment",
            "none; kubectl rollout status with a timeout",
        ),
    ):
        if value:
            found.add(f"deployment.{option}", what, allowed=allowed, practice="deployment-alarms")
    bounds = (deployment.min_healthy_percent, deployment.max_healthy_percent)
    if is_token(bounds[0]) or is_token(bounds[1]):
        found.add(
            "deployment.min_healthy_percent",
            "a Kubernetes object needs the actual numbers",
            allowed="known at synthesis",
        )
    return list(found)


def deployment_losses(deployment: Deployment) -> list[Loss]:
    """Report that nothing rolls back, if rollback is enabled."""
    asked = [value for value in deployment.defaults.values() if not isinstance(value, Disabled)]
    if not asked:
        return []
    return [
        Loss(
            option="deployment",
            kind="approximated",
            what="a version that does not become ready stops the deployment, but nothing rolls it back",
            instead="kubectl rollout undo, or a GitOps controller that watches health",
            practice="deployment-circuit-breaker",
        )
    ]


def service_pods(given: Mapping[str, Any], running: RunningInput, *, name: str) -> PodInput:
    """Return the pods of a service, whose own container listens on the ports of the exposures."""
    own = "app" if given["container"] is None else given["container"].name
    return PodInput(
        **{option: given[option] for option in ("cluster", "image", "container", "sidecars", "volumes", "namespace")},
        cpu=given["cpu"],
        memory_limit_mib=given["memory_limit_mib"],
        pod=given["pod"] or PodOptions(),
        name=name,
        name_option="service_name",
        ports=exposed_ports(running.exposures, own),
        render=render_service,
        options=running.options,
        words=_WORDS,
    )
