"""What applies manifests to a cluster, where nobody does it by hand or in a pipeline."""

from .argo_cd import ArgoCd, ArgoCdUsers
from .kubectl_provider import KubectlProvider

__all__ = ["ArgoCd", "ArgoCdUsers", "KubectlProvider"]
