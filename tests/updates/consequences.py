"""Consequences of an update that you must know in advance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .comparison import Template, compare
from .meetings import meetings
from .refusals import refusals, resets_weights

REPLACED_FREELY: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "the number of tasks stays as it is",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "the number of tasks stays as it is",
    "AWS::EC2::SecurityGroupEgress": "the new rule is there before the old one goes",
    "AWS::EC2::SecurityGroupIngress": "the new rule is there before the old one goes",
    "AWS::EC2::SubnetRouteTableAssociation": "named with its subnet or route table",
    "AWS::EC2::Route": "named with its route table",
    "AWS::EC2::VPCGatewayAttachment": "named with its VPC",
    "AWS::ECS::ClusterCapacityProviderAssociations": "named with its cluster",
    "AWS::ECS::DaemonTaskDefinition": "a new revision, to which the daemon deploys",
    "AWS::ECS::TaskDefinition": "a new revision, to which the service deploys",
    "AWS::ElasticBeanstalk::ApplicationVersion": "a new version, to which the environment deploys",
    "AWS::VpcLattice::AuthPolicy": "named with what it protects",
}
"""Types whose resources may be made anew at any time, with the reason."""

DELETED_FREELY: Mapping[str, str] = {
    "AWS::ApplicationAutoScaling::ScalableTarget": "the number of tasks stays as it is",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "the number of tasks stays as it is",
    "AWS::AutoScaling::ScalingPolicy": "the number of instances stays as it is",
    "AWS::CloudWatch::Alarm": "it watches, and nothing depends on it",
    "AWS::EC2::Route": "named with its route table",
    "AWS::EC2::RouteTable": "named with its subnets",
    "AWS::EC2::SecurityGroup": "EC2 keeps it for as long as anything is in it",
    "AWS::EC2::SecurityGroupEgress": "nothing uses it any more",
    "AWS::EC2::SecurityGroupIngress": "nothing uses it any more",
    "AWS::EC2::SubnetRouteTableAssociation": "named with its subnet",
    "AWS::EC2::VPCGatewayAttachment": "named with its VPC",
    "AWS::ECS::TaskDefinition": "tasks of it run on, and its revisions are listed as inactive",
    "AWS::IAM::InstanceProfile": "named with its role",
    "AWS::IAM::Policy": "an unused permission",
    "AWS::IAM::Role": "an unused role",
    "AWS::S3::BucketPolicy": "named with its bucket",
    "AWS::SQS::QueuePolicy": "named with its queue",
    "AWS::VpcLattice::AuthPolicy": "named with what it protects",
}
"""Types whose resources may go when nothing asks for them any more, with the reason."""


def consequences(before: Template, after: Template) -> set[str]:
    """Return what replaces, deletes or breaks something that matters, in words without logical ids."""
    try:
        update = compare(before, after)
    except ValueError:
        return {"changes the type of a resource"}
    policies = {name: str(entry.get("DeletionPolicy")) for name, entry in update.before.items()}
    retained = {name for name, policy in policies.items() if policy.startswith("Retain")}
    return {
        *_by_type("replaces", map(update.type_of, update.replaced), REPLACED_FREELY),
        *_by_type("leaves", (update.type_of(name) for name in update.deleted & retained), DELETED_FREELY),
        *_by_type("deletes", (update.type_of(name) for name in update.deleted - retained), DELETED_FREELY),
        *(f"fails: {meeting.what.removeprefix('AWS::')}" for meeting in meetings(update)),
        *(f"fails: {refusal}" for refusal in refusals(update)),
        *(["sets back the weights of a rule"] if resets_weights(update) else ()),
    }


def _by_type(verb: str, types: Iterator[str], free: Mapping[str, str]) -> Iterator[str]:
    for type_ in types:
        if type_ not in free:
            yield f"{verb} {type_.removeprefix('AWS::')}"
