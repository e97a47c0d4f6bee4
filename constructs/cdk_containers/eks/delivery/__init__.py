"""Kubernetes objects as files next to the template, with values filled in at deployment."""

from .manifest_folder import ManifestFolder

__all__ = ["ManifestFolder"]
