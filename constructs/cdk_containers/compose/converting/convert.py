"""Converts a project."""

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
        files: Files by path in its folder.
        copies: Files of the project to copy into it: source paths and target paths.
        notices: Differences from Compose.
    """

    files: Mapping[str, str]
    copies: Mapping[Path, Path]
    notices: tuple[Notice, ...]


def convert(project: Project, choices: Choices, *, output: Path, file: str) -> Conversion:
    """Convert a project to an app.

    Args:
        project: The project.
        choices: Your decisions.
        output: Folder of the app, for relative paths to the project.
        file: Name of the compose file, for texts.

    Raises:
        ComposeError: Something cannot be converted; all problems are reported at once.
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
