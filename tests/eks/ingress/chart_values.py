"""The values that the chart of the AWS Load Balancer Controller documents, as far as they are used here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

_FLAG, _TEXT, _NUMBER = bool, str, int

VALUES: Mapping[str, Any] = {
    "clusterName": _TEXT,
    "region": _TEXT,
    "vpcId": _TEXT,
    "replicaCount": _NUMBER,
    "image": {"repository": _TEXT, "tag": _TEXT, "pullPolicy": _TEXT},
    "serviceAccount": {
        "create": _FLAG,
        "name": _TEXT,
        "annotations": {"eks.amazonaws.com/role-arn": _TEXT},
        "automountServiceAccountToken": _FLAG,
    },
    "podDisruptionBudget": {"maxUnavailable": _NUMBER, "minAvailable": _NUMBER},
    "defaultTargetType": _TEXT,
    "defaultSSLPolicy": _TEXT,
    "enableShield": _FLAG,
    "enableWaf": _FLAG,
    "enableWafv2": _FLAG,
    "enableServiceMutatorWebhook": _FLAG,
    "createIngressClassResource": _FLAG,
    "ingressClass": _TEXT,
    "ingressClassParams": {"create": _FLAG, "name": _TEXT},
    "ingressClassConfig": {"default": _FLAG},
}
"""Names and types; see the README of eks/aws-load-balancer-controller in aws/eks-charts."""


def value_errors(values: Mapping[str, Any], known: Mapping[str, Any] = VALUES, path: str = "") -> Iterator[str]:
    """Yield the values that the chart does not know, or of another type: Helm takes both, and does nothing."""
    for name, value in values.items():
        here = f"{path}{name}"
        expected = known.get(name)
        if expected is None:
            yield f"{here}: the chart does not have it"
        elif isinstance(expected, Mapping):
            if isinstance(value, Mapping):
                yield from value_errors(
                    cast("Mapping[str, Any]", value), cast("Mapping[str, Any]", expected), f"{here}."
                )
            else:
                yield f"{here}: not a mapping"
        elif type(value) is not expected:
            yield f"{here}: {type(value).__name__} where {expected.__name__} belongs"
