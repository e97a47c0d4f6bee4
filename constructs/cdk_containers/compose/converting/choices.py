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
        volumes: What becomes of a volume or a bind mount, by its source.
        databases: Where the data of a database service is, by service: `container`, or the address of a managed one.
        hosts: The host name under which a service is reached, by service.
        published: The port of a service that is reached from the internet, though the file publishes none.
        schedules: When a service runs that is a job, by service.
        internal: Services that are not reached from the internet, whatever they publish.
        without: Services that are left out.
    """

    volumes: Mapping[str, str] = field(default_factory=dict[str, str])
    databases: Mapping[str, str] = field(default_factory=dict[str, str])
    hosts: Mapping[str, str] = field(default_factory=dict[str, str])
    published: Mapping[str, str] = field(default_factory=dict[str, str])
    schedules: Mapping[str, str] = field(default_factory=dict[str, str])
    internal: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
