"""Network policies of workloads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import Workload

from ..manifests import Manifest
from .cluster_facts import ClusterFacts
from .facts import Exposure, Peer, PodFacts, ServiceFacts
from .losses import Losses
from .placement import NAME_LABEL

_NAMESPACE_LABEL = "kubernetes.io/metadata.name"
_DNS = {
    "to": [{"namespaceSelector": {"matchLabels": {_NAMESPACE_LABEL: "kube-system"}}}],
    "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
}
_AWS = {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443, "protocol": "TCP"}]}
_POD_IDENTITY = {
    "to": [{"ipBlock": {"cidr": "169.254.170.23/32"}}],
    "ports": [{"port": 80, "protocol": "TCP"}],
}


def network_policy_of(
    workload: Workload, *, metadata: Manifest, cluster: ClusterFacts, options: PodFacts, losses: Losses
) -> Manifest:
    """Return the NetworkPolicy: only callers and load balancers may connect, each only to its own ports."""
    if not cluster.network_policy:
        losses.leave(
            "callers",
            "nothing in the cluster enforces network policies, so anyone in it may call the pods",
            instead="network policies enabled in the vpc-cni add-on, or in Auto Mode",
        )
    ports = _ports(workload)
    ingress: list[dict[str, Any]] = [
        {"from": [_pods(peer)], **({"ports": found} if (found := _of(peer, ports)) else {})} for peer in options.callers
    ]
    ingress += [_load_balancer(exposure) for exposure in _exposures(options)]
    spec: dict[str, Any] = {
        "podSelector": {"matchLabels": {NAME_LABEL: metadata["name"]}},
        "policyTypes": ["Ingress"],
        "ingress": ingress,
    }
    if options.callees is not None:
        spec["policyTypes"] = ["Ingress", "Egress"]
        callees = [
            {
                "to": [_pods(peer)],
                **({"ports": [{"port": number, "protocol": "TCP"} for number in peer.ports]} if peer.ports else {}),
            }
            for peer in options.callees
        ]
        spec["egress"] = [_DNS, _POD_IDENTITY, _AWS, *callees]
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": metadata, "spec": spec}


def _exposures(options: PodFacts) -> Sequence[Exposure]:
    return options.exposures if isinstance(options, ServiceFacts) else ()


def _load_balancer(exposure: Exposure) -> dict[str, Any]:
    """Let a load balancer in; if its addresses are unknown, allow any address on its port."""
    ports: list[dict[str, Any]] = [{"port": exposure.port, "protocol": exposure.protocol.upper()}]
    if exposure.health_check_port not in (None, exposure.port):
        ports.append({"port": exposure.health_check_port, "protocol": "TCP"})
    sources = [{"ipBlock": {"cidr": source}} for source in exposure.sources]
    return {**({"from": sources} if sources else {}), "ports": ports}


def _pods(peer: Peer) -> Manifest:
    found: Manifest = {"podSelector": {"matchLabels": {NAME_LABEL: peer.name}}}
    if peer.namespace is not None:
        found["namespaceSelector"] = {"matchLabels": {_NAMESPACE_LABEL: peer.namespace}}
    return found


def _ports(workload: Workload) -> list[Manifest]:
    found: list[Manifest] = []
    for container in workload.containers:
        found += [
            {"port": port.number, "protocol": port.protocol.upper()}
            for port in container.all_ports
            if not is_token(port.number)
        ]
        found += [
            {"port": ports.first, "endPort": ports.last, "protocol": ports.protocol.upper()}
            for ports in container.port_ranges
        ]
    return found


def _of(peer: Peer, ports: Sequence[Manifest]) -> list[Manifest]:
    if peer.ports:
        return [{"port": number, "protocol": "TCP"} for number in peer.ports]
    return list(ports)
