"""How a new version gets to its environments: roles and workflows of GitHub and GitLab."""

from .github_delivery import GitHubDelivery
from .github_repository import GitHubRepository
from .gitlab_delivery import GitLabDelivery
from .gitlab_project import GitLabProject, GitLabRef
from .image_build import ImageBuild
from .release import Release, ReleasedImage
from .synthesis import Synthesis

__all__ = [
    "GitHubDelivery",
    "GitHubRepository",
    "GitLabDelivery",
    "GitLabProject",
    "GitLabRef",
    "ImageBuild",
    "Release",
    "ReleasedImage",
    "Synthesis",
]
