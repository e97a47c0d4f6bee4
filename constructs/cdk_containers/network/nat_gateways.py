"""How private subnets reach the internet."""

from __future__ import annotations

from enum import StrEnum


class NatGateways(StrEnum):
    """How private subnets reach the internet."""

    PER_AZ = "PER_AZ"
    """One in each zone: a zone that fails takes only itself down, and no traffic pays for crossing zones."""
    SINGLE = "SINGLE"
    """One for all zones: a third of the price; when its zone fails, no task reaches the internet."""
    NONE = "NONE"
    """None: tasks reach only AWS, through the interface endpoints, which then have to be on."""
