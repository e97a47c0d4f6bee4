"""Mounts of volumes in containers."""

from __future__ import annotations

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token


@frozen
class VolumeMount:
    """A volume of the workload, mounted in one container.

    Attributes:
        volume: Name of the volume.
        path: Absolute path in the container.
        read_only: Whether the container may only read. Default: False.
    """

    volume: str
    path: str
    read_only: bool = False

    def problems(self) -> list[Problem]:
        """Find what is wrong with this mount."""
        found = Problems()
        found.extend(field_problems(self))
        if not found and not is_token(self.path) and not self.path.startswith("/"):
            found.add("path", "not an absolute path", given=self.path, allowed="a path such as /data")
        return list(found)
