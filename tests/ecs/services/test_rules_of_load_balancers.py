"""Rules between load balancers and tasks: each once in an app, with load balancers that exist, and elsewhere."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    ConstructError,
    Disabled,
    ListenerRule,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    TaskOptions,
    WebService,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    capacity,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    own_cluster,
    resources,
    synth,
    web,
)

INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
VPC = "vpc-0123456789abcdef0"


def rules(template: Template, type_: str = INGRESS) -> list[tuple[int, int]]:
    return sorted(
        (entry["Properties"]["FromPort"], entry["Properties"]["ToPort"])
        for entry in resources(template, type_).values()
    )


def balancer(stack: cdk.Stack, kind: str) -> ApplicationLoadBalancer | NetworkLoadBalancer:
    place = network(stack, "OwnNetwork")
    if kind == "network":
        return NetworkLoadBalancer(stack, "Shared", network=place)
    return ApplicationLoadBalancer(stack, "Shared", network=place, certificates=[certificate(stack)])


def through(made: ApplicationLoadBalancer | NetworkLoadBalancer, number: int, **options: Any) -> Any:
    if isinstance(made, NetworkLoadBalancer):
        return NlbExposure(port=8080, listener_port=8000 + number, load_balancer=made, **options)
    return AlbExposure(port=8080, load_balancer=made, rule=ListenerRule(paths=[f"/{number}/*"]), **options)


def on_shared_instances(
    stack: cdk.Stack, platform: cdk.Stack, number: int, made: Any, mode: Any = "bridge"
) -> WebService:
    return web(
        stack,
        f"Web{number}",
        cluster=own_cluster(platform),
        capacity=[capacity(platform).share()],
        task=TaskOptions(network_mode=mode),
        container=container(ports=[8080]),
        exposure=through(made, number),
    )


@pytest.mark.parametrize("mode", ["bridge", "host"])
@pytest.mark.parametrize("kind", ["application", "network"])
def test_services_of_several_stacks_on_shared_instances_need_a_rule_once(kind: str, mode: str):
    app = cdk.App()
    platform, *stacks = (cdk.Stack(app, name) for name in ("Platform", "One", "Two", "Three"))
    made = balancer(platform, kind)
    for number, stack in enumerate(stacks):
        on_shared_instances(stack, platform, number, made, mode)
    app.synth()
    wanted = (32768, 65535) if mode == "bridge" else (8080, 8080)
    assert rules(synth(platform)) == [wanted]
    assert rules(synth(platform), EGRESS) == [wanted]
    for stack in stacks:
        assert resources(synth(stack), "AWS::ECS::Service")
        assert not rules(synth(stack))
        assert not rules(synth(stack), EGRESS)
        assert [other.stack_name for other in stack.dependencies] == ["Platform"]


def test_the_rule_stays_when_the_first_service_goes():
    def platform_of(*numbers: int) -> Template:
        app = cdk.App()
        platform = cdk.Stack(app, "Platform")
        made = balancer(platform, "application")
        for number in numbers:
            on_shared_instances(cdk.Stack(app, f"Stack{number}"), platform, number, made)
        return synth(platform)

    both, second = platform_of(1, 2), platform_of(2)
    assert resources(both, INGRESS)
    assert resources(both, INGRESS) == resources(second, INGRESS)


def test_instances_and_load_balancer_of_two_stacks():
    app = cdk.App()
    machines, edge, *stacks = (cdk.Stack(app, name) for name in ("Machines", "Edge", "One", "Two"))
    made = balancer(edge, "application")
    for number, stack in enumerate(stacks):
        on_shared_instances(stack, machines, number, made)
    app.synth()
    assert rules(synth(edge)) == [(32768, 65535)]
    assert not rules(synth(machines))
    assert [other.stack_name for other in edge.dependencies] == ["Machines"]


def test_a_service_beside_its_instances_and_a_load_balancer_of_another_stack():
    app = cdk.App()
    machines, edge = cdk.Stack(app, "Machines"), cdk.Stack(app, "Edge")
    on_shared_instances(machines, machines, 1, balancer(edge, "application"))
    app.synth()
    assert rules(synth(machines)) == [(32768, 65535)]
    assert not edge.dependencies


@pytest.mark.parametrize("kind", ["application", "network"])
def test_a_service_in_a_nested_stack(kind: str):
    platform = cdk.Stack(cdk.App(), "Platform")
    made = balancer(platform, kind)
    nested = cdk.NestedStack(platform, "Nested")
    on_shared_instances(nested, platform, 1, made)
    assert rules(synth(platform)) == [(32768, 65535)]
    assert not rules(synth(nested))


def test_two_services_with_addresses_have_a_rule_each():
    app = cdk.App()
    platform, *stacks = (cdk.Stack(app, name) for name in ("Platform", "One", "Two"))
    made = balancer(platform, "application")
    for number, stack in enumerate(stacks):
        web(stack, exposure=through(made, number), cluster=cluster(stack))
    app.synth()
    assert not rules(synth(platform))
    for stack in stacks:
        assert rules(synth(stack)) == rules(synth(stack), EGRESS) == [(8080, 8080)]


def test_a_rule_that_somebody_made_by_hand_is_not_made_again():
    stack = new_stack()
    made = balancer(stack, "application")
    service = web(stack, exposure=through(made, 1))
    made.connections.allow_to(service, ec2.Port.tcp(8080))
    assert rules(synth(stack)) == [(8080, 8080)]


def test_the_service_waits_for_its_rules():
    stack = new_stack()
    web(stack, exposure=through(balancer(stack, "application"), 1))
    template = synth(stack)
    [service] = resources(template, "AWS::ECS::Service").values()
    made = {*resources(template, INGRESS), *resources(template, EGRESS)}
    assert len(made) == 2
    assert made <= set(service["DependsOn"])


# ---- load balancers that exist


def existing(stack: cdk.Stack, vpc: ec2.IVpc | None = None, **options: Any) -> ApplicationLoadBalancer:
    arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111"
    return ApplicationLoadBalancer.from_attributes(
        stack,
        "Existing",
        load_balancer_arn=f"{arn}:loadbalancer/app/theirs/1234567890123456",
        listener_arn=f"{arn}:listener/app/theirs/1234567890123456/6543210987654321",
        security_group_id="sg-0123456789abcdef0",
        dns_name="theirs.example.com",
        vpc=vpc or network(stack).vpc,
        **options,
    )


@pytest.mark.parametrize("stacks", [1, 2])
@pytest.mark.parametrize(("allows", "egress"), [(False, [(8080, 8080)]), (True, []), (None, [])])
def test_a_load_balancer_that_exists_is_let_out_if_it_is_closed(
    allows: bool | None,  # noqa: FBT001
    egress: list[tuple[int, int]],
    stacks: int,
):
    app = cdk.App()
    stack = cdk.Stack(app, "Shop")
    made = existing(stack if stacks == 1 else cdk.Stack(app, "Platform"), security_group_allows_all_outbound=allows)
    web(stack, exposure=through(made, 1))
    template = synth(stack)
    assert rules(template) == [(8080, 8080)]
    assert rules(template, EGRESS) == egress
    [opened] = resources(template, INGRESS).values()
    assert opened["Properties"]["SourceSecurityGroupId"] == "sg-0123456789abcdef0"
    for rule in resources(template, EGRESS).values():
        assert rule["Properties"]["GroupId"] == "sg-0123456789abcdef0"


@pytest.mark.parametrize(("allows", "warned"), [(False, 0), (True, 0), (None, 1)])
def test_nobody_guesses_whether_it_is(allows: bool | None, warned: int):  # noqa: FBT001
    stack = new_stack()
    web(stack, exposure=through(existing(stack, security_group_allows_all_outbound=allows), 1))
    found = assertions.Annotations.from_stack(stack).find_warning(
        "*", assertions.Match.string_like_regexp("security_group_allows_all_outbound")
    )
    assert len(found) == warned


def test_another_load_balancer_that_exists_gets_other_groups():
    def names(number: int) -> set[str]:
        stack = new_stack()
        arn = "arn:aws:elasticloadbalancing:eu-west-1:111111111111"
        made = ApplicationLoadBalancer.from_attributes(
            stack,
            "Existing",
            load_balancer_arn=f"{arn}:loadbalancer/app/theirs/{number}",
            listener_arn=f"{arn}:listener/app/theirs/{number}/6543210987654321",
            security_group_id="sg-0123456789abcdef0",
            dns_name="theirs.example.com",
            vpc=network(stack).vpc,
            security_group_allows_all_outbound=False,
        )
        web(stack, exposure=through(made, 1))
        return set(resources(synth(stack), "AWS::ElasticLoadBalancingV2::TargetGroup"))

    assert names(1)
    assert not names(1) & names(2)


# ---- load balancers elsewhere


def elsewhere(stack: cdk.Stack) -> Network:
    return Network.from_attributes(
        stack,
        "Elsewhere",
        vpc_id="vpc-0fedcba9876543210",
        availability_zones=["eu-west-1a", "eu-west-1b"],
        private_subnet_ids=["subnet-0ccccccccccccccc1", "subnet-0ccccccccccccccc2"],
        public_subnet_ids=["subnet-0ddddddddddddddd1", "subnet-0ddddddddddddddd2"],
    )


@pytest.mark.parametrize("kind", ["application", "network", "existing", "made here"])
def test_a_load_balancer_of_another_network_is_refused(kind: str):
    stack = new_stack()
    options: dict[str, Any] = {}
    made: Any
    if kind == "existing":
        made = existing(stack, elsewhere(stack).vpc)
    elif kind == "network":
        made = NetworkLoadBalancer(stack, "Shared", network=elsewhere(stack))
    elif kind == "made here":
        made = ApplicationLoadBalancer(
            stack, "Shared", network=Network(stack, "One"), certificates=[certificate(stack)]
        )
        options["cluster"] = cluster(stack, network=Network(stack, "Two"))
    else:
        made = ApplicationLoadBalancer(stack, "Shared", network=elsewhere(stack), certificates=[certificate(stack)])
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=through(made, 1), **options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("exposure.load_balancer", "load-balancer-network")


def test_the_same_network_seen_twice_is_no_other():
    stack = new_stack()
    again = ec2.Vpc.from_vpc_attributes(stack, "Again", vpc_id=VPC, availability_zones=["eu-west-1a"])
    made = existing(stack, again, security_group_allows_all_outbound=True)
    web(stack, exposure=through(made, 1))
    assert rules(synth(stack)) == [(8080, 8080)]


def test_a_network_that_is_known_at_deployment_passes():
    stack = new_stack()
    vpc_id = cdk.CfnParameter(stack, "VpcId").value_as_string
    later = ec2.Vpc.from_vpc_attributes(stack, "Later", vpc_id=vpc_id, availability_zones=["eu-west-1a"])
    web(stack, exposure=through(existing(stack, later, security_group_allows_all_outbound=True), 1))
    assert rules(synth(stack)) == [(8080, 8080)]


def test_a_service_that_gets_a_network_of_its_own_shares_no_load_balancer():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        WebService(stack, "Web", image=IMAGE, exposure=through(balancer(stack, "application"), 1))
    [problem] = raised.value.problems
    assert problem.option == "exposure.load_balancer"
    assert "pass the cluster" in problem.allowed


# ---- names


@pytest.mark.parametrize("name", ["", "1st", "with space", "a/b", "x" * 41, "a.b"])
def test_a_name_that_is_no_part_of_an_id(name: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        backend(stack, exposure=AlbExposure(port=0, https=Disabled(REASON), name=name))
    assert [(problem.option, problem.practice) for problem in raised.value.problems] == [
        ("exposure.port", "port-mappings"),
        ("exposure.name", "exposure-names"),
    ]


def test_two_exposures_with_one_name():
    stack = new_stack()
    own = AlbExposure(port=8080, https=Disabled(REASON), name="people")
    with pytest.raises(ConstructError) as raised:
        backend(stack, exposure=[own, through(existing(stack), 1, name="people")])
    assert [problem.option for problem in raised.value.problems] == ["exposure[1].name"]


def test_two_exposures_that_nothing_tells_apart():
    stack = new_stack()
    own = AlbExposure(port=8080, https=Disabled(REASON))
    with pytest.raises(ConstructError) as raised:
        backend(
            stack, exposure=[own, AlbExposure(port=8080, https=Disabled(REASON), ingress=[ec2.Peer.ipv4("10.0.0.0/8")])]
        )
    assert [problem.option for problem in raised.value.problems] == ["exposure[1].name"]
