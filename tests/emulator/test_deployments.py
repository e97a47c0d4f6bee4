"""Deployments that shift traffic, as the emulated account has them: two target groups each, and one who moves them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.emulator.life import Life, construct_id

pytestmark = pytest.mark.emulator

STRATEGIES = {
    "deployments/Intranet": "BLUE_GREEN",
    "deployments/Orders": "CANARY",
    "deployments/Feed": "LINEAR",
}
REPORTS = "deployments/Reports"


def attached(life: Life, name: str) -> tuple[str, dict[str, Any]]:
    (found,) = life.services["deployed"][name]["loadBalancers"]
    return found["targetGroupArn"], found["advancedConfiguration"]


def test_each_service_shifts_traffic_in_its_own_way(life: Life) -> None:
    configured = {name: it.get("deploymentConfiguration", {}) for name, it in life.services["deployed"].items()}
    shifting = {name: it["strategy"] for name, it in configured.items() if it.get("strategy", "ROLLING") != "ROLLING"}
    assert shifting == STRATEGIES
    assert configured["deployments/Orders"]["canaryConfiguration"]["canaryPercent"] == 10
    assert configured["deployments/Feed"]["linearConfiguration"]["stepPercent"] == 25


@pytest.mark.parametrize("name", sorted(STRATEGIES))
def test_rules_lead_to_one_target_group_and_know_the_other(life: Life, name: str) -> None:
    blue, advanced = attached(life, name)
    green = advanced["alternateTargetGroupArn"]
    assert blue != green
    for rule in (advanced["productionListenerRule"], advanced["testListenerRule"]):
        weights = {it["TargetGroupArn"]: it["Weight"] for it in life.seen["forwards"][rule]}
        assert weights == {blue: 100, green: 0}
    (trust,) = life.seen["trust"][advanced["roleArn"]]
    assert trust["Principal"]["Service"] == "ecs.amazonaws.com"


def test_a_hook_calls_the_function_of_the_stack_by_a_role(life: Life) -> None:
    (hook,) = life.services["deployed"]["deployments/Intranet"]["deploymentConfiguration"]["lifecycleHooks"]
    assert hook["hookTargetArn"] in life.inventories["deployed"]["AWS::Lambda::Function"]
    assert hook["roleArn"] in life.inventories["deployed"]["AWS::IAM::Role"]
    assert hook["hookDetails"]["url"].endswith(":8443/healthz")


def test_the_deployment_group_has_service_target_groups_and_listeners(life: Life) -> None:
    (group,) = life.seen["deployment groups"]
    (deployed,) = group["ecsServices"]
    service = life.services["deployed"][REPORTS]
    assert deployed["serviceName"] == service["serviceName"]
    assert construct_id(deployed["serviceName"]) == REPORTS
    assert service["clusterArn"].endswith(f"/{deployed['clusterName']}")
    assert service["deploymentController"]["type"] == "CODE_DEPLOY"
    (pair,) = group["loadBalancerInfo"]["targetGroupPairInfoList"]
    blue, green = (life.seen["target groups"][it["name"]] for it in pair["targetGroups"])
    assert [it["targetGroupArn"] for it in service["loadBalancers"]] == [blue]
    assert green != blue
    routes = [*pair["prodTrafficRoute"]["listenerArns"], *pair["testTrafficRoute"]["listenerArns"]]
    assert len(set(routes)) == 2
    assert set(routes) < set(life.inventories["deployed"]["AWS::ElasticLoadBalancingV2::Listener"])
    (trust,) = life.seen["trust"][group["serviceRoleArn"]]
    assert trust["Principal"]["Service"] == "codedeploy.amazonaws.com"


def test_an_update_leaves_to_codedeploy_what_its_service_runs(life: Life) -> None:
    before, after = (life.services[moment][REPORTS]["taskDefinition"] for moment in ("deployed", "updated"))
    assert before == after
    revisions = life.inventories["updated"]["AWS::ECS::TaskDefinition"]
    family = before.rsplit(":", 1)[0]
    assert [it for it in revisions if it.rsplit(":", 1)[0] == family] == [f"{family}:1", f"{family}:2"]
