"""Load balancers, their listeners and target groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_BALANCER = "IpAddressType Name Scheme SecurityGroups Type"
_LISTENER = "AlpnPolicy Certificates DefaultActions LoadBalancerArn Port Protocol SslPolicy"
_RULE = "Actions Conditions Priority"
_TARGET_GROUP = (
    "HealthCheckEnabled HealthCheckIntervalSeconds HealthCheckPath HealthCheckPort HealthCheckProtocol "
    "HealthCheckTimeoutSeconds HealthyThresholdCount Matcher Port Protocol ProtocolVersion TargetType "
    "UnhealthyThresholdCount VpcId"
)
_CLASSIC = "HealthCheck LoadBalancerName Scheme SecurityGroups Subnets"


@reader(
    {
        "AWS::ElasticLoadBalancingV2::LoadBalancer": f"{_BALANCER} LoadBalancerAttributes SubnetMappings Subnets",
        "AWS::ElasticLoadBalancingV2::Listener": _LISTENER,
        "AWS::ElasticLoadBalancingV2::ListenerRule": f"{_RULE} ListenerArn",
    },
    elbv2=("describe_load_balancers", "describe_load_balancer_attributes", "describe_listeners", "describe_rules"),
)
def load_balancers(account: Account) -> Iterator[Found]:
    """Find Application, Network and Gateway Load Balancers with their listeners and rules."""
    for it in account.pages("elbv2", "describe_load_balancers", "LoadBalancers"):
        arn = it["LoadBalancerArn"]
        shown = properties({**it, "Name": it["LoadBalancerName"]}, _BALANCER)
        yield Found(
            type="AWS::ElasticLoadBalancingV2::LoadBalancer",
            name=arn,
            properties={
                **shown,
                "Subnets": [zone["SubnetId"] for zone in it.get("AvailabilityZones", ()) if "SubnetId" in zone],
                "LoadBalancerAttributes": account.perhaps(
                    "elbv2", "describe_load_balancer_attributes", "Attributes", LoadBalancerArn=arn
                ),
            },
            identifiers=frozenset({arn, arn.partition(":loadbalancer/")[2]}),
        )
        for listener in account.pages("elbv2", "describe_listeners", "Listeners", LoadBalancerArn=arn):
            yield from _listener(account, listener)


def _listener(account: Account, it: dict[str, Any]) -> Iterator[Found]:
    arn = it["ListenerArn"]
    yield Found(
        type="AWS::ElasticLoadBalancingV2::Listener",
        name=arn,
        properties=properties(it, _LISTENER),
        identifiers=frozenset({arn}),
    )
    for rule in account.pages("elbv2", "describe_rules", "Rules", ListenerArn=arn):
        if not rule.get("IsDefault"):
            yield Found(
                type="AWS::ElasticLoadBalancingV2::ListenerRule",
                name=rule["RuleArn"],
                properties={**properties(rule, _RULE), "ListenerArn": arn},
                identifiers=frozenset({rule["RuleArn"]}),
            )


@reader(
    {"AWS::ElasticLoadBalancingV2::TargetGroup": f"{_TARGET_GROUP} Name TargetGroupAttributes"},
    elbv2=("describe_target_groups", "describe_target_group_attributes"),
)
def target_groups(account: Account) -> Iterator[Found]:
    """Find the target groups."""
    for it in account.pages("elbv2", "describe_target_groups", "TargetGroups"):
        arn = it["TargetGroupArn"]
        yield Found(
            type="AWS::ElasticLoadBalancingV2::TargetGroup",
            name=arn,
            properties={
                **properties(it, _TARGET_GROUP),
                "Name": it["TargetGroupName"],
                "TargetGroupAttributes": account.perhaps(
                    "elbv2", "describe_target_group_attributes", "Attributes", TargetGroupArn=arn
                ),
            },
            identifiers=frozenset({arn, f"targetgroup/{arn.partition(':targetgroup/')[2]}"}),
        )


@reader(
    {
        "AWS::ElasticLoadBalancing::LoadBalancer": (
            f"{_CLASSIC} AccessLoggingPolicy ConnectionDrainingPolicy CrossZone Listeners"
        )
    },
    elb=("describe_load_balancers", "describe_load_balancer_attributes"),
)
def classic_load_balancers(account: Account) -> Iterator[Found]:
    """Find Classic Load Balancers."""
    for it in account.pages("elb", "describe_load_balancers", "LoadBalancerDescriptions"):
        name = it["LoadBalancerName"]
        answer = account.call("elb", "describe_load_balancer_attributes", LoadBalancerName=name) or {}
        attributes = answer.get("LoadBalancerAttributes", {})
        yield Found(
            type="AWS::ElasticLoadBalancing::LoadBalancer",
            name=name,
            properties={
                **properties(it, _CLASSIC),
                "AccessLoggingPolicy": attributes.get("AccessLog", {}),
                "ConnectionDrainingPolicy": attributes.get("ConnectionDraining", {}),
                "CrossZone": attributes.get("CrossZoneLoadBalancing", {}).get("Enabled", False),
                "Listeners": [one["Listener"] for one in it.get("ListenerDescriptions", ())],
            },
            identifiers=frozenset({name}),
        )
