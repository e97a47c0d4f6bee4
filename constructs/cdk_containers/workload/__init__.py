"""What runs: a containerised application, described without saying who runs it.

Everything here is plain Python. The checks are those that hold on any platform; `tasks` renders a workload as an ECS
task definition and adds the rules of ECS.
"""

from .container import (
    Container,
    DependencyCondition,
    HealthCheck,
    LogDriver,
    Port,
    RestartPolicy,
    Tmpfs,
    VolumeMount,
)
from .image import AssetImage, Image, ImageLike, RegistryImage, RepositoryImage
from .secrets import NotSecret, SecretLike
from .volume import EfsVolume, SharedVolume, Volume
from .workload import Architecture, OperatingSystem, Workload

__all__ = [
    "Architecture",
    "AssetImage",
    "Container",
    "DependencyCondition",
    "EfsVolume",
    "HealthCheck",
    "Image",
    "ImageLike",
    "LogDriver",
    "NotSecret",
    "OperatingSystem",
    "Port",
    "RegistryImage",
    "RepositoryImage",
    "RestartPolicy",
    "SecretLike",
    "SharedVolume",
    "Tmpfs",
    "Volume",
    "VolumeMount",
    "Workload",
]
