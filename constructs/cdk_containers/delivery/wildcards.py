"""Wildcards in the policies of a pipeline that CDK writes, acknowledged in one place."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .pipeline import Pipeline


def acknowledge_pipeline(pipeline: Pipeline) -> None:
    """Acknowledge what CDK grants on all objects of the artifact bucket, and on what has no name before it runs."""
