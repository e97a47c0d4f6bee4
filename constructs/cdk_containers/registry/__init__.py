"""ECR repositories, and caches of other registries."""

from .empty_repository import warn_of_empty_repository
from .image_builds import build_options
from .pull_through_cache import PullThroughCache
from .repository import Repository

__all__ = ["PullThroughCache", "Repository", "build_options", "warn_of_empty_repository"]
