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
    PortRange,
    RestartPolicy,
    Tmpfs,
    VolumeMount,
)
from .docker_options import DockerOptions
from .environment_file import EnvironmentFile
from .image import AssetImage, Image, ImageLike, RegistryImage, RepositoryImage
from .linux_options import LinuxOptions, Privileged, Ulimit
from .secrets import NotSecret, SecretLike
from .volume import DockerVolume, EbsVolume, EfsVolume, HostVolume, SharedVolume, Volume
from .workload import Architecture, OperatingSystem, Workload
from .workload_input import WorkloadInput

__all__ = [
    "Architecture",
    "AssetImage",
    "Container",
    "DependencyCondition",
    "DockerOptions",
    "DockerVolume",
    "EbsVolume",
    "EfsVolume",
    "EnvironmentFile",
    "HealthCheck",
    "HostVolume",
    "Image",
    "ImageLike",
    "LinuxOptions",
    "LogDriver",
    "NotSecret",
    "OperatingSystem",
    "Port",
    "PortRange",
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
    "WorkloadInput",
]
