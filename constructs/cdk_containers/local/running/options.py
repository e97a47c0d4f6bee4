"""What a developer asks for."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Given

PAUSE = "pause"
"""The name under which `--image` gives the image of the containers that hold the network addresses."""

PAUSE_IMAGE = "public.ecr.aws/eks-distro/kubernetes/pause:3.10"


@frozen(eq=False)
class Options:
    """Options of a run.

    Attributes:
        app: The assembly.
        targets: What runs: `Stack/Service`, or `Stack`.
        given: Values of variables, secrets and parameters.
        images: Images of this machine by container.
        volumes: Folders by volume.
        published: Ports of this machine by those of tasks.
        builds: Folders with sources by container, in place of the copies in the assembly.
        engine: The engine; None for the first that there is.
        watch: Whether images are built again when their sources change.
        emulator: Whether an emulator takes the place of AWS.
        profile: The profile of the AWS CLI.
        region: The region.
        task_role: Whether tasks get the credentials of their roles.
        native: Whether images may be of this machine's architecture in place of the task's.
        with_: Containers that run although they are left out by default.
        without: Containers that are left out.
    """

    app: Path
    targets: tuple[str, ...]
    given: Given = field(default_factory=Given)
    images: Given = field(default_factory=Given)
    volumes: Given = field(default_factory=Given)
    published: Given = field(default_factory=Given)
    builds: Given = field(default_factory=Given)
    engine: str | None = None
    watch: bool = False
    emulator: bool = False
    profile: str | None = None
    region: str | None = None
    task_role: bool = False
    native: bool = False
    with_: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
