"""Containers on AWS, right by default: constructs for the AWS CDK.

The names load their modules when they are first used, so that `import cdk_containers` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clusters import Cluster, FargateCapacity
    from .deployments import Rolling
    from .errors import ConstructError, Problem
    from .load_balancing import AccessLogs, AlbExposure, ApplicationLoadBalancer, ListenerRule, TargetHealthCheck
    from .logs import ContainerLogs, Logs
    from .network import NatGateways, Network
    from .observability import Alarms, AlarmTopic, ServiceDashboard
    from .practices import Disabled, Practice
    from .registry import PullThroughCache, Repository
    from .scaling import ServiceScaling
    from .services import BackendService, WebService
    from .tasks import FargateTaskDefinition, TaskOptions
    from .workload import (
        Container,
        EfsVolume,
        HealthCheck,
        Image,
        LogDriver,
        NotSecret,
        Port,
        RestartPolicy,
        SharedVolume,
        Tmpfs,
        VolumeMount,
        Workload,
    )

_MODULES = {
    "clusters": ("Cluster", "FargateCapacity"),
    "deployments": ("Rolling",),
    "errors": ("ConstructError", "Problem"),
    "load_balancing": ("AccessLogs", "AlbExposure", "ApplicationLoadBalancer", "ListenerRule", "TargetHealthCheck"),
    "logs": ("ContainerLogs", "Logs"),
    "network": ("NatGateways", "Network"),
    "observability": ("AlarmTopic", "Alarms", "ServiceDashboard"),
    "practices": ("Disabled", "Practice"),
    "registry": ("PullThroughCache", "Repository"),
    "scaling": ("ServiceScaling",),
    "services": ("BackendService", "WebService"),
    "tasks": ("FargateTaskDefinition", "TaskOptions"),
    "workload": (
        "Container",
        "EfsVolume",
        "HealthCheck",
        "Image",
        "LogDriver",
        "NotSecret",
        "Port",
        "RestartPolicy",
        "SharedVolume",
        "Tmpfs",
        "VolumeMount",
        "Workload",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [  # noqa: PLE0604  (strings all: the type checker reads the imports above)
    *_HOME,
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
