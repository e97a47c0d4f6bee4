"""From one way of deploying to another: what stays, and what is the same whatever the flags of the app."""

from __future__ import annotations

from itertools import product
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    AlbExposure,
    BlueGreen,
    Canary,
    ClassicExposure,
    CodeDeployBlueGreen,
    ConstructError,
    DaemonService,
    DeploymentPause,
    Disabled,
    Linear,
    ListenerRule,
    NlbExposure,
    PredictiveServiceScaling,
    Rolling,
    ServiceScaling,
)
from cdk_containers.deployments import Deployment
from cdk_containers.ecs.services.checks.deployments import deployment_problems
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    capacity,
    certificate,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
    web,
)
from tests.updates.comparison import compare

FLAGS = (
    "@aws-cdk/aws-ecs:disableExplicitDeploymentControllerForCircuitBreaker",
    "@aws-cdk/aws-ecs:removeDefaultDeploymentAlarm",
    "@aws-cdk/aws-ecs:arnFormatIncludesClusterName",
)
SERVICE = "AWS::ECS::Service"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
NATIVE = {
    "rolling": Rolling(),
    "without circuit breaker": Rolling(circuit_breaker=Disabled(REASON)),
    "on its way back": Rolling(keep_alternate=True),
    "blue/green": BlueGreen(),
    "linear": Linear(),
    "canary": Canary(),
}


def deployed(deployment: Deployment, *, network: bool = False, flags: bool = False, **options: Any) -> Template:
    app = cdk.App(context=dict.fromkeys(FLAGS, flags))
    stack = cdk.Stack(app, "Shop")
    exposure = NlbExposure(port=8080) if network else AlbExposure(port=8080, certificate=certificate(stack))
    web(stack, deployment=deployment, **{"exposure": exposure} | options)
    return synth(stack)


@pytest.mark.parametrize(("kind", "flags"), list(product(NATIVE, [False, True])))
def test_the_controller_of_ecs_is_never_written(kind: str, flags: bool):  # noqa: FBT001
    service = properties(deployed(NATIVE[kind], flags=flags), SERVICE)
    assert "DeploymentController" not in service
    assert service["DeploymentConfiguration"]["MaximumPercent"] == 200


@pytest.mark.parametrize("flags", [False, True])
def test_the_controller_of_code_deploy_is(flags: bool):  # noqa: FBT001
    service = properties(deployed(CodeDeployBlueGreen(), flags=flags), SERVICE)
    assert service["DeploymentController"] == {"Type": "CODE_DEPLOY"}
    assert "AvailabilityZoneRebalancing" not in service
    assert properties(deployed(Rolling()), SERVICE)["AvailabilityZoneRebalancing"] == "ENABLED"


@pytest.mark.parametrize(("one", "two"), list(product(NATIVE, NATIVE)))
def test_a_service_of_ecs_is_the_same_however_it_is_deployed(one: str, two: str):
    found = compare(deployed(NATIVE[one]), deployed(NATIVE[two]))
    [service] = [name for name, entry in found.before.items() if entry["Type"] == SERVICE]
    assert service in found.kept


def test_ecs_and_code_deploy_have_a_service_each():
    ecs, code_deploy = deployed(Rolling()), deployed(CodeDeployBlueGreen())
    assert not resources(ecs, SERVICE).keys() & resources(code_deploy, SERVICE).keys()
    found = compare(ecs, code_deploy)
    kept = {name for name in found.kept if found.type_of(name) in {GROUP, RULE, LISTENER}}
    assert len(kept) == 4
    assert properties(ecs, RULE) == properties(code_deploy, RULE)


# ---- back to rolling deployments


@pytest.mark.parametrize("network", [False, True])
@pytest.mark.parametrize("kind", ["blue/green", "linear", "canary"])
def test_nothing_that_traffic_runs_through_changes_on_the_way_back(kind: str, network: bool):  # noqa: FBT001
    before = deployed(NATIVE[kind], network=network)
    after = deployed(NATIVE["on its way back"], network=network)
    for type_ in (GROUP, LISTENER, "AWS::IAM::Role", *([] if network else [RULE])):
        assert resources(before, type_)
        assert resources(before, type_) == resources(after, type_), type_
    old, new = properties(before, SERVICE), properties(after, SERVICE)
    assert old["LoadBalancers"][0]["AdvancedConfiguration"]
    assert old["LoadBalancers"] == new["LoadBalancers"]
    assert new["DeploymentConfiguration"]["Strategy"] == "ROLLING"
    assert new["DeploymentConfiguration"]["DeploymentCircuitBreaker"]["Enable"] is True
    assert (
        not {"BakeTimeInMinutes", "LinearConfiguration", "CanaryConfiguration"} & new["DeploymentConfiguration"].keys()
    )


