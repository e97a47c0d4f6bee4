"""Who gets through security groups, wherever their rules stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cdk_containers.checks.rules.security_groups import can_reach, egress, ingress, obstacle
from cdk_containers.checks.templates import CannotTell, Estate, Reference, Resource, Unknown

GROUP = "AWS::EC2::SecurityGroup"
PORT = (8080, 8080)


def rule(**peer: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080, **peer}


FROM_CALLER = rule(SourceSecurityGroupId={"Fn::GetAtt": ["Caller", "GroupId"]})
TO_TARGET = rule(DestinationSecurityGroupId={"Fn::GetAtt": ["Target", "GroupId"]})


def estate(
    *,
    accepts: list[Any] | None = None,
    sends: list[Any] | None = None,
    more: Mapping[str, Any] | None = None,
    **template: Any,
) -> Estate:
    caller = {} if sends is None else {"SecurityGroupEgress": sends}
    target = {} if accepts is None else {"SecurityGroupIngress": accepts}
    made = Estate()
    resources = {
        "Caller": {"Type": GROUP, "Properties": caller},
        "Target": {"Type": GROUP, "Properties": {"VpcId": {"Ref": "Vpc"}, **target}},
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}},
        **(more or {}),
    }
    made.add("template.yaml", {"Resources": resources, **template})
    return made


def of(made: Estate, name: str) -> Resource:
    return made.templates[0].resources[name]


def way(made: Estate) -> bool:
    return can_reach(made, [Reference(of(made, "Caller"))], [Reference(of(made, "Target"), "GroupId")], PORT)


def separate(direction: str, group: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"Type": f"{GROUP}{direction}", "Properties": {"GroupId": {"Ref": group}, **properties}}


@pytest.mark.parametrize(
    "accepted",
    [
        FROM_CALLER,
        rule(CidrIp="0.0.0.0/0"),
        rule(CidrIp="10.0.0.0/8"),
        rule(CidrIp={"Fn::GetAtt": ["Vpc", "CidrBlock"]}),
        {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"},
        {"IpProtocol": "tcp", "CidrIp": "0.0.0.0/0"},
        FROM_CALLER | {"FromPort": "1", "ToPort": "65535"},
        FROM_CALLER | {"IpProtocol": 6},
    ],
)
def test_a_rule_of_the_target_lets_the_caller_in(accepted: Any):
    assert way(estate(accepts=[accepted]))


@pytest.mark.parametrize(
    "accepted",
    [
        FROM_CALLER | {"ToPort": 8081, "FromPort": 8081},
        FROM_CALLER | {"IpProtocol": "udp"},
        rule(SourceSecurityGroupId={"Ref": "Target"}),
        rule(SourceSecurityGroupId="sg-11111111"),
        rule(CidrIp="203.0.113.0/24"),
        rule(CidrIp="10.2.0.0/16"),
        rule(CidrIpv6="fd00::/64"),
    ],
)
def test_no_rule_of_the_target_lets_the_caller_in(accepted: Any):
    made = estate(accepts=[accepted])
    assert obstacle(made, [Reference(of(made, "Caller"))], [Reference(of(made, "Target"))], PORT) == (
        "the targets do not accept it"
    )
    assert way(estate(accepts=[accepted, FROM_CALLER]))


@pytest.mark.parametrize(
    "accepted",
    [
        rule(SourceSecurityGroupId={"Ref": "Other"}),
        rule(CidrIp={"Ref": "Other"}),
        rule(CidrIp="10.1.3.0/24"),
        rule(SourcePrefixListId="pl-1"),
        FROM_CALLER | {"FromPort": {"Ref": "Other"}},
    ],
)
def test_a_rule_that_may_let_the_caller_in_cannot_be_told(accepted: Any):
    parameters = {"Other": {"Type": "String"}}
    with pytest.raises(CannotTell):
        way(estate(accepts=[accepted], Parameters=parameters))
    assert way(estate(accepts=[accepted, FROM_CALLER], Parameters=parameters))
    assert not way(estate(accepts=[rule(CidrIp="203.0.113.0/24")], Parameters=parameters))


def test_rules_stand_in_resources_of_their_own_too():
    assert not way(estate())
    assert way(estate(more={"In": separate("Ingress", "Target", FROM_CALLER)}))
    assert not way(estate(more={"In": separate("Ingress", "Caller", FROM_CALLER)}))


def test_the_caller_may_send_everywhere_until_a_rule_limits_it():
    accepts = [FROM_CALLER]
    assert str(egress(of(estate(), "Caller"))[0]) == "all ports"
    assert way(estate(accepts=accepts, sends=[]))
    assert way(estate(accepts=accepts, sends=[TO_TARGET]))
    assert not way(estate(accepts=accepts, sends=[TO_TARGET | {"ToPort": 443, "FromPort": 443}]))
    assert not way(estate(accepts=accepts, sends=[{"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}]))
    nothing = [{"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}]
    assert not way(estate(accepts=accepts, sends=nothing))
    assert way(estate(accepts=accepts, sends=nothing, more={"Out": separate("Egress", "Caller", TO_TARGET)}))
    made = estate(accepts=accepts, sends=nothing)
    assert obstacle(made, [Reference(of(made, "Caller"))], [Reference(of(made, "Target"))], PORT) == (
        "the caller is not allowed to send it"
    )


def test_a_closed_end_is_an_obstacle_even_where_the_other_end_is_unknown():
    made = estate(accepts=[rule(CidrIp="203.0.113.0/24")])
    unknown = Unknown("parameter Group")
    assert not can_reach(made, [unknown], [Reference(of(made, "Target"))], PORT)
    with pytest.raises(CannotTell, match="parameter Group"):
        can_reach(made, [Reference(of(made, "Caller"))], [unknown], PORT)


def test_a_rule_names_the_group_from_outside_that_calls():
    made = estate(accepts=[rule(SourceSecurityGroupId={"Ref": "Outside"})], Parameters={"Outside": {"Type": "String"}})
    outside = ingress(of(made, "Target"))[0].peer_group
    with pytest.raises(CannotTell, match="parameter Outside"):
        can_reach(made, [outside], [Reference(of(made, "Target"))], PORT)
    assert not can_reach(made, [outside], [Reference(of(made, "Target"))], (22, 22))


def test_dynamic_ports_need_all_their_range():
    ports = (49153, 60999)
    for first, enough in ((32768, True), (50000, False)):
        made = estate(accepts=[FROM_CALLER | {"FromPort": first, "ToPort": 65535}])
        assert can_reach(made, [Reference(of(made, "Caller"))], [Reference(of(made, "Target"))], ports) is enough


def test_a_rule_is_open_when_the_whole_internet_is_at_the_other_end():
    listed = {"Type": "AWS::EC2::PrefixList", "Properties": {"Entries": [{"Cidr": "0.0.0.0/0"}]}}
    rules = [
        rule(CidrIp="0.0.0.0/0"),
        rule(CidrIpv6="::/0"),
        rule(SourcePrefixListId={"Ref": "Listed"}),
        rule(CidrIp="10.0.0.0/8"),
        rule(SourcePrefixListId="pl-1"),
        FROM_CALLER,
    ]
    made = estate(accepts=rules, more={"Listed": listed})
    assert [it.is_open for it in ingress(of(made, "Target"))] == [True, True, True, False, False, False]
    assert [str(it) for it in ingress(of(made, "Target"))] == ["tcp 8080"] * 6


def test_groups_of_an_account_are_found_by_their_ids():
    made = Estate()
    template = made.add("account", {"Resources": {}})
    for name, properties in {
        "sg-1": {"SecurityGroupEgress": [rule(DestinationSecurityGroupId="sg-2")]},
        "sg-2": {"SecurityGroupIngress": [rule(SourceSecurityGroupId="sg-1")]},
    }.items():
        declared = {"Type": GROUP, "Properties": properties}
        template.resources[name] = Resource(name, declared, template, frozenset({name}))
    assert can_reach(made, ["sg-1"], ["sg-2"], PORT)
    assert not can_reach(made, ["sg-2"], ["sg-1"], PORT)
