"""One load balancer, several services: from other stacks too, with numbers that neither collide nor move."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from cdk_containers import AlbExposure, ApplicationLoadBalancer, BlueGreen, ConstructError, Disabled, ListenerRule
from tests.toolkit import backend, certificate, cluster, network, new_stack, properties, resources, synth, web


def shared(stack: cdk.Stack) -> ApplicationLoadBalancer:
    return ApplicationLoadBalancer(stack, "Shared", network=network(stack), certificates=[certificate(stack)])


def exposed(load_balancer: ApplicationLoadBalancer, **rule: Any) -> AlbExposure:
    return AlbExposure(port=8080, load_balancer=load_balancer, rule=ListenerRule(**rule))


def numbers(stack: cdk.Stack) -> dict[str, int]:
    rules = resources(synth(stack), "AWS::ElasticLoadBalancingV2::ListenerRule")
    return {name.split("Alb")[0]: entry["Properties"]["Priority"] for name, entry in rules.items()}


def test_services_of_other_stacks_share_it_without_a_cycle():
    app = cdk.App()
    base, one, two = (cdk.Stack(app, name) for name in ("Base", "One", "Two"))
    load_balancer = shared(base)
    web(one, exposure=exposed(load_balancer, paths=["/shop/*"]), cluster=cluster(one))
    backend(two, exposure=exposed(load_balancer, paths=["/orders/*"]), cluster=cluster(two))
    app.synth()
    templates = {stack.stack_name: synth(stack) for stack in (base, one, two)}
    for name in ("One", "Two"):
        assert len(resources(templates[name], "AWS::ElasticLoadBalancingV2::ListenerRule")) == 1, name
        assert len(resources(templates[name], "AWS::ElasticLoadBalancingV2::TargetGroup")) == 1, name
    assert not resources(templates["Base"], "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert {stack.stack_name for stack in one.dependencies} <= {"Base"}
    assert base.dependencies == []


def test_a_service_that_comes_later_moves_no_number():
    before = new_stack()
    load_balancer = shared(before)
    place = cluster(before)
    web(before, "Shop", exposure=exposed(load_balancer, paths=["/shop/*"]), cluster=place)
    web(before, "Docs", exposure=exposed(load_balancer, hosts=["docs.example.com"]), cluster=place)

    after = new_stack()
    load_balancer = shared(after)
    place = cluster(after)
    for name in ("Admin", "Search", "Orders"):
        web(after, name, exposure=exposed(load_balancer, paths=[f"/{name.lower()}/*"]), cluster=place)
    web(after, "Docs", exposure=exposed(load_balancer, hosts=["docs.example.com"]), cluster=place)
    web(after, "Shop", exposure=exposed(load_balancer, paths=["/shop/*"]), cluster=place)

    assert len(set(numbers(after).values())) == 5
    assert numbers(before) == {name: number for name, number in numbers(after).items() if name in ("Shop", "Docs")}


def test_a_service_that_takes_everything_comes_last():
    stack = new_stack()
    load_balancer = shared(stack)
    place = cluster(stack)
    web(stack, "Rest", exposure=exposed(load_balancer), cluster=place)
    web(stack, "Shop", exposure=exposed(load_balancer, paths=["/shop/*"]), cluster=place)
    found = numbers(stack)
    assert found["Shop"] < found["Rest"]


def test_the_rule_is_the_services_and_forwards_to_it():
    stack = new_stack()
    web(stack, exposure=exposed(shared(stack), paths=["/shop/*"]))
    template = synth(stack)
    [action] = properties(template, "AWS::ElasticLoadBalancingV2::ListenerRule")["Actions"]
    [target_group] = resources(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (action["Type"], action["TargetGroupArn"]) == ("forward", {"Ref": target_group})
    assert len(resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")) == 1


# ---- errors


@pytest.mark.parametrize(
    ("first", "second", "option"),
    [
        ({"paths": ["/shop/*"]}, {"paths": ["/shop/*"]}, "exposure.rule"),
        ({"paths": ["/a", "/b"]}, {"paths": ["/b", "/a"]}, "exposure.rule"),
        ({"headers": {"X-A": ["1"]}}, {"headers": {"x-a": ["1"]}}, "exposure.rule"),
        ({}, {}, "exposure.rule"),
        ({}, {"paths": ["/*"]}, "exposure.rule"),
        ({"paths": ["/a"], "priority": 5}, {"paths": ["/b"], "priority": 5}, "exposure.rule.priority"),
    ],
)
def test_two_services_cannot_take_one_rule_or_one_number(first: dict[str, Any], second: dict[str, Any], option: str):
    stack = new_stack()
    load_balancer = shared(stack)
    place = cluster(stack)
    web(stack, "First", exposure=exposed(load_balancer, **first), cluster=place)
    with pytest.raises(ConstructError) as raised:
        web(stack, "Second", exposure=exposed(load_balancer, **second), cluster=place)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, "listener-rule-priority")
    assert "Shop/First" in problem.what
    assert raised.value.path == "Shop/Second"
    assert stack.node.try_find_child("Second") is None


def test_a_service_that_was_refused_has_taken_nothing():
    stack = new_stack()
    load_balancer = shared(stack)
    place = cluster(stack)
    with pytest.raises(ConstructError):
        web(stack, cpu=300, exposure=exposed(load_balancer, paths=["/shop/*"]), cluster=place)
    web(stack, exposure=exposed(load_balancer, paths=["/shop/*"]), cluster=place)
    assert len(numbers(stack)) == 1


@pytest.mark.parametrize(
    ("first", "second", "option"),
    [
        ({"paths": ["/a"]}, {"paths": ["/a"]}, "exposure[1].rule"),
        ({"paths": ["/a"], "priority": 5}, {"paths": ["/b"], "priority": 5}, "exposure[1].rule.priority"),
    ],
)
def test_nor_can_two_exposures_of_one_service(first: dict[str, Any], second: dict[str, Any], option: str):
    stack = new_stack()
    load_balancer = shared(stack)
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=[exposed(load_balancer, **first), exposed(load_balancer, **second)])
    assert [problem.option for problem in raised.value.problems] == [option]
    assert stack.node.try_find_child("Web") is None


@pytest.mark.parametrize("option", ["certificate", "https", "ingress"])
def test_what_belongs_to_the_load_balancer_is_said_there(option: str):
    stack = new_stack()
    value = {"certificate": certificate(stack, "Own"), "https": Disabled("inside the network only"), "ingress": []}
    exposure = AlbExposure(port=8080, load_balancer=shared(stack), **{option: value[option]})  # type: ignore[arg-type]
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=exposure)
    assert [problem.option for problem in raised.value.problems] == [f"exposure.{option}"]


@pytest.mark.parametrize(
    ("rule", "option", "allowed"),
    [
        ({"paths": ["shop"]}, "paths", "/api/*"),
        ({"paths": ["/a", "/b", "/c"], "hosts": ["x", "y", "z"]}, "", "up to 5"),
        ({"source_ips": ["here"]}, "source_ips", "10.0.0.0/8"),
        ({"methods": ["get"]}, "methods", "GET"),
        ({"priority": 0}, "priority", "1–50000"),
        ({"priority": 50_001}, "priority", "1–50000"),
        ({"paths": "/shop"}, "paths", "a list of str"),
        ({"headers": {"X": "1"}}, "headers['X']", "a list of str"),
    ],
)
def test_a_rule_that_a_listener_refuses(rule: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=exposed(shared(stack), **rule))
    [problem] = raised.value.problems
    assert problem.option == ".".join(filter(None, ["exposure.rule", option]))
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Web") is None


def test_numbers_known_at_deployment_pass():
    stack = new_stack()
    number = cdk.CfnParameter(stack, "Number", type="Number").value_as_number
    web(stack, exposure=exposed(shared(stack), paths=["/a"], priority=number))
    assert properties(synth(stack), "AWS::ElasticLoadBalancingV2::ListenerRule")["Priority"] == {"Ref": "Number"}


# ---- a number that another rule has


def number_of(taken: int | None = None, **rule: Any) -> tuple[int, list[Any]]:
    stack = new_stack()
    load_balancer = shared(stack)
    other = web(stack, "Other", exposure=exposed(load_balancer, hosts=["other.example.com"]), cluster=cluster(stack))
    if taken is not None:
        load_balancer.reserve(other, {"host": ["third.example.com"]}, taken)
    web(stack, exposure=exposed(load_balancer, **{"paths": ["/shop/*"]} | rule), cluster=cluster(stack))
    told = assertions.Annotations.from_stack(stack).find_info("*", assertions.Match.string_like_regexp("priority="))
    return numbers(stack)["Web"], told


def test_a_rule_whose_number_is_taken_gets_another_and_says_so():
    first, nothing = number_of()
    second, told = number_of(first)
    assert second != first
    assert not nothing
    [info] = told
    assert f"ListenerRule(priority={second})" in str(info.entry.data)
    assert "Shop/Other" in str(info.entry.data)
    assert number_of(first, priority=second) == (second, [])
    assert number_of(second) == (first, [])


def test_a_number_that_somebody_gave_is_kept_for_that_rule():
    first, _ = number_of()
    stack = new_stack()
    load_balancer = shared(stack)
    exposures = [
        exposed(load_balancer, paths=["/shop/*"]),
        AlbExposure(
            port=8080,
            load_balancer=load_balancer,
            name="given",
            rule=ListenerRule(hosts=["shop.example.com"], priority=first),
        ),
    ]
    web(stack, exposure=exposures, cluster=cluster(stack))
    rules = resources(synth(stack), "AWS::ElasticLoadBalancingV2::ListenerRule")
    found = {name: entry["Properties"]["Priority"] for name, entry in rules.items()}
    assert len(set(found.values())) == 2
    assert [number for name, number in found.items() if "given" in name] == [first]


def test_a_number_that_is_taken_is_refused_with_one_that_is_free():
    first, _ = number_of()
    with pytest.raises(ConstructError) as raised:
        number_of(first, priority=first)
    [problem] = raised.value.problems
    assert problem.option == "exposure.rule.priority"
    assert f"ListenerRule(priority={first - 1})" in problem.allowed


@pytest.mark.parametrize("rule", [{}, {"paths": ["/a/b/c/d/*"], "hosts": ["a.example.com"], "methods": ["GET"]}])
@pytest.mark.parametrize("test", [{"headers": {"X-Test": ["1"]}}, {"paths": ["/test/*"]}, {"methods": ["GET"]}])
def test_test_traffic_is_looked_for_first(rule: dict[str, Any], test: dict[str, Any]):
    stack = new_stack()
    exposure = AlbExposure(
        port=8080,
        load_balancer=shared(stack),
        rule=ListenerRule(**{"hosts": ["b.example.com"]} | rule),
        test_rule=ListenerRule(**test, source_ips=["10.0.0.0/8"]),
    )
    web(stack, exposure=exposure, deployment=BlueGreen(), cluster=cluster(stack))
    rules = resources(synth(stack), "AWS::ElasticLoadBalancingV2::ListenerRule")
    found = {"TestRule" in name: entry["Properties"]["Priority"] for name, entry in rules.items()}
    assert found[True] < found[False]


@pytest.mark.parametrize(("production", "test"), [(10, None), (None, 45_000), (10, 10), (1, None)])
def test_a_number_that_would_have_test_traffic_come_second(production: int | None, test: int | None):
    stack = new_stack()
    exposure = AlbExposure(
        port=8080,
        load_balancer=shared(stack),
        rule=ListenerRule(hosts=["a.example.com"], priority=production),
        test_rule=ListenerRule(headers={"X-Test": ["1"]}, priority=test),
    )
    with pytest.raises(ConstructError) as raised:
        web(stack, exposure=exposure, deployment=BlueGreen(), cluster=cluster(stack))
    assert [problem.option for problem in raised.value.problems] == ["exposure.test_rule.priority"]
