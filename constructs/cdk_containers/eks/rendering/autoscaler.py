"""How the number of pods follows the use of CPU and memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..manifests import Manifest

LONGEST_SCALE_OUT_SECONDS, LONGEST_SCALE_IN_SECONDS = 1800, 3600
"""The longest period and the longest window that the API takes."""

_FEW_PODS = 4
"""So many pods come at once even where twice as many are fewer."""
_STEP_IN_PERCENT, _STEP_IN_SECONDS = 10, 60


def scaling_behavior(*, scale_out_seconds: int, scale_in_seconds: int) -> dict[str, Any]:
    """Return how fast pods come and go, by the cooldowns of ECS: they come fast, and go slowly.

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
    """Return what scales a deployment of the same name.

    The use is that of the application's container alone: over all containers, one without a request would leave no
    percentage, and a sidecar that idles would hide an application that does not.

    Args:
        name: Name of the deployment, and its own.
        namespace: Their namespace.
        min_pods: Fewest pods, 1 or more.
        max_pods: Most pods.
        container: The container whose use counts.
        usage_percent: The use to keep by resource, `cpu` and `memory`, in percent of what the container requests.
        behavior: How fast pods come and go.
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
