"""The namespaces of workloads: each is written once for a cluster, with one Pod Security level."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cdk_containers.core.errors import Problem, Problems

from ..clusters import EksCluster
from ..rendering import PodSecurity, render_namespace
from .routes import registers_targets

DEFAULT_NAMESPACE = "apps"
"""Default namespace of workloads; the Kubernetes namespace `default` enforces nothing."""

_RESERVED = ("kube-system", "kube-public", "kube-node-lease")
_levels: WeakKeyDictionary[EksCluster, dict[str, PodSecurity]] = WeakKeyDictionary()


def namespace_problems(cluster: EksCluster, namespace: str, pod_security: PodSecurity) -> list[Problem]:
    """Find a namespace that belongs to Kubernetes, or that enforces another level."""
    found = Problems()
    if namespace in _RESERVED:
        found.add(
            "namespace",
            "it belongs to Kubernetes",
            given=namespace,
            allowed=f"a namespace for applications, such as {DEFAULT_NAMESPACE}",
        )
    level = _levels.get(cluster, {}).get(namespace, pod_security)
    if level != pod_security:
        found.add(
            "pod.pod_security",
            f"a namespace has only one level, and another workload uses {level} in {namespace}",
            given=pod_security,
            allowed=f"{level}, or another namespace",
            practice="eks-pod-security",
        )
    return list(found)


def enter_namespace(cluster: EksCluster, namespace: str, pod_security: PodSecurity) -> None:
    """Write a namespace, unless a workload of the cluster already uses it."""
    levels = _levels.setdefault(cluster, {})
    if namespace not in levels:
        levels[namespace] = pod_security
        manifests = render_namespace(
            namespace, facts=cluster.facts, pod_security=pod_security, readiness_gates=registers_targets(cluster.facts)
        )
        cluster.add_manifests(f"namespace-{namespace}", manifests)
