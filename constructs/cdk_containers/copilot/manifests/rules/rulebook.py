"""Maps rules to types of manifests."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cdk_containers.core.documents import Map

from ..models.environments import Environment
from ..models.pipelines import Pipeline
from ..models.workloads import (
    BackendService,
    LoadBalancedWebService,
    RequestDrivenWebService,
    ScheduledJob,
    StaticSite,
    TaskWorkload,
    WorkerService,
    Workload,
)
from . import (
    containers,
    jobs,
    limits,
    messaging,
    networks,
    ports,
    routing,
    scaling,
    sites,
    tasks,
)
from .given import Given

_Rule = Callable[[Any, Given], None]

_RULES: dict[type, tuple[_Rule, ...]] = {
    Workload: (limits.in_bounds, networks.placement, messaging.published, containers.image, containers.names_once),
    TaskWorkload: (
        containers.sidecars,
        containers.dependencies,
        containers.files,
        tasks.platform,
        tasks.size,
        tasks.volumes,
        tasks.overrides,
        tasks.tracing,
        ports.exposed,
    ),
    LoadBalancedWebService: (routing.web, routing.rules, routing.listeners, scaling.counts, scaling.deployment),
    BackendService: (routing.rules, networks.alias, scaling.counts, scaling.deployment),
    WorkerService: (messaging.subscribed, networks.alias, scaling.counts, scaling.deployment),
    ScheduledJob: (jobs.schedule, jobs.attempts),
    RequestDrivenWebService: (sites.app_runner, tasks.size, tasks.tracing),
    StaticSite: (sites.static_site,),
}
"""Rules by type; they also apply to subtypes."""


def check_workload(model: Workload, root: Map) -> None:
    """Record the problems of a workload."""
    given = Given(root)
    for kind, rules in _RULES.items():
        if isinstance(model, kind):
            for rule in rules:
                rule(model, given)


def check_environment(model: Environment, root: Map) -> None:
    """Record the problems of an environment."""
    from . import environments  # noqa: PLC0415  (a workload needs none of it)

    environments.check(model, Given(root))


def check_pipeline(model: Pipeline, root: Map) -> None:
    """Record the problems of a pipeline."""
    from . import pipelines  # noqa: PLC0415  (a workload needs none of it)

    pipelines.check(model, Given(root))
