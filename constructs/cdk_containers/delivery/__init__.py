"""From a commit to every environment: pipelines, releases, and deployment permissions."""

from .github_delivery import GitHubDelivery
from .github_repository import GitHubRepository
from .gitlab_delivery import GitLabDelivery
from .gitlab_project import GitLabProject, GitLabRef
from .image_build import ImageBuild
from .image_signing import ImageSigning
from .pipeline import Pipeline
from .release import Release, ReleasedImage
from .scan_gate import ScanGate
from .smoke_test import SmokeTest
from .source import Source
from .synthesis import Synthesis
from .wave import Wave
from .windows import DeploymentWindow

__all__ = [
    "DeploymentWindow",
    "GitHubDelivery",
    "GitHubRepository",
    "GitLabDelivery",
    "GitLabProject",
    "GitLabRef",
    "ImageBuild",
    "ImageSigning",
    "Pipeline",
    "Release",
    "ReleasedImage",
    "ScanGate",
    "SmokeTest",
    "Source",
    "Synthesis",
    "Wave",
]
