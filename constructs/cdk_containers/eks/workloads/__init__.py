"""Workloads on EKS, by the same description as those on ECS."""

from .kubernetes_service import KubernetesService
from .kubernetes_workload import KubernetesWorkload
from .pod_options import PodOptions

__all__ = ["KubernetesService", "KubernetesWorkload", "PodOptions"]
