"""How many pods an instance holds as a Kubernetes node on EKS, and what it has to give them."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .instance_type import InstanceType

_HOST_NETWORK_PODS = 2
"""The VPC CNI and kube-proxy, which take no address of their own."""

_PREFIX = 16
"""Addresses of a /28, which stands in the place of one address."""

_FEW_VCPUS, _MOST_OF_FEW, _MOST_OF_MANY = 30, 110, 250
_EVICTION_MIB = 100
_CPU_TIERS = ((1000, 6.0), (1000, 1.0), (2000, 0.5))
"""Millicores of a tier, and the percentage of it that is kept; 0.25 % of the rest."""


def pods_per_instance(instance: InstanceType, *, prefix_delegation: bool = False, managed: bool = True) -> int:
    """Count how many pods a node of an instance type holds, by the addresses that the VPC CNI has for them.

    Each network interface of the first card keeps one address for itself, and pods take the others. With prefix
    delegation, on the Nitro system only, each of those places holds 16 addresses, and more pods fit than a node should
    run: 110 up to 30 vCPUs, 250 above.

    Args:
        instance: The instance type.
        prefix_delegation: Whether the VPC CNI hands out prefixes (`ENABLE_PREFIX_DELEGATION`).
        managed: Whether EKS chooses the number, which keeps to those limits without prefix delegation too. A node that
            registers itself keeps to what it has addresses for.

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
    """What a node has to give its pods.

    Attributes:
        cpu_millicores: CPU, in thousandths of a vCPU.
        memory_mib: Memory, in MiB.
        pods: How many pods it holds.
        gpus: GPUs.
    """

    cpu_millicores: int
    memory_mib: int
    pods: int
    gpus: int


def allocatable(instance: InstanceType, *, max_pods: int) -> Allocatable:
    """Return what a node of an instance type has to give its pods, with an image that is optimised for EKS.

    The image keeps 255 MiB and 11 MiB for each pod that the node may hold, 100 MiB below which pods are evicted, and a
    share of the CPU that gets smaller with each core. What Linux reports is less than the instance has, as for ECS.

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
