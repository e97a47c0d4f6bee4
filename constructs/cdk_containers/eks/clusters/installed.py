"""What is installed in an existing cluster."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from ..rendering import ClusterFacts, Compute

Installed = Literal[
    "POD_IDENTITY_AGENT",
    "LOAD_BALANCER_CONTROLLER",
    "NETWORK_POLICY",
    "PREFIX_DELEGATION",
    "METRICS_SERVER",
    "CONTAINER_INSIGHTS",
    "SECRETS_STORE",
    "EXTERNAL_SECRETS",
    "KEDA",
]


def facts_of(version: str, compute: Compute, installed: Sequence[Installed]) -> ClusterFacts:
    """Return what a workload needs to know about a cluster, from what is installed in it."""
    secrets: Literal["SECRETS_STORE", "EXTERNAL_SECRETS"] | None = None
    if "SECRETS_STORE" in installed:
        secrets = "SECRETS_STORE"
    elif "EXTERNAL_SECRETS" in installed:
        secrets = "EXTERNAL_SECRETS"
    return ClusterFacts(
        version=version,
        compute=compute,
        load_balancer_controller=compute == "AUTO" or "LOAD_BALANCER_CONTROLLER" in installed,
        network_policy="NETWORK_POLICY" in installed,
        secrets=secrets,
        keda="KEDA" in installed,
        metrics_server="METRICS_SERVER" in installed,
        container_insights="CONTAINER_INSIGHTS" in installed,
    )
