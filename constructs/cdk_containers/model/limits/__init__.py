"""Quotas and hard limits of AWS as data, and how many tasks and pods the addresses of subnets are enough for."""

from .addresses import AddressRoom, address_room
from .quota import Quota, Scope, UnknownQuotaError, quota, quotas

__all__ = [
    "AddressRoom",
    "Quota",
    "Scope",
    "UnknownQuotaError",
    "address_room",
    "quota",
    "quotas",
]
