"""Whole workloads as Kubernetes objects."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.inputs import is_token, time_zone_problem
from cdk_containers.model.workload import Workload

from ..manifests import Manifest
from .cluster_facts import ClusterFacts
from .daemon_set import daemon_set_of
from .deployment import deployment_of
from .disruption_budget import disruption_budget_of
from .facts import JobFacts, PodFacts, ServiceFacts
from .job import cron_job_of, job_of
from .losses import Losses
from .metadata import LONGEST_CRON_JOB, metadata_of
from .network_policy import network_policy_of
from .pod import pod_of
from .rendered import Rendered
from .service import service_of
from .service_account import service_account_of

_ECS_ONLY = ("init-process", "version-consistency")
"""Practices that do not apply to Kubernetes."""


def render_service(
    workload: Workload, *, name: str, namespace: str, facts: ClusterFacts, options: ServiceFacts
) -> Rendered:
    """Return a long-running workload: a Deployment, and the objects it needs first.

    The Deployment comes last, so that a construct can add objects before it, such as the binding to a target group.

    Args:
        workload: The workload, without problems.
        name: Its name.
        namespace: Its namespace.
        facts: The cluster.
        options: Known facts of the workload.
    """
    losses = Losses()
    metadata = metadata_of(name, namespace, options, losses)
    pod = pod_of(workload, metadata=metadata, cluster=facts, options=options, losses=losses)
    budget = disruption_budget_of(metadata=metadata) if options.disruption_budget is True else None
    manifests = (
        service_account_of(options, metadata=metadata),
        network_policy_of(workload, metadata=metadata, cluster=facts, options=options, losses=losses),
        *pod.manifests,
        budget,
        service_of(workload, pod, metadata=metadata, losses=losses),
        deployment_of(pod, metadata=metadata, options=options, losses=losses),
    )
    return _rendered(manifests, losses, workload, options)


def render_daemon(
    workload: Workload, *, name: str, namespace: str, facts: ClusterFacts, options: ServiceFacts
) -> Rendered:
    """Return a workload that runs once on every node: a DaemonSet, and the objects it needs first."""
    losses = Losses()
    if facts.compute == "FARGATE":
        losses.refuse("cluster", "Fargate has no nodes for a daemon", instead="a sidecar in each workload")
    metadata = metadata_of(name, namespace, options, losses)
    pod = pod_of(workload, metadata=metadata, cluster=facts, options=options, everywhere=True, losses=losses)
    manifests = (
        service_account_of(options, metadata=metadata),
        network_policy_of(workload, metadata=metadata, cluster=facts, options=options, losses=losses),
        *pod.manifests,
        service_of(workload, pod, metadata=metadata, losses=losses),
        daemon_set_of(pod, metadata=metadata, options=options),
    )
    return _rendered(manifests, losses, workload, options)


def render_job(workload: Workload, *, name: str, namespace: str, facts: ClusterFacts, options: JobFacts) -> Rendered:
    """Return a workload that runs to completion: a CronJob, or a Job without a schedule."""
    losses = Losses()
    scheduled = options.schedule is not None
    metadata = metadata_of(name, namespace, options, losses, longest=LONGEST_CRON_JOB if scheduled else 63)
    _time_losses(options, losses)
    pod = pod_of(workload, metadata=metadata, cluster=facts, options=options, ends=True, losses=losses)
    manifests = (
        service_account_of(options, metadata=metadata),
        network_policy_of(workload, metadata=metadata, cluster=facts, options=options, losses=losses),
        *pod.manifests,
        job_of(pod, metadata=metadata, options=options)
        if options.schedule is None
        else cron_job_of(pod, metadata=metadata, schedule=options.schedule, options=options, losses=losses),
    )
    return _rendered(manifests, losses, workload, options)


def _time_losses(options: JobFacts, losses: Losses) -> None:
    zone = options.time_zone
    if zone is not None and (is_token(zone) or (wrong := time_zone_problem(zone)) is not None):
        losses.refuse("time_zone", "a token" if is_token(zone) else f"{zone}: {wrong}", instead="such as Europe/Berlin")
    if options.retries:
        losses.approximate(
            "retries",
            "retries start 10 s apart, and later up to 6 minutes apart",
            instead="a job that tolerates a delay",
        )


def _rendered(
    manifests: tuple[Manifest | None, ...], losses: Losses, workload: Workload, options: PodFacts
) -> Rendered:
    own = [opt_out for container in workload.containers for opt_out in container.opt_outs]
    return Rendered(
        # Each object is a copy, so that changing a label of one does not change another.
        manifests=tuple(_copied(manifest) for manifest in manifests if manifest is not None),
        losses=tuple(losses),
        opt_outs=(*options.opt_outs.items(), *(entry for entry in own if entry[0] not in _ECS_ONLY)),
    )


def _copied(value: Any) -> Any:
    """Copy dicts and lists; faster than `deepcopy`, which also looks for cycles."""
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_copied(entry) for entry in value]
    return value
