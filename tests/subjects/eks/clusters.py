"""Subjects of `clusters`."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs

from cdk_containers import (
    AccessEntry,
    AccessPolicy,
    AddOnOptions,
    AutoMode,
    EksCluster,
    Logs,
    PublicAccess,
)
from tests.toolkit import ADMIN, REASON, eks_cluster, network

from ..making import OFF, key, role
from ..subject import Change, Subject

DEVELOPER = "arn:aws:iam::111111111111:role/developer"


def _entry(stack: cdk.Stack, **given: Any) -> AccessEntry:
    return AccessEntry(stack, "Entry", **{"cluster": eks_cluster(stack), "principal": DEVELOPER} | given)


SUBJECTS: list[Subject] = [
    Subject(
        EksCluster,
        lambda stack, given: EksCluster(stack, "Eks", **given),
        lambda stack: {"version": "1.36", "network": network(stack), "admins": [ADMIN]},
    ),
    Subject(
        PublicAccess,
        lambda stack, given: eks_cluster(stack, public_access=PublicAccess(**given)),
        lambda _: {"cidrs": ["198.51.100.0/24"], "reason": REASON},
    ),
    Subject(AutoMode, lambda stack, given: eks_cluster(stack, auto_mode=AutoMode(**given))),
    Subject(
        AddOnOptions,
        lambda stack, given: eks_cluster(stack, default_add_ons={"vpc-cni": AddOnOptions(**given)}),
    ),
    Subject(AccessEntry, lambda stack, given: _entry(stack, **given)),
    Subject(
        AccessPolicy,
        lambda stack, given: _entry(stack, policies=[AccessPolicy(**given)]),
        lambda _: {"name": "AmazonEKSViewPolicy"},
    ),
]

CHANGES: dict[str, dict[str, Any]] = {
    "EksCluster": {
        "version": "1.35",
        "admins": [DEVELOPER],
        "network": None,
        "control_plane_subnets": lambda stack: ec2.SubnetSelection(
            subnets=[
                ec2.Subnet.from_subnet_attributes(
                    stack, f"Small{zone}", subnet_id=f"subnet-0ccccccccccccccc{zone}", availability_zone=zone
                )
                for zone in ("eu-west-1a", "eu-west-1b")
            ]
        ),
        "public_access": PublicAccess(cidrs=["198.51.100.0/24"], reason=REASON),
        "compute": "FARGATE",
        "auto_mode": AutoMode(),
        "default_add_ons": {"kube-proxy": OFF},
        "encryption_key": key("SecretsKey"),
        "control_plane_logs": Logs(retention=aws_logs.RetentionDays.ONE_MONTH),
        "support_type": OFF,
        "deletion_protection": OFF,
        "zonal_shift": OFF,
        "service_cidr": "192.168.0.0/16",
        "cluster_name": "shop",
        "remote_node_networks": ["10.80.0.0/16"],
        "remote_pod_networks": Change(value=["10.85.0.0/16"], beside={"remote_node_networks": ["10.80.0.0/16"]}),
    },
    "PublicAccess": {"cidrs": ["203.0.113.0/24"], "reason": "another reason that a reviewer understands"},
    "AutoMode": {"node_pools": ["system"], "node_role": role},
    "AddOnOptions": {
        "version": "v1.20.4-eksbuild.1",
        "configuration": {"env": {"WARM_PREFIX_TARGET": "2"}},
        "resolve_conflicts": "PRESERVE",
        "preserve_on_delete": True,
    },
    "AccessEntry": {
        "cluster": lambda stack: eks_cluster(stack, "Other"),
        "principal": role,
        "policies": [AccessPolicy(name="AmazonEKSViewPolicy")],
        "kubernetes_groups": ["developers"],
        "username": "developer:{{SessionName}}",
        "type": "EC2",
    },
    "AccessPolicy": {"name": "AmazonEKSEditPolicy", "namespaces": ["shop"]},
}

NOT_IN_THE_TEMPLATE: dict[str, str] = {}

NOT_A_SUBJECT: dict[str, str] = {"UpgradeBlocker": "an answer: see tests/eks/clusters/test_upgrades.py"}
