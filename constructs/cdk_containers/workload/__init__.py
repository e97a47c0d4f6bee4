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
from .linux_options import LinuxOptions, Privileged, Ulimit
from .secrets import NotSecret, SecretLike
from .volume import DockerVolume, EbsVolume, EfsVolume, HostVolume, SharedVolume, Volume
from .workload import Architecture, OperatingSystem, Workload

__all__ = [
    "Architecture",
    "AssetImage",
    "Container",
    "DependencyCondition",
    "DockerVolume",
    "EbsVolume",
    "EfsVolume",
    "HealthCheck",
    "HostVolume",
    "Image",
    "ImageLike",
    "LinuxOptions",
    "LogDriver",
    "NotSecret",
    "OperatingSystem",
    "Port",
    "Privileged",
    "RegistryImage",
    "RepositoryImage",
    "RestartPolicy",
    "SecretLike",
    "SharedVolume",
    "Tmpfs",
    "Ulimit",
    "Volume",
    "VolumeMount",
    "Workload",
]
