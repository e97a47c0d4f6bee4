"""Compose files that tests write in a few lines."""

from __future__ import annotations

import textwrap
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.compose.converting import Choices, Conversion, convert
from cdk_containers.compose.reading import ComposeError, Project, read_project


def read(folder: Path, text: str, *, files: dict[str, str] | None = None, **options: Any) -> Project:
    """Read a project of one file, with more beside it."""
    for name, content in {"compose.yaml": text, **(files or {})}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(content), encoding="utf-8")
    return read_project(folder / "compose.yaml", **options)


def converted(folder: Path, text: str, *, choices: Choices | None = None, **options: Any) -> Conversion:
    """Convert a project of one file."""
    project = read(folder, text, **options)
    return convert(project, choices or Choices(), output=folder / "app", file="compose.yaml")


def source(folder: Path, text: str, **options: Any) -> str:
    """Return the source of the stack."""
    files = converted(folder, text, **options).files
    [name] = [name for name in files if name.endswith("_stack.py")]
    return files[name]


def problems(folder: Path, text: str, **options: Any) -> list[str]:
    """Return what is wrong with a project, without the folder."""
    with pytest.raises(ComposeError) as error:
        converted(folder, text, **options)
    return [line.replace(f"{folder}/", "") for line in error.value.lines]
