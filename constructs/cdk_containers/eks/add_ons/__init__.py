"""EKS add-ons: any by its name, and those that take more than a name."""

from .add_on import AddOn
from .cloud_watch_observability import CloudWatchObservability

__all__ = ["AddOn", "CloudWatchObservability"]
