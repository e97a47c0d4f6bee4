"""Objects of the snapshot controller: an existing snapshot of a volume."""

from __future__ import annotations

from ..schema import Fields, Text

_CONTENT = Fields(
    {
        "deletionPolicy": Text(allowed=("Delete", "Retain")),
        "driver": Text(),
        "source": Fields({"snapshotHandle": Text(), "volumeHandle": Text()}),
        "sourceVolumeMode": Text(allowed=("Filesystem", "Block")),
        "volumeSnapshotClassName": Text(),
        "volumeSnapshotRef": Fields({"namespace": Text(), "name": Text()}, ("namespace", "name")),
    },
    required=("deletionPolicy", "driver", "source", "volumeSnapshotRef"),
)
_SNAPSHOT = Fields(
    {
        "source": Fields({"volumeSnapshotContentName": Text(), "persistentVolumeClaimName": Text()}),
        "volumeSnapshotClassName": Text(),
    },
    required=("source",),
)

SCHEMAS = {
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshotContent"): _CONTENT,
    ("snapshot.storage.k8s.io/v1", "VolumeSnapshot"): _SNAPSHOT,
}
