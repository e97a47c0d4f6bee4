"""Manifests of Copilot as typed models, with every problem of a file in one error."""

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
