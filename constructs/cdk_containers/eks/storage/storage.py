"""Base of all storage: a cluster, a storage class, and claims."""

from __future__ import annotations

import re
from typing import Any, Literal

from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import argument_problems, is_token

from ..clusters import EksCluster
from ..manifests import Manifest, file_name, kubernetes_name_problems
from .register import register_of

ReclaimPolicy = Literal["Retain", "Delete"]
AccessMode = Literal["ReadWriteOnce", "ReadWriteMany"]

_FILE_SYSTEM = re.compile(r"fs-[0-9a-f]+")
_DEFAULT_CLASS = {"storageclass.kubernetes.io/is-default-class": "true"}


class Storage(CheckedConstruct):
    """Storage for the volumes of pods.

    Attributes:
        cluster: The cluster.
        storage_class_name: Name of the storage class; empty if volumes exist in advance.
    """

    cluster: EksCluster
    storage_class_name: str = ""
    _access_mode: AccessMode

    def __init__(self, scope: Construct, id: str, cluster: EksCluster) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.cluster = cluster

    def claim(self, name: str, *, namespace: str, size_gib: int) -> str:
        """Add a claim to the manifests of the cluster, and return its name for the volumes of a pod.

        Args:
            name: Name of the claim, unique in its namespace.
            namespace: Namespace of the pods that mount it.
            size_gib: Size of the volume in GiB. It can grow, but not shrink.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(self.claim, locals())
        self._check_claim(found, name, namespace, size_gib)
        self._add_claim(name, namespace, size_gib, {"storageClassName": self.storage_class_name})
        return name

    def _check_claim(self, found: Problems, name: str, namespace: str, size_gib: int) -> None:
        if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            found.add("name", "not a valid name", given=name, allowed="text")
        else:
            found.extend(kubernetes_name_problems("name", name, form="label"))
        if not found.has("namespace"):
            found.extend(kubernetes_name_problems("namespace", namespace, form="label"))
        if not found.has("size_gib"):
            found.extend(whole_number_problems("size_gib", size_gib, low=1))
        claims = register_of(self.cluster).claims
        if not found and (namespace, name) in claims:
            found.add(
                "name",
                f"the namespace already has a claim with this name: {claims[namespace, name]}",
                given=f"{namespace}/{name}",
                allowed="another name",
            )
        found.raise_for(self, f"claim {name!r}")
        claims[namespace, name] = self.node.path

    def _add_claim(self, name: str, namespace: str, size_gib: int, spec: dict[str, Any], *before: Manifest) -> None:
        claim: Manifest = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": namespace},
            "spec": {
                "accessModes": [self._access_mode],
                "resources": {"requests": {"storage": f"{size_gib}Gi"}},
                **spec,
            },
        }
        self.cluster.add_manifests(file_name("claim", namespace, name), [*before, claim])

    def _add_class(
        self,
        *,
        provisioner: str,
        parameters: dict[str, str],
        reclaim_policy: ReclaimPolicy,
        default_class: bool,
        wait_for_pod: bool,
        can_grow: bool,
    ) -> None:
        name, register = self.storage_class_name, register_of(self.cluster)
        register.classes[name] = self.node.path
        if default_class:
            register.default = self.node.path
        storage_class: Manifest = {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": {"name": name, **({"annotations": dict(_DEFAULT_CLASS)} if default_class else {})},
            "provisioner": provisioner,
            "parameters": parameters,
            "reclaimPolicy": reclaim_policy,
            # In the zone of the pod, which is unknown before the pod exists.
            "volumeBindingMode": "WaitForFirstConsumer" if wait_for_pod else "Immediate",
            "allowVolumeExpansion": can_grow,
        }
        self.cluster.add_manifests(file_name("storage-class", name), [storage_class])


def static_volume(
    name: str, namespace: str, size_gib: int, access_mode: AccessMode, source: dict[str, Any]
) -> tuple[Manifest, dict[str, Any]]:
    """Return an existing volume reserved for one claim, and the spec of the claim."""
    volume = f"{namespace}-{name}"
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": volume},
        "spec": {
            "capacity": {"storage": f"{size_gib}Gi"},
            "accessModes": [access_mode],
            "volumeMode": "Filesystem",
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": namespace, "name": name},
            "csi": source,
        },
    }
    return manifest, {"storageClassName": "", "volumeName": volume}


def class_problems(cluster: EksCluster, option_name: str, name: str, *, default_class: bool) -> list[Problem]:
    """Find a storage class that conflicts with existing ones."""
    found = Problems()
    register = register_of(cluster)
    found.extend(kubernetes_name_problems(option_name, name))
    if not found and name in register.classes:
        found.add(
            option_name,
            f"the cluster already has a storage class with this name: {register.classes[name]}",
            given=name,
            allowed="another name",
        )
    if default_class and register.default is not None:
        found.add(
            "default_class",
            f"the cluster already has a default storage class: {register.default}",
            given=True,
            allowed="only one default class in a cluster",
            practice="eks-storage-default-class",
        )
    return list(found)


def fargate_problems(cluster: EksCluster, what: str, instead: str) -> list[Problem]:
    """Find a cluster whose pods run on Fargate, which most drivers do not support."""
    found = Problems()
    if cluster.compute == "FARGATE":
        found.add(
            "cluster",
            f"pods on Fargate cannot mount {what}",
            given=cluster.node.path,
            allowed=instead,
            practice="eks-storage-on-fargate",
        )
    return list(found)


def existing_problems(file_system_id: str | None = None, **names: str | None) -> list[Problem]:
    """Find ids that are not FSx file systems, and empty names."""
    found = Problems()
    if file_system_id is not None and not is_token(file_system_id) and not _FILE_SYSTEM.fullmatch(file_system_id):
        found.add(
            "file_system_id",
            "not a file system id",
            given=file_system_id,
            allowed="an id such as fs-0123456789abcdef0",
        )
    for option, name in names.items():
        if name is not None and not name.strip():
            found.add(option, "it is empty", given=name, allowed="the name that FSx shows")
    return list(found)


def whole_number_problems(option: str, value: int, *, low: int, high: int | None = None) -> list[Problem]:
    """Find a number that is out of range or unknown at synthesis."""
    found = Problems()
    allowed = f"{low} or more" if high is None else f"{low}–{high}"
    if is_token(value):
        found.add(
            option,
            "a number in a manifest must be known at synthesis",
            given=Shown("a token"),
            allowed=allowed,
        )
    elif value < low or (high is not None and value > high):
        found.add(option, "out of range", given=value, allowed=allowed)
    return list(found)
