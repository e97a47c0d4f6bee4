"""A platform and its teams: who needs whom, rules that are there once, and who may read which secret."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from .conftest import Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]

PLATFORM, TEAMS, ELSEWHERE = "shared-platform", ("team-shop", "team-billing"), "second-account"


def outputs_used(assembly: Assembly, stack: str) -> set[str]:
    """Name the stacks whose outputs a template reads."""
    return {stack for stack, _ in _outputs(assembly.template(stack))}


def _outputs(part: Any) -> Iterator[tuple[str, str]]:
    if isinstance(part, dict):
        if "Fn::GetStackOutput" in part:
            read = part["Fn::GetStackOutput"]
            yield read["StackName"], read["OutputName"]
        for inner in part.values():
            yield from _outputs(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _outputs(inner)


def resolved(assembly: Assembly, stack: str, part: Any) -> str:
    """Say what a value of a template is, alike in each stack that names it."""
    read = next(_outputs(part), None)
    if read is None:
        return f"{stack} {json.dumps(part, sort_keys=True)}"
    name, output = read
    value = assembly.templates[name]["Outputs"][output]["Value"]
    return f"{name.partition('-')[2]} {json.dumps(value, sort_keys=True)}"


def rules(assembly: Assembly) -> Counter[tuple[str, ...]]:
    """Count the rules between security groups: direction, both groups, protocol and ports."""
    counted: Counter[tuple[str, ...]] = Counter()
    for stack in (PLATFORM, *TEAMS):
        for resource in assembly.template(stack)["Resources"].values():
            direction = resource["Type"].removeprefix("AWS::EC2::SecurityGroup")
            if direction not in ("Ingress", "Egress"):
                continue
            rule = resource["Properties"]
            other = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
            groups = [resolved(assembly, stack, group) for group in (rule["GroupId"], other)]
            counted[(direction, *groups, rule["IpProtocol"], str(rule["FromPort"]), str(rule["ToPort"]))] += 1
    return counted


def test_teams_need_the_platform_which_needs_no_team(assembly: Assembly) -> None:
    name = assembly.environment
    for team in TEAMS:
        assert f"{name}-{PLATFORM}" in outputs_used(assembly, team)
    assert outputs_used(assembly, PLATFORM) <= {f"{name}-network"}
    assert outputs_used(assembly, ELSEWHERE) == set()


def test_each_rule_between_security_groups_is_there_once(assembly: Assembly) -> None:
    counted = rules(assembly)
    ports = Counter(key[4:] for key in counted)
    # Both load balancers reach the instances, where services of both teams are; three kinds of tasks mount files.
    assert ports["32768", "65535"] == 4
    assert ports["2049", "2049"] == 3
    assert [rule for rule, count in counted.items() if count > 1] == []


def test_who_reads_a_secret_may_decrypt_it_and_the_key_names_nobody(assembly: Assembly) -> None:
    for team, readers in (("team-shop", 1), ("team-billing", 2)):
        policies = [
            statements
            for resource in assembly.template(team)["Resources"].values()
            if resource["Type"] == "AWS::IAM::Policy"
            and "secretsmanager:GetSecretValue"
            in json.dumps(statements := resource["Properties"]["PolicyDocument"]["Statement"])
        ]
        assert len(policies) == readers
        for statements in policies:
            decrypts = [it for it in statements if it["Action"] == "kms:Decrypt"]
            assert "kms:ViaService" in json.dumps(decrypts)
    keys = [it for it in assembly.template(PLATFORM)["Resources"].values() if it["Type"] == "AWS::KMS::Key"]
    assert "root" in json.dumps(keys)
    assert "ExecutionRole" not in json.dumps(keys)


def test_the_second_account_pulls_from_the_first(assembly: Assembly) -> None:
    name = f"{assembly.environment}-platform/web"
    [repository] = [
        it for it in assembly.template(PLATFORM)["Resources"].values() if it["Type"] == "AWS::ECR::Repository"
    ]
    assert repository["Properties"]["RepositoryName"] == name
    assert ":iam::222222222222:root" in json.dumps(repository["Properties"]["RepositoryPolicyText"])
    [task] = [
        it for it in assembly.template(ELSEWHERE)["Resources"].values() if it["Type"] == "AWS::ECS::TaskDefinition"
    ]
    image = json.dumps(task["Properties"]["ContainerDefinitions"][0]["Image"])
    assert "111111111111.dkr.ecr.eu-west-1." in image
    assert f"/{name}:1.0.0" in image
