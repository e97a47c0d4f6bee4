"""Clusters and their capacity."""

from .capacity import Capacity, FargateCapacity, LaunchType, launch_type_of, platform_of, strategy_problems
from .capacity_reservations import CapacityReservations
from .cluster import Cluster, strategy_of
from .ec2_capacity import Ec2Capacity, Ec2Share
from .ec2_scaling import GroupScaling, ManagedScaling, PredictiveScaling
from .external_instances import ExternalInstances
from .fit_checks import fit_problems, owner_problems, room_problems
from .instance_groups import instance_groups_of, seen_from
from .instance_options import InstanceOptions, SshKey
from .instance_requirements import InstanceRequirements
from .managed_instances_capacity import ManagedInstancesCapacity, ManagedInstancesShare
from .task_network import TaskConnections, task_network_problems, unknown_group_problems

__all__ = [
    "Capacity",
    "CapacityReservations",
    "Cluster",
    "Ec2Capacity",
    "Ec2Share",
    "ExternalInstances",
    "FargateCapacity",
    "GroupScaling",
    "InstanceOptions",
    "InstanceRequirements",
    "LaunchType",
    "ManagedInstancesCapacity",
    "ManagedInstancesShare",
    "ManagedScaling",
    "PredictiveScaling",
    "SshKey",
    "TaskConnections",
    "fit_problems",
    "instance_groups_of",
    "launch_type_of",
    "owner_problems",
    "platform_of",
    "room_problems",
    "seen_from",
    "strategy_of",
    "strategy_problems",
    "task_network_problems",
    "unknown_group_problems",
]