def test_hooks_are_taken_away_by_name():
    pause = DeploymentPause(stages=["POST_TEST_TRAFFIC_SHIFT"])
    before = deployed(BlueGreen(hooks=[pause]))
    assert properties(before, SERVICE)["DeploymentConfiguration"]["LifecycleHooks"]
    after = properties(deployed(Rolling(keep_alternate=True)), SERVICE)
    assert after["DeploymentConfiguration"]["LifecycleHooks"] == []
    assert "LifecycleHooks" not in properties(deployed(Rolling()), SERVICE)["DeploymentConfiguration"]


def test_the_way_for_test_traffic_may_stay():
    def template(deployment: Deployment) -> Template:
        app = cdk.App()
        stack = cdk.Stack(app, "Shop")
        rule = ListenerRule(headers={"X-Test": ["1"]})
        exposure = AlbExposure(port=8080, certificate=certificate(stack), test_rule=rule)
        web(stack, deployment=deployment, exposure=exposure)
        return synth(stack)

    before, after = template(BlueGreen()), template(Rolling(keep_alternate=True))
    assert len(resources(before, RULE)) == 2
    assert resources(before, RULE) == resources(after, RULE)


def test_the_alternate_goes_in_a_deployment_of_its_own():
    found = compare(deployed(Rolling(keep_alternate=True)), deployed(Rolling()))
    [group] = [name for name in found.deleted if found.type_of(name) == GROUP]
    assert "Green" in group
    after = deployed(Rolling())
    assert "AdvancedConfiguration" not in properties(after, SERVICE)["LoadBalancers"][0]
    [action] = properties(after, RULE)["Actions"]
    assert action["TargetGroupArn"] == {"Ref": next(iter(resources(after, GROUP)))}


def test_daemons_have_no_strategy():
    stack = new_stack()
    capacity(stack)
    DaemonService(stack, "Agent", cluster=own_cluster(stack), image=IMAGE)
    found = resource(synth(stack), SERVICE)["Properties"]
    assert found["SchedulingStrategy"] == "DAEMON"
    assert "Strategy" not in found["DeploymentConfiguration"]


# ---- errors


def refused(**options: Any) -> list[tuple[str, str | None]]:
    stack = cdk.Stack(cdk.App(), "Shop")
    with pytest.raises(ConstructError) as raised:
        backend(stack, **{"deployment": Rolling(keep_alternate=True)} | options)
    return [(problem.option, problem.practice) for problem in raised.value.problems]


def test_what_never_shifted_traffic_has_no_alternate():
    assert refused() == [("deployment.keep_alternate", "traffic-source")]
    stack = cdk.Stack(cdk.App(), "Classic")
    classic = ClassicExposure(port=8080, https=Disabled(REASON))
    with pytest.raises(ConstructError) as raised:
        web(stack, **on_ec2(stack, "host", 8080), exposure=classic, deployment=Rolling(keep_alternate=True))
    assert [problem.option for problem in raised.value.problems] == ["deployment.keep_alternate"]


def test_requests_are_still_counted_for_one_group_only():
    scaling = ServiceScaling(min_tasks=2, max_tasks=4, requests_per_target=100)
    exposure = AlbExposure(port=8080, https=Disabled(REASON))
    assert refused(exposure=exposure, scaling=scaling) == [("scaling.requests_per_target", "traffic-source")]


@pytest.mark.parametrize("deployment", [Canary(), Rolling(keep_alternate=True)], ids=["shifts", "on its way back"])
@pytest.mark.parametrize("predictive", [False, True], ids=["now", "ahead"])
def test_the_error_shows_the_requests_of_a_target(*, deployment: Deployment, predictive: bool):
    ahead: Any = {"predictive": PredictiveServiceScaling(requests_per_target=90)}
    counted = ahead if predictive else {"requests_per_target": 90}
    scaling = ServiceScaling(min_tasks=2, max_tasks=4, **counted)
    [problem] = deployment_problems(
        deployment,
        [AlbExposure(port=8080, https=Disabled(REASON))],
        scaling=scaling,
        volumes=[],
        daemon=False,
        service_connect=False,
    )
    assert problem.option == ("scaling.predictive.requests_per_target" if predictive else "scaling.requests_per_target")
    assert problem.given == "90"
