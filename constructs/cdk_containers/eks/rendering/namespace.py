"""A namespace that enforces a level of the Pod Security Standards and denies inbound traffic by default."""

from __future__ import annotations

from ..manifests import Manifest
from .cluster_facts import ClusterFacts
from .facts import PodSecurity
from .metadata import MANAGED_BY

_READINESS_GATES = {
    "AUTO": "eks.amazonaws.com/pod-readiness-gate-inject",
    "NODES": "elbv2.k8s.aws/pod-readiness-gate-inject",
    "FARGATE": "elbv2.k8s.aws/pod-readiness-gate-inject",
}


def render_namespace(
    name: str, *, facts: ClusterFacts, pod_security: PodSecurity = "restricted", readiness_gates: bool = False
) -> tuple[Manifest, ...]:
    """Return a namespace, and a policy that denies inbound traffic unless another policy allows it.

    Args:
        name: Its name.
        facts: The cluster; the level is pinned to its version, so that an upgrade does not tighten it.
        pod_security: The level. Default: `restricted`.
        readiness_gates: Makes pods wait until a load balancer sends traffic to them. Default: False.
    """
    level = {f"pod-security.kubernetes.io/{mode}": pod_security for mode in ("enforce", "audit", "warn")}
    versions = {
        f"pod-security.kubernetes.io/{mode}-version": f"v{facts.version}" for mode in ("enforce", "audit", "warn")
    }
    gates = {_READINESS_GATES[facts.compute]: "enabled"} if readiness_gates else {}
    return (
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": name, "labels": {**MANAGED_BY, **level, **versions, **gates}},
        },
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": "default-deny-ingress", "namespace": name, "labels": dict(MANAGED_BY)},
            "spec": {"podSelector": {}, "policyTypes": ["Ingress"]},
        },
    )
