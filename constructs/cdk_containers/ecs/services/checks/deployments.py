"""Problems with a deployment together with its service."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.deployments import CodeDeployBlueGreen, Deployment
from cdk_containers.load_balancing import (
    AlbExposure,
    ClassicExposure,
    Exposure,
    LatticeExposure,
    NlbExposure,
    unused_test_problems,
)
from cdk_containers.model.rollouts import RollingSteps, RolloutSteps, is_stuck
from cdk_containers.model.workload import EbsVolume, Volume
from cdk_containers.scaling import ServiceScaling


def deployment_problems(
    deployment: Deployment,
    exposures: Sequence[Exposure],
    *,
    scaling: ServiceScaling | None,
    volumes: Sequence[Volume],
    daemon: bool,
    service_connect: bool,
) -> list[Problem]:
    """Find what prevents a deployment of this kind.

    Args:
        deployment: The deployment.
        exposures: The exposures of the service.
        scaling: How it scales.
        volumes: The volumes of its tasks.
        daemon: Whether it runs one task on every instance.
        service_connect: Whether other services reach it through Service Connect.
    """
    found = Problems()
    name = type(deployment).__name__
    if not deployment.has_alternate:
        return unused_test_problems(exposures)
    if not deployment.shifts_traffic:
        return [*_kept_alternate_problems(exposures, scaling), *_stickiness_problems(exposures)]
    found.extend(_stickiness_problems(exposures))
    if daemon:
        found.add(
            "deployment",
            "a daemon has only one task on each instance, with no room for a second version",
            given=Shown(name),
            allowed="Rolling",
            practice="daemon-scheduling",
        )
        return list(found)
    if not exposures and not service_connect:
        found.add(
            "deployment",
            f"the service has no traffic that {name} could shift",
            given=Shown(name),
            allowed="an AlbExposure or an NlbExposure; or Rolling"
            if isinstance(deployment, CodeDeployBlueGreen)
            else "an AlbExposure, an NlbExposure, a LatticeExposure or a port that service_connect serves; or Rolling",
            practice="traffic-source",
        )
    for index, exposure in enumerate(exposures):
        if isinstance(exposure, ClassicExposure):
            found.add(
                _place(exposures, index),
                f"a Classic Load Balancer has no target groups that {name} could shift traffic between",
                given=Shown(type(exposure).__name__),
                allowed="AlbExposure or NlbExposure; or Rolling",
                practice="traffic-source",
            )
        elif isinstance(exposure, LatticeExposure) and isinstance(deployment, CodeDeployBlueGreen):
            found.add(
                _place(exposures, index),
                "CodeDeploy supports only load balancers, not VPC Lattice",
                given=Shown(type(exposure).__name__),
                allowed="AlbExposure or NlbExposure; or BlueGreen, Linear, Canary or Rolling",
                practice="traffic-source",
            )
    found.extend(_scaling_problems(scaling))
    if isinstance(deployment, CodeDeployBlueGreen):
        found.extend(_code_deploy_problems(deployment, exposures, volumes, service_connect=service_connect))
    return list(found)


def _scaling_problems(scaling: ServiceScaling | None) -> list[Problem]:
    found = Problems()
    if scaling is not None and scaling.counts_requests is not None:
        found.add(
            f"scaling.{scaling.counts_requests}",
            "AWS counts the requests of only one target group, but production traffic moves between two",
            given=scaling.requests_per_target or (scaling.predictive and scaling.predictive.requests_per_target),
            allowed="cpu_percent or memory_percent; or Rolling",
            practice="traffic-source",
        )
    return list(found)


def _stickiness_problems(exposures: Sequence[Exposure]) -> list[Problem]:
    """Find stickiness that would keep browsers on the old version, in a rule with a target group for each version."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        if isinstance(exposure, AlbExposure) and exposure.stickiness is not None:
            found.add(
                f"{_place(exposures, index)}.stickiness",
                "browsers would stay with the old version when traffic shifts",
                given=exposure.stickiness,
                allowed="none; or Rolling without an alternate target group",
                practice="traffic-shift",
            )
    return list(found)


def _kept_alternate_problems(exposures: Sequence[Exposure], scaling: ServiceScaling | None) -> list[Problem]:
    """Find a kept alternate target group that no earlier deployment can have created."""
    found = Problems()
    if not exposures or not all(isinstance(exposure, AlbExposure | NlbExposure) for exposure in exposures):
        found.add(
            "deployment.keep_alternate",
            "no deployment that shifts traffic can have created a second target group here",
            given=True,
            allowed="False; or only AlbExposure and NlbExposure",
            practice="traffic-source",
        )
    found.extend(_scaling_problems(scaling))
    return list(found)


def _place(exposures: Sequence[Exposure], index: int) -> str:
    return "exposure" if len(exposures) == 1 else f"exposure[{index}]"


def _code_deploy_problems(
    deployment: CodeDeployBlueGreen, exposures: Sequence[Exposure], volumes: Sequence[Volume], *, service_connect: bool
) -> list[Problem]:
    found = Problems()
    practice = "code-deploy"
    if service_connect:
        found.add(
            "deployment",
            "Service Connect works only with the ECS deployment controller",
            given=Shown(type(deployment).__name__),
            allowed="BlueGreen, Linear, Canary or Rolling",
            practice=practice,
        )
    if len(exposures) > 1:
        found.add(
            "exposure",
            "CodeDeploy shifts the traffic of only one load balancer",
            given=len(exposures),
            allowed="one exposure; or BlueGreen, Linear or Canary for several",
            practice=practice,
        )
    for index, exposure in enumerate(exposures):
        place = _place(exposures, index)
        if isinstance(exposure, NlbExposure) and deployment.traffic != "ALL_AT_ONCE":
            found.add(
                "deployment.traffic",
                "CodeDeploy shifts the traffic of a Network Load Balancer only all at once",
                given=deployment.traffic,
                allowed="ALL_AT_ONCE; or Linear or Canary",
                practice=practice,
            )
        if isinstance(exposure, AlbExposure) and exposure.test_rule is not None:
            found.add(
                f"{place}.test_rule",
                "CodeDeploy supports test traffic only on a separate listener",
                given=Shown("ListenerRule"),
                allowed="test_port",
                practice=practice,
            )
    if any(isinstance(volume, EbsVolume) for volume in volumes):
        found.add(
            "volumes",
            "CodeDeploy does not support EBS volumes",
            allowed="another volume; or BlueGreen, Linear, Canary or Rolling",
            practice=practice,
        )
    return list(found)


def stuck_problems(steps: RolloutSteps, tasks: int) -> list[Problem]:
    """Find percentages with which no deployment of this many tasks could start."""
    found = Problems()
    if (
        isinstance(steps, RollingSteps)
        and not is_token([tasks, steps.min_healthy_percent, steps.max_healthy_percent])
        and tasks > 0
        and is_stuck(steps, tasks)
    ):
        found.add(
            "deployment.max_healthy_percent",
            f"with {tasks} task{'' if tasks == 1 else 's'} ECS can neither start a new task nor stop an old one",
            given=steps.max_healthy_percent,
            allowed="200, or a lower min_healthy_percent; ECS rounds the maximum down and the minimum up",
            practice="full-capacity-during-deployment",
        )
    return list(found)
