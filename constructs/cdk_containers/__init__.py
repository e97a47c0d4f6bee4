"""Containers on AWS, right by default: constructs for the AWS CDK.

The names load their modules when they are first used, so that `import cdk_containers` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .core.names_on_use import load_on_use

if TYPE_CHECKING:
    from .applications import Application as Application
    from .applications import Approval as Approval
    from .applications import Environment as Environment
    from .applications import ExistingNetwork as ExistingNetwork
    from .applications import HostedDomain as HostedDomain
    from .applications import NewNetwork as NewNetwork
    from .applications import environment_differences as environment_differences
    from .checks.plugin import PracticeChecks as PracticeChecks
    from .core.errors import ConstructError as ConstructError
    from .core.errors import Problem as Problem
    from .core.practices import Disabled as Disabled
    from .core.practices import Practice as Practice
    from .delivery import DeploymentWindow as DeploymentWindow
    from .delivery import GitHubDelivery as GitHubDelivery
    from .delivery import GitHubRepository as GitHubRepository
    from .delivery import GitLabDelivery as GitLabDelivery
    from .delivery import GitLabProject as GitLabProject
    from .delivery import GitLabRef as GitLabRef
    from .delivery import ImageBuild as ImageBuild
    from .delivery import ImageSigning as ImageSigning
    from .delivery import Pipeline as Pipeline
    from .delivery import Release as Release
    from .delivery import ReleasedImage as ReleasedImage
    from .delivery import ScanGate as ScanGate
    from .delivery import SmokeTest as SmokeTest
    from .delivery import Source as Source
    from .delivery import Synthesis as Synthesis
    from .delivery import Wave as Wave
    from .deployments import BlueGreen as BlueGreen
    from .deployments import Canary as Canary
    from .deployments import CircuitBreaker as CircuitBreaker
    from .deployments import CodeDeployBlueGreen as CodeDeployBlueGreen
    from .deployments import DeploymentHook as DeploymentHook
    from .deployments import DeploymentPause as DeploymentPause
    from .deployments import EarlySuccess as EarlySuccess
    from .deployments import Linear as Linear
    from .deployments import Rolling as Rolling
    from .ecs.beanstalk import BeanstalkEnvironment as BeanstalkEnvironment
    from .ecs.clusters import CapacityReservations as CapacityReservations
    from .ecs.clusters import Cluster as Cluster
    from .ecs.clusters import Ec2Capacity as Ec2Capacity
    from .ecs.clusters import ExternalInstances as ExternalInstances
    from .ecs.clusters import FargateCapacity as FargateCapacity
    from .ecs.clusters import GroupScaling as GroupScaling
    from .ecs.clusters import InstanceOptions as InstanceOptions
    from .ecs.clusters import InstanceRequirements as InstanceRequirements
    from .ecs.clusters import LaunchType as LaunchType
    from .ecs.clusters import ManagedInstancesCapacity as ManagedInstancesCapacity
    from .ecs.clusters import ManagedScaling as ManagedScaling
    from .ecs.clusters import PredictiveScaling as PredictiveScaling
    from .ecs.clusters import SshKey as SshKey
    from .ecs.discovery import CloudMap as CloudMap
    from .ecs.discovery import Namespace as Namespace
    from .ecs.discovery import ServedPort as ServedPort
    from .ecs.discovery import ServiceConnect as ServiceConnect
    from .ecs.discovery import ServiceConnectAccessLogs as ServiceConnectAccessLogs
    from .ecs.discovery import ServiceConnectTls as ServiceConnectTls
    from .ecs.jobs import EventJob as EventJob
    from .ecs.jobs import ScheduledJob as ScheduledJob
    from .ecs.jobs import StartRetry as StartRetry
    from .ecs.observability import ClusterDashboard as ClusterDashboard
    from .ecs.observability import ClusterEvents as ClusterEvents
    from .ecs.services import BackendService as BackendService
    from .ecs.services import DaemonService as DaemonService
    from .ecs.services import ExpressService as ExpressService
    from .ecs.services import ExternalDaemonService as ExternalDaemonService
    from .ecs.services import ExternalService as ExternalService
    from .ecs.services import ManagedDaemon as ManagedDaemon
    from .ecs.services import WebService as WebService
    from .ecs.services import WorkerService as WorkerService
    from .ecs.tasks import CloudWatchLogsOutput as CloudWatchLogsOutput
    from .ecs.tasks import Ec2TaskDefinition as Ec2TaskDefinition
    from .ecs.tasks import ExternalTaskDefinition as ExternalTaskDefinition
    from .ecs.tasks import FargateTaskDefinition as FargateTaskDefinition
    from .ecs.tasks import FirehoseOutput as FirehoseOutput
    from .ecs.tasks import FireLens as FireLens
    from .ecs.tasks import FluentBitOutput as FluentBitOutput
    from .ecs.tasks import ManagedInstancesTaskDefinition as ManagedInstancesTaskDefinition
    from .ecs.tasks import OpenTelemetry as OpenTelemetry
    from .ecs.tasks import S3ConfigFile as S3ConfigFile
    from .ecs.tasks import TaskOptions as TaskOptions
    from .eks.add_ons import AddOn as AddOn
    from .eks.add_ons import CloudWatchObservability as CloudWatchObservability
    from .eks.appliers import ArgoCd as ArgoCd
    from .eks.appliers import ArgoCdUsers as ArgoCdUsers
    from .eks.appliers import KubectlProvider as KubectlProvider
    from .eks.clusters import AccessEntry as AccessEntry
    from .eks.clusters import AccessPolicy as AccessPolicy
    from .eks.clusters import AddOnOptions as AddOnOptions
    from .eks.clusters import AutoMode as AutoMode
    from .eks.clusters import EksCluster as EksCluster
    from .eks.clusters import PublicAccess as PublicAccess
    from .eks.clusters import UpgradeBlocker as UpgradeBlocker
    from .eks.clusters import upgrade_blockers as upgrade_blockers
    from .eks.identity import KubernetesRole as KubernetesRole
    from .eks.identity import RoleRule as RoleRule
    from .eks.identity import WorkloadIdentity as WorkloadIdentity
    from .eks.ingress import LoadBalancerController as LoadBalancerController
    from .eks.nodes import FargateProfile as FargateProfile
    from .eks.nodes import FargateSelector as FargateSelector
    from .eks.nodes import HybridNodes as HybridNodes
    from .eks.nodes import KarpenterNodes as KarpenterNodes
    from .eks.nodes import KarpenterPool as KarpenterPool
    from .eks.nodes import ManagedNodeGroup as ManagedNodeGroup
    from .eks.nodes import NodeOptions as NodeOptions
    from .eks.nodes import RolesAnywhere as RolesAnywhere
    from .eks.nodes import SelfManagedNodes as SelfManagedNodes
    from .eks.nodes import Taint as Taint
    from .eks.storage import EbsStorage as EbsStorage
    from .eks.storage import EfsStorage as EfsStorage
    from .eks.storage import LustreStorage as LustreStorage
    from .eks.storage import OntapStorage as OntapStorage
    from .eks.workloads import KubernetesDaemon as KubernetesDaemon
    from .eks.workloads import KubernetesJob as KubernetesJob
    from .eks.workloads import KubernetesService as KubernetesService
    from .eks.workloads import KubernetesWorker as KubernetesWorker
    from .eks.workloads import PodOptions as PodOptions
    from .identity import AuditTrail as AuditTrail
    from .identity import ClusterAccess as ClusterAccess
    from .identity import ExecuteCommandAccess as ExecuteCommandAccess
    from .instances import Spot as Spot
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
    from .model.fleet import Fleet as Fleet
    from .model.fleet import FleetPlan as FleetPlan
    from .model.fleet import plan_fleet as plan_fleet
    from .model.instances import instance_type as instance_type
    from .model.instances import pods_per_instance as pods_per_instance
    from .model.instances import tasks_per_instance as tasks_per_instance
    from .model.placement import PlacementConstraint as PlacementConstraint
    from .model.placement import PlacementStrategy as PlacementStrategy
    from .model.placement.container_instance import ContainerInstance as ContainerInstance
    from .model.placement.container_instance import container_instances as container_instances
    from .model.placement.simulation import simulate_placement as simulate_placement
    from .model.rollouts import Rollout as Rollout
    from .model.rollouts import RolloutTimings as RolloutTimings
    from .model.rollouts import plan_rollout as plan_rollout
    from .model.workload import Container as Container
    from .model.workload import DockerOptions as DockerOptions
    from .model.workload import DockerVolume as DockerVolume
    from .model.workload import EbsVolume as EbsVolume
    from .model.workload import EfsVolume as EfsVolume
    from .model.workload import EnvironmentFile as EnvironmentFile
    from .model.workload import HealthCheck as HealthCheck
    from .model.workload import HostVolume as HostVolume
    from .model.workload import HttpCheck as HttpCheck
    from .model.workload import Image as Image
    from .model.workload import LinuxOptions as LinuxOptions
    from .model.workload import LogDriver as LogDriver
    from .model.workload import NotSecret as NotSecret
    from .model.workload import Port as Port
    from .model.workload import PortRange as PortRange
    from .model.workload import Privileged as Privileged
    from .model.workload import RestartPolicy as RestartPolicy
    from .model.workload import SharedVolume as SharedVolume
    from .model.workload import Tmpfs as Tmpfs
    from .model.workload import Ulimit as Ulimit
    from .model.workload import VolumeMount as VolumeMount
    from .model.workload import Workload as Workload
    from .network import NatGateways as NatGateways
    from .network import Network as Network
    from .network import SubnetMasks as SubnetMasks
    from .observability import Alarms as Alarms
    from .observability import AlarmTopic as AlarmTopic
    from .observability import JobAlarms as JobAlarms
    from .observability import ServiceDashboard as ServiceDashboard
    from .observability import WorkerAlarms as WorkerAlarms
    from .registry import PullThroughCache as PullThroughCache
    from .registry import Repository as Repository
    from .scaling import PredictiveServiceScaling as PredictiveServiceScaling
    from .scaling import ScalingStep as ScalingStep
    from .scaling import ScheduledScaling as ScheduledScaling
    from .scaling import ServiceScaling as ServiceScaling
    from .scaling import StepScaling as StepScaling
    from .scaling import TargetMetric as TargetMetric

_MODULES = {
    "applications": (
        "Application",
        "Approval",
        "Environment",
        "ExistingNetwork",
        "HostedDomain",
        "NewNetwork",
        "environment_differences",
    ),
    "core.errors": (
        "ConstructError",
        "Problem",
    ),
    "core.practices": (
        "Disabled",
        "Practice",
    ),
    "checks.plugin": ("PracticeChecks",),
    "delivery": (
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
    "ecs.beanstalk": ("BeanstalkEnvironment",),
    "ecs.clusters": (
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
        "SshKey",
    ),
    "ecs.discovery": (
        "CloudMap",
        "Namespace",
        "ServedPort",
        "ServiceConnect",
        "ServiceConnectAccessLogs",
        "ServiceConnectTls",
    ),
    "ecs.jobs": (
        "EventJob",
        "ScheduledJob",
        "StartRetry",
    ),
    "ecs.observability": (
        "ClusterDashboard",
        "ClusterEvents",
    ),
    "ecs.services": (
        "BackendService",
        "DaemonService",
        "ExpressService",
        "ExternalDaemonService",
        "ExternalService",
        "ManagedDaemon",
        "WebService",
        "WorkerService",
    ),
    "ecs.tasks": (
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
    "eks.add_ons": (
        "AddOn",
        "CloudWatchObservability",
    ),
    "eks.appliers": (
        "ArgoCd",
        "ArgoCdUsers",
        "KubectlProvider",
    ),
    "eks.clusters": (
        "AccessEntry",
        "AccessPolicy",
        "AddOnOptions",
        "AutoMode",
        "EksCluster",
        "PublicAccess",
        "UpgradeBlocker",
        "upgrade_blockers",
    ),
    "eks.identity": (
        "KubernetesRole",
        "RoleRule",
        "WorkloadIdentity",
    ),
    "eks.ingress": ("LoadBalancerController",),
    "eks.nodes": (
        "FargateProfile",
        "FargateSelector",
        "HybridNodes",
        "KarpenterNodes",
        "KarpenterPool",
        "ManagedNodeGroup",
        "NodeOptions",
        "RolesAnywhere",
        "SelfManagedNodes",
        "Taint",
    ),
    "eks.storage": (
        "EbsStorage",
        "EfsStorage",
        "LustreStorage",
        "OntapStorage",
    ),
    "eks.workloads": (
        "KubernetesDaemon",
        "KubernetesJob",
        "KubernetesService",
        "KubernetesWorker",
        "PodOptions",
    ),
    "identity": (
        "AuditTrail",
        "ClusterAccess",
        "ExecuteCommandAccess",
    ),
    "instances": ("Spot",),
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
    "model.fleet": (
        "Fleet",
        "FleetPlan",
        "plan_fleet",
    ),
    "model.instances": (
        "instance_type",
        "pods_per_instance",
        "tasks_per_instance",
    ),
    "model.placement": (
        "PlacementConstraint",
        "PlacementStrategy",
    ),
    "model.placement.container_instance": (
        "ContainerInstance",
        "container_instances",
    ),
    "model.placement.simulation": ("simulate_placement",),
    "model.rollouts": (
        "Rollout",
        "RolloutTimings",
        "plan_rollout",
    ),
    "model.workload": (
        "Container",
        "DockerOptions",
        "DockerVolume",
        "EbsVolume",
        "EfsVolume",
        "EnvironmentFile",
        "HealthCheck",
        "HostVolume",
        "HttpCheck",
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
    "network": (
        "NatGateways",
        "Network",
        "SubnetMasks",
    ),
    "observability": (
        "AlarmTopic",
        "Alarms",
        "JobAlarms",
        "ServiceDashboard",
        "WorkerAlarms",
    ),
    "registry": (
        "PullThroughCache",
        "Repository",
    ),
    "scaling": (
        "PredictiveServiceScaling",
        "ScalingStep",
        "ScheduledScaling",
        "ServiceScaling",
        "StepScaling",
        "TargetMetric",
    ),
}
_HOME = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [  # noqa: PLE0604  (strings all: the type checker reads the imports above)
    *_HOME,
]


_load = load_on_use(__name__, _MODULES)


def __getattr__(name: str) -> object:
    value = _load(name)
    if isinstance(value, type) and hasattr(value, "problems"):
        _check_names(value)
    return value


def _check_names(value: type) -> None:
    """Have a value refuse names of options that it has not; imported here, so that the command line starts without."""
    from dataclasses import is_dataclass  # noqa: PLC0415

    from .core.inputs.calls import check_names_of_values  # noqa: PLC0415

    if is_dataclass(value):
        check_names_of_values(value)


def __dir__() -> list[str]:
    return sorted(__all__)
