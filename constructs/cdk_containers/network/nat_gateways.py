"""How private subnets reach the internet."""

from __future__ import annotations

from enum import StrEnum


class NatGateways(StrEnum):
    """How private subnets reach the internet."""

    PER_AZ = "PER_AZ"
    """One in each Availability Zone: a failing zone affects only itself, and you pay for no traffic between zones."""
    SINGLE = "SINGLE"
    """One for all Availability Zones: a third of the price, but if its zone fails, no task reaches the internet."""
    NONE = "NONE"
    """None: tasks reach only AWS services, through interface endpoints, which this option requires."""
