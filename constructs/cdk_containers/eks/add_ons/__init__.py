"""EKS add-ons."""

from .add_on import AddOn
from .cloud_watch_observability import CloudWatchObservability

__all__ = ["AddOn", "CloudWatchObservability"]
