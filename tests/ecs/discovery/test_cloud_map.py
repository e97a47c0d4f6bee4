"""Services with a name in DNS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from cdk_containers import BackendService, CloudMap, Cluster, ConstructError, DaemonService, Namespace, Port
from tests.toolkit import (
    IMAGE,
    backend,
    capacity,
    cluster,
    container,
    network,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
)

SERVICE = "AWS::ServiceDiscovery::Service"


def names(stack: cdk.Stack) -> Namespace:
    found = stack.node.try_find_child("Names")
    return (
        found
        if isinstance(found, Namespace)
        else Namespace(stack, "Names", name="shop.internal", network=network(stack))
    )


def orders(stack: cdk.Stack, *, service: dict[str, Any] | None = None, **given: Any) -> BackendService:
    options = {"container": container(ports=[8080, 9090]), "sidecars": [container(name="b", ports=[7070])]}
    cloud_map = CloudMap(**{"namespace": names(stack), "name": "orders"} | given)
    return backend(stack, "Orders", cloud_map=cloud_map, **options if service is None else service)


def record(stack: cdk.Stack) -> tuple[str, str]:
    [entry] = properties(synth(stack), SERVICE)["DnsConfig"]["DnsRecords"]
    return entry["Type"], str(entry["TTL"])


def registry(stack: cdk.Stack) -> dict[str, Any]:
    template = synth(stack)
    [name] = resources(template, SERVICE)
    [entry] = properties(template, "AWS::ECS::Service")["ServiceRegistries"]
    assert entry.pop("RegistryArn") == {"Fn::GetAtt": [name, "Arn"]}
    return entry


def test_tasks_with_an_address_have_address_records():
    stack = new_stack()
    orders(stack)
    assert record(stack) == ("A", "15")
    assert registry(stack) == {}
    assert properties(synth(stack), SERVICE)["Name"] == "orders"


def test_a_service_without_the_option_has_no_name():
    stack = new_stack()
    backend(stack)
    assert "ServiceRegistries" not in properties(synth(stack), "AWS::ECS::Service")


def test_srv_records_have_the_port():
    stack = new_stack()
    orders(stack, record_type="SRV")
    assert record(stack) == ("SRV", "15")
    assert registry(stack) == {"ContainerName": "app", "ContainerPort": 8080}


def test_another_port_and_container():
    stack = new_stack()
    orders(stack, record_type="SRV", container="b", port=7070)
    assert registry(stack) == {"ContainerName": "b", "ContainerPort": 7070}


@pytest.mark.parametrize("mode", ["bridge", "host"])
def test_tasks_with_the_address_of_their_instance_have_srv_records(mode: Any):
    stack = new_stack()
    orders(stack, service=on_ec2(stack, mode, 8080))
    assert record(stack) == ("SRV", "15")
    assert registry(stack) == {"ContainerName": "app", "ContainerPort": 8080}


def test_a_daemon_can_have_a_name():
    stack = new_stack()
    capacity(stack)
    given = CloudMap(namespace=names(stack), name="agent")
    DaemonService(stack, "Agent", cluster=own_cluster(stack), image=IMAGE, cloud_map=given)
    assert record(stack) == ("A", "15")


def test_the_time_to_remember_an_answer():
    stack = new_stack()
    orders(stack, ttl=timedelta(seconds=60))
    assert record(stack) == ("A", "60")


@pytest.mark.parametrize(
    ("given", "option", "practice"),
    [
        ({"ttl": timedelta(seconds=-1)}, "cloud_map.ttl", "cloud-map-ttl"),
        ({"name": "orders!"}, "cloud_map.name", "unique-discovery-names"),
        ({"name": ""}, "cloud_map.name", "unique-discovery-names"),
        ({"port": 0}, "cloud_map.port", "port-mappings"),
        ({"port": 1234}, "cloud_map.port", "port-mappings"),
        ({"container": "c"}, "cloud_map.container", "port-mappings"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], option: str, practice: str):
    with pytest.raises(ConstructError) as error:
        orders(new_stack(), **given)
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == (option, practice)


@pytest.mark.parametrize("mode", ["bridge", "host"])
def test_an_address_record_for_shared_addresses_is_refused(mode: Any):
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        orders(stack, record_type="A", service=on_ec2(stack, mode, 8080))
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("cloud_map.record_type", "cloud-map-record")


def test_an_srv_record_without_a_port_is_refused():
    stack = new_stack()
    with pytest.raises(ConstructError, match="container app has no port"):
        orders(stack, record_type="SRV", service={"image": IMAGE})


def test_an_http_namespace_has_no_names_in_dns():
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        orders(stack, namespace=Namespace(stack, "Other", name="other"))
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("cloud_map.namespace", "cloud-map-record")


def test_a_namespace_of_another_network_is_refused():
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-0aaaaaaaaaaaaaaaa", availability_zones=["eu-west-1a"], private_subnet_ids=["subnet-1"]
    )
    elsewhere = Cluster.from_attributes(stack, "Elsewhere", cluster_name="other", network=vpc)
    with pytest.raises(ConstructError) as error:
        orders(stack, service={"cluster": elsewhere, "image": IMAGE})
    [problem] = error.value.problems
    assert (problem.option, problem.given) == ("cloud_map.namespace", "vpc-0123456789abcdef0")


def test_without_a_cluster_there_would_be_another_network():
    stack = new_stack()
    given = CloudMap(namespace=names(stack), name="orders")
    with pytest.raises(ConstructError) as error:
        BackendService(stack, "Orders", image=IMAGE, cloud_map=given)
    assert [problem.option for problem in error.value.problems] == ["cluster"]


def test_a_udp_port_can_be_found():
    stack = new_stack()
    udp = {"container": container(ports=[Port(number=53, protocol="udp")])}
    orders(stack, record_type="SRV", service=udp | {"cluster": cluster(stack)})
    assert registry(stack) == {"ContainerName": "app", "ContainerPort": 53}
    assert resource(synth(stack), SERVICE) is not None
