"""Services that are deployed by shifting traffic: target groups, rules, roles, alarms, and what cannot be together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_lambda as lambda_

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BlueGreen,
    Canary,
    ClassicExposure,
    CodeDeployBlueGreen,
    ConstructError,
    DaemonService,
    DeploymentHook,
    DeploymentPause,
    Disabled,
    LatticeExposure,
    Linear,
    ListenerRule,
    NetworkLoadBalancer,
    NlbExposure,
    Port,
    Rolling,
    ServiceDashboard,
    ServiceNetwork,
    ServiceScaling,
)
from cdk_containers.ecs.services.checks.deployments import deployment_problems
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    capacity,
    certificate,
    container,
    hook_function,
    network,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    resource,
    resources,
    statements,
    synth,
    web,
)

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
ALARM = "AWS::CloudWatch::Alarm"


def shifted(deployment: Any = None, **exposure: Any) -> Template:
    stack = new_stack()
    given = {"port": 8080, "certificate": certificate(stack)} | exposure
    web(stack, exposure=AlbExposure(**given), deployment=BlueGreen() if deployment is None else deployment)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return shifted()


def shop_load_balancer(stack: cdk.Stack) -> ApplicationLoadBalancer:
    return ApplicationLoadBalancer(stack, "Shared", network=network(stack), certificates=[certificate(stack)])


def problems_of(stack: cdk.Stack, **options: Any) -> dict[str, str]:
    """Return what is wrong with a backend service, by option."""
    with pytest.raises(ConstructError) as raised:
        backend(stack, **options)
    assert stack.node.try_find_child("Backend") is None
    return {problem.option: problem.allowed for problem in raised.value.problems}


# ---- target groups and rules


def test_blue_and_green_are_alike_but_for_their_names(default: Template):
    blue, green = resources(default, GROUP).values()
    assert blue == green
    assert blue["Properties"]["TargetType"] == "ip"


def test_the_rule_forwards_to_both_from_the_first_day(default: Template):
    rule = properties(default, RULE)
    [action] = rule["Actions"]
    blue, green = (name for name in resources(default, GROUP))
    assert action["ForwardConfig"]["TargetGroups"] == [
        {"TargetGroupArn": {"Ref": blue}, "Weight": 100},
        {"TargetGroupArn": {"Ref": green}, "Weight": 0},
    ]


def test_the_service_names_what_ecs_shifts_between(default: Template):
    [balanced] = properties(default, "AWS::ECS::Service")["LoadBalancers"]
    [rule] = resources(default, RULE)
    blue, green = resources(default, GROUP)
    assert balanced["TargetGroupArn"] == {"Ref": blue}
    advanced = balanced["AdvancedConfiguration"]
    assert advanced["AlternateTargetGroupArn"] == {"Ref": green}
    assert advanced["ProductionListenerRule"] == {"Ref": rule}
    assert "TestListenerRule" not in advanced


def test_a_rolling_service_has_one_target_group_and_no_role_for_it(default: Template):
    rolling = shifted(Rolling())
    assert len(resources(rolling, GROUP)) == 1
    assert "InfrastructureRole" not in str(list(rolling["Resources"]))
    assert "InfrastructureRole" in str(list(default["Resources"]))


@pytest.mark.parametrize(
    "options",
    [
        {"image": "nginx:1.29.2"},
        {"cpu": 512, "memory_limit_mib": 1024},
        {"desired_count": 5},
        {"deployment": Canary(canary_percent=5)},
        {"deployment": Linear(bake_time=timedelta(minutes=30))},
        {"deployment": BlueGreen(hooks=[DeploymentPause(stages=["PRE_SCALE_UP"])])},
        {"deployment": BlueGreen(alarm_rollback=Disabled(REASON))},
        {"alarms": Disabled(REASON)},
        {"health_check_path": "/other"},
        {"deregistration_delay": timedelta(seconds=5)},
    ],
    ids=lambda options: next(iter(options)),
)
def test_nothing_that_changes_touches_the_weights(options: dict[str, Any]):
    """CloudFormation sets back what ECS moved whenever the rule changes (aws-cdk 36649): so it does not."""

    def rules(**changed: Any) -> Any:
        stack = new_stack()
        of_exposure = {
            name: changed.pop(name) for name in ("health_check_path", "deregistration_delay") if name in changed
        }
        exposure = AlbExposure(port=8080, certificate=certificate(stack), test_port=8443, **of_exposure)
        given = {"exposure": exposure, "deployment": BlueGreen()} | changed
        web(stack, **given)
        template = synth(stack)
        return template, resources(template, RULE)

    (before, rules_before), (after, rules_after) = rules(), rules(**options)
    assert before != after
    assert len(rules_before) == 2
    assert rules_before == rules_after


def test_cdk_takes_a_rule_that_ecs_will_rewrite():
    """A rule of one group is rewritten by the first deployment, and every change of it takes production away again."""
    stack = new_stack()
    template = plain(stack)
    [action] = properties(template, RULE)["Actions"]
    assert "ForwardConfig" not in action
    assert "TargetGroupArn" in action


def test_cdk_lets_the_green_group_be_of_another_type():
    """Without a type CloudFormation makes one for instances, which no Fargate task can be in."""
    template = plain(new_stack())
    assert "TargetType" not in properties(template, GROUP, like="Green")
    assert properties(template, GROUP, like="Blue")["TargetType"] == "ip"


def test_cdk_shifts_traffic_that_is_not_there():
    stack = new_stack()
    plain_service(stack)
    service = properties(synth(stack), "AWS::ECS::Service")
    assert service["DeploymentConfiguration"]["Strategy"] == "BLUE_GREEN"
    assert "LoadBalancers" not in service


def plain_service(stack: cdk.Stack) -> ecs.FargateService:
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-1", availability_zones=["a", "b"], private_subnet_ids=["subnet-1", "subnet-2"]
    )
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container(
        "app",
        image=ecs.ContainerImage.from_registry(IMAGE),
        port_mappings=[ecs.PortMapping(container_port=8080)],
    )
    return ecs.FargateService(
        stack,
        "Service",
        cluster=ecs.Cluster(stack, "Cluster", vpc=vpc),
        task_definition=task,
        deployment_strategy=ecs.DeploymentStrategy.BLUE_GREEN,
    )


def plain(stack: cdk.Stack) -> Template:
    """Make blue/green as the documentation of CDK shows it."""
    service = plain_service(stack)
    load_balancer = elbv2.ApplicationLoadBalancer(stack, "Alb", vpc=service.cluster.vpc)
    listener = load_balancer.add_listener("Http", port=80, default_action=elbv2.ListenerAction.fixed_response(404))
    blue = elbv2.ApplicationTargetGroup(stack, "Blue", vpc=service.cluster.vpc, port=8080)
    green = elbv2.ApplicationTargetGroup(stack, "Green", vpc=service.cluster.vpc, port=8080)
    rule = elbv2.ApplicationListenerRule(
        stack,
        "Rule",
        listener=listener,
        priority=1,
        conditions=[elbv2.ListenerCondition.path_patterns(["/*"])],
        target_groups=[blue],
    )
    alternate = ecs.AlternateTarget(
        "Alternate",
        alternate_target_group=green,
        production_listener=ecs.ListenerRuleConfiguration.application_listener_rule(rule),
    )
    blue.add_target(service.load_balancer_target(container_name="app", container_port=8080, alternate_target=alternate))
    return synth(stack)


# ---- roles


def test_only_ecs_takes_the_infrastructure_role_on_and_the_service_waits_for_it(default: Template):
    name, role = next((name, entry) for name, entry in default["Resources"].items() if "InfrastructureRole" in name)
    [statement] = role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ecs.amazonaws.com"}
    assert "AmazonECSInfrastructureRolePolicyForLoadBalancers" in str(role["Properties"]["ManagedPolicyArns"])
    assert name in resource(default, "AWS::ECS::Service")["DependsOn"]


def test_several_exposures_have_one_role():
    stack = new_stack()
    shared = shop_load_balancer(stack)
    exposures = [
        AlbExposure(port=8080, load_balancer=shared),
        NlbExposure(port=8080, load_balancer=NetworkLoadBalancer(stack, "Tcp", network=network(stack))),
    ]
    backend(stack, exposure=exposures, deployment=BlueGreen())
    template = synth(stack)
    first, second = properties(template, "AWS::ECS::Service")["LoadBalancers"]
    assert first["AdvancedConfiguration"]["RoleArn"] == second["AdvancedConfiguration"]["RoleArn"]
    assert len(resources(template, GROUP)) == 4


def test_the_service_waits_for_the_right_to_call_its_hooks():
    stack = new_stack()
    hooks = [DeploymentHook(function=hook_function(stack, name), stages=["POST_SCALE_UP"]) for name in ("A", "B")]
    web(stack, deployment=BlueGreen(hooks=hooks))
    template = synth(stack)
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "HookRole" in name]
    assert policy in resource(template, "AWS::ECS::Service")["DependsOn"]
    [statement] = statements(template, "HookRole")
    arn = "arn:aws:lambda:eu-west-1:111111111111:function:"
    assert statement == {
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": [f"{arn}a", f"{arn}b"],
    }


def test_cdk_does_not_wait_for_the_right_to_call_a_hook():
    """The first deployment may ask a function that it may not call yet; when this fails, CDK has mended it."""
    stack = new_stack()
    service = plain_service(stack)
    function = lambda_.Function(
        stack,
        "Hook",
        runtime=lambda_.Runtime.PYTHON_3_13,
        handler="index.handler",
        code=lambda_.Code.from_inline("def handler(event, context): pass"),
    )
    stage = ecs.DeploymentLifecycleStage.POST_SCALE_UP
    service.add_lifecycle_hook(ecs.DeploymentLifecycleLambdaTarget(function, "Check", lifecycle_stages=[stage]))
    template = synth(stack)
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "CheckRole" in name]
    assert policy not in resource(template, "AWS::ECS::Service")["DependsOn"]
    [statement] = statements(template, "CheckRole")
    assert ":*" in str(statement["Resource"]), "it may also call every version of the function"


def test_a_hook_is_written_with_its_details_and_a_pause_with_its_timeout():
    stack = new_stack()
    hook = DeploymentHook(
        function=hook_function(stack), stages=["PRE_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"], details={"path": "/"}
    )
    pause = DeploymentPause(stages=["PRE_PRODUCTION_TRAFFIC_SHIFT"])
    web(stack, deployment=Canary(hooks=[hook, pause]))
    first, second = properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]["LifecycleHooks"]
    assert first.pop("RoleArn")["Fn::GetAtt"][1] == "Arn"
    assert first == {
        "TargetType": "AWS_LAMBDA",
        "HookTargetArn": "arn:aws:lambda:eu-west-1:111111111111:function:hook",
        "LifecycleStages": ["PRE_SCALE_UP", "POST_TEST_TRAFFIC_SHIFT"],
        "HookDetails": {"path": "/"},
    }
    assert second == {
        "TargetType": "PAUSE",
        "LifecycleStages": ["PRE_PRODUCTION_TRAFFIC_SHIFT"],
        "TimeoutConfiguration": {"TimeoutInMinutes": 60, "Action": "ROLLBACK"},
    }


def test_a_pause_calls_nothing_and_needs_no_role():
    template = shifted(BlueGreen(hooks=[DeploymentPause(stages=["PRE_SCALE_UP"])]))
    assert "PAUSE" in str(properties(template, "AWS::ECS::Service")["DeploymentConfiguration"])
    assert "HookRole" not in str(list(template["Resources"]))


# ---- test traffic


def test_a_test_listener_is_like_the_first_and_closed():
    template = shifted(test_port=8443)
    production, test = (properties(template, LISTENER, like=like) for like in ("Https", "Test8443"))
    assert {**production, "Port": 8443} == test
    assert test["Protocol"] == "HTTPS"
    group = properties(template, "AWS::EC2::SecurityGroup", like="LoadBalancer")
    assert [entry["FromPort"] for entry in group["SecurityGroupIngress"]] == [443, 80]


def test_a_test_listener_opens_to_who_is_named():
    template = shifted(test_port=8443, test_ingress=[ec2.Peer.ipv4("203.0.113.0/24")])
    group = properties(template, "AWS::EC2::SecurityGroup", like="LoadBalancer")
    [opened] = [entry for entry in group["SecurityGroupIngress"] if entry["FromPort"] == 8443]
    assert opened["CidrIp"] == "203.0.113.0/24"


def test_the_test_rule_is_one_of_both_groups_too():
    template = shifted(test_port=8443)
    production, test = (
        next(
            entry["Properties"] for name, entry in resources(template, RULE).items() if ("TestRule" in name) is is_test
        )
        for is_test in (False, True)
    )
    assert test["Actions"] == production["Actions"]
    assert test["Conditions"] == production["Conditions"]
    [balanced] = properties(template, "AWS::ECS::Service")["LoadBalancers"]
    assert "TestRule" in balanced["AdvancedConfiguration"]["TestListenerRule"]["Ref"]


def test_test_traffic_by_a_header_is_tried_first_and_is_the_services_own():
    template = shifted(rule=ListenerRule(paths=["/shop/*"]), test_rule=ListenerRule(headers={"X-Test": ["yes"]}))
    production = properties(template, RULE, like="AlbRule")
    test = properties(template, RULE, like="TestRule")
    assert test["Priority"] < production["Priority"]
    assert test["ListenerArn"] == production["ListenerArn"]
    assert {condition["Field"] for condition in test["Conditions"]} == {"path-pattern", "http-header"}


def test_two_services_share_a_test_listener():
    stack = new_stack()
    shared = shop_load_balancer(stack)
    for name in ("Shop", "Api"):
        rule = ListenerRule(paths=[f"/{name}/*"])
        exposure = AlbExposure(port=8080, load_balancer=shared, rule=rule, test_port=8443)
        backend(stack, name, exposure=exposure, deployment=BlueGreen())
    template = synth(stack)
    assert len(resources(template, LISTENER)) == 3
    assert len([name for name in resources(template, RULE) if "TestRule" in name]) == 2


def test_the_test_listener_belongs_to_the_load_balancer_and_the_rule_to_the_service():
    app = cdk.App()
    edge, shop = cdk.Stack(app, "Edge"), cdk.Stack(app, "Shop")
    shared = shop_load_balancer(edge)
    exposure = AlbExposure(port=8080, load_balancer=shared, test_port=8443)
    backend(shop, exposure=exposure, deployment=BlueGreen())
    of_edge, of_shop = synth(edge), synth(shop)
    assert [name for name in resources(of_edge, LISTENER) if "Test8443" in name]
    assert resources(of_shop, LISTENER) == {}
    assert resources(of_edge, RULE) == {}
    assert len(resources(of_shop, RULE)) == 2


def test_a_network_load_balancer_has_a_test_listener_that_is_closed():
    stack = new_stack()
    exposure = NlbExposure(port=8080, test_port=9090)
    web(stack, exposure=exposure, deployment=Linear())
    template = synth(stack)
    production, test = (properties(template, LISTENER, like=like) for like in ("NlbListener", "TestListener"))
    assert {**production, "Port": 9090} == test
    weights = [group["Weight"] for group in production["DefaultActions"][0]["ForwardConfig"]["TargetGroups"]]
    assert weights == [100, 0]
    group = properties(template, "AWS::EC2::SecurityGroup", like="LoadBalancer")
    assert [entry["FromPort"] for entry in group["SecurityGroupIngress"]] == [8080]
    [balanced] = properties(template, "AWS::ECS::Service")["LoadBalancers"]
    assert "TestListener" in balanced["AdvancedConfiguration"]["TestListenerRule"]["Ref"]


def test_a_token_can_be_the_test_port_of_a_network_load_balancer():
    stack = new_stack()
    port = cdk.CfnParameter(stack, "Given", type="Number").value_as_number
    web(stack, exposure=NlbExposure(port=8080, test_port=port), deployment=BlueGreen())
    assert properties(synth(stack), LISTENER, like="TestListener")["Port"] == {"Ref": "Given"}


# ---- alarms


def test_each_group_has_an_alarm_so_that_a_canary_is_not_lost_among_the_rest(default: Template):
    blue, green = resources(default, GROUP)
    alarms = [entry["Properties"] for name, entry in resources(default, ALARM).items() if "ServerErrors" in name]
    assert [alarm["Metrics"][0]["Expression"] for alarm in alarms] == ["100 * errors / requests"] * 2
    assert [(blue in str(alarm), green in str(alarm)) for alarm in alarms] == [(True, False), (False, True)]


def test_a_deployment_watches_both(default: Template):
    names = properties(default, "AWS::ECS::Service")["DeploymentConfiguration"]["Alarms"]["AlarmNames"]
    assert [name["Ref"] for name in names] == [name for name in resources(default, ALARM) if "ServerErrors" in name]
    assert len(names) == 2


@pytest.mark.parametrize(
    "exposure",
    [lambda stack: AlbExposure(port=8080, certificate=certificate(stack)), lambda _: NlbExposure(port=8080)],
    ids=["alb", "nlb"],
)
def test_unhealthy_tasks_are_looked_for_in_both(exposure: Any):
    stack = new_stack()
    web(stack, exposure=exposure(stack), deployment=BlueGreen())
    template = synth(stack)
    alarm = str(properties(template, ALARM, like="UnhealthyTasks"))
    assert "MAX([blue_UnHealthyHostCount_Maximum, green_UnHealthyHostCount_Maximum])" in alarm
    assert all(group in alarm for group in resources(template, GROUP))


def test_the_dashboard_adds_the_requests_of_both():
    stack = new_stack()
    ServiceDashboard(stack, "Dashboard", services=[web(stack, deployment=BlueGreen())])
    body = str(properties(synth(stack), "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert "SUM([blue_RequestCount_Sum, green_RequestCount_Sum])" in body
    assert "MAX([blue_TargetResponseTime_p99, green_TargetResponseTime_p99])" in body


def test_service_alarms_may_be_off_and_those_of_deployments_stay():
    stack = new_stack()
    web(stack, deployment=Canary(), alarms=Disabled(REASON))
    assert len(resources(synth(stack), ALARM)) == 2


# ---- what cannot be together


def test_there_has_to_be_traffic_to_shift():
    found = problems_of(new_stack(), deployment=BlueGreen())
    assert found == {
        "deployment": (
            "an AlbExposure, an NlbExposure, a LatticeExposure or a port that service_connect serves; or Rolling"
        )
    }
    assert problems_of(new_stack(), deployment=CodeDeployBlueGreen()) == {
        "deployment": "an AlbExposure or an NlbExposure; or Rolling"
    }


def test_service_connect_is_traffic_too():
    given: dict[str, Any] = {"scaling": None, "volumes": (), "daemon": False}
    assert deployment_problems(BlueGreen(), [], service_connect=True, **given) == []
    assert len(deployment_problems(BlueGreen(), [], service_connect=False, **given)) == 1


def test_a_classic_load_balancer_has_no_target_groups():
    stack = new_stack()
    options = on_ec2(stack, "bridge", Port(number=8080, host_port=80))
    exposure = ClassicExposure(port=8080, certificate=certificate(stack))
    found = problems_of(stack, **options, exposure=exposure, deployment=Linear())
    assert found == {"exposure": "AlbExposure or NlbExposure; or Rolling"}


def test_code_deploy_does_not_know_vpc_lattice():
    stack = new_stack()
    lattice = ServiceNetwork(stack, "Lattice", network=network(stack), prefix_list_id="pl-0123456789abcdef0")
    exposure = LatticeExposure(port=8080, service_network=lattice)
    found = problems_of(stack, exposure=exposure, deployment=CodeDeployBlueGreen())
    assert found == {"exposure": "AlbExposure or NlbExposure; or BlueGreen, Linear, Canary or Rolling"}


def test_scaling_by_requests_counts_one_group():
    stack = new_stack()
    scaling = ServiceScaling(min_tasks=2, max_tasks=4, requests_per_target=1000)
    exposure = AlbExposure(port=8080, certificate=certificate(stack))
    found = problems_of(stack, exposure=exposure, scaling=scaling, deployment=Canary())
    assert found.keys() == {"scaling.requests_per_target"}


def test_scaling_by_cpu_goes_on():
    stack = new_stack()
    scaling = ServiceScaling(min_tasks=2, max_tasks=4)
    web(stack, scaling=scaling, deployment=Canary())
    assert properties(synth(stack), "AWS::ApplicationAutoScaling::ScalableTarget")["MaxCapacity"] == 4


def test_a_daemon_is_replaced_in_place():
    stack = new_stack()
    made = capacity(stack)
    with pytest.raises(ConstructError) as raised:
        DaemonService(stack, "Daemon", cluster=own_cluster(stack), image=IMAGE, deployment=BlueGreen())
    assert made
    assert [problem.option for problem in raised.value.problems] == ["deployment"]
    assert raised.value.problems[0].allowed == "Rolling"


@pytest.mark.parametrize(
    "given",
    [{"test_port": 8443}, {"test_rule": ListenerRule(headers={"X-Test": ["yes"]})}],
    ids=lambda given: next(iter(given)),
)
def test_a_rolling_deployment_has_nothing_to_test(given: dict[str, Any]):
    stack = new_stack()
    found = problems_of(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), **given))
    assert found.keys() == {f"exposure.{next(iter(given))}"}


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"test_port": 443}, "test_port"),
        ({"test_port": 80}, "test_port"),
        ({"test_port": 0}, "test_port"),
        ({"test_port": 65536}, "test_port"),
        ({"test_ingress": []}, "test_ingress"),
        ({"test_rule": ListenerRule()}, "test_rule"),
        ({"test_rule": ListenerRule(paths=["test"])}, "test_rule.paths"),
        ({"test_rule": ListenerRule(headers={"X-Test": ["yes"]}, priority=50_000)}, "test_rule.priority"),
        ({"test_rule": ListenerRule(headers={"X-Test": list("abcdef")})}, "test_rule"),
    ],
)
def test_test_traffic_that_would_not_arrive(given: dict[str, Any], option: str):
    stack = new_stack()
    exposure = AlbExposure(port=8080, certificate=certificate(stack), **given)
    assert problems_of(stack, exposure=exposure, deployment=BlueGreen()).keys() == {f"exposure.{option}"}


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"test_port": 8080}, "test_port"),
        ({"listener_port": 443, "test_port": 443}, "test_port"),
        ({"test_port": 70_000}, "test_port"),
        ({"test_ingress": []}, "test_ingress"),
    ],
)
def test_test_traffic_that_a_network_load_balancer_cannot_bring(given: dict[str, Any], option: str):
    stack = new_stack()
    exposure = NlbExposure(port=8080, **given)
    assert problems_of(stack, exposure=exposure, deployment=BlueGreen()).keys() == {f"exposure.{option}"}


def test_a_port_of_a_plain_load_balancer_that_is_free_there():
    template = shifted(certificate=None, https=Disabled(REASON), test_port=443)
    assert properties(template, LISTENER, like="Test443")["Protocol"] == "HTTP"


def test_a_port_that_another_service_listens_on():
    stack = new_stack()
    shared = NetworkLoadBalancer(stack, "Tcp", network=network(stack))
    backend(stack, "First", exposure=NlbExposure(port=8080, load_balancer=shared))
    exposure = NlbExposure(port=9090, load_balancer=shared, test_port=8080)
    assert problems_of(stack, exposure=exposure, deployment=BlueGreen()).keys() == {"exposure.test_port"}


def test_a_test_rule_that_another_service_has():
    stack = new_stack()
    shared = shop_load_balancer(stack)
    taken = ListenerRule(headers={"X-Test": ["yes"]})
    backend(stack, "First", exposure=AlbExposure(port=8080, load_balancer=shared, rule=taken))
    exposure = AlbExposure(port=8080, load_balancer=shared, test_rule=taken)
    assert problems_of(stack, exposure=exposure, deployment=BlueGreen()).keys() == {"exposure.test_rule"}


def test_two_exposures_cannot_have_the_same_test_traffic():
    stack = new_stack()
    shared = shop_load_balancer(stack)
    test = ListenerRule(paths=["/test/*"], headers={"X-Test": ["yes"]})
    exposures = [
        AlbExposure(port=8080, load_balancer=shared, rule=ListenerRule(paths=[path]), test_rule=test)
        for path in ("/a", "/b")
    ]
    found = problems_of(stack, exposure=exposures, deployment=BlueGreen())
    assert found.keys() == {"exposure[1].test_rule"}


def test_an_imported_load_balancer_gets_no_listener_but_takes_a_rule():
    stack = new_stack()
    base = "arn:aws:elasticloadbalancing:eu-west-1:111111111111"
    imported = ApplicationLoadBalancer.from_attributes(
        stack,
        "Imported",
        load_balancer_arn=f"{base}:loadbalancer/app/shop/0123456789abcdef",
        listener_arn=f"{base}:listener/app/shop/0123456789abcdef/0123456789abcdef",
        security_group_id="sg-0123456789abcdef0",
        dns_name="shop.eu-west-1.elb.amazonaws.com",
        vpc=network(stack).vpc,
    )
    exposure = AlbExposure(port=8080, load_balancer=imported, test_port=8443)
    assert problems_of(stack, exposure=exposure, deployment=BlueGreen()).keys() == {"exposure.test_port"}
    by_header = ListenerRule(headers={"X-Test": ["yes"]})
    backend(
        stack,
        exposure=AlbExposure(port=8080, load_balancer=imported, test_rule=by_header),
        deployment=BlueGreen(),
    )
    assert len(resources(synth(stack), RULE)) == 2


def test_tasks_without_an_address_of_their_own_are_found_by_their_instance():
    stack = new_stack()
    exposure = AlbExposure(port=8080, certificate=certificate(stack))
    backend(stack, **on_ec2(stack, "bridge", 8080), exposure=exposure, deployment=BlueGreen())
    template = synth(stack)
    assert {entry["Properties"]["TargetType"] for entry in resources(template, GROUP).values()} == {"instance"}
    assert len(resources(template, GROUP)) == 2


def test_a_service_with_a_container_of_several_ports_shifts_all_of_them():
    stack = new_stack()
    shared = shop_load_balancer(stack)
    exposures = [
        AlbExposure(port=8080, load_balancer=shared),
        AlbExposure(port=9090, load_balancer=shared, rule=ListenerRule(paths=["/admin/*"])),
    ]
    backend(stack, container=container(ports=[8080, 9090]), exposure=exposures, deployment=BlueGreen())
    for rule in resources(synth(stack), RULE).values():
        assert len(rule["Properties"]["Actions"][0]["ForwardConfig"]["TargetGroups"]) == 2
