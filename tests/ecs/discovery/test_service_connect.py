"""Services that take part in Service Connect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_servicediscovery as servicediscovery

from cdk_containers import (
    BackendService,
    ConstructError,
    ContainerLogs,
    Disabled,
    LogDriver,
    Namespace,
    Port,
    ServedPort,
    ServiceConnect,
    ServiceConnectAccessLogs,
    ServiceConnectTls,
    TaskOptions,
)
from cdk_containers.ecs.services.service_input import ServiceInput
from cdk_containers.ecs.tasks.container_rules import container_problems
from tests.subjects.ecs.discovery import AUTHORITY, PORTS
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    cluster,
    container,
    new_stack,
    on_ec2,
    opt_outs,
    properties,
    resource,
    resources,
    statements,
    synth,
)

ONE = [Port(number=8080, name="orders", app_protocol="http")]


def namespace(stack: cdk.Stack) -> Namespace:
    found = stack.node.try_find_child("Names")
    return found if isinstance(found, Namespace) else Namespace(stack, "Names", name="shop.internal")


def orders(
    stack: cdk.Stack, *, ports: Any = ONE, service: dict[str, Any] | None = None, **given: Any
) -> BackendService:
    options = {"container": container(ports=ports)} | (service or {})
    return backend(stack, "Orders", service_connect=ServiceConnect(namespace=namespace(stack), **given), **options)


def configuration(stack: cdk.Stack) -> dict[str, Any]:
    found: dict[str, Any] = properties(synth(stack), "AWS::ECS::Service")["ServiceConnectConfiguration"]
    return found


# ---- what is served


def test_all_ports_with_a_name_are_served():
    stack = new_stack()
    orders(stack, ports=[*PORTS, 7070, Port(number=53, protocol="udp", name="dns")])
    assert configuration(stack)["Services"] == [
        {"PortName": "orders", "DiscoveryName": "orders", "ClientAliases": [{"Port": 8080, "DnsName": "orders"}]},
        {"PortName": "admin", "DiscoveryName": "admin", "ClientAliases": [{"Port": 9090, "DnsName": "admin"}]},
    ]


def test_some_ports_under_other_names():
    stack = new_stack()
    port = ServedPort(name="admin", discovery_name="orders-admin", dns_name="admin.orders", client_port=80)
    backend(
        stack,
        "Orders",
        container=container(ports=PORTS),
        service_connect=ServiceConnect(namespace=namespace(stack), ports=[port]),
    )
    assert configuration(stack)["Services"] == [
        {
            "PortName": "admin",
            "DiscoveryName": "orders-admin",
            "ClientAliases": [{"Port": 80, "DnsName": "admin.orders"}],
        }
    ]


@pytest.mark.parametrize("ports", [[8080], []])
def test_a_service_without_a_named_port_only_calls(ports: list[int]):
    stack = new_stack()
    orders(stack, ports=ports)
    found = configuration(stack)
    assert found["Enabled"] is True
    assert "Services" not in found


def test_a_service_can_serve_none_of_its_named_ports():
    stack = new_stack()
    backend(stack, container=container(ports=ONE), service_connect=ServiceConnect(namespace=namespace(stack), ports=[]))
    assert "Services" not in configuration(stack)


def test_a_service_without_the_option_takes_no_part():
    stack = new_stack()
    backend(stack, container=container(ports=ONE))
    assert "ServiceConnectConfiguration" not in properties(synth(stack), "AWS::ECS::Service")


def test_the_protocol_is_told_in_the_task_definition():
    stack = new_stack()
    orders(stack, ports=PORTS)
    [definition] = properties(synth(stack), "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert [(port["Name"], port["AppProtocol"]) for port in definition["PortMappings"]] == [
        ("orders", "http"),
        ("admin", "grpc"),
    ]


def test_a_service_says_whether_it_serves():
    stack = new_stack()
    given: list[ServiceInput] = []

    class Watched(BackendService):
        def _prepare(self, given_: ServiceInput) -> ServiceInput:
            given.append(given_)
            return given_

    for index, ports in enumerate((ONE, [8080])):
        Watched(
            stack,
            f"Service{index}",
            cluster=cluster(stack),
            container=container(ports=ports),
            service_connect=ServiceConnect(namespace=namespace(stack)),
        )
    Watched(stack, "Without", cluster=cluster(stack), image=IMAGE)
    assert [entry.serves_by_service_connect for entry in given] == [True, False, False]


# ---- the namespace, by ARN


def test_the_namespace_is_a_reference():
    stack = new_stack()
    orders(stack)
    assert configuration(stack)["Namespace"] == {"Fn::GetAtt": ["NamesNamespace7F99B9BB", "Arn"]}


def test_cdk_names_the_namespace_in_words():
    """So CloudFormation does not know that the service needs it, and may make the service first."""
    stack = new_stack()
    made = servicediscovery.HttpNamespace(stack, "Names", name="shop.internal")
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container(
        "app",
        image=ecs.ContainerImage.from_registry(IMAGE),
        port_mappings=[ecs.PortMapping(container_port=8080, name="orders")],
    )
    ecs.FargateService(
        stack,
        "Service",
        cluster=cluster(stack).cluster,
        task_definition=task,
        service_connect_configuration=ecs.ServiceConnectProps(
            namespace="shop.internal", services=[ecs.ServiceConnectService(port_mapping_name="orders")]
        ),
    )
    template = synth(stack)
    service = resource(template, "AWS::ECS::Service")
    assert service["Properties"]["ServiceConnectConfiguration"]["Namespace"] == "shop.internal"
    assert "LogConfiguration" not in service["Properties"]["ServiceConnectConfiguration"]
    logical_id = stack.get_logical_id(made.node.default_child)  # type: ignore[arg-type]
    assert stack.resolve(logical_id) in template["Resources"]
    assert stack.resolve(logical_id) not in str(service)


# ---- what the proxy logs


def test_the_proxy_logs_beside_the_containers():
    stack = new_stack(region="eu-west-1")
    orders(stack)
    assert configuration(stack)["LogConfiguration"] == {
        "LogDriver": "awslogs",
        "Options": {
            "awslogs-group": {"Ref": next(iter(resources(synth(stack), "AWS::Logs::LogGroup")))},
            "awslogs-region": "eu-west-1",
            "awslogs-stream-prefix": "service-connect",
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        },
    }


def test_the_proxy_logs_as_the_containers_do():
    stack = new_stack()
    orders(stack, service={"task": TaskOptions(logs=ContainerLogs(mode="blocking"))})
    options = configuration(stack)["LogConfiguration"]["Options"]
    assert options["mode"] == "blocking"
    assert "max-buffer-size" not in options


def test_ecs_may_write_what_the_proxy_logs():
    """Also where the containers log elsewhere."""
    stack = new_stack()
    orders(stack, service={"container": container(ports=ONE, log_driver=LogDriver(name="splunk", options={}))})
    actions = [statement["Action"] for statement in statements(synth(stack), "ExecutionRole")]
    assert ["logs:CreateLogStream", "logs:PutLogEvents"] in actions


def test_requests_are_recorded_without_query_parameters():
    stack = new_stack()
    orders(stack)
    expected = {"Format": "JSON", "IncludeQueryParameters": "DISABLED"}
    assert configuration(stack)["AccessLogConfiguration"] == expected


def test_the_record_in_another_form():
    stack = new_stack()
    orders(stack, access_logs=ServiceConnectAccessLogs(format="TEXT", query_parameters=True))
    expected = {"Format": "TEXT", "IncludeQueryParameters": "ENABLED"}
    assert configuration(stack)["AccessLogConfiguration"] == expected


def test_the_record_can_be_switched_off():
    stack = new_stack()
    orders(stack, access_logs=Disabled(REASON))
    assert "AccessLogConfiguration" not in configuration(stack)
    assert opt_outs(synth(stack))["AWS::ECS::Service"] == {"service-connect-access-logs": REASON}


# ---- timeouts and TLS


def test_timeouts():
    stack = new_stack()
    orders(stack, idle_timeout=timedelta(seconds=60), per_request_timeout=cdk.Duration.seconds(20))
    [service] = configuration(stack)["Services"]
    assert service["Timeout"] == {"IdleTimeoutSeconds": 60, "PerRequestTimeoutSeconds": 20}


def test_timeouts_are_those_of_ecs_unless_said():
    stack = new_stack()
    orders(stack)
    assert "Timeout" not in configuration(stack)["Services"][0]


def test_zero_is_for_ever():
    stack = new_stack()
    orders(stack, idle_timeout=timedelta(0), per_request_timeout=timedelta(0))
    [service] = configuration(stack)["Services"]
    assert service["Timeout"] == {"IdleTimeoutSeconds": 0, "PerRequestTimeoutSeconds": 0}


@pytest.mark.parametrize("request_seconds", [0, 300])
def test_an_answer_may_take_longer_than_a_connection_may_be_silent(request_seconds: int):
    stack = new_stack()
    orders(stack, idle_timeout=timedelta(seconds=60), per_request_timeout=timedelta(seconds=request_seconds))
    [service] = configuration(stack)["Services"]
    assert service["Timeout"] == {"IdleTimeoutSeconds": 60, "PerRequestTimeoutSeconds": request_seconds}


def test_tls_comes_with_a_role():
    stack = new_stack()
    orders(stack, tls=ServiceConnectTls(authority_arn=AUTHORITY))
    template = synth(stack)
    role = next(name for name in resources(template, "AWS::IAM::Role") if "ServiceConnectTlsRole" in name)
    service = resource(template, "AWS::ECS::Service")
    [served] = service["Properties"]["ServiceConnectConfiguration"]["Services"]
    assert served["Tls"] == {
        "IssuerCertificateAuthority": {"AwsPcaAuthorityArn": AUTHORITY},
        "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
    }
    assert role in service["DependsOn"]
    made = template["Resources"][role]["Properties"]
    assert "service-role/AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity" in str(made)
    [trust] = made["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}


def test_tls_with_a_key():
    stack = new_stack()
    key = kms.Key(stack, "Key")
    orders(stack, tls=ServiceConnectTls(authority_arn=AUTHORITY, encryption_key=key))
    template = synth(stack)
    [statement] = statements(template, "ServiceConnectTlsRole")
    assert statement["Action"] == ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyPair"]
    [served] = configuration(stack)["Services"]
    assert served["Tls"]["KmsKey"] == statement["Resource"]


# ---- bad input


@pytest.mark.parametrize(
    ("given", "ports", "option", "practice"),
    [
        ({"tls": ServiceConnectTls()}, ONE, "tls.authority_arn", "service-connect-tls"),
        ({"tls": ServiceConnectTls(authority_arn="my-ca")}, ONE, "tls.authority_arn", None),
        ({"tls": ServiceConnectTls(authority_arn=AUTHORITY)}, [8080], "tls", "service-connect-named-port"),
        ({"idle_timeout": timedelta(seconds=-1)}, ONE, "idle_timeout", "service-connect-timeouts"),
        ({"per_request_timeout": timedelta(seconds=-1)}, ONE, "per_request_timeout", "service-connect-timeouts"),
        (
            {"per_request_timeout": timedelta(seconds=9)},
            [Port(number=5432, name="db")],
            "per_request_timeout",
            "service-connect-timeouts",
        ),
        ({"idle_timeout": timedelta(seconds=5)}, [8080], "idle_timeout", "service-connect-named-port"),
        ({"access_logs": Disabled("no")}, ONE, "access_logs.reason", None),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], ports: Any, option: str, practice: str | None):
    with pytest.raises(ConstructError) as error:
        orders(new_stack(), ports=ports, **given)
    [problem] = error.value.problems
    assert problem.option == f"service_connect.{option}"
    assert practice in (None, problem.practice)


@pytest.mark.parametrize(
    ("served", "ports", "option", "what"),
    [
        (["orders"], [8080], "ports[0]", "no port of a container has a name"),
        (["web"], ONE, "ports[0]", "no container has a port with this name"),
        ([ServedPort(name="web")], ONE, "ports[0]", "no container has a port with this name"),
        (["dns"], [Port(number=53, protocol="udp", name="dns")], "ports[0]", "does not support UDP"),
        (
            [ServedPort(name="orders", discovery_name="Orders!")],
            ONE,
            "ports[0].discovery_name",
            "not a valid Service Connect name",
        ),
        ([ServedPort(name="orders", dns_name="-orders")], ONE, "ports[0].dns_name", "not a valid Service Connect name"),
        ([ServedPort(name="orders", client_port=0)], ONE, "ports[0].client_port", "not a port"),
    ],
)
def test_ports_that_cannot_be_served_are_refused(served: Any, ports: Any, option: str, what: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        backend(
            stack,
            container=container(ports=ports),
            service_connect=ServiceConnect(namespace=namespace(stack), ports=served),
        )
    [problem] = error.value.problems
    assert problem.option == f"service_connect.{option}"
    assert what in problem.what


def test_a_proxy_cannot_stand_before_host_networking():
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        backend(stack, **on_ec2(stack, "host", 8080), service_connect=ServiceConnect(namespace=namespace(stack)))
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("service_connect", "service-connect-network-mode")


def test_a_port_with_host_networking_has_no_name():
    """CDK refuses it too, out of its own process."""
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        backend(stack, **on_ec2(stack, "host", Port(number=8080, name="orders")))
    [problem] = error.value.problems
    assert problem.option == "container.ports[0].name"


@pytest.mark.parametrize(
    "port", [Port(number=1, app_protocol="http"), Port(number=1, name="x", protocol="udp", app_protocol="http")]
)
def test_a_protocol_is_of_a_named_tcp_port(port: Port):
    assert [problem.option for problem in container_problems(container(ports=[port]))] == ["ports[0].app_protocol"]
    right = Port(number=1, name="x", app_protocol="http")
    assert container_problems(container(ports=[right])) == []


def test_all_that_is_wrong_is_said_at_once():
    stack = new_stack()
    given = ServiceConnect(
        namespace=namespace(stack),
        ports=[ServedPort(name="orders", client_port=0)],
        idle_timeout=timedelta(seconds=-1),
        tls=ServiceConnectTls(),
    )
    with pytest.raises(ConstructError) as error:
        backend(stack, image=IMAGE, cpu=7, service_connect=given)
    assert {problem.root for problem in error.value.problems} == {"cpu", "service_connect"}
    assert len(error.value.problems) == 4


def test_bridge_networking_is_taken():
    stack = new_stack()
    backend(stack, **on_ec2(stack, "bridge", *ONE), service_connect=ServiceConnect(namespace=namespace(stack)))
    assert configuration(stack)["Services"][0]["PortName"] == "orders"


def test_the_proxy_can_log_more():
    stack = new_stack()
    backend(
        stack,
        container=container(ports=[Port(number=8080, name="orders")]),
        service_connect=ServiceConnect(namespace=Namespace(stack, "Other", name="other"), log_level="debug"),
    )
    configuration = properties(synth(stack), "AWS::ECS::Service")["ServiceConnectConfiguration"]
    assert configuration["ContainerConfigurations"] == [{"LogLevel": "debug"}]
    assert configuration["Enabled"] is True
