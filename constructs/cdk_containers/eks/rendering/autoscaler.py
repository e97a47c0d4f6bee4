"""Autoscaling of pods on CPU and memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..manifests import Manifest

LONGEST_SCALE_OUT_SECONDS, LONGEST_SCALE_IN_SECONDS = 1800, 3600
"""The longest period and the longest window that the API accepts."""

_FEW_PODS = 4
"""Minimum number of pods to add at once, even if doubling would add fewer."""
_STEP_IN_PERCENT, _STEP_IN_SECONDS = 10, 60


def scaling_behavior(*, scale_out_seconds: int, scale_in_seconds: int) -> dict[str, Any]:
    """Return the scaling behavior from the cooldowns of ECS: fast scale-out, slow scale-in.

    See https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#configurable-scaling-behavior
    """
    period = max(scale_out_seconds, 1)
    return {
        "scaleUp": {
            "stabilizationWindowSeconds": 0,
            "selectPolicy": "Max",
            "policies": [
                {"type": "Percent", "value": 100, "periodSeconds": period},
                {"type": "Pods", "value": _FEW_PODS, "periodSeconds": period},
            ],
        },
        "scaleDown": {
            "stabilizationWindowSeconds": scale_in_seconds,
            "policies": [{"type": "Percent", "value": _STEP_IN_PERCENT, "periodSeconds": _STEP_IN_SECONDS}],
        },
    }


def horizontal_pod_autoscaler(
    *,
    name: str,
    namespace: str,
    min_pods: int,
    max_pods: int,
    container: str,
    usage_percent: Mapping[str, int],
    behavior: Mapping[str, Any],
) -> Manifest:
    """Return the autoscaler of a deployment with the same name.

    It uses only the utilization of the application's container. Over all containers, a container without a request
    would make the percentage undefined, and an idle sidecar would hide a busy application.

    Args:
        name: Name of the deployment and of the autoscaler.
        namespace: Their namespace.
        min_pods: Minimum number of pods, 1 or more.
        max_pods: Maximum number of pods.
        container: The container whose utilization counts.
        usage_percent: Target utilization by resource, `cpu` and `memory`, in percent of the container's requests.
        behavior: The scaling behavior.
    """
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": min_pods,
            "maxReplicas": max_pods,
            "metrics": [
                {
                    "type": "ContainerResource",
                    "containerResource": {
                        "name": resource,
                        "container": container,
                        "target": {"type": "Utilization", "averageUtilization": percent},
                    },
                }
                for resource, percent in usage_percent.items()
            ],
            "behavior": dict(behavior),
        },
    }
