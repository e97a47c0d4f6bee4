"""EKS clusters: whether EKS supports their version, and has their add-ons for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdk_containers.checks.live.refused import Refused
from cdk_containers.checks.templates import CannotTell, Malformed, Resource

from .found import Found, unless_signed_out
from .place import Place

_CLUSTER = "AWS::EKS::Cluster"
_ADD_ON = "AWS::EKS::Addon"


def verify_kubernetes(place: Place) -> Iterator[Found]:
    """Yield the result for each version of EKS and of its add-ons."""
    for cluster in place.resources(_CLUSTER):
        yield from _guarded(cluster, "EKS version", lambda cluster=cluster: _version(place, cluster))
    for add_on in place.resources(_ADD_ON):
        yield from _guarded(add_on, "EKS add-on", lambda add_on=add_on: _add_on(place, add_on))


def _guarded(resource: Resource, what: str, look: Any) -> Iterator[Found]:
    where = resource.construct_path or resource.logical_id
    try:
        found = look()
    except (CannotTell, Malformed, Refused) as why:
        yield Found(
            what=what, name=resource.logical_id, where=where, verdict="not checked", says=unless_signed_out(why)
        )
        return
    if found is not None:
        name, verdict, says = found
        yield Found(what=what, name=name, where=where, verdict=verdict, says=says)


def _version(place: Place, cluster: Resource) -> tuple[str, str, str] | None:
    version = cluster.text("Version")
    if not version:
        return None
    answer = place.api.call("eks", "describe_cluster_versions", clusterVersions=[version]) or {}
    for it in answer.get("clusterVersions", ()):
        status = it.get("versionStatus", it.get("status", "")).replace("_", " ").lower()
        if status == "unsupported":
            return version, "fails", "EKS no longer supports it"
        end = it.get("endOfStandardSupportDate")
        until = f" until {end:%Y-%m-%d}" if end and "standard" in status else ", which costs extra" if status else ""
        return version, "ok", f"{status}{until}"
    return version, "fails", "EKS has no such version"


def _add_on(place: Place, add_on: Resource) -> tuple[str, str, str] | None:
    name, wanted = add_on.text("AddonName"), add_on.text("AddonVersion")
    cluster = place.estate.find(add_on.value("ClusterName"), _CLUSTER)
    version = cluster.text("Version") if cluster is not None else ""
    if not wanted or not version:
        return None
    known = place.api.pages("eks", "describe_addon_versions", "addons", addonName=name, kubernetesVersion=version)
    versions = [one["addonVersion"] for it in known for one in it.get("addonVersions", ())]
    if wanted in versions:
        return f"{name} {wanted}", "ok", f"for version {version}"
    newest = f"; the newest is {versions[0]}" if versions else ""
    return f"{name} {wanted}", "fails", f"EKS does not have it for version {version}{newest}"
