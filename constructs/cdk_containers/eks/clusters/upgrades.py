"""What prevents an upgrade of a cluster."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token

from ..manifests import Manifest
from ..manifests.removed_apis import KNOWN_UP_TO, REMOVED
from .versions import minor

_VERSION = re.compile(r"1\.\d\d")
_MINOR_OF_ADD_ON = re.compile(r"v1\.(\d+)\.")
_SKEW = 3
"""How many minor versions kubelet and kube-proxy may be behind the API server."""


@frozen
class UpgradeBlocker:
    """Something that you must fix before an upgrade of a cluster.

    Attributes:
        where: Where the problem is: an object in a manifest file, nodes, or an add-on.
        what: Why it prevents the upgrade.
        instead: What to do about it.
    """

    where: str
    what: str
    instead: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}; {self.instead}"


def upgrade_blockers(
    *,
    version: str,
    target: str,
    manifests: Mapping[str, Iterable[Manifest]] | None = None,
    node_versions: Mapping[str, str] | None = None,
    add_on_versions: Mapping[str, str | None] | None = None,
) -> tuple[UpgradeBlocker, ...]:
    """Find what prevents an upgrade of a cluster, without calling AWS.

    Args:
        version: The current version, such as `1.35`.
        target: The target version.
        manifests: Objects applied to it, by file name. Default: none.
        node_versions: Kubernetes versions of nodes that do not follow the cluster, by name. Default: none.
        add_on_versions: Pinned add-on versions, by name. Default: none.

    Raises:
        ConstructError: A version is invalid.
    """
    found = Problems()
    for option, given in (("version", version), ("target", target)):
        if not _VERSION.fullmatch(given):
            found.add(option, "not a Kubernetes version", given=given, allowed="a version such as 1.36")
    if not found and minor(target) > KNOWN_UP_TO:
        found.add("target", "this version is not known yet", given=target, allowed=f"up to 1.{KNOWN_UP_TO}")
    if found:
        raise ConstructError("upgrade_blockers", found)
    return (
        *_steps(version, target),
        *_removed(minor(target), manifests or {}),
        *_old_nodes(minor(target), node_versions or {}),
        *_old_add_ons(minor(target), add_on_versions or {}),
    )


def _steps(version: str, target: str) -> Iterable[UpgradeBlocker]:
    if minor(target) < minor(version):
        yield UpgradeBlocker(
            where="version",
            what=f"{target} is older than {version}",
            instead="create a new cluster with the old version",
        )
    elif minor(target) > minor(version) + 1:
        yield UpgradeBlocker(
            where="version",
            what=f"from {version} to {target} is more than one minor version, which EKS refuses",
            instead=f"deploy 1.{minor(version) + 1} first",
        )


def _removed(target: int, manifests: Mapping[str, Iterable[Manifest]]) -> Iterable[UpgradeBlocker]:
    for name, objects in manifests.items():
        for manifest in objects:
            api, kind = str(manifest.get("apiVersion")), str(manifest.get("kind"))
            removed, instead = REMOVED.get((api, kind), (target + 1, ""))
            if removed <= target:
                yield UpgradeBlocker(
                    where=f"{name}: {kind} {manifest.get('metadata', {}).get('name', '')}",
                    what=f"Kubernetes 1.{removed} and later do not serve {kind} of {api}",
                    instead=f"use {instead}",
                )


def _old_nodes(target: int, versions: Mapping[str, str]) -> Iterable[UpgradeBlocker]:
    for name, version in versions.items():
        if not is_token(version) and minor(version) < target - _SKEW:
            yield UpgradeBlocker(
                where=name,
                what=f"nodes of {version} are more than three minor versions behind 1.{target}",
                instead=f"upgrade them to 1.{target - 1} first",
            )


def _old_add_ons(target: int, versions: Mapping[str, str | None]) -> Iterable[UpgradeBlocker]:
    pinned = versions.get("kube-proxy")
    of_minor = None if pinned is None else _MINOR_OF_ADD_ON.match(pinned)
    if of_minor is not None and int(of_minor[1]) < target - _SKEW:
        yield UpgradeBlocker(
            where="kube-proxy",
            what=f"{pinned} is more than three minor versions behind 1.{target}",
            instead=f"set a version v1.{target - 1}.…, or remove it so that EKS chooses one",
        )
