"""Where images are kept: ECR repositories, and the cache of other registries."""

from .pull_through_cache import PullThroughCache
from .repository import Repository

__all__ = ["PullThroughCache", "Repository"]
