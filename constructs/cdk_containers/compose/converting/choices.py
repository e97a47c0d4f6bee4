"""Decisions that a compose file does not contain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Literal

from cdk_containers.core.frozen import frozen

VolumeChoice = Literal["efs", "empty", "image", "none"]

VOLUME_CHOICES: Mapping[str, str] = {
    "efs": "a directory on EFS, empty at first",
    "empty": "a new empty directory in each task",
    "image": "files copied into the image",
    "none": "left out",
}


@frozen
class Choices:
    """Decisions about a project.

    Attributes:
        volumes: Replacement of a volume or a bind mount, by its source.
        databases: Location of a database, by service: `container`, or the address of a managed database.
        hosts: Public host name, by service.
        published: Port to publish, by service, if the file publishes none.
        schedules: Schedule of a job, by service.
        internal: Services to keep internal, even if they publish ports.
        without: Services to omit.
    """

    volumes: Mapping[str, str] = field(default_factory=dict[str, str])
    databases: Mapping[str, str] = field(default_factory=dict[str, str])
    hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    published: Mapping[str, str] = field(default_factory=dict[str, str])
    schedules: Mapping[str, str] = field(default_factory=dict[str, str])
    internal: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
