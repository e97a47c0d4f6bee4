"""Namespaces in Cloud Map."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import CloudMap, ConstructError, Namespace, Port, ServedPort, ServiceConnect
from tests.toolkit import backend, container, network, new_stack, properties, resources, synth

ARN = "arn:aws:servicediscovery:eu-west-1:111111111111:namespace/ns-0123456789abcdef"
PRIVATE, HTTP = "AWS::ServiceDiscovery::PrivateDnsNamespace", "AWS::ServiceDiscovery::HttpNamespace"


def names(stack: cdk.Stack) -> Namespace:
    return Namespace(stack, "Names", name="shop.internal", network=network(stack))


def orders(stack: cdk.Stack, id: str, **options: Any) -> object:  # noqa: A002
    ports = [Port(number=8080, name="orders", app_protocol="http")]
    return backend(stack, id, container=container(ports=ports), **options)


def problems(error: pytest.ExceptionInfo[ConstructError]) -> list[tuple[str, str | None]]:
    return [(problem.option, problem.practice) for problem in error.value.problems]


def test_with_a_network_its_names_are_in_dns():
    stack = new_stack()
    namespace = names(stack)
    template = synth(stack)
    assert properties(template, PRIVATE) == {"Name": "shop.internal", "Vpc": "vpc-0123456789abcdef0"}
    assert resources(template, HTTP) == {}
    assert namespace.vpc is network(stack).vpc


def test_without_a_network_it_is_for_service_connect_alone():
    stack = new_stack()
    namespace = Namespace(stack, "Names", name="shop")
    template = synth(stack)
    assert properties(template, HTTP) == {"Name": "shop"}
    assert resources(template, PRIVATE) == {}
    assert namespace.vpc is None


@pytest.mark.parametrize("name", ["", "shop internal", "-shop", "shop.", "shop..internal", "a" * 64, "a." * 130 + "b"])
def test_a_name_that_dns_does_not_take_is_refused(name: str):
    with pytest.raises(ConstructError) as error:
        Namespace(new_stack(), "Names", name=name)
    assert problems(error) == [("name", "unique-discovery-names")]


@pytest.mark.parametrize("name", ["shop", "shop.internal", "a" * 63 + ".local", "_tcp.shop"])
def test_other_names_are_taken(name: str):
    assert Namespace(new_stack(), "Names", name=name).name == name


@pytest.mark.parametrize("in_dns", [True, False])
def test_a_namespace_that_exists(in_dns: bool):  # noqa: FBT001
    stack = new_stack()
    namespace = Namespace.from_attributes(
        stack,
        "Names",
        name="shop.internal",
        namespace_id="ns-0123456789abcdef",
        namespace_arn=ARN,
        network=network(stack) if in_dns else None,
    )
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace))
    if in_dns:
        orders(stack, "Stock", cloud_map=CloudMap(namespace=namespace, name="stock"))
    template = synth(stack)
    service = properties(template, "AWS::ECS::Service", like="OrdersService")
    assert service["ServiceConnectConfiguration"]["Namespace"] == ARN
    registered = resources(template, "AWS::ServiceDiscovery::Service")
    assert [entry["Properties"]["NamespaceId"] for entry in registered.values()] == ["ns-0123456789abcdef"] * in_dns
    assert resources(template, PRIVATE) == {} == resources(template, HTTP)


# ---- one name, one service


def test_two_services_with_one_discovery_name_are_refused():
    stack = new_stack()
    namespace = names(stack)
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace))
    with pytest.raises(ConstructError) as error:
        orders(stack, "Others", service_connect=ServiceConnect(namespace=namespace))
    assert problems(error) == [("service_connect.ports", "unique-discovery-names")]
    assert "Shop/Orders already has this name in Shop/Names" in str(error.value)
    assert error.value.problems[0].given == "'orders'"


def test_two_services_with_one_alias_are_refused():
    stack = new_stack()
    namespace = names(stack)
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace))
    port = ServedPort(name="orders", discovery_name="others", dns_name="orders")
    with pytest.raises(ConstructError) as error:
        orders(stack, "Others", service_connect=ServiceConnect(namespace=namespace, ports=[port]))
    assert [problem.given for problem in error.value.problems] == ["'orders:8080'"]


def test_one_alias_at_two_ports_is_taken():
    stack = new_stack()
    namespace = names(stack)
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace))
    port = ServedPort(name="orders", discovery_name="others", dns_name="orders", client_port=80)
    orders(stack, "Others", service_connect=ServiceConnect(namespace=namespace, ports=[port]))
    assert len(resources(synth(stack), "AWS::ECS::Service")) == 2


def test_one_service_that_asks_for_a_name_twice_is_refused():
    stack = new_stack()
    ports = [ServedPort(name="orders"), ServedPort(name="orders", dns_name="again")]
    with pytest.raises(ConstructError, match="this service already has this name"):
        orders(stack, "Orders", service_connect=ServiceConnect(namespace=names(stack), ports=ports))


def test_a_name_in_dns_and_a_discovery_name_are_names_of_one_namespace():
    stack = new_stack()
    namespace = names(stack)
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace))
    with pytest.raises(ConstructError) as error:
        orders(stack, "Others", cloud_map=CloudMap(namespace=namespace, name="Orders"))
    assert problems(error) == [("cloud_map.name", "unique-discovery-names")]


def test_one_service_cannot_have_a_name_both_ways():
    stack = new_stack()
    namespace = names(stack)
    with pytest.raises(ConstructError) as error:
        orders(
            stack,
            "Orders",
            service_connect=ServiceConnect(namespace=namespace),
            cloud_map=CloudMap(namespace=namespace, name="orders"),
        )
    assert problems(error) == [("cloud_map.name", "unique-discovery-names")]


def test_the_same_name_in_two_namespaces_is_two_names():
    stack = new_stack()
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=names(stack)))
    other = Namespace(stack, "Other", name="other")
    orders(stack, "Others", service_connect=ServiceConnect(namespace=other))
    assert len(resources(synth(stack), "AWS::ECS::Service")) == 2


def test_a_service_that_is_refused_takes_no_name():
    stack = new_stack()
    namespace = names(stack)
    with pytest.raises(ConstructError):
        orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace), desired_count=-1)
    orders(stack, "Orders", service_connect=ServiceConnect(namespace=namespace))
    assert len(resources(synth(stack), "AWS::ECS::Service")) == 1
