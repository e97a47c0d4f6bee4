"""The conversion as a whole."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from cdk_containers.core.frozen import frozen

from ..reading.project import Project
from .app_files import app_files, module_name
from .choices import VOLUME_CHOICES, Choices
from .context import Context
from .notices import Notice
from .planning import plan_of
from .stack_source import stack_source


@frozen
class Conversion:
    """An app.

    Attributes:
        files: Its files, by their paths in its folder.
        copies: Files of the project that are copied into it: where they are, and where they go.
        notices: What is different.
    """

    files: Mapping[str, str]
    copies: Mapping[Path, Path]
    notices: tuple[Notice, ...]


def convert(project: Project, choices: Choices, *, output: Path, file: str) -> Conversion:
    """Make an app of a project.

    Args:
        project: The project.
        choices: Your decisions.
        output: The folder of the app, for the ways from it to the project.
        file: The name of the compose file, for texts.

    Raises:
        ComposeError: With everything that cannot be converted.
    """
    for source, choice in choices.volumes.items():
        if choice not in VOLUME_CHOICES:
            project.root.refuse(f"--volume {source}: got {choice!r}; allowed: {', '.join(VOLUME_CHOICES)}")
    context = Context(project, choices)
    plan = plan_of(context, output)
    project.found.stop()
    notices = tuple(context.notices)
    way = os.path.relpath(project.folder.resolve(), output.resolve())
    files = {
        **app_files(plan, notices, file=file),
        f"stacks/{module_name(plan)}.py": stack_source(plan, project_path=way, file=file),
        **{path.as_posix(): text for path, text in context.texts.items()},
    }
    return Conversion(files=files, copies=context.copies, notices=notices)
