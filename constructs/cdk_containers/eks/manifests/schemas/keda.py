"""Objects of KEDA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..schema import Anything, Fields, Flag, ListOf, MapOf, Number, Text

_TRIGGER = Fields(
    {
        "type": Text(),
        "name": Text(),
        "metadata": MapOf(Text()),
        "metricType": Text(allowed=("AverageValue", "Value", "Utilization")),
        "useCachedMetrics": Flag(),
        "authenticationRef": Fields(
            {"name": Text(), "kind": Text(allowed=("TriggerAuthentication", "ClusterTriggerAuthentication"))}, ("name",)
        ),
    },
    required=("type", "metadata"),
)


def _bounds(entries: Mapping[str, Any]) -> tuple[str, str, str] | None:
    low, high, idle = (entries.get(f"{name}ReplicaCount") for name in ("min", "max", "idle"))
    low = 0 if low is None else low
    if isinstance(low, int) and isinstance(high, int) and low > high:
        return "minReplicaCount", f"more than maxReplicaCount, which is {high}", f"0 to {high}"
    if isinstance(idle, int) and isinstance(low, int) and idle >= low:
        return "idleReplicaCount", "not less than minReplicaCount", "0, with a minReplicaCount of 1 or more"
    return None


_SCALED_OBJECT = Fields(
    {
        "scaleTargetRef": Fields(
            {"apiVersion": Text(), "kind": Text(), "name": Text(), "envSourceContainerName": Text()}, ("name",)
        ),
        "pollingInterval": Number(low=1),
        "cooldownPeriod": Number(),
        "initialCooldownPeriod": Number(),
        "idleReplicaCount": Number(),
        "minReplicaCount": Number(),
        "maxReplicaCount": Number(low=1),
        "fallback": Fields(
            {
                "failureThreshold": Number(low=1),
                "replicas": Number(),
                "behavior": Text(
                    allowed=("static", "currentReplicas", "currentReplicasIfHigher", "currentReplicasIfLower")
                ),
            },
            ("failureThreshold", "replicas"),
        ),
        "advanced": Fields(
            {
                "restoreToOriginalReplicaCount": Flag(),
                "scalingModifiers": Anything(),
                "horizontalPodAutoscalerConfig": Fields({"name": Text(), "behavior": Anything()}),
            }
        ),
        "triggers": ListOf(_TRIGGER, 1),
    },
    required=("scaleTargetRef", "triggers"),
    rule=_bounds,
)
_AUTHENTICATION = Fields(
    {
        "podIdentity": Fields(
            {
                "provider": Text(allowed=("aws", "none", "azure-workload", "gcp")),
                "roleArn": Text(pattern=r"arn:[\w-]+:iam::\d{12}:role/.+", example="the ARN of a role"),
                "identityOwner": Text(allowed=("keda", "workload")),
                "identityId": Text(),
            },
            ("provider",),
        ),
        "env": ListOf(Fields({"parameter": Text(), "name": Text(), "containerName": Text()}, ("parameter", "name"))),
        "secretTargetRef": ListOf(
            Fields({"parameter": Text(), "name": Text(), "key": Text()}, ("parameter", "name", "key"))
        ),
        "awsSecretManager": Anything(),
    }
)

SCHEMAS = {
    ("keda.sh/v1alpha1", "ScaledObject"): _SCALED_OBJECT,
    ("keda.sh/v1alpha1", "TriggerAuthentication"): _AUTHENTICATION,
    ("keda.sh/v1alpha1", "ClusterTriggerAuthentication"): _AUTHENTICATION,
}
