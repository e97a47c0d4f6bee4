"""Paths in the source of a pipeline."""

from __future__ import annotations

from pathlib import PurePosixPath

from cdk_containers.core.inputs import is_token


def is_source_path(path: str) -> bool:
    """Tell whether a path stays in the source, and is known before the deployment."""
    return bool(path) and not is_token(path) and not path.startswith("/") and ".." not in PurePosixPath(path).parts
