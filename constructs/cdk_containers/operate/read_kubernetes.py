"""EKS clusters, as far as the AWS API shows them. Only the Kubernetes API shows the pods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .api import Api
from .exits import NOT_FOUND, Stop
from .states import KubernetesState
from .targets import Target


def read_kubernetes(api: Api, target: Target, *, closely: bool = True) -> KubernetesState:
    """Return an EKS cluster, with its nodes and add-ons if you request details.

    Raises:
        Stop: It no longer exists.
        Refused: It cannot be read.
    """
    answer = api.call("eks", "describe_cluster", name=target.id)
    if answer is None:
        raise Stop(NOT_FOUND, f"{api.name} has no EKS cluster {target.id} ({target.name})")
    told: Mapping[str, Any] = answer["cluster"]
    return KubernetesState(
        target=target,
        at=api.now(),
        status=told.get("status", ""),
        version=told.get("version", ""),
        support=told.get("upgradePolicy", {}).get("supportType", ""),
        auto=bool(told.get("computeConfig", {}).get("enabled")),
        issues=tuple(_issues(told.get("health", {}))),
        nodes=api.if_allowed(lambda: tuple(_nodes(api, target.id)), ()) if closely else (),
        add_ons=api.if_allowed(lambda: tuple(_add_ons(api, target.id)), ()) if closely else (),
    )


def _issues(health: Mapping[str, Any]) -> Iterable[str]:
    return (f"{it.get('code', '')}: {it.get('message', '')}".rstrip(": ") for it in health.get("issues", ()))


def _nodes(api: Api, cluster: str) -> Iterator[tuple[str, str, int, str]]:
    for name in api.pages("eks", "list_nodegroups", "nodegroups", clusterName=cluster):
        answer = api.call("eks", "describe_nodegroup", clusterName=cluster, nodegroupName=name)
        if answer is not None:
            told = answer["nodegroup"]
            wanted = told.get("scalingConfig", {}).get("desiredSize", 0)
            yield name, told.get("status", ""), wanted, "; ".join(_issues(told.get("health", {})))


def _add_ons(api: Api, cluster: str) -> Iterator[tuple[str, str, str, str]]:
    for name in api.pages("eks", "list_addons", "addons", clusterName=cluster):
        answer = api.call("eks", "describe_addon", clusterName=cluster, addonName=name)
        if answer is not None:
            told = answer["addon"]
            issues = "; ".join(_issues(told.get("health", {})))
            yield name, told.get("addonVersion", ""), told.get("status", ""), issues
