"""Services that CodeDeploy deploys."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_kms as kms

from cdk_containers import (
    AlbExposure,
    CodeDeployBlueGreen,
    ConstructError,
    Disabled,
    EbsVolume,
    ListenerRule,
    NlbExposure,
    Rolling,
    ServiceScaling,
    VolumeMount,
)
from cdk_containers.ecs.services.checks.deployments import deployment_problems
from tests.subjects.making import alarm
from tests.toolkit import (
    REASON,
    Template,
    backend,
    certificate,
    container,
    new_stack,
    properties,
    resource,
    resources,
    synth,
    web,
)

GROUP = "AWS::CodeDeploy::DeploymentGroup"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGETS = "AWS::ElasticLoadBalancingV2::TargetGroup"


def deployed(deployment: CodeDeployBlueGreen | None = None, **exposure: Any) -> Template:
    stack = new_stack()
    given = AlbExposure(port=8080, certificate=certificate(stack), **exposure)
    web(stack, exposure=given, deployment=deployment or CodeDeployBlueGreen())
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return deployed()


def problems_of(stack: Any, **options: Any) -> set[str]:
    with pytest.raises(ConstructError) as raised:
        backend(stack, **options)
    assert stack.node.try_find_child("Backend") is None
    return {problem.option for problem in raised.value.problems}


def test_ecs_leaves_deployments_to_codedeploy(default: Template):
    service = properties(default, "AWS::ECS::Service")
    assert service["DeploymentController"] == {"Type": "CODE_DEPLOY"}
    assert service["DeploymentConfiguration"] == {"MinimumHealthyPercent": 100, "MaximumPercent": 200}
    [balanced] = service["LoadBalancers"]
    assert "AdvancedConfiguration" not in balanced


def test_a_new_image_changes_the_task_definition_and_not_the_service(default: Template):
    """CloudFormation cannot deploy it: a service of CodeDeploy names the family, which does not change."""
    stack = new_stack()
    web(
        stack,
        image="nginx:1.29.2",
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        deployment=CodeDeployBlueGreen(),
    )
    after = synth(stack)
    assert resources(after, "AWS::ECS::TaskDefinition") != resources(default, "AWS::ECS::TaskDefinition")
    assert resources(after, "AWS::ECS::Service") == resources(default, "AWS::ECS::Service")
    family = properties(default, "AWS::ECS::TaskDefinition")["Family"]
    assert properties(default, "AWS::ECS::Service")["TaskDefinition"] == family
    [task] = resources(default, "AWS::ECS::TaskDefinition")
    assert task in resource(default, "AWS::ECS::Service")["DependsOn"]


def test_revisions_stay_for_codedeploy_to_go_back_to(default: Template):
    """CloudFormation would deregister what runs, and ECS starts no new version of what is deregistered."""
    task = resource(default, "AWS::ECS::TaskDefinition")
    assert (task["UpdateReplacePolicy"], task["DeletionPolicy"]) == ("Retain", "Delete")


def test_other_deployments_need_no_old_revisions(default: Template):
    stack = new_stack()
    web(stack, deployment=Rolling())
    assert "UpdateReplacePolicy" not in resource(synth(stack), "AWS::ECS::TaskDefinition")
    assert "UpdateReplacePolicy" in resource(default, "AWS::ECS::TaskDefinition")


def test_the_group_knows_service_target_groups_and_listener(default: Template):
    group = properties(default, GROUP)
    assert group["DeploymentStyle"] == {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"}
    assert group["DeploymentConfigName"] == "CodeDeployDefault.ECSAllAtOnce"
    [pair] = group["LoadBalancerInfo"]["TargetGroupPairInfoList"]
    assert [name["Name"]["Fn::GetAtt"][0] for name in pair["TargetGroups"]] == list(resources(default, TARGETS))
    [listener] = [name for name in resources(default, "AWS::ElasticLoadBalancingV2::Listener") if "Https" in name]
    assert pair["ProdTrafficRoute"] == {"ListenerArns": [{"Ref": listener}]}
    assert "TestTrafficRoute" not in pair
    [service] = resources(default, "AWS::ECS::Service")
    assert group["ECSServices"][0]["ServiceName"] == {"Fn::GetAtt": [service, "Name"]}


def test_its_alarms_and_its_failures_roll_it_back(default: Template):
    group = properties(default, GROUP)
    assert group["AutoRollbackConfiguration"] == {
        "Enabled": True,
        "Events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"],
    }
    assert group["AlarmConfiguration"]["Enabled"] is True
    watched = [name["Name"]["Ref"] for name in group["AlarmConfiguration"]["Alarms"]]
    assert watched == [name for name in resources(default, "AWS::CloudWatch::Alarm") if "ServerErrors" in name]
    assert len(watched) == 2


def test_without_alarms_its_failures_still_do():
    group = properties(deployed(CodeDeployBlueGreen(alarm_rollback=Disabled(REASON))), GROUP)
    assert group["AutoRollbackConfiguration"]["Events"] == ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"]
    assert not group.get("AlarmConfiguration", {}).get("Enabled")


def test_alarms_of_the_caller_are_watched_too():
    stack = new_stack()
    web(stack, deployment=CodeDeployBlueGreen(alarms=alarm(stack)))
    assert len(properties(synth(stack), GROUP)["AlarmConfiguration"]["Alarms"]) == 3


def test_the_old_version_stays_for_ten_minutes_and_nobody_is_waited_for(default: Template):
    assert properties(default, GROUP)["BlueGreenDeploymentConfiguration"] == {
        "DeploymentReadyOption": {"ActionOnTimeout": "CONTINUE_DEPLOYMENT", "WaitTimeInMinutes": 0},
        "TerminateBlueInstancesOnDeploymentSuccess": {"Action": "TERMINATE", "TerminationWaitTimeInMinutes": 10},
    }


def test_somebody_can_be_waited_for():
    waiting = CodeDeployBlueGreen(approval_wait=timedelta(hours=1), termination_wait=timedelta(hours=2))
    assert properties(deployed(waiting), GROUP)["BlueGreenDeploymentConfiguration"] == {
        "DeploymentReadyOption": {"ActionOnTimeout": "STOP_DEPLOYMENT", "WaitTimeInMinutes": 60},
        "TerminateBlueInstancesOnDeploymentSuccess": {"Action": "TERMINATE", "TerminationWaitTimeInMinutes": 120},
    }


def test_test_traffic_has_a_listener_that_begins_at_green():
    template = deployed(test_port=8443)
    [pair] = properties(template, GROUP)["LoadBalancerInfo"]["TargetGroupPairInfoList"]
    [listener] = [name for name in resources(template, "AWS::ElasticLoadBalancingV2::Listener") if "Test8443" in name]
    assert pair["TestTrafficRoute"] == {"ListenerArns": [{"Ref": listener}]}
    [action] = properties(template, RULE, like="TestRule")["Actions"]
    assert "GreenTargets" in action["TargetGroupArn"]["Ref"]
    [rule] = [name for name in resources(template, RULE) if "TestRule" in name]
    assert rule in resource(template, GROUP)["DependsOn"]


def test_a_network_load_balancer_shifts_all_at_once():
    stack = new_stack()
    service = web(stack, exposure=NlbExposure(port=8080, test_port=9090), deployment=CodeDeployBlueGreen())
    [pair] = properties(synth(stack), GROUP)["LoadBalancerInfo"]["TargetGroupPairInfoList"]
    assert "TestListener" in str(pair["TestTrafficRoute"])
    assert service.deployment_group is not None


def test_another_deployment_has_no_group(default: Template):
    stack = new_stack()
    assert web(stack, deployment=Rolling()).deployment_group is None
    assert resources(synth(stack), GROUP) == {}
    assert len(resources(default, GROUP)) == 1


def test_only_codedeploy_takes_its_role_on(default: Template):
    role = properties(default, "AWS::IAM::Role", like="DeploymentGroup")
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "codedeploy.amazonaws.com"}
    assert "AWSCodeDeployRoleForECS" in str(role["ManagedPolicyArns"])


def test_a_network_load_balancer_knows_no_canary():
    canary = CodeDeployBlueGreen(traffic="CANARY_10PERCENT_5MINUTES")
    assert problems_of(new_stack(), exposure=NlbExposure(port=8080), deployment=canary) == {"deployment.traffic"}


def test_one_load_balancer_is_all_there_may_be():
    stack = new_stack()
    exposures = [NlbExposure(port=8080), AlbExposure(port=8080, certificate=certificate(stack))]
    assert problems_of(stack, exposure=exposures, deployment=CodeDeployBlueGreen()) == {"exposure"}


def test_there_has_to_be_one():
    assert problems_of(new_stack(), deployment=CodeDeployBlueGreen()) == {"deployment"}


def test_service_connect_is_for_the_controller_of_ecs():
    stack = new_stack()
    exposure = AlbExposure(port=8080, certificate=certificate(stack))
    given: dict[str, Any] = {"scaling": None, "volumes": (), "daemon": False}
    deployment = CodeDeployBlueGreen()
    assert deployment_problems(deployment, [exposure], service_connect=False, **given) == []
    [problem] = deployment_problems(deployment, [exposure], service_connect=True, **given)
    assert "Service Connect" in problem.what


def test_test_traffic_is_told_by_its_listener():
    stack = new_stack()
    test = ListenerRule(headers={"X-Test": ["yes"]})
    exposure = AlbExposure(port=8080, certificate=certificate(stack), test_rule=test)
    assert problems_of(stack, exposure=exposure, deployment=CodeDeployBlueGreen()) == {"exposure.test_rule"}


def test_its_task_sets_have_no_ebs_volumes():
    stack = new_stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/00000000")
    found = problems_of(
        stack,
        container=container(ports=[8080], mounts=[VolumeMount(volume="data", path="/data")]),
        volumes=[EbsVolume(name="data", size_gib=20, encryption_key=key)],
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        deployment=CodeDeployBlueGreen(),
    )
    assert found == {"volumes"}


def test_scaling_by_requests_counts_one_group():
    stack = new_stack()
    found = problems_of(
        stack,
        exposure=AlbExposure(port=8080, certificate=certificate(stack)),
        scaling=ServiceScaling(min_tasks=2, max_tasks=4, requests_per_target=1000),
        deployment=CodeDeployBlueGreen(),
    )
    assert found == {"scaling.requests_per_target"}
