"""How many pods fit on an instance as a Kubernetes node on EKS, and what it can allocate to them."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .instance_type import InstanceType

_HOST_NETWORK_PODS = 2
"""The VPC CNI and kube-proxy, which do not use their own addresses."""

_PREFIX = 16
"""Addresses of a /28, which uses the slot of one address."""

_FEW_VCPUS, _MOST_OF_FEW, _MOST_OF_MANY = 30, 110, 250
_EVICTION_MIB = 100
_CPU_TIERS = ((1000, 6.0), (1000, 1.0), (2000, 0.5))
"""Millicores of a tier, and the percentage of it that is reserved; 0.25 % of the rest."""


def pods_per_instance(instance: InstanceType, *, prefix_delegation: bool = False, managed: bool = True) -> int:
    """Return how many pods fit on a node of an instance type, according to the addresses of the VPC CNI.

    Each network interface of the first card keeps one address for itself, and pods use the others. With prefix
    delegation, on the Nitro system only, each of those slots holds 16 addresses, and more pods fit than a node should
    run: 110 up to 30 vCPUs, 250 above.

    Args:
        instance: The instance type.
        prefix_delegation: Whether the VPC CNI assigns prefixes (`ENABLE_PREFIX_DELEGATION`).
        managed: Whether EKS sets the number, which applies those limits without prefix delegation too. A node that
            registers itself is limited only by its addresses.

    See https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html
    """
    places = instance.pod_interfaces * (instance.interface_addresses - 1)
    prefixes = prefix_delegation and instance.nitro
    pods = places * (_PREFIX if prefixes else 1) + _HOST_NETWORK_PODS
    if not (prefixes or managed):
        return pods
    return min(pods, _MOST_OF_MANY if instance.vcpus > _FEW_VCPUS else _MOST_OF_FEW)


@frozen
class Allocatable:
    """What a node can allocate to its pods.

    Attributes:
        cpu_millicores: CPU, in thousandths of a vCPU.
        memory_mib: Memory, in MiB.
        pods: How many pods fit on it.
        gpus: GPUs.
    """

    cpu_millicores: int
    memory_mib: int
    pods: int
    gpus: int


def allocatable(instance: InstanceType, *, max_pods: int) -> Allocatable:
    """Return what a node of an instance type can allocate to its pods, with an EKS optimized image.

    The image reserves 255 MiB, 11 MiB for each possible pod, and 100 MiB as eviction threshold. It also reserves a
    share of the CPU that decreases with each core. As for ECS, Linux reports less memory than the instance has.

    See https://awslabs.github.io/amazon-eks-ami/usage/al2/#reserved-resources
    """
    left, kept = instance.vcpus * 1000, 0.0
    for size, percent in _CPU_TIERS:
        tier = min(left, size)
        kept += tier * percent / 100
        left -= tier
    kept += left * 0.25 / 100
    reserved = 255 + 11 * max_pods + _EVICTION_MIB
    return Allocatable(
        cpu_millicores=instance.vcpus * 1000 - int(kept),
        memory_mib=max(instance.registered_memory_mib - reserved, 0),
        pods=max_pods,
        gpus=instance.gpus,
    )
