"""`connect_to` does the whole job: rule, order, namespace, address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as servicediscovery
from cdk_nag import AwsSolutionsChecks

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    CloudMap,
    Cluster,
    ConstructError,
    Disabled,
    LatticeExposure,
    ListenerRule,
    Namespace,
    NetworkLoadBalancer,
    NlbExposure,
    Port,
    ServedPort,
    ServiceConnect,
    ServiceNetwork,
)
from tests.subjects.ecs.discovery import PORTS
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    on_ec2,
    properties,
    resource,
    resources,
    statements,
    synth,
    web,
)

INGRESS = "AWS::EC2::SecurityGroupIngress"
ONE = [Port(number=8080, name="orders", app_protocol="http")]


def names(stack: cdk.Stack) -> Namespace:
    found = stack.node.try_find_child("Names")
    return (
        found
        if isinstance(found, Namespace)
        else Namespace(stack, "Names", name="shop.internal", network=network(stack))
    )


def plain(stack: cdk.Stack, id: str, **options: Any) -> BackendService:  # noqa: A002
    return backend(stack, id, **options)


def by_service_connect(stack: cdk.Stack, id: str = "Orders", *, ports: Any = ONE, **given: Any) -> BackendService:  # noqa: A002
    options = ServiceConnect(namespace=names(stack), **given)
    return backend(stack, id, container=container(ports=ports), service_connect=options)


def by_name(stack: cdk.Stack, id: str = "Orders", **options: Any) -> BackendService:  # noqa: A002
    given = CloudMap(namespace=names(stack), name=id.lower())
    return backend(stack, id, cloud_map=given, **{"container": container(ports=[8080])} | options)


def by_lattice(stack: cdk.Stack, id: str = "Orders", **options: Any) -> BackendService:  # noqa: A002
    lattice = ServiceNetwork(stack, "Lattice", network=network(stack), prefix_list_id="pl-0123456789abcdef0")
    return backend(stack, id, exposure=LatticeExposure(port=8080, service_network=lattice, **options), image=IMAGE)


def by_load_balancer(stack: cdk.Stack, id: str = "Orders") -> BackendService:  # noqa: A002
    return backend(stack, id, exposure=AlbExposure(port=8080, https=Disabled(REASON)), image=IMAGE)


WAYS: list[tuple[Callable[[cdk.Stack], BackendService], int]] = [
    (by_service_connect, 8080),
    (by_name, 8080),
    (by_lattice, 443),
    (by_load_balancer, 80),
]
every_way = pytest.mark.parametrize(("make", "port"), WAYS, ids=lambda part: getattr(part, "__name__", str(part)))


def environment(stack: cdk.Stack, like: str) -> dict[str, Any]:
    [definition] = properties(synth(stack), "AWS::ECS::TaskDefinition", like=like)["ContainerDefinitions"]
    return {entry["Name"]: entry["Value"] for entry in definition.get("Environment", ())}


def service(stack: cdk.Stack, like: str) -> dict[str, Any]:
    return resource(synth(stack), "AWS::ECS::Service", like=like)


# ---- all of it, whatever the way


@every_way
def test_there_is_one_rule_from_the_caller(make: Callable[..., BackendService], port: int):
    stack = new_stack()
    caller = plain(stack, "Web")
    caller.connect_to(make(stack))
    rule = properties(synth(stack), INGRESS, like="WebTo")
    assert (rule["FromPort"], rule["ToPort"], rule["IpProtocol"]) == (port, port, "tcp")
    assert rule["SourceSecurityGroupId"] == stack.resolve(caller.connections.security_groups[0].security_group_id)
    assert rule["Description"] == "Web to Orders"


@every_way
def test_the_caller_waits_for_the_other_and_for_the_rule(make: Callable[..., BackendService], port: int):
    stack = new_stack()
    plain(stack, "Web").connect_to(make(stack))
    template = synth(stack)
    waits = resource(template, "AWS::ECS::Service", like="WebService")["DependsOn"]
    [other] = [name for name in resources(template, "AWS::ECS::Service") if "OrdersService" in name]
    [rule] = [name for name in resources(template, INGRESS) if "WebTo" in name]
    assert {other, rule} <= set(waits)
    assert port


@every_way
def test_before_it_there_is_nothing_of_it(make: Callable[..., BackendService], port: int):
    stack = new_stack()
    plain(stack, "Web")
    make(stack)
    template = synth(stack)
    assert [name for name in resources(template, INGRESS) if "WebTo" in name] == []
    assert "Orders" not in str(resource(template, "AWS::ECS::Service", like="WebService")["DependsOn"])
    assert environment(stack, "WebTask") == {}
    assert port


@every_way
def test_the_caller_is_told_what_endpoint_says(make: Callable[..., BackendService], port: int):
    stack = new_stack()
    other = make(stack)
    plain(stack, "Web").connect_to(other)
    assert environment(stack, "WebTask") == {"ORDERS_URL": stack.resolve(other.endpoint)}
    assert port


# ---- the address


def test_the_address_by_service_connect():
    stack = new_stack()
    assert by_service_connect(stack).endpoint == "http://orders:8080"
    assert by_service_connect(stack, "Other", ports=[Port(number=9, name="other")]).endpoint == "http://other:9"
    options = ServiceConnect(
        namespace=names(stack),
        ports=[ServedPort(name="orders", discovery_name="third", dns_name="third.shop", client_port=80)],
    )
    third = backend(stack, "Third", container=container(ports=ONE), service_connect=options)
    assert third.endpoint == "http://third.shop:80"


def test_the_address_in_dns():
    stack = new_stack()
    assert by_name(stack).endpoint == "http://orders.shop.internal:8080"


def test_an_srv_record_is_a_name_to_ask_for():
    stack = new_stack()
    other = by_name(stack, **on_ec2(stack, "bridge", 8080))
    plain(stack, "Web").connect_to(other)
    assert environment(stack, "WebTask") == {"ORDERS_SRV": "orders.shop.internal"}


def test_the_address_behind_vpc_lattice():
    stack = new_stack()
    other = by_lattice(stack)
    [name] = resources(synth(stack), "AWS::VpcLattice::Service")
    expected = {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [name, "DnsEntry.DomainName"]}]]}
    assert stack.resolve(other.endpoint) == expected


def test_the_best_way_is_taken():
    stack = new_stack()
    other = backend(
        stack,
        "Orders",
        container=container(ports=ONE),
        service_connect=ServiceConnect(namespace=names(stack)),
        cloud_map=CloudMap(namespace=names(stack), name="orders-dns"),
        exposure=AlbExposure(port=8080, https=Disabled(REASON)),
    )
    assert other.endpoint == "http://orders:8080"
    second = backend(
        stack,
        "Stock",
        container=container(ports=[8080]),
        cloud_map=CloudMap(namespace=names(stack), name="stock"),
        exposure=AlbExposure(port=8080, https=Disabled(REASON)),
    )
    assert second.endpoint == "http://stock.shop.internal:8080"


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("Orders", "ORDERS_URL"),
        ("OrdersBackend", "ORDERS_BACKEND_URL"),
        ("HTTPApi", "HTTP_API_URL"),
        ("a-b", "A_B_URL"),
    ],
)
def test_the_name_of_the_variable_comes_from_the_others_name(id_: str, expected: str):
    stack = new_stack()
    plain(stack, "Web").connect_to(by_service_connect(stack, id_))
    assert list(environment(stack, "WebTask")) == [expected]


def test_name_and_value_can_be_others():
    stack = new_stack()
    plain(stack, "Web").connect_to(by_service_connect(stack), variable="BACKEND", url="grpc://orders:8080")
    assert environment(stack, "WebTask") == {"BACKEND": "grpc://orders:8080"}


def test_one_of_several_ports():
    stack = new_stack()
    other = by_service_connect(stack, ports=PORTS)
    caller = plain(stack, "Web")
    caller.connect_to(other)
    caller.connect_to(other, port="admin", variable="ORDERS_ADMIN")
    assert environment(stack, "WebTask") == {"ORDERS_URL": "http://orders:8080", "ORDERS_ADMIN": "http://admin:9090"}
    rules = [entry["Properties"] for name, entry in resources(synth(stack), INGRESS).items() if "WebTo" in name]
    assert [rule["FromPort"] for rule in rules] == [8080, 9090]


# ---- the namespace


def test_the_caller_joins_the_namespace_as_one_that_only_calls():
    stack = new_stack()
    plain(stack, "Web").connect_to(by_service_connect(stack))
    found = service(stack, "WebService")["Properties"]["ServiceConnectConfiguration"]
    assert found["Enabled"] is True
    assert found["Namespace"] == stack.resolve(names(stack).namespace.namespace_arn)
    assert found["LogConfiguration"]["Options"]["awslogs-stream-prefix"] == "service-connect"
    assert "Services" not in found


def test_a_caller_that_serves_goes_on_serving():
    stack = new_stack()
    caller = by_service_connect(stack, "Web", ports=[Port(number=8080, name="web")])
    caller.connect_to(by_service_connect(stack))
    [served] = service(stack, "WebService")["Properties"]["ServiceConnectConfiguration"]["Services"]
    assert served["PortName"] == "web"


@pytest.mark.parametrize("make", [by_name, by_lattice, by_load_balancer])
def test_by_another_way_there_is_no_proxy(make: Callable[..., BackendService]):
    stack = new_stack()
    plain(stack, "Web").connect_to(make(stack))
    assert "ServiceConnectConfiguration" not in service(stack, "WebService")["Properties"]


def test_another_namespace_is_refused():
    stack = new_stack()
    other = Namespace(stack, "Other", name="other")
    caller = backend(stack, "Web", service_connect=ServiceConnect(namespace=other))
    with pytest.raises(ConstructError) as error:
        caller.connect_to(by_service_connect(stack))
    [problem] = error.value.problems
    assert (error.value.path, problem.option, problem.given) == ("Shop/Web.connect_to", "other", "Shop/Names")


# ---- instances


def test_in_bridge_mode_the_proxy_has_any_port_of_the_instance():
    stack = new_stack()
    options = ServiceConnect(namespace=names(stack))
    other = backend(stack, "Orders", **on_ec2(stack, "bridge", *ONE), service_connect=options)
    plain(stack, "Web").connect_to(other)
    rule = properties(synth(stack), INGRESS, like="WebTo")
    assert (rule["FromPort"], rule["ToPort"]) == (32768, 65535)
    assert "Instances" in str(rule["GroupId"])


@pytest.mark.parametrize(
    ("mode", "port", "expected"),
    [
        ("bridge", 8080, (32768, 65535)),
        ("bridge", Port(number=8080, host_port=80), (80, 80)),
        ("host", 8080, (8080, 8080)),
        ("awsvpc", 8080, (8080, 8080)),
    ],
)
def test_the_ports_of_tasks_in_dns(mode: Any, port: Any, expected: tuple[int, int]):
    stack = new_stack()
    plain(stack, "Web").connect_to(by_name(stack, **on_ec2(stack, mode, port)))
    rule = properties(synth(stack), INGRESS, like="WebTo")
    assert (rule["FromPort"], rule["ToPort"]) == expected


def test_udp_is_opened_for_udp():
    stack = new_stack()
    other = by_name(stack, container=container(ports=[Port(number=53, protocol="udp")]))
    plain(stack, "Web").connect_to(other)
    assert environment(stack, "WebTask") == {"ORDERS_URL": "udp://orders.shop.internal:53"}
    assert properties(synth(stack), INGRESS, like="WebTo")["IpProtocol"] == "udp"


def test_services_on_the_same_instances_share_a_rule():
    """EC2 refuses a rule that there is already."""
    stack = new_stack()
    first, second = (
        by_name(stack, id_, **on_ec2(stack, "bridge", 8080, container=container(ports=[8080])))
        for id_ in ("Orders", "Stock")
    )
    caller = plain(stack, "Web")
    caller.connect_to(first)
    caller.connect_to(second)
    assert len([name for name in resources(synth(stack), INGRESS) if "WebTo" in name]) == 1
    assert set(environment(stack, "WebTask")) == {"ORDERS_SRV", "STOCK_SRV"}


def test_services_on_the_same_instances_reach_each_other():
    stack = new_stack()
    other = by_name(stack, **on_ec2(stack, "bridge", 8080))
    caller = backend(stack, "Web", **on_ec2(stack, "bridge", 8080))
    caller.connect_to(other)
    rule = properties(synth(stack), INGRESS, like="InstancesSecurityGroupTo")
    assert rule["GroupId"] == rule["SourceSecurityGroupId"]


def test_host_networking_takes_no_proxy():
    stack = new_stack()
    caller = backend(stack, "Web", **on_ec2(stack, "host", 8080))
    with pytest.raises(ConstructError) as error:
        caller.connect_to(by_service_connect(stack))
    assert [problem.practice for problem in error.value.problems] == ["service-connect-network-mode"]


# ---- load balancers


def test_two_services_behind_one_load_balancer_take_one_rule():
    stack = new_stack()
    shared = ApplicationLoadBalancer(
        stack, "Shared", network=network(stack), internet_facing=False, https=Disabled(REASON)
    )
    caller = plain(stack, "Web")
    for id_ in ("Orders", "Stock"):
        rule = ListenerRule(hosts=[f"{id_.lower()}.example.com"])
        caller.connect_to(
            backend(stack, id_, image=IMAGE, exposure=AlbExposure(port=8080, load_balancer=shared, rule=rule))
        )
    assert environment(stack, "WebTask") == {
        "ORDERS_URL": "http://orders.example.com",
        "STOCK_URL": "http://stock.example.com",
    }
    assert len([name for name in resources(synth(stack), INGRESS) if "WebTo" in name]) == 1


def test_behind_https_the_name_on_the_certificate_has_to_be_said():
    stack = new_stack()
    other = backend(stack, "Orders", image=IMAGE, exposure=AlbExposure(port=8080, certificate=certificate(stack)))
    caller = plain(stack, "Web")
    with pytest.raises(ConstructError) as error:
        caller.connect_to(other)
    assert [(problem.option, problem.practice) for problem in error.value.problems] == [("url", "connect-services")]
    caller.connect_to(other, url="https://orders.example.com")
    assert environment(stack, "WebTask") == {"ORDERS_URL": "https://orders.example.com"}
    assert properties(synth(stack), INGRESS, like="WebTo")["FromPort"] == 443


def test_a_rule_with_a_name_says_it():
    stack = new_stack()
    exposure = AlbExposure(
        port=8080, certificate=certificate(stack), rule=ListenerRule(hosts=["*.example.com", "orders.example.com"])
    )
    other = backend(stack, "Orders", image=IMAGE, exposure=exposure)
    assert other.endpoint == "https://orders.example.com"


def test_a_public_load_balancer_is_no_way():
    """A caller inside comes out of a NAT gateway there, which no rule of a security group knows."""
    stack = new_stack()
    with pytest.raises(ConstructError, match="has no address inside the network"):
        plain(stack, "Caller").connect_to(web(stack))


def test_an_internal_network_load_balancer():
    stack = new_stack()
    shared = NetworkLoadBalancer(stack, "Shared", network=network(stack), internet_facing=False)
    exposure = NlbExposure(port=8080, listener_port=90, load_balancer=shared)
    other = backend(stack, "Orders", image=IMAGE, exposure=exposure)
    plain(stack, "Web").connect_to(other)
    [address] = environment(stack, "WebTask").values()
    assert address["Fn::Join"][1][-1] == ":90"
    rule = properties(synth(stack), INGRESS, like="WebTo")
    assert rule["FromPort"] == 90
    assert "Shared" in str(rule["GroupId"])


# ---- VPC Lattice


def test_the_caller_may_invoke_the_one_service():
    stack = new_stack()
    other = by_lattice(stack)
    caller = plain(stack, "Web")
    caller.connect_to(other)
    template = synth(stack)
    [name] = resources(template, "AWS::VpcLattice::Service")
    [statement] = statements(template, "WebInvokeOrders")
    assert statement["Action"] == "vpc-lattice-svcs:Invoke"
    assert statement["Resource"] == {"Fn::Join": ["", [{"Fn::GetAtt": [name, "Arn"]}, "/*"]]}


@pytest.mark.parametrize("apart", [False, True], ids=["one-stack", "two-stacks"])
def test_the_paths_of_the_service_are_no_finding(apart: bool):  # noqa: FBT001
    app = cdk.App()
    callees = cdk.Stack(app, "Callees")
    caller = backend(cdk.Stack(app, "Callers") if apart else callees, "Web")
    caller.connect_to(by_lattice(callees))
    app.synth()
    found = [finding.rule_name for finding in AwsSolutionsChecks().validate_scope(app).violations]
    assert [name for name in found if "IAM" in name] == []


def test_a_service_of_another_network_is_reached_by_vpc_lattice():
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-0aaaaaaaaaaaaaaaa", availability_zones=["eu-west-1a"], private_subnet_ids=["subnet-1"]
    )
    elsewhere = Cluster.from_attributes(stack, "Elsewhere", cluster_name="other", network=vpc)
    lattice = ServiceNetwork(stack, "Lattice", network=network(stack), prefix_list_id="pl-0123456789abcdef0")
    exposure = LatticeExposure(port=8080, service_network=lattice)
    other = backend(stack, "Orders", cluster=elsewhere, image=IMAGE, exposure=exposure)
    plain(stack, "Web").connect_to(other)
    assert "ORDERS_URL" in environment(stack, "WebTask")


# ---- what exists


ATTRIBUTES: dict[str, Any] = {
    "service_arn": "arn:aws:ecs:eu-west-1:111111111111:service/shop/orders",
    "security_group_id": "sg-0123456789abcdef0",
    "task_role_arn": "arn:aws:iam::111111111111:role/orders",
}


def test_a_service_that_exists():
    stack = new_stack()
    other = BackendService.from_attributes(
        stack, "Orders", cluster=cluster(stack), endpoint="http://orders:8080", namespace=names(stack), **ATTRIBUTES
    )
    plain(stack, "Web").connect_to(other)
    assert other.endpoint == "http://orders:8080"
    assert environment(stack, "WebTask") == {"ORDERS_URL": "http://orders:8080"}
    rule = properties(synth(stack), INGRESS, like="WebTo")
    assert (rule["GroupId"], rule["FromPort"]) == ("sg-0123456789abcdef0", 8080)
    assert "ServiceConnectConfiguration" in service(stack, "WebService")["Properties"]


def test_a_service_that_exists_somewhere():
    stack = new_stack()
    other = BackendService.from_attributes(stack, "Orders", cluster=cluster(stack), **ATTRIBUTES)
    with pytest.raises(ConstructError, match="has no address"):
        plain(stack, "Web").connect_to(other)
    with pytest.raises(ConstructError, match="no known address"):
        _ = other.endpoint


@pytest.mark.parametrize("endpoint", ["orders", "tcp://orders", "http://orders:99999", "", "${Token[Url.5]}"])
def test_the_port_of_a_service_that_exists_has_to_be_known(endpoint: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        BackendService.from_attributes(stack, "Orders", cluster=cluster(stack), endpoint=endpoint, **ATTRIBUTES)
    assert [problem.option for problem in error.value.problems] == ["endpoint"]


# ---- across stacks


@pytest.mark.parametrize("make", [by_service_connect, by_name, by_lattice, by_load_balancer])
def test_the_stack_of_the_caller_needs_the_other_and_not_the_other_way_round(make: Callable[..., BackendService]):
    app = cdk.App()
    callees, callers = cdk.Stack(app, "Callees"), cdk.Stack(app, "Callers")
    other = make(callees)
    backend(callers, "Web", image=IMAGE).connect_to(other)
    assembly = app.synth()
    found = {stack.stack_name: {d.id for d in stack.dependencies} for stack in assembly.stacks}
    assert "Callees" in found["Callers"]
    assert "Callers" not in found["Callees"]
    rules = resources(assembly.get_stack_by_name("Callers").template, INGRESS)
    assert [name for name in rules if "WebTo" in name]


# ---- bad input


def test_services_that_wait_for_each_other_are_refused():
    stack = new_stack()
    one, other = by_name(stack, "Orders"), by_name(stack, "Stock")
    one.connect_to(other)
    with pytest.raises(ConstructError) as error:
        other.connect_to(one)
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("other", "connect-services")
    assert problem.given == "Shop/Stock → Shop/Orders → Shop/Stock"


def test_also_over_a_third():
    stack = new_stack()
    first, second, third = (by_name(stack, id_) for id_ in ("Web", "Orders", "Stock"))
    first.connect_to(second)
    second.connect_to(third)
    with pytest.raises(ConstructError, match="Shop/Stock → Shop/Web → Shop/Orders → Shop/Stock"):
        third.connect_to(first)
    first.connect_to(third)
    assert set(environment(stack, "WebTask")) == {"ORDERS_URL", "STOCK_URL"}


def test_also_with_itself():
    stack = new_stack()
    one = by_name(stack)
    with pytest.raises(ConstructError, match="wait for each other"):
        one.connect_to(one)


def test_a_service_that_cannot_be_found_is_refused():
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        plain(stack, "Web").connect_to(plain(stack, "Orders"))
    [problem] = error.value.problems
    assert problem.option == "other"
    assert "CloudMap(…)" in problem.allowed
    assert [name for name in resources(synth(stack), INGRESS) if "WebTo" in name] == []


@pytest.mark.parametrize("make", [by_service_connect, by_name, by_load_balancer])
def test_a_service_of_another_network_is_refused(make: Callable[..., BackendService]):
    stack = new_stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        stack, "Vpc", vpc_id="vpc-0aaaaaaaaaaaaaaaa", availability_zones=["eu-west-1a"], private_subnet_ids=["subnet-1"]
    )
    elsewhere = Cluster.from_attributes(stack, "Elsewhere", cluster_name="other", network=vpc)
    caller = backend(stack, "Web", cluster=elsewhere)
    with pytest.raises(ConstructError, match="not reachable from the network"):
        caller.connect_to(make(stack))


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"variable": "1ST"}, "variable"),
        ({"variable": ""}, "variable"),
        ({"variable": "MODE"}, "variable"),
        ({"url": ""}, "url"),
        ({"variable": 5}, "variable"),
        ({"url": 5}, "url"),
        ({"port": "web"}, "port"),
        ({"port": "cloud_map"}, "port"),
        ({"port": 5}, "port"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], option: str):
    stack = new_stack()
    caller = backend(stack, "Web", container=container(environment={"MODE": "fast"}))
    with pytest.raises(ConstructError) as error:
        caller.connect_to(by_service_connect(stack), **given)
    assert [problem.option for problem in error.value.problems] == [option]


@pytest.mark.parametrize("other", [None, 5, "Orders"])
def test_what_is_no_service_is_refused(other: Any):
    with pytest.raises(ConstructError) as error:
        plain(new_stack(), "Web").connect_to(other)
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("other", "connect-services")
    assert problem.given is not None


def test_connecting_twice_wants_two_names():
    stack = new_stack()
    caller, other = plain(stack, "Web"), by_service_connect(stack)
    caller.connect_to(other)
    with pytest.raises(ConstructError, match="already has a variable with this name"):
        caller.connect_to(other)
    caller.connect_to(other, variable="AGAIN")
    assert set(environment(stack, "WebTask")) == {"ORDERS_URL", "AGAIN"}
    assert len([name for name in resources(synth(stack), INGRESS) if "WebTo" in name]) == 1


# ---- what CDK does


def test_cdk_connects_nothing():
    """Two services of CDK in one namespace: no rule, no order, no address."""
    stack = new_stack()
    servicediscovery.HttpNamespace(stack, "Names", name="shop.internal")
    for id_ in ("Web", "Orders"):
        task = ecs.FargateTaskDefinition(stack, f"{id_}Task")
        task.add_container(
            "app",
            image=ecs.ContainerImage.from_registry(IMAGE),
            port_mappings=[ecs.PortMapping(container_port=8080, name=id_.lower())],
        )
        ecs.FargateService(
            stack,
            f"{id_}Service",
            cluster=cluster(stack).cluster,
            task_definition=task,
            service_connect_configuration=ecs.ServiceConnectProps(
                namespace="shop.internal", services=[ecs.ServiceConnectService(port_mapping_name=id_.lower())]
            ),
        )
    template = synth(stack)
    assert resources(template, INGRESS) == {}
    assert "Ingress" not in str(resources(template, "AWS::EC2::SecurityGroup"))
    services = resources(template, "AWS::ECS::Service")
    assert len(services) == 2
    assert not any("Service" in waited for entry in services.values() for waited in entry["DependsOn"])


# ---- what an address begins with


@pytest.mark.parametrize(
    ("number", "address"),
    [(6379, "redis://orders:6379"), (5432, "postgresql://orders:5432"), (9092, "tcp://orders:9092")],
)
def test_what_is_no_web_server_is_not_called_by_http(number: int, address: str):
    stack = new_stack()
    made = by_service_connect(stack, ports=[Port(number=number, name="orders")])
    plain(stack, "Web").connect_to(made)
    assert environment(stack, "WebTask") == {"ORDERS_URL": address}


def test_a_port_that_says_it_speaks_http_does():
    stack = new_stack()
    ports = [Port(number=6379, name="orders", app_protocol="http")]
    assert by_service_connect(stack, ports=ports).endpoint == "http://orders:6379"
    assert by_name(stack, "Cache", container=container(ports=[6379])).endpoint == "redis://cache.shop.internal:6379"


def test_the_scheme_of_a_port_behind_a_network_load_balancer():
    stack = new_stack()
    cache = backend(stack, "Cache", exposure=NlbExposure(port=6379), image=IMAGE)
    assert str(cache.endpoint).startswith("redis://")
    other = backend(stack, "Other", exposure=NlbExposure(port=8080), image=IMAGE)
    assert str(other.endpoint).startswith("http://")


def test_a_caller_can_be_told_another_scheme():
    stack = new_stack()
    plain(stack, "Web").connect_to(by_service_connect(stack), scheme="tcp")
    assert environment(stack, "WebTask") == {"ORDERS_URL": "tcp://orders:8080"}


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ({"scheme": "redis://"}, "not a URL scheme"),
        ({"scheme": ""}, "not a URL scheme"),
        ({"scheme": "tcp", "url": "tcp://orders:8080"}, "the given url already has a scheme"),
        ({"scheme": 6379}, "a value of type int"),
    ],
)
def test_what_is_no_scheme_is_refused(options: dict[str, Any], what: str):
    stack = new_stack()
    orders = by_service_connect(stack)
    with pytest.raises(ConstructError) as raised:
        plain(stack, "Web").connect_to(orders, **options)
    assert "scheme" in str(raised.value)
    assert what in str(raised.value)


@pytest.mark.parametrize(("endpoint", "port"), [("redis://cache.shop.internal", 6379), ("postgres://db:6432", 6432)])
def test_an_address_of_what_exists_may_leave_the_port_to_its_scheme(endpoint: str, port: int):
    stack = new_stack()
    cache = BackendService.from_attributes(stack, "Cache", cluster=cluster(stack), endpoint=endpoint, **ATTRIBUTES)
    plain(stack, "Web").connect_to(cache)
    assert environment(stack, "WebTask") == {"CACHE_URL": endpoint}
    rules = resources(synth(stack), INGRESS).values()
    assert [rule["Properties"]["FromPort"] for rule in rules] == [port]
