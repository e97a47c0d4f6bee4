"""Volumes of a pod, and the objects that they need in the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import (
    Container,
    DockerVolume,
    EbsVolume,
    EfsVolume,
    HostVolume,
    SharedVolume,
    Volume,
)

from ..manifests import Manifest, mebibytes
from .cluster_facts import ClusterFacts
from .facts import PodFacts
from .losses import Losses
from .names import short_hash

_SHARED_GIB = 20
"""Disk of a Fargate task, which containers on ECS expect."""

_EFS_CAPACITY = "1Gi"
"""EFS has no size, but a PersistentVolume requires one."""


@frozen
class Volumes:
    """The volumes of a pod.

    Attributes:
        volumes: The volumes, as a pod lists them.
        manifests: Objects that they need.
        mounts: Mounts of each container, by its index.
    """

    volumes: list[Manifest] = field(default_factory=list[Manifest])
    manifests: list[Manifest] = field(default_factory=list[Manifest])
    mounts: dict[int, list[Manifest]] = field(default_factory=dict[int, list[Manifest]])


def volumes_of(
    containers: Sequence[Container],
    volumes: Sequence[Volume],
    *,
    names: Mapping[str, str],
    metadata: Manifest,
    cluster: ClusterFacts,
    options: PodFacts,
    losses: Losses,
) -> Volumes:
    """Return the volumes of a pod.

    Args:
        containers: The containers that mount them.
        volumes: The volumes.
        names: Names of the volumes in Kubernetes, by original name.
        metadata: Metadata of the workload.
        cluster: The cluster.
        options: Known facts of the pod.
        losses: Collects the losses.
    """
    found = Volumes()
    for index, volume in enumerate(volumes):
        place = _Place(
            option=f"volumes[{index}]", label=names[volume.name], metadata=metadata, cluster=cluster, options=options
        )
        source, manifests = _source(volume, place, losses)
        found.volumes.append({"name": place.label, **source})
        found.manifests.extend(manifests)
    for index, container in enumerate(containers):
        found.mounts[index] = [
            {"name": names[mount.volume], "mountPath": mount.path, **({"readOnly": True} if mount.read_only else {})}
            for mount in container.mounts
        ]
        if options.operating_system == "LINUX":
            _add_memory(found, container, index, losses)
    return found


def _add_memory(found: Volumes, container: Container, index: int, losses: Losses) -> None:
    """Add the tmpfs volumes of one container; they count toward its memory, as on ECS."""
    option = f"containers[{index}]"
    entries = [
        (f"tmp-{index}-{number}", entry.path, entry.size_mib) for number, entry in enumerate(container.all_tmpfs)
    ]
    shared = container.linux.shared_memory_mib if container.linux is not None else None
    if shared is not None:
        entries.append((f"shm-{index}", "/dev/shm", shared))  # noqa: S108  (in the container)
    for name, path, size in entries:
        if is_token(size):
            losses.refuse(
                f"{option}.tmpfs", "a Kubernetes object needs the actual size", instead="a size known at synthesis"
            )
            continue
        found.volumes.append({"name": name, "emptyDir": {"medium": "Memory", "sizeLimit": mebibytes(size)}})
        found.mounts[index].append({"name": name, "mountPath": path})


@frozen
class _Place:
    option: str
    label: str
    metadata: Manifest
    cluster: ClusterFacts
    options: PodFacts

    def cluster_wide(self) -> Manifest:
        """Return metadata of a cluster-wide object for this volume."""
        metadata = self.metadata
        return {
            "name": f"{metadata['namespace']}-{metadata['name']}-{self.label}",
            "labels": metadata["labels"],
        }


def _source(volume: Volume, place: _Place, losses: Losses) -> tuple[Manifest, list[Manifest]]:
    match volume:
        case EfsVolume():
            return _efs(volume.name, place, losses)
        case EbsVolume():
            return _ebs(volume, place, losses)
        case HostVolume():
            return _host(volume, place, losses), []
        case SharedVolume() | DockerVolume(scope="task", driver="local"):
            pass
        case _:
            losses.refuse(place.option, "nodes do not run Docker", instead="SharedVolume, EfsVolume or EbsVolume")
    return _empty(place), []


def _host(volume: HostVolume, place: _Place, losses: Losses) -> Manifest:
    if place.options.pod_security != "privileged" or place.cluster.compute == "FARGATE":
        losses.refuse(
            place.option,
            "a pod that mounts a directory of its node can change the node, and Pod Security forbids it",
            instead="SharedVolume, EfsVolume or EbsVolume; or a namespace with pod_security='privileged'",
            practice="eks-pod-security",
        )
    return {"hostPath": {"path": volume.host_path}}


def _empty(place: _Place) -> Manifest:
    size = place.options.ephemeral_storage_gib
    return {"emptyDir": {"sizeLimit": f"{_SHARED_GIB if size is None or is_token(size) else size}Gi"}}


def _efs(name: str, place: _Place, losses: Losses) -> tuple[Manifest, list[Manifest]]:
    """Return a claim of an existing volume: the access point of the file system."""
    handle = place.options.volume_handles.get(name)
    if handle is None:
        losses.refuse(
            place.option,
            "its access point is unknown",
            instead="volume_handles with its id (fs-…::fsap-…)",
        )
    claim = f"{place.metadata['name']}-{place.label}"
    size = {"storage": _EFS_CAPACITY}
    persistent: Manifest = {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": place.cluster_wide(),
        "spec": {
            "capacity": size,
            "volumeMode": "Filesystem",
            "accessModes": ["ReadWriteMany"],
            "persistentVolumeReclaimPolicy": "Retain",
            "storageClassName": "",
            "claimRef": {"namespace": place.metadata["namespace"], "name": claim},
            "csi": {"driver": "efs.csi.aws.com", "volumeHandle": handle or ""},
        },
    }
    wanted = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {**place.metadata, "name": claim},
        "spec": {
            "accessModes": ["ReadWriteMany"],
            "storageClassName": "",
            "volumeName": persistent["metadata"]["name"],
            "resources": {"requests": size},
        },
    }
    losses.approximate(
        place.option,
        "nodes mount it for all their pods, so only the access point and the security group restrict access, not "
        "permissions of the task role",
        instead="a separate access point for each application",
    )
    return {"persistentVolumeClaim": {"claimName": claim}}, [persistent, wanted]


def _ebs(volume: EbsVolume, place: _Place, losses: Losses) -> tuple[Manifest, list[Manifest]]:
    """Return a volume that is created and deleted with the pod."""
    if place.cluster.compute == "FARGATE":
        losses.refuse(
            place.option,
            "Fargate does not support EBS volumes",
            instead="EfsVolume, or pods on nodes",
            practice="eks-fargate-limits",
        )
    if volume.file_system == "ntfs" and place.options.operating_system == "LINUX":
        losses.refuse(f"{place.option}.file_system", "Linux does not support this file system", instead="xfs or ext4")
    parameters = {
        "type": volume.volume_type,
        "encrypted": "true",
        "csi.storage.k8s.io/fstype": volume.file_system,
    }
    for name, value in (("iops", volume.iops), ("throughput", volume.throughput_mib)):
        if value is not None and is_token(value):
            option = {"throughput": "throughput_mib"}.get(name, name)
            losses.refuse(
                f"{place.option}.{option}",
                "a Kubernetes object needs the actual text",
                instead="a number known at synthesis",
            )
        elif value is not None:
            parameters[name] = str(value)
    if volume.encryption_key is not None:
        parameters["kmsKeyId"] = volume.encryption_key.key_arn
    # Parameters are immutable, so the name changes with them.
    storage_class = place.cluster_wide()
    storage_class["name"] += f"-{short_hash(parameters)}"
    auto = place.cluster.compute == "AUTO"
    manifests: list[Manifest] = [
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "StorageClass",
            "metadata": storage_class,
            "provisioner": "ebs.csi.eks.amazonaws.com" if auto else "ebs.csi.aws.com",
            "parameters": parameters,
            "reclaimPolicy": "Delete",
            "volumeBindingMode": "WaitForFirstConsumer",
        }
    ]
    claim: Manifest = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": storage_class["name"],
        "resources": {"requests": {"storage": f"{volume.size_gib}Gi"}},
    }
    if volume.snapshot_id is not None:
        snapshot = {**place.metadata, "name": f"{place.metadata['name']}-{place.label}"}
        manifests += _snapshot(volume.snapshot_id, snapshot, place.cluster_wide(), driver=manifests[0]["provisioner"])
        claim["dataSource"] = {
            "apiGroup": "snapshot.storage.k8s.io",
            "kind": "VolumeSnapshot",
            "name": snapshot["name"],
        }
        losses.approximate(
            f"{place.option}.snapshot_id",
            "it requires the snapshot controller in the cluster",
            instead="the add-on snapshot-controller",
        )
    return {"ephemeral": {"volumeClaimTemplate": {"spec": claim}}}, manifests


def _snapshot(snapshot_id: str, metadata: Manifest, cluster_wide: Manifest, *, driver: str) -> list[Manifest]:
    return [
        {
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshotContent",
            "metadata": cluster_wide,
            "spec": {
                "deletionPolicy": "Retain",
                "driver": driver,
                "source": {"snapshotHandle": snapshot_id},
                "volumeSnapshotRef": {"namespace": metadata["namespace"], "name": metadata["name"]},
            },
        },
        {
            "apiVersion": "snapshot.storage.k8s.io/v1",
            "kind": "VolumeSnapshot",
            "metadata": metadata,
            "spec": {"source": {"volumeSnapshotContentName": cluster_wide["name"]}},
        },
    ]
