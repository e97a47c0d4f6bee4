"""The namespaces of workloads: each is written once for a cluster, with the level of security that all of it share."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from cdk_containers.core.errors import Problem, Problems

from ..clusters import EksCluster
from ..rendering import PodSecurity, render_namespace
from .routes import registers_targets

DEFAULT_NAMESPACE = "apps"
"""Where workloads are that say nothing; the one called `default` holds its pods to nothing."""

_RESERVED = ("kube-system", "kube-public", "kube-node-lease")
_levels: WeakKeyDictionary[EksCluster, dict[str, PodSecurity]] = WeakKeyDictionary()


def namespace_problems(cluster: EksCluster, namespace: str, pod_security: PodSecurity) -> list[Problem]:
    """Find a namespace that belongs to Kubernetes, or that holds its pods to another level."""
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
            f"a namespace has one level, and another workload has {level} in {namespace}",
            given=pod_security,
            allowed=f"{level}, or another namespace",
            practice="eks-pod-security",
        )
    return list(found)


def enter_namespace(cluster: EksCluster, namespace: str, pod_security: PodSecurity) -> None:
    """Write a namespace, where no workload of the cluster is in it yet."""
    levels = _levels.setdefault(cluster, {})
    if namespace not in levels:
        levels[namespace] = pod_security
        manifests = render_namespace(
            namespace, facts=cluster.facts, pod_security=pod_security, readiness_gates=registers_targets(cluster.facts)
        )
        cluster.add_manifests(f"namespace-{namespace}", manifests)
