"""What EC2 instance types have, and how many tasks of a kind one of them holds. Plain Python and data."""

from .fit import RESERVED_HOST_PORTS, Fit, Limit, NetworkMode, tasks_per_instance
from .instance_type import (
    InstanceType,
    UnknownInstanceTypeError,
    find_instance_type,
    instance_type,
    instance_types,
    misspelt_instance_type,
)

__all__ = [
    "RESERVED_HOST_PORTS",
    "Fit",
    "InstanceType",
    "Limit",
    "NetworkMode",
    "UnknownInstanceTypeError",
    "find_instance_type",
    "instance_type",
    "instance_types",
    "misspelt_instance_type",
    "tasks_per_instance",
]
