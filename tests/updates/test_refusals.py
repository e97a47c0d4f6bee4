"""What ECS refuses in an update, on templates written by hand."""

from __future__ import annotations

from typing import Any

from tests.updates.comparison import compare
from tests.updates.refusals import refusals, resets_weights

PROVIDER = {"Ref": "Provider"}


def cluster(*providers: object, strategy: list[object] | None = None, **service: Any) -> dict[str, Any]:
    if strategy is not None:
        service["CapacityProviderStrategy"] = [{"CapacityProvider": provider} for provider in strategy]
    return {
        "Resources": {
            "Providers": {
                "Type": "AWS::ECS::ClusterCapacityProviderAssociations",
                "Properties": {"CapacityProviders": ["FARGATE", *providers]},
            },
            "Web": {"Type": "AWS::ECS::Service", "Properties": service},
        }
    }


def refused(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return sorted(refusals(compare(before, after)))


def test_a_provider_that_leaves_while_a_service_uses_it():
    before = cluster(PROVIDER, strategy=[PROVIDER])
    gone = cluster(strategy=["FARGATE"])
    retired = cluster(PROVIDER, strategy=["FARGATE"])
    assert refused(before, gone) == ["a service still uses a capacity provider that leaves the cluster"]
    assert refused(before, retired) == []
    assert refused(retired, gone) == []


def test_a_service_that_changes_to_code_deploy_and_back():
    ecs, code_deploy = cluster(), cluster(DeploymentController={"Type": "CODE_DEPLOY"})
    assert refused(ecs, code_deploy) == ["a service changes to CodeDeploy"]
    assert refused(code_deploy, ecs) == []
    assert refused(ecs, cluster(DeploymentController={"Type": "ECS"})) == []


def test_a_rule_whose_weights_are_those_of_ecs():
    def rule(path: str, *groups: str) -> dict[str, Any]:
        forward = {
            "Type": "forward",
            "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": group} for group in groups]},
        }
        properties = {"Conditions": [path], "Actions": [forward]}
        return {"Resources": {"Rule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": properties}}}

    def reset(before: dict[str, Any], after: dict[str, Any]) -> bool:
        return resets_weights(compare(before, after))

    assert reset(rule("/a", "blue", "green"), rule("/b", "blue", "green"))
    assert reset(rule("/a", "blue", "green"), rule("/a", "blue"))
    assert not reset(rule("/a", "blue", "green"), rule("/a", "blue", "green"))
    assert not reset(rule("/a", "blue"), rule("/a", "blue", "green"))


def test_what_code_deploy_deploys():
    before = cluster(DeploymentController={"Type": "CODE_DEPLOY"}, strategy=["FARGATE"], DesiredCount=1)
    spot = cluster(DeploymentController={"Type": "CODE_DEPLOY"}, strategy=["FARGATE_SPOT"], DesiredCount=1)
    more = cluster(DeploymentController={"Type": "CODE_DEPLOY"}, strategy=["FARGATE"], DesiredCount=2)
    assert refused(before, spot) == ["CodeDeploy deploys CapacityProviderStrategy"]
    assert refused(before, more) == []
