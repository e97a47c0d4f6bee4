"""An environment says once where it is, and what differs there; its application reads it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest

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
        (None, ["environment.account", "environment.region"], "the stack says no account"),
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
