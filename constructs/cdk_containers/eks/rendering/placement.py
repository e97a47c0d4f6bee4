"""Placement of pods on nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import Container

from ..manifests import Manifest
from .cluster_facts import ClusterFacts
from .facts import PodFacts, ServiceFacts
from .losses import Losses
from .resources import device_tolerations

NAME_LABEL = "app.kubernetes.io/name"

_ARCHITECTURES = {"X86_64": "amd64", "ARM64": "arm64"}
_WINDOWS_BUILDS = {"2019": "10.0.17763", "2022": "10.0.20348"}
_ZONE, _HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"


def placement_of(
    containers: Sequence[Container],
    *,
    metadata: Manifest,
    cluster: ClusterFacts,
    options: PodFacts,
    everywhere: bool,
    losses: Losses,
) -> Manifest:
    """Return the placement of a pod.

    Args:
        containers: Its containers.
        metadata: Metadata of the workload.
        cluster: The cluster.
        options: Known facts of the pod.
        everywhere: Whether it runs on every node.
        losses: Collects the losses.
    """
    found: Manifest = {}
    windows = options.operating_system != "LINUX"
    if cluster.compute == "FARGATE":
        _fargate_losses(options, windows=windows, losses=losses)
    elif cluster.compute == "AUTO" and windows:
        losses.refuse("operating_system", "Auto Mode has only Linux nodes", instead="LINUX, or your own nodes")
    found["os"] = {"name": "windows" if windows else "linux"}
    if (selector := _node_selector(options, cluster)) != {}:
        found["nodeSelector"] = selector
    tolerations: list[dict[str, Any]] = [*device_tolerations(containers), *map(dict, options.tolerations)]
    if everywhere:
        tolerations = [{"operator": "Exists"}]
    if tolerations:
        found["tolerations"] = tolerations
    affinity: Manifest = {}
    if options.spot_percent is not None and cluster.compute != "FARGATE":
        affinity["nodeAffinity"] = _capacity(options.spot_percent, cluster)
        if 0 < options.spot_percent < 100:
            losses.approximate(
                "spot_percent",
                "Kubernetes only prefers nodes and does not enforce percentages",
                instead="0 or 100, or two workloads",
            )
    if isinstance(options, ServiceFacts) and not everywhere and not isinstance(options.spread, Disabled):
        labels = {"matchLabels": {NAME_LABEL: metadata["name"]}}
        affinity["podAntiAffinity"] = {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 100, "podAffinityTerm": {"labelSelector": labels, "topologyKey": _HOST}}
            ]
        }
        found["topologySpreadConstraints"] = [
            {
                "maxSkew": 1,
                "topologyKey": key,
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": labels,
                # Without it, pods of the previous version also count, and new pods crowd where those are not.
                "matchLabelKeys": ["pod-template-hash"],
                "nodeTaintsPolicy": "Honor",
            }
            for key in (_ZONE, _HOST)
        ]
    if affinity:
        found["affinity"] = affinity
    return found


def _fargate_losses(options: PodFacts, *, windows: bool, losses: Losses) -> None:
    for option, wrong, what, instead in (
        ("operating_system", windows, "runs only Linux", "LINUX"),
        ("architecture", options.architecture == "ARM64", "has only X86_64", "X86_64"),
        ("spot_percent", bool(options.spot_percent), "has no Spot capacity", "0"),
    ):
        if wrong:
            losses.refuse(
                option,
                f"on EKS, Fargate {what}",
                instead=f"{instead}, or pods on nodes",
                practice="eks-fargate-limits",
            )


def _node_selector(options: PodFacts, cluster: ClusterFacts) -> dict[str, str]:
    if cluster.compute == "FARGATE":
        return dict(options.node_selector)
    found = {
        "kubernetes.io/os": "linux" if options.operating_system == "LINUX" else "windows",
        "kubernetes.io/arch": _ARCHITECTURES[options.architecture],
    }
    for year, build in _WINDOWS_BUILDS.items():
        if year in options.operating_system:
            found["node.kubernetes.io/windows-build"] = build
    return {**found, **options.node_selector}


def _capacity(spot_percent: int, cluster: ClusterFacts) -> Manifest:
    """Return the capacity type, with the labels of Karpenter and Auto Mode, or of managed node groups."""
    if cluster.compute == "AUTO":
        terms = [("karpenter.sh/capacity-type", "spot")]
    else:
        terms = [("eks.amazonaws.com/capacityType", "SPOT"), ("karpenter.sh/capacity-type", "spot")]
    on_spot = [{"matchExpressions": [{"key": key, "operator": "In", "values": [value]}]} for key, value in terms]
    if spot_percent == 100:
        return {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": on_spot}}
    if spot_percent == 0:
        not_spot = [{"key": key, "operator": "NotIn", "values": [value]} for key, value in terms]
        return {
            "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": not_spot}]}
        }
    return {
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": spot_percent, "preference": term} for term in on_spot
        ]
    }
