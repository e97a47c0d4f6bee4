"""An environment says once where it is, and what differs there; its application reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs

from cdk_containers import (
    AlbExposure,
    Application,
    Approval,
    BackendService,
    BlueGreen,
    CodeDeployBlueGreen,
    ConstructError,
    Container,
    Environment,
    ExistingNetwork,
    HostedDomain,
    NewNetwork,
    Port,
    Rolling,
    WebService,
    WorkerService,
    environment_differences,
)
from tests.subjects.applications import EXISTING, ZONE_ID
from tests.toolkit import IMAGE, certificate, network, properties, resources, synth

HERE = Environment(name="prod", account="111111111111", region="eu-west-1")
ASKED = Approval(email_addresses=["team@example.com"])


def stack_of(environment: Environment) -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Shop", env=environment.env)


def services(template: Any) -> dict[str, Any]:
    return {name: entry["Properties"] for name, entry in resources(template, "AWS::ECS::Service").items()}


def strategies(stack: cdk.Stack) -> dict[str, str]:
    found = services(synth(stack))
    return {
        name: entry["DeploymentConfiguration"]["Strategy"]
        for key, entry in found.items()
        for name in ("Web", "Orders", "Quiet", "Mailer")
        if name in key
    }


def test_its_stacks_are_where_it_says():
    stack = stack_of(HERE)
    assert (stack.account, stack.region) == ("111111111111", "eu-west-1")
    Application(stack, "App", environment=HERE, network=network(stack))
    assert Environment.development("dev", account="222222222222", region="us-east-1") == replace(
        Environment.development("dev"), account="222222222222", region="us-east-1"
    )


@pytest.mark.parametrize(
    ("env", "wrong", "what"),
    [
        (None, ["environment.account", "environment.region"], "the stack has no account"),
        (cdk.Environment(account="222222222222", region="eu-west-1"), ["environment.account"], "222222222222"),
        (cdk.Environment(account="111111111111", region="us-east-1"), ["environment.region"], "us-east-1"),
    ],
)
def test_a_stack_that_is_elsewhere_is_refused(env: cdk.Environment | None, wrong: list[str], what: str):
    stack = cdk.Stack(cdk.App(), "Shop", env=env)
    with pytest.raises(ConstructError) as raised:
        Application(stack, "App", environment=HERE)
    assert [problem.option for problem in raised.value.problems] == wrong
    assert what in raised.value.problems[0].what


def test_the_application_takes_network_domain_and_recipients_of_its_environment():
    environment = replace(
        HERE,
        network=ExistingNetwork(**EXISTING),
        domain=HostedDomain(name="shop.example.com", zone_id=ZONE_ID, zone_name="example.com"),
        email_addresses=["team@example.com"],
    )
    stack = stack_of(environment)
    shop = Application(stack, "App", environment=environment)
    shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080, domain=shop.domain))
    template = synth(stack)
    assert resources(template, "AWS::EC2::VPC") == {}
    balancer = properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Subnets"] == EXISTING["public_subnet_ids"]
    records = resources(template, "AWS::Route53::RecordSet").values()
    assert {entry["Properties"]["HostedZoneId"] for entry in records} == {ZONE_ID}
    assert properties(template, "AWS::SNS::Subscription")["Endpoint"] == "team@example.com"


def test_what_the_application_is_given_wins():
    environment = replace(
        HERE,
        network=NewNetwork(cidr="10.7.0.0/16"),
        domain=HostedDomain(name="shop.example.com"),
        email_addresses=["team@example.com"],
    )
    stack = stack_of(environment)
    shop = Application(
        stack,
        "App",
        environment=environment,
        network=network(stack),
        domain=HostedDomain(name="other.example.com").make(stack, "Other"),
        email_addresses=[],
    )
    template = synth(stack)
    assert shop.domain is not None
    assert shop.domain.name == "other.example.com"
    assert resources(template, "AWS::SNS::Topic")
    assert resources(template, "AWS::SNS::Subscription") == {}
    assert resources(template, "AWS::EC2::VPC") == {}
    other = stack_of(environment)
    Application(other, "App", environment=environment)
    assert properties(synth(other), "AWS::EC2::VPC")["CidrBlock"] == "10.7.0.0/16"


def test_services_with_traffic_take_the_deployment_of_the_environment():
    environment = replace(HERE, deployment=BlueGreen(bake_time=timedelta(minutes=7)))
    stack = stack_of(environment)
    shop = Application(stack, "App", environment=environment, network=network(stack), certificates=[certificate(stack)])
    shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))
    shop.add(BackendService, "Orders", container=Container(image=IMAGE, ports=[Port(number=80, name="orders")]))
    shop.add(BackendService, "Quiet", image=IMAGE)
    shop.add(WorkerService, "Mailer", image=IMAGE)
    assert strategies(stack) == {"Web": "BLUE_GREEN", "Orders": "BLUE_GREEN", "Quiet": "ROLLING", "Mailer": "ROLLING"}


def test_a_rolling_deployment_of_the_environment_is_for_every_service_that_does_not_say_otherwise():
    environment = replace(HERE, deployment=Rolling(min_healthy_percent=50))
    stack = stack_of(environment)
    shop = Application(stack, "App", environment=environment, network=network(stack))
    shop.add(BackendService, "Quiet", image=IMAGE)
    shop.add(WorkerService, "Mailer", image=IMAGE, deployment=Rolling(min_healthy_percent=75))
    found = services(synth(stack))
    assert {
        name: entry["DeploymentConfiguration"]["MinimumHealthyPercent"]
        for key, entry in found.items()
        for name in ("Quiet", "Mailer")
        if name in key
    } == {"Quiet": 50, "Mailer": 75}


@pytest.mark.parametrize(
    ("environment", "option"),
    [
        (Environment(account="1234"), "account"),
        (Environment(account=cdk.Aws.ACCOUNT_ID), "account"),
        (Environment(region="Ireland"), "region"),
        (Environment(email_addresses=["nobody"]), "email_addresses"),
        (Environment(approval=Approval(email_addresses=[])), "approval.email_addresses"),
        (Environment(approval=replace(ASKED, timeout=timedelta(minutes=4))), "approval.timeout"),
        (Environment(approval=replace(ASKED, timeout=cdk.Duration.days(61))), "approval.timeout"),
        (Environment(approval=replace(ASKED, timeout=timedelta(seconds=330))), "approval.timeout"),
        (Environment(deployment=Rolling(min_healthy_percent=101)), "deployment.min_healthy_percent"),
        (Environment(network=NewNetwork(cidr="10.0.0.0")), "network.cidr"),
        (Environment(network=NewNetwork(max_azs=1)), "network.max_azs"),
        (Environment(network=ExistingNetwork(**EXISTING | {"private_subnet_ids": []})), "network.private_subnet_ids"),
        (Environment(domain=HostedDomain(name="shop")), "domain.name"),
        (Environment(domain=HostedDomain(name="shop.example.com", zone_id="zone")), "domain.zone_id"),
        (Environment(domain=HostedDomain(name="shop.example.com", zone_name="example.com")), "domain.zone_name"),
        (
            Environment(domain=HostedDomain(name="shop.example.com", zone_id=ZONE_ID, zone_name="example.org")),
            "domain.zone_name",
        ),
        (Environment(domain="shop.example.com"), "domain"),  # type: ignore[arg-type]
        (Environment(approval=["team@example.com"]), "approval"),  # type: ignore[arg-type]
    ],
)
def test_wrong_values(environment: Environment, option: str):
    assert [problem.option for problem in environment.problems()] == [option]
    assert replace(HERE, approval=ASKED, network=NewNetwork(), deployment=CodeDeployBlueGreen()).problems() == []


# ---- several environments


def in_one_app(*environments: Environment, queue: str = "") -> cdk.App:
    app = cdk.App()
    for environment in environments:
        stack = cdk.Stack(cdk.Stage(app, environment.name, env=environment.env), "Shop")
        Application(stack, "App", environment=environment)
        if queue:
            sqs.Queue(stack, "Queue", queue_name=queue)
    return app


def warnings(app: cdk.App) -> list[str]:
    applications = [stage.node.find_child("Shop").node.find_child("App") for stage in app.node.children]
    return [str(it.data) for one in applications for it in one.node.metadata if it.type == "aws:cdk:warning"]


IN_VPC = replace(HERE, network=ExistingNetwork(**EXISTING))
DEV = replace(IN_VPC, name="dev", desired_count=1)


def test_environments_that_share_an_account_and_region_are_a_warning():
    shared = warnings(in_one_app(DEV, IN_VPC))
    assert len(shared) == 1
    assert shared[0].startswith("prod shares account 111111111111 and region eu-west-1 with dev. ")
    assert warnings(in_one_app(DEV, replace(IN_VPC, account="222222222222"))) == []
    assert warnings(in_one_app(DEV, replace(IN_VPC, region="us-east-1"))) == []


def test_what_collides_there_stops_synthesis(capfd: pytest.CaptureFixture[str]):
    with pytest.raises(RuntimeError) as raised:
        in_one_app(DEV, IN_VPC, queue="jobs").synth()
    said = f"{raised.value}{capfd.readouterr().err}"
    assert "only one AWS::SQS::Queue can have the name jobs, and it is in dev-Shop: dev/Shop/Queue" in said
    assert "Acknowledge with 'cdk-containers-environments::collision'" in said
    in_one_app(DEV, replace(IN_VPC, account="222222222222"), queue="jobs").synth()


def test_differences_are_options_with_their_values():
    staging = replace(HERE, name="staging", network=NewNetwork(max_azs=2))
    prod = replace(HERE, network=NewNetwork(), approval=ASKED, deployment=BlueGreen(bake_time=cdk.Duration.minutes(10)))
    dev = Environment.development("dev", account=HERE.account, region=HERE.region)
    found = environment_differences(dev, staging, prod)
    assert found["desired_count"] == {"dev": "1", "staging": "2", "prod": "2"}
    assert found["network"] == {"dev": "not set", "staging": "NewNetwork(max_azs=2)", "prod": "NewNetwork()"}
    assert found["log_retention"] == {"dev": "ONE_MONTH", "staging": "ONE_YEAR", "prod": "ONE_YEAR"}
    assert found["capacity"]["dev"] == "FargateCapacity(interruptible=True)"
    assert found["approval"]["prod"] == "Approval(email_addresses=team@example.com)"
    assert {"name", "account", "region", "domain"} & found.keys() == set()
    assert environment_differences(staging, replace(staging, name="other", network=NewNetwork())) == {
        "network.max_azs": {"staging": "2", "other": "3"}
    }
    slower = replace(prod, name="slower", deployment=BlueGreen(bake_time=cdk.Duration.minutes(20)))
    assert environment_differences(prod, slower) == {
        "deployment.bake_time": {"prod": "10 minutes", "slower": "20 minutes"}
    }


def test_only_environments_with_names_of_their_own_are_compared():
    wrong: Any = "prod"
    with pytest.raises(ConstructError) as raised:
        environment_differences(HERE, HERE, wrong)
    assert [(it.option, it.given) for it in raised.value.problems] == [
        ("environments[2]", "'prod'"),
        ("environments", "'prod'"),
    ]
    with pytest.raises(ConstructError, match="nothing to compare"):
        environment_differences(HERE)
