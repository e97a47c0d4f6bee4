"""How Kubernetes objects get to a cluster: as files beside the template, with what is known at deployment filled in."""

from .manifest_folder import ManifestFolder

__all__ = ["ManifestFolder"]
