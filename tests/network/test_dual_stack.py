"""What runs in a dual-stack network: it reaches others over IPv6, and is reached."""

import aws_cdk as cdk
import pytest

from cdk_containers import Cluster, Ec2Capacity, ManagedInstancesCapacity, Network, ScheduledJob
from tests.toolkit import IMAGE, Template, backend, new_stack, resources, synth


def stack_with_cluster(*, dual_stack: bool | None) -> tuple[cdk.Stack, Cluster]:
    stack = new_stack(region="eu-west-1")
    network = Network.from_attributes(
        stack,
        "Network",
        vpc_id="vpc-1",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-1", "subnet-2"],
        public_subnet_ids=["subnet-3", "subnet-4"],
        dual_stack=dual_stack,
    )
    return stack, Cluster(stack, "Cluster", network=network)


def open_over_ipv6(template: Template) -> set[str]:
    """Return the security groups that let everything out over IPv6."""
    found = {
        name
        for name, entry in resources(template, "AWS::EC2::SecurityGroup").items()
        if any(rule.get("CidrIpv6") == "::/0" for rule in entry["Properties"].get("SecurityGroupEgress", ()))
    }
    return found | {
        entry["Properties"]["GroupId"]["Fn::GetAtt"][0]
        for entry in resources(template, "AWS::EC2::SecurityGroupEgress").values()
        if entry["Properties"].get("CidrIpv6") == "::/0" and entry["Properties"]["IpProtocol"] == "-1"
    }


@pytest.mark.parametrize(("dual_stack", "count"), [(True, 4), (False, 0), (None, 0)])
def test_tasks_and_instances_reach_others_over_ipv6_where_there_is_any(dual_stack: bool | None, count: int):  # noqa: FBT001
    stack, cluster = stack_with_cluster(dual_stack=dual_stack)
    backend(stack, cluster=cluster)
    ScheduledJob(stack, "Job", cluster=cluster, image=IMAGE, schedule="rate(1 day)")
    Ec2Capacity(stack, "Instances", cluster=cluster, instance_types=["m7i.large"], max_instances=2)
    ManagedInstancesCapacity(stack, "Managed", cluster=cluster)
    template = synth(stack)
    assert len(resources(template, "AWS::EC2::SecurityGroup")) == 4
    assert len(open_over_ipv6(template)) == count
