"""How a service is reached changes while it runs: nothing collides with what is not deleted yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    BlueGreen,
    ClassicExposure,
    Disabled,
    LatticeExposure,
    ListenerRule,
    NetworkLoadBalancer,
    NlbExposure,
    Port,
    ServiceNetwork,
    WebService,
)
from cdk_containers.load_balancing import Exposure
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    certificate,
    cluster,
    network,
    new_stack,
    on_ec2,
    resources,
    synth,
    web,
)

from .comparison import Update, compare
from .consequences import consequences

GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
INGRESS = "AWS::EC2::SecurityGroupIngress"
SERVICE = "AWS::ECS::Service"

Exposures = Callable[[cdk.Stack], Exposure | Sequence[Exposure]]


def alb(stack: cdk.Stack, id: str = "Shared", **options: Any) -> ApplicationLoadBalancer:  # noqa: A002
    found = stack.node.try_find_child(id)
    if isinstance(found, ApplicationLoadBalancer):
        return found
    options = {"network": network(stack), "certificates": [certificate(stack)]} | options
    return ApplicationLoadBalancer(stack, id, **options)


def nlb(stack: cdk.Stack, id: str = "SharedNlb", **options: Any) -> NetworkLoadBalancer:  # noqa: A002
    found = stack.node.try_find_child(id)
    if isinstance(found, NetworkLoadBalancer):
        return found
    return NetworkLoadBalancer(stack, id, **{"network": network(stack)} | options)


def lattice(stack: cdk.Stack, id: str = "Lattice") -> ServiceNetwork:  # noqa: A002
    found = stack.node.try_find_child(id)
    if isinstance(found, ServiceNetwork):
        return found
    return ServiceNetwork(stack, id, network=network(stack), prefix_list_id="pl-0123456789abcdef0")


def own(stack: cdk.Stack, port: int = 8080, **options: Any) -> AlbExposure:
    return AlbExposure(port=port, **{"certificate": certificate(stack)} | options)


def shared(stack: cdk.Stack, port: int = 8080, path: str = "/shop/*", **options: Any) -> AlbExposure:
    return AlbExposure(port=port, **{"load_balancer": alb(stack), "rule": ListenerRule(paths=[path])} | options)


def template_of(exposures: Exposures, **options: Any) -> Template:
    stack = new_stack()
    web(stack, exposure=exposures(stack), **options)
    return synth(stack)


def update(before: Exposures, after: Exposures, **options: Any) -> Update:
    return compare(template_of(before, **options), template_of(after, **options))


def kept(found: Update, *types: str) -> None:
    """Assert that the resources of these types, of which there are some, stay the same things."""
    for type_ in types:
        names = {name for name, entry in found.before.items() if entry["Type"] == type_}
        assert names, type_
        assert names <= found.kept, type_


# ---- the port


PORTS: dict[str, tuple[Exposures, Exposures, list[str]]] = {
    "own": (own, lambda s: own(s, 9090), [BALANCER, LISTENER, RULE, GROUP]),
    "shared": (shared, lambda s: shared(s, 9090), [BALANCER, LISTENER, RULE, GROUP]),
    "own network": (lambda _: NlbExposure(port=5000), lambda _: NlbExposure(port=6000), [BALANCER, LISTENER, GROUP]),
    "shared network": (
        lambda s: NlbExposure(port=5000, listener_port=443, load_balancer=nlb(s)),
        lambda s: NlbExposure(port=6000, listener_port=443, load_balancer=nlb(s)),
        [BALANCER, LISTENER, GROUP],
    ),
    "lattice": (
        lambda s: LatticeExposure(port=8080, service_network=lattice(s)),
        lambda s: LatticeExposure(port=9090, service_network=lattice(s)),
        ["AWS::VpcLattice::Service", "AWS::VpcLattice::TargetGroup", "AWS::VpcLattice::Listener"],
    ),
}


@pytest.mark.parametrize("kind", PORTS)
def test_another_port_changes_in_place(kind: str):
    before, after, types = PORTS[kind]
    found = update(before, after)
    kept(found, SERVICE, *types)
    assert not consequences(template_of(before), template_of(after))


@pytest.mark.parametrize("deployment", [BlueGreen()])
def test_another_port_leaves_the_weighted_rule_alone(deployment: BlueGreen):
    found = update(shared, lambda s: shared(s, 9090), deployment=deployment)
    kept(found, RULE, GROUP)
    rules = [name for name, entry in found.before.items() if entry["Type"] == RULE]
    assert all(found.before[name] == found.after[name] for name in rules)


def test_the_way_to_a_new_port_is_open_before_tasks_move():
    found = update(own, lambda s: own(s, 9090))
    rules = {
        name: entry["Properties"]["FromPort"]
        for name, entry in {**found.before, **found.after}.items()
        if entry["Type"] == INGRESS
    }
    [opened] = [name for name in rules if name in found.created]
    [closed] = [name for name in rules if name in found.deleted]
    assert (rules[closed], rules[opened]) == (8080, 9090)
    [service] = [entry for entry in found.after.values() if entry["Type"] == SERVICE]
    assert opened in service["DependsOn"]


def test_another_container_port_behind_a_classic_load_balancer_changes_in_place():
    def template(port: int) -> Template:
        stack = new_stack()
        options = on_ec2(stack, "bridge", Port(number=port, host_port=80))
        web(stack, **options, exposure=ClassicExposure(port=port, https=Disabled(REASON)))
        return synth(stack)

    kept(compare(template(8080), template(9090)), "AWS::ElasticLoadBalancing::LoadBalancer", SERVICE)


# ---- several exposures


TWO: dict[str, Callable[[cdk.Stack], list[Exposure]]] = {
    "on one port": lambda s: [shared(s, path="/a/b/*"), shared(s, path="/*")],
    "with names": lambda s: [shared(s, path="/a/*", name="a"), shared(s, path="/b/*", name="b")],
    "on one network load balancer": lambda s: [
        NlbExposure(port=5000, listener_port=443, load_balancer=nlb(s)),
        NlbExposure(port=5000, listener_port=444, load_balancer=nlb(s)),
    ],
    "its own one, one shared": lambda s: [own(s), shared(s)],
    "through two kinds": lambda s: [own(s), NlbExposure(port=8080)],
    "two of its own": lambda s: [own(s, name="people"), own(s, name="partners")],
    "two of its own without names": lambda s: [own(s), own(s, rule=ListenerRule(paths=["/partners/*"]))],
    "two networks of its own": lambda _: [NlbExposure(port=5000), NlbExposure(port=6000)],
    "on two ports": lambda s: [own(s, 8080, name="people"), own(s, 9090, name="admin")],
    "through lattice": lambda s: [
        LatticeExposure(port=8080, service_network=lattice(s)),
        LatticeExposure(port=8080, service_network=lattice(s), name="admin"),
    ],
}


@pytest.mark.parametrize("kind", TWO)
def test_the_order_does_not_matter(kind: str):
    before, after = template_of(TWO[kind]), template_of(lambda s: TWO[kind](s)[::-1])
    alarms = "AWS::CloudWatch::Alarm"  # named by their place
    for type_ in {entry["Type"] for entry in before["Resources"].values()} - {alarms}:
        assert resources(before, type_).keys() == resources(after, type_).keys(), type_
    found = compare(before, after)
    assert not consequences(before, after)
    for type_ in (GROUP, RULE, LISTENER, SERVICE):
        for name in resources(before, type_):
            old, new = found.before[name]["Properties"], found.after[name]["Properties"]
            assert {**old, "DeploymentConfiguration": 0} == {**new, "DeploymentConfiguration": 0}, name


@pytest.mark.parametrize("stays", [0, 1])
@pytest.mark.parametrize("kind", TWO)
def test_one_that_goes_or_comes_collides_with_no_other(kind: str, stays: int):
    both, one = template_of(TWO[kind]), template_of(lambda s: TWO[kind](s)[stays])
    for before, after in ((both, one), (one, both)):
        assert not {what for what in consequences(before, after) if what.startswith("fails")}


@pytest.mark.parametrize("stays", [0, 1])
@pytest.mark.parametrize(
    "kind",
    ["with names", "on one network load balancer", "its own one, one shared", "two of its own", "on two ports"],
)
def test_the_other_keeps_all_that_it_has(kind: str, stays: int):
    one = template_of(lambda s: TWO[kind](s)[stays])
    both = template_of(TWO[kind])
    for type_ in (GROUP, RULE, LISTENER, BALANCER):
        assert resources(one, type_).keys() <= resources(both, type_).keys()


def test_the_broadest_keeps_all_that_it_has_without_a_name():
    broad = template_of(lambda s: shared(s, path="/*"))
    both = template_of(lambda s: [shared(s, path="/a/*"), shared(s, path="/*")])
    found = compare(both, broad)
    kept(compare(broad, both), GROUP, RULE, LISTENER)
    [rule] = resources(broad, RULE)
    assert found.before[rule] == found.after[rule]


def test_a_narrower_rule_changes_in_place():
    found = update(shared, lambda s: shared(s, path="/store/*"))
    kept(found, RULE, GROUP)


# ---- another load balancer


def both_directions(one: Exposures, two: Exposures) -> list[tuple[Exposures, Exposures]]:
    return [(one, two), (two, one)]


EXCHANGES = [
    *both_directions(own, shared),
    *both_directions(shared, lambda s: shared(s, load_balancer=alb(s, "Other"))),
    *both_directions(lambda _: NlbExposure(port=5000), lambda s: NlbExposure(port=5000, load_balancer=nlb(s))),
    *both_directions(
        lambda s: NlbExposure(port=5000, load_balancer=nlb(s)),
        lambda s: NlbExposure(port=5000, load_balancer=nlb(s, "Other")),
    ),
    *both_directions(own, lambda _: NlbExposure(port=8080)),
    *both_directions(
        lambda s: shared(s, load_balancer=alb(s, internet_facing=True)),
        lambda s: shared(s, load_balancer=alb(s, internet_facing=False)),
    ),
    *both_directions(
        lambda s: shared(s, name="people", load_balancer=alb(s, internet_facing=True)),
        lambda s: shared(s, name="people", load_balancer=alb(s, internet_facing=False)),
    ),
    *both_directions(
        lambda s: NlbExposure(port=5000, load_balancer=nlb(s, internet_facing=True)),
        lambda s: NlbExposure(port=5000, load_balancer=nlb(s, internet_facing=False)),
    ),
]


@pytest.mark.parametrize("deployment", [None, BlueGreen(hooks=[])])
@pytest.mark.parametrize("place", range(len(EXCHANGES)))
def test_another_load_balancer_gets_other_groups(place: int, deployment: BlueGreen | None):
    before, after = EXCHANGES[place]
    old, new = template_of(before, deployment=deployment), template_of(after, deployment=deployment)
    assert resources(old, GROUP)
    assert not resources(old, GROUP).keys() & resources(new, GROUP).keys()
    assert not {what for what in consequences(old, new) if what.startswith("fails")}
    kept(compare(old, new), SERVICE)


@pytest.mark.parametrize("test", [{"test_port": 9443}, {"test_rule": ListenerRule(headers={"X-Test": ["1"]})}])
def test_a_test_listener_goes_with_its_load_balancer(test: dict[str, Any]):
    def at(*, internet_facing: bool) -> Template:
        return template_of(
            lambda s: shared(s, load_balancer=alb(s, internet_facing=internet_facing), **test), deployment=BlueGreen()
        )

    old, new = at(internet_facing=True), at(internet_facing=False)
    assert len(resources(old, RULE)) == 2
    assert not {what for what in consequences(old, new) if what.startswith("fails")}


def test_a_public_service_becomes_one_of_the_inside():
    def template(kind: type[WebService | BackendService]) -> Template:
        stack = new_stack()
        kind(stack, "Web", cluster=cluster(stack), image=IMAGE, exposure=[own(stack), NlbExposure(port=8080)])
        return synth(stack)

    public, inside = template(WebService), template(BackendService)
    assert len(resources(public, BALANCER)) == len(resources(inside, BALANCER)) == 2
    assert not resources(public, GROUP).keys() & resources(inside, GROUP).keys()
    for before, after in ((public, inside), (inside, public)):
        assert not {what for what in consequences(before, after) if what.startswith("fails")}


def test_another_service_network_keeps_the_address():
    found = update(
        lambda s: LatticeExposure(port=8080, service_network=lattice(s)),
        lambda s: LatticeExposure(port=8080, service_network=lattice(s, "Other")),
    )
    kept(found, "AWS::VpcLattice::Service", "AWS::VpcLattice::TargetGroup", "AWS::VpcLattice::Listener")


# ---- another service in the place of one


def test_a_service_with_another_name_takes_a_path_over():
    def template(name: str) -> Template:
        stack = new_stack()
        web(stack, name, exposure=shared(stack), cluster=cluster(stack))
        return synth(stack)

    before, after = template("Shop"), template("Store")
    [old], [new] = resources(before, RULE), resources(after, RULE)
    assert old != new
    assert not {what for what in consequences(before, after) if what.startswith("fails")}
    for name, found in ((old, before), (new, after)):
        assert found["Resources"][name]["Properties"]["Conditions"][0]["PathPatternConfig"]["Values"] == ["/shop/*"]


def test_a_service_in_another_stack_takes_a_path_over():
    def number(stack_name: str) -> int:
        app = cdk.App()
        platform, stack = cdk.Stack(app, "Platform"), cdk.Stack(app, stack_name)
        web(stack, exposure=shared(stack, load_balancer=alb(platform)), cluster=cluster(stack))
        [rule] = resources(synth(stack), RULE).values()
        return int(rule["Properties"]["Priority"])

    assert number("One") != number("Two")
    assert number("One") == number("One")


def test_ids_do_not_know_the_stages_of_the_app():
    def names(scope: Any) -> set[str]:
        platform, stack = (cdk.Stack(scope, name, stack_name=name) for name in ("Platform", "Shop"))
        web(stack, exposure=shared(stack, load_balancer=alb(platform)), cluster=cluster(stack))
        found = cdk.assertions.Template.from_stack(stack).to_json()
        return {
            f"{name} {entry['Properties'].get('Priority')}"
            for type_ in (RULE, GROUP)
            for name, entry in resources(found, type_).items()
        }

    app = cdk.App()
    assert names(cdk.App()) == names(cdk.Stage(app, "Production"))
