"""Workloads on EKS for tests, and reading what they wrote."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions

from cdk_containers import KubernetesDaemon, KubernetesJob, KubernetesService, KubernetesWorker
from cdk_containers.eks.workloads import KubernetesWorkload
from tests.toolkit import IMAGE, equipped_cluster


def _given(stack: cdk.Stack, given: dict[str, Any]) -> dict[str, Any]:
    if "container" not in given:
        given.setdefault("image", IMAGE)
    if "cluster" not in given:
        given["cluster"] = equipped_cluster(stack)
    return given


def service(stack: cdk.Stack, id: str = "Web", **given: Any) -> KubernetesService:  # noqa: A002
    return KubernetesService(stack, id, **_given(stack, given))


def worker(stack: cdk.Stack, id: str = "Worker", **given: Any) -> KubernetesWorker:  # noqa: A002
    return KubernetesWorker(stack, id, **_given(stack, given))


def daemon(stack: cdk.Stack, id: str = "Agent", **given: Any) -> KubernetesDaemon:  # noqa: A002
    return KubernetesDaemon(stack, id, **_given(stack, given))


def job(stack: cdk.Stack, id: str = "Nightly", **given: Any) -> KubernetesJob:  # noqa: A002
    return KubernetesJob(stack, id, **{"schedule": "cron(0 3 * * ? *)"} | _given(stack, given))


def objects(workload: KubernetesWorkload, kind: str) -> list[dict[str, Any]]:
    return [dict(manifest) for manifest in workload.manifests if manifest["kind"] == kind]


def only(workload: KubernetesWorkload, kind: str) -> dict[str, Any]:
    [found] = objects(workload, kind)
    return found


def own_container(workload: KubernetesWorkload) -> dict[str, Any]:
    """Return the first container of a workload's pods."""
    pods = workload.manifests[-1]
    spec = pods["spec"]["jobTemplate"]["spec"] if pods["kind"] == "CronJob" else pods["spec"]
    found: dict[str, Any] = spec["template"]["spec"]["containers"][0]
    return found


def variables(workload: KubernetesWorkload) -> dict[str, Any]:
    return {entry["name"]: entry.get("value") for entry in own_container(workload)["env"]}


def warnings(stack: cdk.Stack) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.any_value())
    return [str(message.entry.data) for message in found]
