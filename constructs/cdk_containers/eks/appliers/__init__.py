"""Constructs that apply manifests to a cluster, for teams that do not apply them manually or in a pipeline."""

from .argo_cd import ArgoCd, ArgoCdUsers
from .kubectl_provider import KubectlProvider

__all__ = ["ArgoCd", "ArgoCdUsers", "KubectlProvider"]
