"""Subjects of `workloads`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers import (
    Alarms,
    AlbExposure,
    KubernetesDaemon,
    KubernetesJob,
    KubernetesService,
    KubernetesWorker,
    PodOptions,
    Rolling,
    ServiceScaling,
    SharedVolume,
    VolumeMount,
    WorkerAlarms,
    WorkQueue,
)
from tests.toolkit import IMAGE, certificate, container, equipped_cluster

from ..making import OFF, role
from ..subject import Change, Subject

_MOUNTING = {"image": None, "container": container(mounts=[VolumeMount(volume="data", path="/data")])}

PODS: dict[str, Any] = {
    "cluster": lambda stack: equipped_cluster(stack, "Other"),
    "image": "nginx:1.29.2",
    "container": Change(
        container(ports=[8080], environment={"MODE": "fast"}),
        beside={"image": None, "container": container(ports=[8080])},
    ),
    "sidecars": [container(name="b", memory_limit_mib=64)],
    "volumes": Change(
        [SharedVolume(name="data")],
        beside={"image": None, "container": container()},
        along=_MOUNTING,
    ),
    "cpu": 512,
    "memory_limit_mib": 1024,
    "pod": PodOptions(node_selector={"team": "shop"}),
    "namespace": "shop",
}


def _service(stack: cdk.Stack, **given: Any) -> KubernetesService:
    exposure = AlbExposure(port=8080, https=OFF)
    return KubernetesService(stack, "Web", cluster=equipped_cluster(stack), image=IMAGE, exposure=exposure, **given)


SUBJECTS: list[Subject] = [
    Subject(
        KubernetesService,
        lambda stack, given: KubernetesService(stack, "Web", **given),
        lambda stack: {"cluster": equipped_cluster(stack), "image": IMAGE},
    ),
    Subject(
        KubernetesWorker,
        lambda stack, given: KubernetesWorker(stack, "Worker", **given),
        lambda stack: {
            "cluster": equipped_cluster(stack),
            "image": IMAGE,
            "processing_time": timedelta(seconds=60),
        },
    ),
    Subject(
        KubernetesDaemon,
        lambda stack, given: KubernetesDaemon(stack, "Daemon", **given),
        lambda stack: {"cluster": equipped_cluster(stack), "image": IMAGE},
    ),
    Subject(
        KubernetesJob,
        lambda stack, given: KubernetesJob(stack, "Job", **given),
        lambda stack: {"cluster": equipped_cluster(stack), "image": IMAGE, "schedule": "cron(0 3 * * ? *)"},
    ),
    Subject(PodOptions, lambda stack, given: _service(stack, pod=PodOptions(**given))),
]

CHANGES: dict[str, dict[str, Any]] = {
    "KubernetesService": {
        **PODS,
        "exposure": lambda stack: AlbExposure(port=9090, certificate=certificate(stack, "Other")),
        "internet_facing": Change(
            value=True,
            beside={"exposure": AlbExposure(port=8080, https=OFF)},
        ),
        "desired_count": 3,
        "scaling": ServiceScaling(min_tasks=1, max_tasks=2),
        "deployment": Rolling(min_healthy_percent=50),
        "alarms": Alarms(cpu_percent=80),
        "health_check_grace_period": Change(
            timedelta(seconds=120), beside={"image": None, "container": container(ports=[8080])}
        ),
        "service_name": "shop",
    },
    "KubernetesWorker": {
        **PODS,
        "queue": lambda stack: WorkQueue(stack, "Given", visibility_timeout=timedelta(minutes=10)),
        "processing_time": timedelta(seconds=100),
        "desired_count": 3,
        "scaling": ServiceScaling(min_tasks=1, max_tasks=2),
        "keda_role": lambda stack: iam.Role.from_role_arn(stack, "Keda", "arn:aws:iam::111111111111:role/keda"),
        "deployment": Rolling(min_healthy_percent=50),
        "alarms": WorkerAlarms(cpu_percent=80),
        "service_name": "shop",
    },
    "KubernetesDaemon": {**PODS, "alarms": Alarms(cpu_percent=80), "service_name": "shop"},
    "KubernetesJob": {
        **PODS,
        "schedule": "rate(1 hour)",
        "time_zone": "Europe/Berlin",
        "enabled": False,
        "overlap": "SKIP",
        "timeout": timedelta(hours=1),
        "retries": 2,
        "start_within": timedelta(minutes=5),
        "job_name": "shop",
    },
    "PodOptions": {
        "role": role,
        "architecture": "ARM64",
        "operating_system": "WINDOWS_SERVER_2022_CORE",
        "ephemeral_storage_gib": 30,
        "node_selector": {"team": "shop"},
        "tolerations": [{"key": "team", "operator": "Exists"}],
        "annotations": {"team": "shop"},
        "spot_percent": 100,
        "pod_security": "baseline",
        "cpu_limit": OFF,
        "spread": OFF,
        "disruption_budget": OFF,
        "ends_requests_on_sigterm": True,
    },
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {}
