"""Containers on AWS, right by default: constructs for the AWS CDK.

The names load their modules when they are first used, so that `import cdk_containers` costs next to nothing.
"""

from __future__ import annotations

from dataclasses import is_dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from .inputs.calls import check_names_of_values

if TYPE_CHECKING:
    from .applications import Application as Application
    from .applications import Environment as Environment
    from .beanstalk import BeanstalkEnvironment as BeanstalkEnvironment
    from .clusters import CapacityReservations as CapacityReservations
    from .clusters import Cluster as Cluster
    from .clusters import Ec2Capacity as Ec2Capacity
    from .clusters import ExternalInstances as ExternalInstances
    from .clusters import FargateCapacity as FargateCapacity
    from .clusters import GroupScaling as GroupScaling
    from .clusters import InstanceOptions as InstanceOptions
    from .clusters import InstanceRequirements as InstanceRequirements
    from .clusters import LaunchType as LaunchType
    from .clusters import ManagedInstancesCapacity as ManagedInstancesCapacity
    from .clusters import ManagedScaling as ManagedScaling
    from .clusters import PredictiveScaling as PredictiveScaling
    from .clusters import Spot as Spot
    from .clusters import SshKey as SshKey
    from .deployments import BlueGreen as BlueGreen
    from .deployments import Canary as Canary
    from .deployments import CircuitBreaker as CircuitBreaker
    from .deployments import CodeDeployBlueGreen as CodeDeployBlueGreen
    from .deployments import DeploymentHook as DeploymentHook
    from .deployments import DeploymentPause as DeploymentPause
    from .deployments import EarlySuccess as EarlySuccess
    from .deployments import Linear as Linear
    from .deployments import Rolling as Rolling
    from .discovery import CloudMap as CloudMap
    from .discovery import Namespace as Namespace
    from .discovery import ServedPort as ServedPort
    from .discovery import ServiceConnect as ServiceConnect
    from .discovery import ServiceConnectAccessLogs as ServiceConnectAccessLogs
    from .discovery import ServiceConnectTls as ServiceConnectTls
    from .errors import ConstructError as ConstructError
    from .errors import Problem as Problem
    from .identity import AuditTrail as AuditTrail
    from .identity import ClusterAccess as ClusterAccess
    from .identity import ExecuteCommandAccess as ExecuteCommandAccess
    from .instances import instance_type as instance_type
    from .instances import tasks_per_instance as tasks_per_instance
    from .jobs import EventJob as EventJob
    from .jobs import ScheduledJob as ScheduledJob
    from .jobs import StartRetry as StartRetry
    from .load_balancing import AccessLogs as AccessLogs
    from .load_balancing import AlbExposure as AlbExposure
    from .load_balancing import ApplicationLoadBalancer as ApplicationLoadBalancer
    from .load_balancing import ClassicExposure as ClassicExposure
    from .load_balancing import Domain as Domain
    from .load_balancing import DomainNames as DomainNames
    from .load_balancing import LatticeExposure as LatticeExposure
    from .load_balancing import ListenerRule as ListenerRule
    from .load_balancing import NetworkLoadBalancer as NetworkLoadBalancer
    from .load_balancing import NlbExposure as NlbExposure
    from .load_balancing import ServiceNetwork as ServiceNetwork
    from .load_balancing import Stickiness as Stickiness
    from .load_balancing import TargetHealthCheck as TargetHealthCheck
    from .load_balancing import WebAcl as WebAcl
    from .logs import ContainerLogs as ContainerLogs
    from .logs import Logs as Logs
    from .messaging import TopicSubscription as TopicSubscription
    from .messaging import WorkQueue as WorkQueue
    from .network import NatGateways as NatGateways
    from .network import Network as Network
    from .network import SubnetMasks as SubnetMasks
    from .observability import Alarms as Alarms
    from .observability import AlarmTopic as AlarmTopic
    from .observability import ClusterDashboard as ClusterDashboard
    from .observability import ClusterEvents as ClusterEvents
    from .observability import JobAlarms as JobAlarms
    from .observability import ServiceDashboard as ServiceDashboard
    from .observability import WorkerAlarms as WorkerAlarms
    from .placement import PlacementConstraint as PlacementConstraint
    from .placement import PlacementStrategy as PlacementStrategy
    from .placement.container_instance import ContainerInstance as ContainerInstance
    from .placement.container_instance import container_instances as container_instances
    from .placement.simulation import simulate_placement as simulate_placement
    from .practices import Disabled as Disabled
    from .practices import Practice as Practice
    from .registry import PullThroughCache as PullThroughCache
    from .registry import Repository as Repository
    from .rollouts import Rollout as Rollout
    from .rollouts import RolloutTimings as RolloutTimings
    from .rollouts import plan_rollout as plan_rollout
    from .scaling import PredictiveServiceScaling as PredictiveServiceScaling
    from .scaling import ScalingStep as ScalingStep
    from .scaling import ScheduledScaling as ScheduledScaling
    from .scaling import ServiceScaling as ServiceScaling
    from .scaling import StepScaling as StepScaling
    from .scaling import TargetMetric as TargetMetric
    from .services import BackendService as BackendService
    from .services import DaemonService as DaemonService
    from .services import ExpressService as ExpressService
    from .services import ExternalDaemonService as ExternalDaemonService
    from .services import ExternalService as ExternalService
    from .services import ManagedDaemon as ManagedDaemon
    from .services import WebService as WebService
    from .services import WorkerService as WorkerService
    from .tasks import CloudWatchLogsOutput as CloudWatchLogsOutput
    from .tasks import Ec2TaskDefinition as Ec2TaskDefinition
    from .tasks import ExternalTaskDefinition as ExternalTaskDefinition
    from .tasks import FargateTaskDefinition as FargateTaskDefinition
    from .tasks import FirehoseOutput as FirehoseOutput
    from .tasks import FireLens as FireLens
    from .tasks import FluentBitOutput as FluentBitOutput
    from .tasks import ManagedInstancesTaskDefinition as ManagedInstancesTaskDefinition
    from .tasks import OpenTelemetry as OpenTelemetry
    from .tasks import S3ConfigFile as S3ConfigFile
    from .tasks import TaskOptions as TaskOptions
    from .workload import Container as Container
    from .workload import DockerOptions as DockerOptions
    from .workload import DockerVolume as DockerVolume
    from .workload import EbsVolume as EbsVolume
    from .workload import EfsVolume as EfsVolume
    from .workload import EnvironmentFile as EnvironmentFile
    from .workload import HealthCheck as HealthCheck
    from .workload import HostVolume as HostVolume
    from .workload import Image as Image
    from .workload import LinuxOptions as LinuxOptions
    from .workload import LogDriver as LogDriver
    from .workload import NotSecret as NotSecret
    from .workload import Port as Port
    from .workload import PortRange as PortRange
    from .workload import Privileged as Privileged
    from .workload import RestartPolicy as RestartPolicy
    from .workload import SharedVolume as SharedVolume
    from .workload import Tmpfs as Tmpfs
    from .workload import Ulimit as Ulimit
    from .workload import VolumeMount as VolumeMount
    from .workload import Workload as Workload

