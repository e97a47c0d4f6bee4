"""Workloads on EKS, with the same description as on ECS."""

from .kubernetes_daemon import KubernetesDaemon
from .kubernetes_job import KubernetesJob
from .kubernetes_service import KubernetesService
from .kubernetes_worker import KubernetesWorker
from .kubernetes_workload import KubernetesWorkload
from .pod_options import PodOptions

__all__ = [
    "KubernetesDaemon",
    "KubernetesJob",
    "KubernetesService",
    "KubernetesWorker",
    "KubernetesWorkload",
    "PodOptions",
]
