"""Planning for thousands of services: how to split them, how long a rollout takes, how many tasks fit."""

from .addresses import AddressRoom, address_room
from .fleet import Fleet, FleetPlan, FleetRollout, Growth, Request
from .plan import plan_fleet

__all__ = [
    "AddressRoom",
    "Fleet",
    "FleetPlan",
    "FleetRollout",
    "Growth",
    "Request",
    "address_room",
    "plan_fleet",
]
