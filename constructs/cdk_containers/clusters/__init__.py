"""Where tasks find capacity: clusters and the kinds of capacity that they hold."""

from .capacity import Capacity, FargateCapacity, platform_of, strategy_problems
from .capacity_reservations import CapacityReservations
from .cluster import Cluster, strategy_of
from .ec2_capacity import Ec2Capacity, Ec2Share
from .ec2_scaling import GroupScaling, ManagedScaling, PredictiveScaling
from .external_instances import ExternalInstances
from .fit_checks import fit_problems, owner_problems
from .instance_groups import seen_from
from .instance_options import InstanceOptions, Spot, SshKey
from .instance_requirements import InstanceRequirements
from .managed_instances_capacity import ManagedInstancesCapacity, ManagedInstancesShare

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
    "ManagedInstancesCapacity",
    "ManagedInstancesShare",
    "ManagedScaling",
    "PredictiveScaling",
    "Spot",
    "SshKey",
    "fit_problems",
    "owner_problems",
    "platform_of",
    "seen_from",
    "strategy_of",
    "strategy_problems",
]
