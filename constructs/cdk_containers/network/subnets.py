"""How CDK splits the addresses of a VPC into subnets, to find early what does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

LARGEST, SMALLEST = 16, 28
"""Prefix lengths that AWS accepts for a VPC and for a subnet."""
_USUAL = 24


@frozen
class SubnetMasks:
    """Sizes of the subnets of a network, as prefix lengths: 24 is 256 addresses, of which AWS reserves five.

    A subnet never changes its range. A new mask for a deployed network replaces the subnets, which AWS refuses while
    they are in use.

    Attributes:
        public: Prefix length of public subnets, 16–28. Default: 24; smaller subnets if the network has too little room.
        private: Prefix length of the private subnets for tasks, 16–28. Default: all remaining addresses, in equal
            parts.
        isolated: Prefix length of isolated subnets, 16–28. Default: as `public`.

    See https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
    """

    public: int | None = None
    private: int | None = None
    isolated: int | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        for option in ("public", "private", "isolated"):
            mask = getattr(self, option)
            if found.has(option) or mask is None:
                continue
            if is_token(mask) or not LARGEST <= mask <= SMALLEST:
                given = "a token" if is_token(mask) else mask
                found.add(option, "not a valid subnet mask", given=given, allowed=f"{LARGEST}–{SMALLEST}")
        return list(found)


@frozen
class SubnetPlan:
    """Masks that fit; `private` is None if tasks get the remaining addresses."""

    public: int
    private: int | None
    isolated: int | None


def plan_subnets(prefix: int, zones: int, masks: SubnetMasks, *, isolated: bool) -> SubnetPlan | None:
    """Return masks with which all subnets fit into a VPC, the usual ones if they do; None if nothing fits.

    Args:
        prefix: Prefix length of the VPC.
        zones: Number of zones.
        masks: The requested masks.
        isolated: Whether there are isolated subnets.
    """
    for usual in range(_USUAL, SMALLEST + 1):
        plan = SubnetPlan(
            public=masks.public or usual,
            private=masks.private,
            isolated=(masks.isolated or masks.public or usual) if isolated else None,
        )
        if _fits(prefix, zones, plan, rest_at_least=usual):
            return plan
    return None


def smallest_network(zones: int, masks: SubnetMasks, *, isolated: bool) -> int | None:
    """Return the prefix length of the smallest VPC that has room; None if even the largest has too little."""
    fitting = [
        prefix for prefix in range(LARGEST, SMALLEST + 1) if plan_subnets(prefix, zones, masks, isolated=isolated)
    ]
    return max(fitting, default=None)


def private_mask(prefix: int, zones: int, plan: SubnetPlan) -> int:
    """Return the mask of the subnets for tasks: the requested mask, or an equal part of the rest."""
    if plan.private is not None:
        return plan.private
    rest = (_size(prefix) - _used(zones, plan)) // zones
    return 32 - max(rest, 1).bit_length() + 1


def _fits(prefix: int, zones: int, plan: SubnetPlan, *, rest_at_least: int) -> bool:
    used = _used(zones, plan)
    if plan.private is None:
        mask = private_mask(prefix, zones, plan)
        # Each task needs an address, so private subnets are not the smallest.
        if _size(prefix) - used < zones or mask > min(rest_at_least, SMALLEST):
            return False
        used = _place([mask] * zones, used)
    return used <= _size(prefix)


def _used(zones: int, plan: SubnetPlan) -> int:
    """Return where free addresses begin after the subnets with fixed masks."""
    masks = (plan.public, plan.private, plan.isolated)
    return _place([mask for mask in masks if mask is not None for _ in range(zones)], 0)


def _size(mask: int) -> int:
    return 1 << (32 - mask)


def _place(masks: Sequence[int], start: int) -> int:
    """Return where free addresses begin once blocks are placed, each at its own multiple size."""
    for mask in masks:
        size = _size(mask)
        start = (start + size - 1) // size * size + size
    return start
