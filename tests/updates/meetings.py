"""Unique things that two resources would hold at once while an update goes on.

CloudFormation creates what is new before it deletes what is gone, and a replaced resource is both. A listener has each
priority once, a load balancer each port, a security group each rule: where the old and the new hold the same, the
update fails, or the deletion of the old takes away what the new has just been given.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from itertools import product
from typing import Any

from .comparison import Resource, Update
from .references import references, values_at
from .schemas import names

_PEERS = ("CidrIp?", "CidrIpv6?", "SourceSecurityGroupId?", "SourcePrefixListId?")
_TARGETS = ("CidrIp?", "CidrIpv6?", "DestinationSecurityGroupId?", "DestinationPrefixListId?")
_PORTS = ("IpProtocol", "FromPort?", "ToPort?")

UNIQUE: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": (("ResourceId", "ScalableDimension", "ServiceNamespace"),),
    "AWS::ApplicationAutoScaling::ScalingPolicy": (("PolicyName", "ScalingTargetId?", "ResourceId?"),),
    "AWS::AutoScaling::LifecycleHook": (("AutoScalingGroupName", "LifecycleHookName"),),
    "AWS::EC2::Route": (
        ("RouteTableId", "DestinationCidrBlock?", "DestinationIpv6CidrBlock?", "DestinationPrefixListId?"),
    ),
    "AWS::EC2::SecurityGroup": (("GroupName", "VpcId?"),),
    "AWS::EC2::SecurityGroupEgress": (("GroupId", *_PORTS, *_TARGETS),),
    "AWS::EC2::SecurityGroupIngress": (("GroupId", *_PORTS, *_PEERS),),
    "AWS::EC2::SubnetRouteTableAssociation": (("SubnetId",),),
    "AWS::EC2::VPCEndpoint": (("VpcId", "ServiceName"),),
    "AWS::EC2::VPCGatewayAttachment": (("VpcId", "InternetGatewayId?"),),
    "AWS::ECS::Service": (("Cluster?", "ServiceName"),),
    "AWS::EFS::MountTarget": (("FileSystemId", "SubnetId"),),
    "AWS::EKS::AccessEntry": (("ClusterName", "PrincipalArn"),),
    "AWS::EKS::Addon": (("ClusterName", "AddonName"),),
    "AWS::EKS::Capability": (("ClusterName", "CapabilityName"),),
    "AWS::EKS::FargateProfile": (("ClusterName", "FargateProfileName"),),
    "AWS::EKS::Nodegroup": (("ClusterName", "NodegroupName"),),
    "AWS::EKS::PodIdentityAssociation": (("ClusterName", "Namespace", "ServiceAccount"),),
    "AWS::ElasticLoadBalancingV2::Listener": (("LoadBalancerArn", "Port"),),
    "AWS::ElasticLoadBalancingV2::ListenerRule": (("ListenerArn", "Priority"),),
    "AWS::FSx::StorageVirtualMachine": (("FileSystemId", "Name"),),
    "AWS::IAM::Policy": (("PolicyName", "Roles.*"),),
    "AWS::IAM::Role": (("RoleName",),),
    "AWS::Logs::SubscriptionFilter": (("LogGroupName", "FilterName"),),
    "AWS::Route53::RecordSet": (("HostedZoneId?", "HostedZoneName?", "Name", "Type", "SetIdentifier?"),),
    "AWS::SNS::Subscription": (("TopicArn", "Protocol", "Endpoint"),),
    "AWS::SNS::TopicPolicy": (("Topics.*",),),
    "AWS::SQS::QueuePolicy": (("Queues.*",),),
    "AWS::ServiceDiscovery::Service": (("NamespaceId", "Name"),),
    "AWS::VpcLattice::AuthPolicy": (("ResourceIdentifier",),),
    "AWS::VpcLattice::Listener": (("ServiceIdentifier", "Port?"),),
    "AWS::VpcLattice::Rule": (("ListenerIdentifier", "Priority"),),
    "AWS::VpcLattice::ServiceNetworkServiceAssociation": (("ServiceNetworkIdentifier", "ServiceIdentifier"),),
    "AWS::VpcLattice::ServiceNetworkVpcAssociation": (("VpcIdentifier",),),
}
"""Properties that exist once together, beyond the physical names of the schemas. Those with `?` may be missing."""

_LISTENER_ARN = re.compile(r":listener/(\w+/[\w-]+/\w+)/")


@dataclass(frozen=True, kw_only=True, order=True)
class Meeting:
    """What two resources would hold at once, and their logical ids, which are one where a resource is replaced."""

    what: str
    old: str
    new: str


def meetings(update: Update) -> set[Meeting]:
    """Find everything unique that goes from one resource to another in an update."""
    before = _held(update.before, update, "old")
    after = _held(update.after, update, "new")
    found = set()
    for thing in before.keys() & after.keys():
        for old, new in product(before[thing], after[thing] - (before[thing] & update.kept)):
            if (old != new and not _in_order(old, new, update)) or (old == new and old in update.replaced):
                found.add(Meeting(what=thing[0], old=old, new=new))
    return found | _on_two_load_balancers(update) | _overlapping_subnets(update)


def _in_order(old: str, new: str, update: Update) -> bool:
    """Whether the old lets go in place, before the new is made because it waits for the old."""
    return old in update.kept and new in update.created and old in _waits_for(new, update.after)


def _waits_for(name: str, resources: Mapping[str, Resource]) -> set[str]:
    found: set[str] = set()
    ahead = [name]
    while ahead:
        entry = resources.get(ahead.pop(), {})
        listed = entry.get("DependsOn", ())
        next_ = {*([listed] if isinstance(listed, str) else listed), *references(entry.get("Properties", {}))}
        ahead.extend(next_ - found)
        found |= next_
    return found


def _held(resources: Mapping[str, Resource], update: Update, when: str) -> dict[tuple[str, str], set[str]]:
    """Return who holds each unique thing."""
    found: dict[tuple[str, str], set[str]] = {}
    for name, entry in resources.items():
        for thing in _things(name, entry, update.replaced.keys(), when):
            found.setdefault(thing, set()).add(name)
    return found


def _things(name: str, entry: Resource, replaced: Collection[str], when: str) -> Iterator[tuple[str, str]]:
    type_, properties = entry["Type"], entry.get("Properties", {})
    for keys in UNIQUE.get(type_) or names(type_):
        for values in _values(keys, properties):
            what = f"{type_}: {', '.join(key.rstrip('?') for key in keys if not key.endswith('?'))}"
            yield what, json.dumps([_identity(value, replaced, when) for value in values], sort_keys=True)
    if type_ == "AWS::EC2::SecurityGroup":
        for inline in ("SecurityGroupIngress", "SecurityGroupEgress"):
            for rule in properties.get(inline, ()):
                whole = {"GroupId": {"Ref": name}, **rule}
                yield from _things(name, {"Type": f"AWS::EC2::{inline}", "Properties": whole}, replaced, when)


def _values(keys: tuple[str, ...], properties: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    """Yield the values of the keys. A key that covers a list has a value for each item."""
    listed = []
    for key in keys:
        found = values_at(tuple(key.rstrip("?").split(".")), properties)
        if not found and not key.endswith("?"):
            return
        listed.append(found or [None])
    yield from product(*listed)


def _identity(value: Any, replaced: Collection[str], when: str) -> Any:
    """Return a value in which a reference stands for the thing itself, whatever attribute names it."""
    if isinstance(value, Mapping) and value.keys() & {"Ref", "Fn::GetAtt"}:
        (name,) = references(value)
        return f"{when} {name}" if name in replaced else f"the {name}"
    if isinstance(value, Mapping):
        return {key: _identity(inner, replaced, when) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_identity(inner, replaced, when) for inner in value]
    return value if value is None else str(value)


def _on_two_load_balancers(update: Update) -> set[Meeting]:
    """Find target groups that stay while their load balancer changes: a group has one at a time."""
    found = set()
    before, after = _balancers(update.before, update, "old"), _balancers(update.after, update, "new")
    for group in before.keys() & after.keys() & update.kept:
        if before[group] and after[group] and len(before[group] | after[group]) > 1:
            found.add(Meeting(what="a target group on two load balancers", old=group, new=group))
    return found


def _balancers(resources: Mapping[str, Resource], update: Update, when: str) -> dict[str, set[str]]:
    """Return the load balancers of each target group."""
    found: dict[str, set[str]] = {}
    for entry in resources.values():
        properties = entry.get("Properties", {})
        if entry["Type"] == "AWS::ElasticLoadBalancingV2::Listener":
            balancer, actions = properties["LoadBalancerArn"], properties.get("DefaultActions", ())
        elif entry["Type"] == "AWS::ElasticLoadBalancingV2::ListenerRule":
            balancer, actions = _balancer_of(properties["ListenerArn"], resources), properties.get("Actions", ())
        else:
            continue
        for group in references(list(actions)):
            if resources.get(group, {}).get("Type") == "AWS::ElasticLoadBalancingV2::TargetGroup":
                identity = json.dumps(_identity(balancer, update.replaced.keys(), when), sort_keys=True)
                found.setdefault(group, set()).add(identity)
    return found


def _balancer_of(listener: Any, resources: Mapping[str, Resource]) -> Any:
    for name in references(listener):
        if name in resources:
            return resources[name]["Properties"]["LoadBalancerArn"]
    named = _LISTENER_ARN.search(listener) if isinstance(listener, str) else None
    return named[1] if named else listener


def _overlapping_subnets(update: Update) -> set[Meeting]:
    """Find subnets whose addresses another one of the same VPC still has."""
    old = _subnets(update.before, update.deleted | update.replaced.keys(), update, "old")
    new = _subnets(update.after, update.created | update.replaced.keys(), update, "new")
    return {
        Meeting(what="AWS::EC2::Subnet: CidrBlock", old=there, new=here)
        for (there, (vpc, block)), (here, (other, addresses)) in product(old.items(), new.items())
        if vpc == other and block.overlaps(addresses)
    }


def _subnets(
    resources: Mapping[str, Resource], wanted: Collection[str], update: Update, when: str
) -> dict[str, tuple[str, IPv4Network]]:
    found = {}
    for name in wanted:
        entry = resources[name]
        block = entry.get("Properties", {}).get("CidrBlock")
        if entry["Type"] == "AWS::EC2::Subnet" and isinstance(block, str):
            addresses = ip_network(block)
            assert isinstance(addresses, IPv4Network)
            vpc = _identity(entry["Properties"]["VpcId"], update.replaced.keys(), when)
            found[name] = (json.dumps(vpc, sort_keys=True), addresses)
    return found
