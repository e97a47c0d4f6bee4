"""Reads Copilot manifests into typed models, and reports all problems of a file in one error."""

from cdk_containers.core.documents import ManifestError, Problem

from .reading import Manifest, read_environment, read_pipeline, read_workload
from .workspace import Place, Workspace

__all__ = [
    "Manifest",
    "ManifestError",
    "Place",
    "Problem",
    "Workspace",
    "read_environment",
    "read_pipeline",
    "read_workload",
]
