"""Usage of instances: Auto Scaling groups, and nodes and clusters of EKS."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from cdk_containers.checks.rules.capacity_parts import GROUP, NODE_GROUP, launch_data, launches_of
from cdk_containers.checks.rules.eks_settings import CLUSTER, is_auto, launch_template_of
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .prices import HOURS
from .usage import Part, Usage, Use, counted, hourly, used_by

_MIXED = ("MixedInstancesPolicy", "LaunchTemplate")
_NODE_DISK_GB = 20
_WHOLE = 100


@used_by(GROUP)
def group(resource: Resource) -> Usage:
    """Count the instances of a group, within its bounds."""
    low, high = resource.number("MinSize", default=0), resource.number("MaxSize", default=0)
    launches = launches_of(resource)
    overrides = resource.maps(*_MIXED, "Overrides")
    types = [it.text("InstanceType") for it in overrides if it.has("InstanceType")]
    if any(it.has("InstanceRequirements") for it in overrides):
        raise CannotTell("EC2 chooses the instance types from requirements")
    types = types or [launch_data(it).text("InstanceType") for it in launches]
    if not any(types):
        raise CannotTell("the instance type is in a launch template of another stack")
    on_demand = resource.number("MixedInstancesPolicy", "InstancesDistribution", "OnDemandPercentageAboveBaseCapacity")
    base = resource.number("MixedInstancesPolicy", "InstancesDistribution", "OnDemandBaseCapacity", default=0)
    asks = any(launch_data(it).text("InstanceMarketOptions", "MarketType") == "spot" for it in launches)
    share = 0.0 if asks else (_WHOLE if on_demand is None else on_demand) / _WHOLE
    disks = _disks(launch_data(launches[0])) if launches else {}
    return _instances(types, low, high, base=base, on_demand=share, disks=disks)


@used_by(NODE_GROUP)
def node_group(resource: Resource) -> Usage:
    """Count the nodes of a managed node group, within its bounds."""
    low = resource.number("ScalingConfig", "MinSize", default=1)
    high = resource.number("ScalingConfig", "MaxSize", default=2)
    launch = launch_template_of(resource) if resource.has("LaunchTemplate") else None
    types = resource.texts("InstanceTypes")
    if not types and launch is not None:
        types = [it] if (it := launch_data(launch).text("InstanceType")) else []
    share = 0.0 if resource.text("CapacityType", default="ON_DEMAND") == "SPOT" else 1.0
    own = {"gp3": resource.number("DiskSize", default=_NODE_DISK_GB)}
    disks = own if launch is None else _disks(launch_data(launch))
    return _instances(types or ["t3.medium"], low, high, on_demand=share, disks=disks)


@used_by(CLUSTER)
def cluster(resource: Resource) -> Usage:
    """Count the control plane. The nodes of Auto Mode cannot be known in advance."""
    auto = is_auto(resource)
    return Usage(
        "control plane of EKS, in standard support",
        (hourly("eks-cluster", 1),),
        unknown="EKS Auto Mode chooses the nodes" if auto else "",
    )


@used_by("AWS::EKS::FargateProfile")
def profile(_: Resource) -> Usage:
    """Return the price of a pod on Fargate by use, because the number of pods is unknown."""
    parts = (Part(("fargate-vcpu-x86",), HOURS, HOURS), Part(("fargate-gb-x86",), HOURS, HOURS))
    return Usage("pods on Fargate", uses=(Use("vCPU with a GB, for a month", parts),))


def _instances(
    types: list[str], low: float, high: float, *, on_demand: float, base: float = 0, disks: Mapping[str, float]
) -> Usage:
    keys = tuple(f"ec2:{name}" for name in dict.fromkeys(types))
    parts = []
    fixed_low, fixed_high = (min(base, count) + max(count - base, 0) * on_demand for count in (low, high))
    if fixed_high:
        parts.append(Part(keys, fixed_low * HOURS, fixed_high * HOURS))
    if fixed_high < high:
        parts.append(Part(keys, (low - fixed_low) * HOURS, (high - fixed_high) * HOURS, "ec2"))
    parts += [Part((f"{kind}-gb",), low * size, high * size) for kind, size in disks.items()]
    spot = ", Spot" if fixed_high < high else ""
    disk = f", {sum(disks.values()):g} GB of disk each" if disks else ""
    return Usage(f"{counted(low, high, 'instance')}, {' or '.join(dict.fromkeys(types))}{spot}{disk}", tuple(parts))


def _disks(data: Map) -> dict[str, float]:
    """Return the GB of the volumes of a launch template by type. Volumes of the machine image are unknown."""
    found: dict[str, float] = defaultdict(float)
    for volume in data.maps("BlockDeviceMappings"):
        if volume.has("Ebs", "VolumeSize"):
            found[volume.text("Ebs", "VolumeType", default="gp2")] += volume.number("Ebs", "VolumeSize", default=0)
    return found
