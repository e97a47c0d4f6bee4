"""Options of a local run."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path

from cdk_containers.core.frozen import frozen
from cdk_containers.local.planning import Given

PAUSE = "pause"
"""Name for `--image` that sets the image of the containers that hold the network addresses."""

PAUSE_IMAGE = "public.ecr.aws/eks-distro/kubernetes/pause:3.10"


@frozen(eq=False)
class Options:
    """Options of a run.

    Attributes:
        app: Folder of the assembly.
        targets: What to run: `Stack/Service`, or `Stack`.
        given: Values of variables, secrets and parameters.
        images: Local images by container.
        volumes: Folders by volume.
        published: Ports of this machine by port of a task.
        builds: Folders with sources by container, instead of the copies in the assembly.
        engine: Engine; None for the first engine that is found.
        watch: Whether to rebuild images when their sources change.
        emulator: Whether to use an emulator instead of AWS.
        profile: The profile of the AWS CLI.
        region: The region.
        task_role: Whether tasks get the credentials of their roles.
        native: Whether to accept images of this machine's architecture instead of the task's.
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
