"""Checks of Services, Ingresses and network policies."""

from __future__ import annotations

import ipaddress

from cdk_containers.core.inputs import is_token

from .api_versions import minor_of
from .container_rules import check_port
from .facts import Facts
from .names import LABEL, is_label
from .part import Part
from .workload_rules import check_expressions

_TRAFFIC = {"PreferClose": 31, "PreferSameZone": 34, "PreferSameNode": 34}
_PROTOCOLS = ("TCP", "UDP", "SCTP")


def check_service(manifest: Part, facts: Facts) -> None:
    """Find problems with a Service."""
    spec = manifest.part("spec")
    kind = spec.choice("type", ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"))
    ports = spec.parts("ports")
    if kind == "ExternalName":
        spec.text("externalName", required=True)
    elif not ports and spec.get("clusterIP") != "None":
        spec.wrong("ports", "no port", "one or more")
    _check_service_ports(ports)
    spec.choice("sessionAffinity", ("ClientIP", "None"))
    traffic = spec.choice("trafficDistribution", tuple(_TRAFFIC))
    if traffic is not None and minor_of(facts.version) < _TRAFFIC[traffic]:
        spec.wrong(
            "trafficDistribution", f"Kubernetes {facts.version} does not support it", f"1.{_TRAFFIC[traffic]} or later"
        )
    for index, block in spec.entries("loadBalancerSourceRanges"):
        _check_block(spec, f"loadBalancerSourceRanges[{index}]", block)


def _check_service_ports(ports: list[Part]) -> None:
    names = [port.get("name") for port in ports]
    listened = [(port.get("port"), port.get("protocol") or "TCP") for port in ports]
    for index, port in enumerate(ports):
        name = port.text("name")
        if name is None and len(ports) > 1:
            port.wrong("name", "one of several ports has no name", LABEL)
        if name is not None and not is_label(name):
            port.wrong("name", "not a name of a port", LABEL)
        if name is not None and name in names[:index]:
            port.wrong("name", "another port already has this name", "another name")
        if listened[index] in listened[:index]:
            port.wrong("port", "another port is equal", "a different port")
        if "port" not in port:
            port.wrong("port", "it is missing", "1 to 65535")
        port.number("port", 1, 65535)
        port.number("nodePort", 30000, 32767)
        port.choice("protocol", _PROTOCOLS)
        check_port(port, "targetPort")


def check_ingress(manifest: Part) -> None:
    """Find problems with an Ingress."""
    annotations = manifest.part("metadata").part("annotations")
    if "kubernetes.io/ingress.class" in annotations:
        annotations.wrong("kubernetes.io/ingress.class", "Auto Mode refuses this annotation", "spec.ingressClassName")
    spec = manifest.part("spec")
    if not list(spec.entries("rules")) and not spec.get("defaultBackend"):
        spec.wrong("rules", "neither a rule nor a default", "one or more rules, or a defaultBackend")
    for rule in spec.parts("rules"):
        paths = rule.part("http").parts("paths")
        if "http" in rule and not paths:
            rule.part("http").wrong("paths", "no path", "one or more")
        for path in paths:
            if (
                path.choice("pathType", ("Exact", "Prefix", "ImplementationSpecific")) is None
                and "pathType" not in path
            ):
                path.wrong("pathType", "it is missing", "Exact, Prefix or ImplementationSpecific")
            written = path.text("path")
            if written is not None and not written.startswith("/") and path.get("pathType") != "ImplementationSpecific":
                path.wrong("path", "not a URL path", "a path such as /orders")
            _check_backend(path.part("backend"))
    if spec.get("defaultBackend"):
        _check_backend(spec.part("defaultBackend"))


def _check_backend(backend: Part) -> None:
    if backend.exactly_one(("service", "resource")) != "service":
        return
    service = backend.part("service")
    service.text("name", required=True)
    port = service.part("port")
    if port.exactly_one(("name", "number")) == "number":
        port.number("number", 1, 65535)


def check_network_policy(manifest: Part) -> None:
    """Find problems with a NetworkPolicy."""
    spec = manifest.part("spec")
    if "podSelector" not in spec:
        spec.wrong("podSelector", "it is missing", "labels of the pods, or {} for all")
    check_expressions(spec.part("podSelector"))
    for index, kind in spec.entries("policyTypes"):
        if kind not in ("Ingress", "Egress"):
            spec.wrong(f"policyTypes[{index}]", "unknown value", "Ingress, Egress", given=kind)
    for field, side in (("ingress", "from"), ("egress", "to")):
        for rule in spec.parts(field):
            for peer in rule.parts(side):
                _check_peer(peer)
            for port in rule.parts("ports"):
                port.choice("protocol", _PROTOCOLS)
                check_port(port, "port")
                end, start = port.number("endPort", 1, 65535), port.get("port")
                if end is not None and (not isinstance(start, int) or end < start):
                    port.wrong("endPort", "not the end of a range", "a number of at least port")


def _check_peer(peer: Part) -> None:
    if not peer:
        peer.wrong("", "a peer without a selector or block", "podSelector, namespaceSelector or ipBlock", given={})
    if "ipBlock" in peer:
        if len(peer.value) > 1:
            peer.wrong("ipBlock", "addresses combined with a selector", "a separate peer")
        block = peer.part("ipBlock")
        whole = _check_block(block, "cidr", block.get("cidr"))
        for index, value in block.entries("except"):
            hole = _check_block(block, f"except[{index}]", value)
            if whole and hole and (whole.version != hole.version or not hole.subnet_of(whole)):  # type: ignore[arg-type]
                block.wrong(f"except[{index}]", "outside the block", f"part of {whole}", given=value)
    for field in ("podSelector", "namespaceSelector"):
        check_expressions(peer.part(field))


def _check_block(part: Part, field: str, value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if is_token(value):
        return None
    try:
        return ipaddress.ip_network(str(value))
    except ValueError:
        part.wrong(field, "not a CIDR block", "a CIDR block such as 10.0.0.0/16", given=value)
        return None
