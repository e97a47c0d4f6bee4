"""The way from a load balancer to tasks of another stack."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.checks.engine import CHECKS, run_checks
from cdk_containers.checks.rules import network_paths
from cdk_containers.checks.templates import Estate

GROUP = "AWS::EC2::SecurityGroup"
EDGE = {
    "Resources": {
        "Callers": {"Type": GROUP},
        "Balancer": {
            "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
            "Properties": {"SecurityGroups": [{"Ref": "Callers"}]},
        },
        "Web": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 443, "Protocol": "HTTPS"},
        },
    },
    "Outputs": {
        "Callers": {"Value": {"Fn::GetAtt": "Callers.GroupId"}, "Export": {"Name": "callers"}},
        "Web": {"Value": {"Ref": "Web"}, "Export": {"Name": "listener"}},
    },
}


def service(port: int) -> dict[str, Any]:
    ingress = {
        "IpProtocol": "tcp",
        "FromPort": 8080,
        "ToPort": 8080,
        "SourceSecurityGroupId": {"Fn::ImportValue": "callers"},
    }
    forward = {"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "Targets"}}]}}
    return {
        "Resources": {
            "Targets": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"TargetType": "ip"}},
            "Rule": {
                "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
                "Properties": {"ListenerArn": {"Fn::ImportValue": "listener"}, "Priority": 1, "Actions": [forward]},
            },
            "Tasks": {"Type": GROUP, "Properties": {"SecurityGroupIngress": [ingress]}},
            "Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"NetworkMode": "awsvpc"}},
            "Service": {
                "Type": "AWS::ECS::Service",
                "Properties": {
                    "TaskDefinition": {"Ref": "Task"},
                    "LoadBalancers": [{"ContainerPort": port, "TargetGroupArn": {"Ref": "Targets"}}],
                    "NetworkConfiguration": {"AwsvpcConfiguration": {"SecurityGroups": [{"Ref": "Tasks"}]}},
                },
            },
        }
    }


@pytest.mark.parametrize(
    ("templates", "verdict"),
    [
        ([service(8080), EDGE], "pass"),
        ([service(9090), EDGE], "fail"),
        ([service(8080)], "cannot-tell"),
        ([service(9090)], "fail"),
    ],
)
def test_the_way_goes_through_exports_as_far_as_they_are_known(templates: list[dict[str, Any]], verdict: str):
    assert network_paths.gets_requests_through
    estate = Estate()
    for number, template in enumerate(templates):
        estate.add(f"{number}.yaml", template)
    [finding] = run_checks(estate, [it for it in CHECKS if it.practice == "load-balancer-to-task-path"]).findings
    assert finding.verdict == verdict
