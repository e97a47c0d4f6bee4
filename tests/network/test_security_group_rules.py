"""Rules between security groups: each once in an app."""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2

from cdk_containers.network import Connections, PortRange, groups_of, let_in
from tests.toolkit import network, resources, synth

INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
WEB = PortRange(first=80, last=80)


def group(stack: cdk.Stack, id: str, *, closed: bool = False) -> ec2.SecurityGroup:  # noqa: A002
    return ec2.SecurityGroup(stack, id, vpc=network(stack).vpc, allow_all_outbound=not closed)


def imported(stack: cdk.Stack, id: str, group_id: str) -> ec2.ISecurityGroup:  # noqa: A002
    return ec2.SecurityGroup.from_security_group_id(stack, id, group_id, allow_all_outbound=False)


@pytest.mark.parametrize("ports", [WEB, PortRange(first=1, last=9), PortRange(first=53, last=53, protocol="udp")])
def test_a_rule_is_made_once_and_returned_each_time(ports: PortRange):
    stack = cdk.Stack(cdk.App(), "Shop")
    tasks, balancer = group(stack, "Tasks"), group(stack, "Balancer", closed=True)
    one = let_in(tasks, balancer, ports, user=stack, description="first")
    two = let_in(tasks, balancer, ports, user=stack, description="second")
    assert len(one) == 2
    assert one == two
    template = synth(stack)
    for type_ in (INGRESS, EGRESS):
        [rule] = resources(template, type_).values()
        found = rule["Properties"]
        assert (found["IpProtocol"], found["FromPort"], found["ToPort"]) == (ports.protocol, ports.first, ports.last)
        assert found["Description"] == "first"


def test_a_group_that_may_connect_to_everything_needs_no_second_rule():
    stack = cdk.Stack(cdk.App(), "Shop")
    assert len(let_in(group(stack, "Tasks"), group(stack, "Open"), WEB, user=stack, description="")) == 1
    template = synth(stack)
    assert resources(template, INGRESS)
    assert not resources(template, EGRESS)


def test_another_app_has_rules_of_its_own():
    for _ in range(2):
        stack = cdk.Stack(cdk.App(), "Shop")
        let_in(imported(stack, "One", "sg-1"), imported(stack, "Two", "sg-2"), WEB, user=stack, description="")
        assert len(resources(synth(stack), INGRESS)) == 1


def test_where_both_groups_are_imported_twice_the_second_stack_is_warned():
    app = cdk.App()
    one, two = cdk.Stack(app, "One"), cdk.Stack(app, "Two")
    made = [
        let_in(imported(stack, "Tasks", "sg-1"), imported(stack, "Balancer", "sg-2"), WEB, user=stack, description="")
        for stack in (one, two)
    ]
    assert [len(rules) for rules in made] == [2, 0]
    warned = {
        stack.stack_name: len(
            assertions.Annotations.from_stack(stack).find_warning(
                "*", assertions.Match.string_like_regexp("accepts it only once")
            )
        )
        for stack in (one, two)
    }
    assert warned["One"] == 0
    assert warned["Two"] > 0
    assert one in two.dependencies
    assert len(resources(synth(one), INGRESS)) == 1
    assert not resources(synth(two), INGRESS)


def test_groups_imported_once_need_no_warning():
    app = cdk.App()
    platform, one, two = (cdk.Stack(app, name) for name in ("Platform", "One", "Two"))
    tasks, balancer = imported(platform, "Tasks", "sg-1"), imported(platform, "Balancer", "sg-2")
    for stack in (one, two):
        assert let_in(tasks, balancer, WEB, user=stack, description="") == []
        assert platform in stack.dependencies
    assert len(resources(synth(platform), INGRESS)) == len(resources(synth(platform), EGRESS)) == 1


def test_a_group_that_connections_get_later_is_known():
    stack = cdk.Stack(cdk.App(), "Shop")
    first, second = group(stack, "First"), group(stack, "Second")
    both = Connections(security_groups=[first])
    assert groups_of(both) == [first]
    both.add_security_group(second)
    assert groups_of(both) == [first, second]
