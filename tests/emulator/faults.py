"""Check an account with the command, while it has manual misconfigurations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .cdk_cli import Emulator

PLANTED = "planted-by-hand"
OPENED = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
HEADERS = "routing.http.drop_invalid_header_fields.enabled"


def check_with_faults(emulator: Emulator) -> dict[str, Any]:
    """Return the report as JSON, and in `faults` what was planted: practice and resource."""
    with faults(emulator) as planted:
        code, out, err = emulator.command("check", "--live", "--format", "json")
    assert (code, err) == (1, "")
    return {**json.loads(out), "faults": planted}


@contextmanager
def faults(emulator: Emulator) -> Iterator[list[tuple[str, str]]]:
    """Plant a fault of each kind: a new resource, a rule beside those of the stack, an attribute that was changed."""
    ecr, ec2, elbv2 = (emulator.client(name) for name in ("ecr", "ec2", "elbv2"))
    repository = ecr.create_repository(repositoryName=PLANTED)["repository"]["repositoryArn"]
    group = group_of_tasks(emulator)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[OPENED])
    balancers = elbv2.describe_load_balancers()["LoadBalancers"]
    balancer = next(it["LoadBalancerArn"] for it in balancers if it["Type"] == "application")
    change = elbv2.modify_load_balancer_attributes
    change(LoadBalancerArn=balancer, Attributes=[{"Key": HEADERS, "Value": "false"}])
    yield [
        ("immutable-tags", repository),
        ("closed-task-security-group", group),
        ("drop-invalid-headers", balancer),
    ]
    ecr.delete_repository(repositoryName=PLANTED)
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[OPENED])
    change(LoadBalancerArn=balancer, Attributes=[{"Key": HEADERS, "Value": "true"}])


def group_of_tasks(emulator: Emulator) -> str:
    """Return a security group of tasks behind a load balancer."""
    ecs = emulator.client("ecs")
    for cluster in ecs.list_clusters()["clusterArns"]:
        for arn in ecs.list_services(cluster=cluster)["serviceArns"]:
            (service,) = ecs.describe_services(cluster=cluster, services=[arn])["services"]
            network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
            if service["loadBalancers"] and network.get("securityGroups"):
                group: str = network["securityGroups"][0]
                return group
    raise AssertionError("no service has a load balancer and a security group")
