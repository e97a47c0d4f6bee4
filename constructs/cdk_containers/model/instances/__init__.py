"""The capacity of EC2 instance types, and how many tasks or pods fit on one. Plain Python and data."""

from .fit import RESERVED_HOST_PORTS, Fit, Limit, NetworkMode, tasks_per_instance
from .instance_type import (
    InstanceType,
    UnknownInstanceTypeError,
    find_instance_type,
    instance_type,
    instance_types,
    misspelt_instance_type,
)
from .kinds import architecture_of, group_problems, has_gpus, has_neuron_devices, not_nitro
from .nodes import Allocatable, allocatable, pods_per_instance

__all__ = [
    "RESERVED_HOST_PORTS",
    "Allocatable",
    "Fit",
    "InstanceType",
    "Limit",
    "NetworkMode",
    "UnknownInstanceTypeError",
    "allocatable",
    "architecture_of",
    "find_instance_type",
    "group_problems",
    "has_gpus",
    "has_neuron_devices",
    "instance_type",
    "instance_types",
    "misspelt_instance_type",
    "not_nitro",
    "pods_per_instance",
    "tasks_per_instance",
]
