"""EC2 instances for ECS and EKS: launch templates and groups."""

from .group import lifetime, lifetime_problems, what_to_start
from .launch_template import MachineImage, make_launch_template, open_key
from .no_grants import refuse_grants
from .spot import Spot
from .systems_manager import SESSION_MANAGER, systems_manager_of_this_account

__all__ = [
    "SESSION_MANAGER",
    "MachineImage",
    "Spot",
    "lifetime",
    "lifetime_problems",
    "make_launch_template",
    "open_key",
    "refuse_grants",
    "systems_manager_of_this_account",
    "what_to_start",
]
