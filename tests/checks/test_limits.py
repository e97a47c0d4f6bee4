"""What is counted against quotas: over several resources, over a whole template, and for a whole account."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.checks.engine import Finding, run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.rules.known_size import least_size
from cdk_containers.checks.rules.measures import MEASURES
from cdk_containers.checks.templates import Estate

LIMITS = [check for check in CHECKS if check.practice in {"hard-limits", "quota-headroom"}]


def estate_of(resources: Mapping[str, Any], **sections: Any) -> Estate:
    estate = Estate()
    estate.add("shop.template.json", {"Resources": resources, **sections}, stack_name="shop")
    return estate


def failures(estate: Estate) -> dict[tuple[str, str], Finding]:
    return {(it.practice, it.resource): it for it in run_checks(estate, LIMITS).failures}


def balancer(rules: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer"},
        "Listener": {
            "Type": "AWS::ElasticLoadBalancingV2::Listener",
            "Properties": {"LoadBalancerArn": {"Ref": "Balancer"}, "DefaultActions": []},
        },
    }
    for number in range(rules):
        group = {"Ref": f"Group{number}"}
        found[f"Group{number}"] = {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"}
        found[f"Rule{number}"] = {
            "Type": "AWS::ElasticLoadBalancingV2::ListenerRule",
            "Properties": {
                "ListenerArn": {"Ref": "Listener"},
                "Actions": [{"Type": "forward", "TargetGroupArn": group}],
                "Conditions": [],
            },
        }
        found[f"Service{number}"] = {
            "Type": "AWS::ECS::Service",
            "Properties": {"DesiredCount": 8, "LoadBalancers": [{"TargetGroupArn": group}]},
        }
    return found


def test_a_load_balancer_is_counted_with_all_that_is_behind_it():
    found = failures(estate_of(balancer(70)))
    why = found["quota-headroom", "Balancer"].why
    assert why == "it has 1,120 targets: 112% of the default quota of 1,000"  # 70 services of 8 tasks, twice
    assert ("hard-limits", "Balancer") not in found
    found = failures(estate_of(balancer(101)))
    assert (
        "101 target groups, and no Application Load Balancer has more than 100" in found["hard-limits", "Balancer"].why
    )
    assert "101 rules" in found["quota-headroom", "Balancer"].why


@pytest.mark.parametrize(
    ("section", "count", "practice"),
    [("Outputs", 159, ""), ("Outputs", 160, "quota-headroom"), ("Parameters", 201, "hard-limits")],
)
def test_a_stack_is_counted_as_a_whole(section: str, count: int, practice: str):
    many = {section: {f"It{number}": {} for number in range(count)}}
    found = failures(estate_of({"Topic": {"Type": "AWS::SNS::Topic"}}, **many))
    assert set(found) == ({(practice, "shop")} if practice else set())


def test_a_finding_of_a_stack_is_accepted_in_the_metadata_of_the_template_or_by_the_app():
    outputs = {f"It{number}": {} for number in range(190)}
    said = {"cdk_containers": {"opt_outs": {"quota-headroom": "it does not grow"}}}
    report = run_checks(estate_of({}, Outputs=outputs, Metadata=said), LIMITS)
    assert [(it.resource, it.acknowledged) for it in report.acknowledged] == [("shop", "it does not grow")]


def test_a_whole_stack_has_the_path_that_its_resources_share():
    def at(path: str) -> dict[str, Any]:
        return {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": path}}

    [template] = estate_of({"A": at("Prod/Shop/A/Resource"), "B": at("Prod/Shop/B/Resource")}).templates
    assert template.whole.construct_path == "Prod/Shop"


def test_the_size_of_a_template_is_that_of_its_file(tmp_path: Path):
    file = tmp_path / "big.template.json"
    file.write_text(json.dumps({"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}) + " " * 1_100_000)
    estate = Estate()
    assert read_estate([file], estate) == []
    assert "bytes of its template" in failures(estate)["hard-limits", "big"].why


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"a": [1, "b"]}, len('{"a":[1,"b"]}')),
        ({"Ref": "X"}, 2),
        ({"Fn::Join": ["-", ["ab", {"Ref": "X"}, "c"]]}, len('"ab--c"')),
        ({"Fn::Sub": "ab${X}c"}, len('"abc"')),
        ({"Fn::GetAtt": ["X", "Arn"]}, 2),
    ],
)
def test_the_known_size_is_the_least(value: object, size: int):
    assert least_size(value) == size


def test_a_long_policy_is_found_wherever_it_is_attached():
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "x" * 5200}]}
    role = {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyName": "a", "PolicyDocument": document}]}}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "b", "PolicyDocument": document, "Roles": [{"Ref": "Role"}]},
    }
    assert (
        "characters of its inline policies"
        in failures(estate_of({"Role": role, "P": policy}))["hard-limits", "Role"].why
    )
    assert ("hard-limits", "Role") not in failures(estate_of({"Role": role}))


def test_every_measure_is_of_a_quota_of_one_resource():
    assert {it.quota.scope for it in MEASURES} == {"resource"}
    assert len({it.quota.id for it in MEASURES}) == len(MEASURES) > 30