_MODULES = {
    "applications": (
        "Application",
        "Environment",
    ),
    "beanstalk": ("BeanstalkEnvironment",),
    "clusters": (
        "CapacityReservations",
        "Cluster",
        "Ec2Capacity",
        "ExternalInstances",
        "FargateCapacity",
        "GroupScaling",
        "InstanceOptions",
        "InstanceRequirements",
        "LaunchType",
        "ManagedInstancesCapacity",
        "ManagedScaling",
        "PredictiveScaling",
        "Spot",
        "SshKey",
    ),
    "deployments": (
        "BlueGreen",
        "Canary",
        "CircuitBreaker",
        "CodeDeployBlueGreen",
        "DeploymentHook",
        "DeploymentPause",
        "EarlySuccess",
        "Linear",
        "Rolling",
    ),
    "discovery": (
        "CloudMap",
        "Namespace",
        "ServedPort",
        "ServiceConnect",
        "ServiceConnectAccessLogs",
        "ServiceConnectTls",
    ),
    "errors": (
        "ConstructError",
        "Problem",
    ),
    "identity": (
        "AuditTrail",
        "ClusterAccess",
        "ExecuteCommandAccess",
    ),
    "instances": (
        "instance_type",
        "tasks_per_instance",
    ),
    "jobs": (
        "EventJob",
        "ScheduledJob",
        "StartRetry",
    ),
    "load_balancing": (
        "AccessLogs",
        "AlbExposure",
        "ApplicationLoadBalancer",
        "ClassicExposure",
        "Domain",
        "DomainNames",
        "LatticeExposure",
        "ListenerRule",
        "NetworkLoadBalancer",
        "NlbExposure",
        "ServiceNetwork",
        "Stickiness",
        "TargetHealthCheck",
        "WebAcl",
    ),
    "logs": (
        "ContainerLogs",
        "Logs",
    ),
    "messaging": (
        "TopicSubscription",
        "WorkQueue",
    ),
    "network": (
        "NatGateways",
        "Network",
        "SubnetMasks",
    ),
    "observability": (
        "AlarmTopic",
        "Alarms",
        "ClusterDashboard",
        "ClusterEvents",
        "JobAlarms",
        "ServiceDashboard",
        "WorkerAlarms",
    ),
    "placement": (
        "PlacementConstraint",
        "PlacementStrategy",
    ),
    "placement.container_instance": (
        "ContainerInstance",
        "container_instances",
    ),
    "placement.simulation": ("simulate_placement",),
    "practices": (
        "Disabled",
        "Practice",
    ),
    "registry": (
        "PullThroughCache",
        "Repository",
    ),
    "rollouts": (
        "Rollout",
        "RolloutTimings",
        "plan_rollout",
    ),
    "scaling": (
        "PredictiveServiceScaling",
        "ScalingStep",
        "ScheduledScaling",
        "ServiceScaling",
        "StepScaling",
        "TargetMetric",
    ),
    "services": (
        "BackendService",
        "DaemonService",
        "ExpressService",
        "ExternalDaemonService",
        "ExternalService",
        "ManagedDaemon",
        "WebService",
        "WorkerService",
    ),
    "tasks": (
        "CloudWatchLogsOutput",
        "Ec2TaskDefinition",
        "ExternalTaskDefinition",
        "FargateTaskDefinition",
        "FireLens",
        "FirehoseOutput",
        "FluentBitOutput",
        "ManagedInstancesTaskDefinition",
        "OpenTelemetry",
        "S3ConfigFile",
        "TaskOptions",
    ),
    "workload": (
        "Container",
        "DockerOptions",
        "DockerVolume",
        "EbsVolume",
        "EfsVolume",
        "EnvironmentFile",
        "HealthCheck",
        "HostVolume",
        "Image",
        "LinuxOptions",
        "LogDriver",
        "NotSecret",
        "Port",
        "PortRange",
        "Privileged",
        "RestartPolicy",
        "SharedVolume",
        "Tmpfs",
        "Ulimit",
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
    if isinstance(value, type) and is_dataclass(value) and hasattr(value, "problems"):
        check_names_of_values(value)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
