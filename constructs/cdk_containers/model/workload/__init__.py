"""Workloads: containerized applications, independent of the platform that runs them.

Everything here is plain Python. The checks apply to any platform; `tasks` renders a workload as an ECS task definition
and adds the rules of ECS.
"""

from .container import Container, DependencyCondition
from .docker_options import DockerOptions
from .environment_file import EnvironmentFile
from .health_check import HealthCheck, HttpCheck
from .image import AssetImage, Image, ImageLike, RegistryImage, RepositoryImage
from .linux_options import LinuxOptions, Privileged, Ulimit
from .log_driver import LogDriver
from .port import Port, PortRange
from .restart_policy import RestartPolicy
from .secrets import NotSecret, SecretLike
from .tmpfs import Tmpfs
from .volume import DockerVolume, EbsVolume, EfsVolume, HostVolume, SharedVolume, Volume
from .volume_mount import VolumeMount
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
    "HttpCheck",
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
