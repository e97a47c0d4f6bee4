"""What templates need of the quotas of an account."""

from __future__ import annotations

from typing import Any

from cdk_containers.checks.limits import Need, needs
from cdk_containers.checks.templates import Estate

ROLE: dict[str, Any] = {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": ["a"]}}


def task(cpu: str) -> dict[str, Any]:
    return {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Cpu": cpu, "RequiresCompatibilities": ["FARGATE"]}}


def service(tasks: object, task_definition: str, **properties: Any) -> dict[str, Any]:
    given = {"DesiredCount": tasks, "TaskDefinition": {"Ref": task_definition}, "LaunchType": "FARGATE", **properties}
    return {"Type": "AWS::ECS::Service", "Properties": given}


def needed(*stacks: dict[str, Any], environments: tuple[str, ...] = ("aws://1/eu-west-1",) * 9) -> dict[str, Need]:
    estate = Estate()
    for number, resources in enumerate(stacks):
        estate.add(f"{number}.json", {"Resources": resources}, environment=environments[number])
    return {it.quota.id: it for it in needs(estate)}


def test_quotas_of_a_region_are_summed_over_stacks_and_those_of_a_resource_are_the_most():
    found = needed({"A": ROLE, "B": ROLE}, {"C": {**ROLE, "Properties": {"ManagedPolicyArns": ["a", "b"]}}})
    assert (found["roles"].amount, found["roles"].of) == (3, "")
    assert (found["role-managed-policies"].amount, found["role-managed-policies"].of) == (2, "C")
    assert found["stacks"].amount == 2
    assert found["roles"].environment == "aws://1/eu-west-1"
    assert found["roles"].quota.code == "iam/L-FE177D64"


def test_vcpus_are_those_of_a_deployment():
    found = needed({"T": task("512"), "S": service(4, "T"), "U": task("2 vCPU"), "R": service(1, "U")})
    assert found["fargate-vcpus"].amount == 4 * 2 * 0.5 + 1 * 2 * 2
    assert "fargate-spot-vcpus" not in found


def test_spot_has_a_quota_of_its_own():
    mixed = [{"CapacityProvider": "FARGATE", "Base": 1}, {"CapacityProvider": "FARGATE_SPOT", "Weight": 1}]
    spot = service(2, "T", CapacityProviderStrategy=mixed)
    del spot["Properties"]["LaunchType"]
    found = needed({"T": task("1024"), "S": spot})
    assert found["fargate-vcpus"].amount == found["fargate-spot-vcpus"].amount == 4


def test_what_cannot_be_counted_is_said():
    found = needed({"T": task("1024"), "S": service({"Fn::ImportValue": "count"}, "T"), "R": service(1, "T")})
    assert found["fargate-vcpus"].amount == 2
    assert "S: " in found["fargate-vcpus"].unknown[0]


def test_environments_are_apart():
    estate = Estate()
    estate.add("a", {"Resources": {"A": ROLE}}, environment="aws://1/eu-west-1")
    estate.add("b", {"Resources": {"A": ROLE}}, environment="aws://2/eu-west-1")
    roles = [it for it in needs(estate) if it.quota.id == "roles"]
    assert [(it.environment, it.amount) for it in roles] == [("aws://1/eu-west-1", 1), ("aws://2/eu-west-1", 1)]
