"""Services behind VPC Lattice, and the service networks that they enter."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration

from cdk_containers import (
    AlbExposure,
    BackendService,
    ConstructError,
    Disabled,
    LatticeExposure,
    Logs,
    Port,
    ServiceNetwork,
    TargetHealthCheck,
)
from cdk_containers.load_balancing import LatticeRoute
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    certificate,
    container,
    network,
    new_stack,
    on_ec2,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
)

PREFIX = "AWS::VpcLattice::"
LIST = "pl-0123456789abcdef0"


def lattice(stack: cdk.Stack, **options: Any) -> ServiceNetwork:
    found = stack.node.try_find_child("Lattice")
    if isinstance(found, ServiceNetwork):
        return found
    return ServiceNetwork(stack, "Lattice", network=network(stack), prefix_list_id=LIST, **options)


def orders(stack: cdk.Stack, *, service: dict[str, Any] | None = None, **given: Any) -> BackendService:
    exposure = LatticeExposure(**{"port": 8080, "service_network": lattice(stack)} | given)
    return backend(stack, "Orders", exposure=exposure, **{"image": IMAGE} if service is None else service)


def lattice_properties(stack: cdk.Stack, kind: str) -> dict[str, Any]:
    return properties(synth(stack), f"{PREFIX}{kind}")


# ---- the service network


def test_a_service_network_takes_signed_requests_only():
    stack = new_stack()
    lattice(stack)
    assert lattice_properties(stack, "ServiceNetwork") == {"AuthType": "AWS_IAM"}
    [statement] = lattice_properties(stack, "AuthPolicy")["Policy"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == "vpc-lattice-svcs:Invoke"
    assert ":root" in str(statement["Principal"])


def test_it_can_take_all():
    stack = new_stack()
    lattice(stack, auth=Disabled(REASON))
    assert lattice_properties(stack, "ServiceNetwork") == {"AuthType": "NONE"}
    assert resources(synth(stack), f"{PREFIX}AuthPolicy") == {}
    assert opt_outs(synth(stack)) == {f"{PREFIX}ServiceNetwork": {"lattice-auth": REASON}}


def test_one_vpc_calls_it_through_a_closed_security_group():
    stack = new_stack()
    lattice(stack)
    template = synth(stack)
    [group] = resources(template, "AWS::EC2::SecurityGroup")
    association = properties(template, f"{PREFIX}ServiceNetworkVpcAssociation")
    assert association["VpcIdentifier"] == "vpc-0123456789abcdef0"
    assert association["SecurityGroupIds"] == [{"Fn::GetAtt": [group, "GroupId"]}]
    assert "SecurityGroupIngress" not in properties(template, "AWS::EC2::SecurityGroup")
    assert resources(template, "AWS::EC2::SecurityGroupIngress") == {}


def test_every_request_is_recorded():
    stack = new_stack()
    made = lattice(stack)
    template = synth(stack)
    [group] = resources(template, "AWS::Logs::LogGroup")
    subscription = resource(template, f"{PREFIX}AccessLogSubscription")
    assert subscription["Properties"]["DestinationArn"] == {"Fn::GetAtt": [group, "Arn"]}
    [policy] = resources(template, "AWS::Logs::ResourcePolicy")
    assert subscription["DependsOn"] == [policy]
    assert "delivery.logs.amazonaws.com" in str(template["Resources"][policy])
    assert properties(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 365
    assert made.access_logs_group is not None


def test_the_record_can_be_switched_off():
    stack = new_stack()
    made = lattice(stack, access_logs=Disabled(REASON))
    template = synth(stack)
    assert resources(template, f"{PREFIX}AccessLogSubscription") == {}
    assert resources(template, "AWS::Logs::LogGroup") == {}
    assert opt_outs(template) == {f"{PREFIX}ServiceNetwork": {"lattice-access-logs": REASON}}
    assert made.access_logs_group is None


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"prefix_list_id": "com.amazonaws.eu-west-1.vpc-lattice"}, "prefix_list_id"),
        ({"auth": False}, "auth"),
        ({"auth": Disabled("no")}, "auth.reason"),
        ({"access_logs": Disabled("no")}, "access_logs.reason"),
        ({"access_logs": Logs(retention=5)}, "access_logs.retention"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], option: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        ServiceNetwork(stack, "Lattice", **{"network": network(stack), "prefix_list_id": LIST} | given)
    assert [problem.option for problem in error.value.problems] == [option]


def test_a_service_network_that_exists():
    stack = new_stack()
    arn = "arn:aws:vpc-lattice:eu-west-1:111111111111:servicenetwork/sn-0123456789abcdef0"
    existing = ServiceNetwork.from_attributes(
        stack,
        "Lattice",
        service_network_arn=arn,
        security_group_id="sg-0123456789abcdef0",
        prefix_list_id=LIST,
        network=network(stack),
    )
    other = orders(stack, service_network=existing)
    backend(stack, "Web").connect_to(other)
    template = synth(stack)
    assert properties(template, f"{PREFIX}ServiceNetworkServiceAssociation")["ServiceNetworkIdentifier"] == arn
    rule = properties(template, "AWS::EC2::SecurityGroupIngress", like="WebTo")
    assert (rule["GroupId"], rule["FromPort"]) == ("sg-0123456789abcdef0", 443)


# ---- the route


def test_ecs_enters_tasks_by_the_name_of_their_port():
    stack = new_stack()
    orders(stack)
    template = synth(stack)
    [targets] = resources(template, f"{PREFIX}TargetGroup")
    [role] = [name for name in resources(template, "AWS::IAM::Role") if "InfrastructureRole" in name]
    service = resource(template, "AWS::ECS::Service")
    assert service["Properties"]["VpcLatticeConfigurations"] == [
        {
            "PortName": "port-8080",
            "RoleArn": {"Fn::GetAtt": [role, "Arn"]},
            "TargetGroupArn": {"Fn::GetAtt": [targets, "Arn"]},
        }
    ]
    [definition] = properties(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert definition["PortMappings"] == [{"ContainerPort": 8080, "Name": "port-8080", "Protocol": "tcp"}]


def test_the_service_waits_until_it_can_be_reached():
    stack = new_stack()
    orders(stack)
    waits = str(resource(synth(stack), "AWS::ECS::Service")["DependsOn"])
    assert all(name in waits for name in ("Listener", "Association", "InfrastructureRole"))


def test_the_role_has_the_policy_of_ecs_for_vpc_lattice():
    """Its path is not that of the policies for volumes and certificates."""
    stack = new_stack()
    orders(stack)
    role = properties(synth(stack), "AWS::IAM::Role", like="InfrastructureRole")
    [policy] = role["ManagedPolicyArns"]
    assert policy["Fn::Join"][1][-1] == ":iam::aws:policy/AmazonECSInfrastructureRolePolicyForVpcLattice"
    [trust] = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "ecs.amazonaws.com"}


def test_it_listens_for_https_and_forwards_to_addresses():
    stack = new_stack()
    orders(stack, health_check_path="/healthz")
    listener = lattice_properties(stack, "Listener")
    assert (listener["Protocol"], listener["Port"]) == ("HTTPS", 443)
    targets = lattice_properties(stack, "TargetGroup")
    assert targets["Type"] == "IP"
    assert targets["Config"] == {
        "Port": 80,
        "Protocol": "HTTP",
        "ProtocolVersion": "HTTP1",
        "VpcIdentifier": "vpc-0123456789abcdef0",
        "HealthCheck": {
            "Enabled": True,
            "Path": "/healthz",
            "Protocol": "HTTP",
            "ProtocolVersion": "HTTP1",
            "HealthCheckIntervalSeconds": 10,
            "HealthCheckTimeoutSeconds": 5,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
            "Matcher": {"HttpCode": "200"},
        },
    }


def test_grpc_is_checked_by_http():
    stack = new_stack()
    orders(stack, protocol_version="GRPC")
    config = lattice_properties(stack, "TargetGroup")["Config"]
    assert (config["ProtocolVersion"], config["HealthCheck"]["ProtocolVersion"]) == ("GRPC", "HTTP2")


def test_the_tasks_let_vpc_lattice_in_and_nobody_else():
    stack = new_stack()
    orders(stack)
    rules = resources(synth(stack), "AWS::EC2::SecurityGroupIngress")
    [rule] = [entry["Properties"] for name, entry in rules.items() if "Orders" in name]
    assert (rule["SourcePrefixListId"], rule["FromPort"], rule["ToPort"]) == (LIST, 8080, 8080)


def test_the_service_takes_signed_requests_only():
    stack = new_stack()
    orders(stack)
    template = synth(stack)
    assert properties(template, f"{PREFIX}Service") == {"AuthType": "AWS_IAM"}
    policy = properties(template, f"{PREFIX}AuthPolicy", like="Orders")
    [name] = resources(template, f"{PREFIX}Service")
    assert policy["ResourceIdentifier"] == {"Fn::GetAtt": [name, "Arn"]}


def test_the_service_can_take_what_its_network_takes():
    stack = new_stack()
    orders(stack, auth=Disabled(REASON))
    template = synth(stack)
    assert properties(template, f"{PREFIX}Service") == {"AuthType": "NONE"}
    assert [name for name in resources(template, f"{PREFIX}AuthPolicy") if "Orders" in name] == []
    assert [name for name in resources(template, f"{PREFIX}AuthPolicy") if "Lattice" in name] != []
    assert opt_outs(template)[f"{PREFIX}Service"] == {"lattice-auth": REASON}


def test_a_name_of_its_own():
    stack = new_stack()
    made = orders(stack, domain_name="orders.example.com", certificate=certificate(stack), listener_port=8443)
    found = lattice_properties(stack, "Service")
    assert found["CustomDomainName"] == "orders.example.com"
    assert found["CertificateArn"].endswith("certificate/certificate")
    assert made.endpoint == "https://orders.example.com:8443"


def test_beside_a_load_balancer_on_the_same_port():
    stack = new_stack()
    exposures = [
        AlbExposure(port=8080, https=Disabled(REASON)),
        LatticeExposure(port=8080, service_network=lattice(stack)),
    ]
    made = backend(stack, "Orders", image=IMAGE, exposure=exposures)
    [definition] = properties(synth(stack), "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert definition["PortMappings"] == [{"ContainerPort": 8080, "Name": "port-8080", "Protocol": "tcp"}]
    assert made.endpoint.startswith("https://")


def test_it_is_watched_and_rolled_back_by_its_errors():
    stack = new_stack()
    made = orders(stack)
    template = synth(stack)
    assert {"ServerErrors", "UnhealthyTasks"} <= set(made.alarms)
    alarm = properties(template, "AWS::CloudWatch::Alarm", like="ServerErrors")
    metrics = {entry["MetricStat"]["Metric"]["MetricName"] for entry in alarm["Metrics"] if "MetricStat" in entry}
    assert metrics == {"HTTPCode_5XX_Count", "TotalRequestCount"}
    service = properties(template, "AWS::ECS::Service")
    assert len(service["DeploymentConfiguration"]["Alarms"]["AlarmNames"]) == 1


def test_its_metrics_are_those_of_the_target_group():
    stack = new_stack()
    made = orders(stack)
    [route] = made.routes
    assert isinstance(route, LatticeRoute)
    minute = Duration.minutes(1)
    expected = {"TargetGroup": route.target_group.attr_id}
    for metric in (route.requests(minute), route.client_errors(minute), route.unhealthy_tasks(minute)):
        found: Any = metric
        assert (found.namespace, found.dimensions) == ("AWS/VpcLattice", expected)
    slow: Any = route.response_time(minute, "p99")
    assert slow.expression == "milliseconds / 1000"


def test_it_has_time_to_start():
    stack = new_stack()
    orders(stack)
    assert properties(synth(stack), "AWS::ECS::Service")["HealthCheckGracePeriodSeconds"] == 60


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"service_network": None}, "service_network"),
        ({"domain_name": "orders.example.com"}, "certificate"),
        ({"listener_port": 0}, "listener_port"),
        ({"health_check_path": "healthz"}, "health_check_path"),
        ({"health_check": TargetHealthCheck(healthy_threshold=1)}, "health_check.healthy_threshold"),
        ({"auth": False}, "auth"),
        ({"auth": Disabled("no")}, "auth.reason"),
        ({"port": 0}, "port"),
        ({"container": "b"}, "container"),
        ({"protocol_version": "HTTP3"}, "protocol_version"),
    ],
)
def test_an_exposure_that_cannot_be_is_refused(given: dict[str, Any], option: str):
    with pytest.raises(ConstructError) as error:
        orders(new_stack(), **given)
    assert [problem.option for problem in error.value.problems] == [f"exposure.{option}"]


def test_a_domain_is_a_name_in_dns():
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        orders(stack, certificate=certificate(stack), domain_name="orders")
    assert [problem.option for problem in error.value.problems] == ["exposure.domain_name"]


def test_a_declared_port_needs_a_name():
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        orders(stack, service={"container": container(ports=[8080])})
    assert [problem.option for problem in error.value.problems] == ["exposure.port"]
    orders(stack, service={"container": container(ports=[Port(number=8080, name="http")])})
    [entry] = properties(synth(stack), "AWS::ECS::Service")["VpcLatticeConfigurations"]
    assert entry["PortName"] == "http"


@pytest.mark.parametrize("mode", ["bridge", "host"])
def test_tasks_without_an_address_are_refused(mode: Any):
    stack = new_stack()
    named = Port(number=8080, name="http") if mode == "bridge" else 8080
    with pytest.raises(ConstructError) as error:
        orders(stack, service=on_ec2(stack, mode, named))
    assert error.value.problems[0].option == "exposure"
    assert error.value.problems[0].given == f"network_mode {mode}"
