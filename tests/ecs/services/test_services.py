import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    Container,
    Disabled,
    FargateCapacity,
    HealthCheck,
    ListenerRule,
    TargetHealthCheck,
    TaskOptions,
    WebService,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    attributes,
    backend,
    certificate,
    cluster,
    container,
    containers,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    statements,
    synth,
    web,
)


@pytest.fixture(scope="module")
def default() -> Template:
    stack = new_stack()
    web(stack)
    return synth(stack)


def service_of(template: Template) -> dict[str, Any]:
    return properties(template, "AWS::ECS::Service")


# ---- defaults


def test_two_tasks_run_in_private_subnets_without_public_addresses(default: Template):
    service = service_of(default)
    assert service["DesiredCount"] == 2
    configuration = service["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert configuration["AssignPublicIp"] == "DISABLED"
    assert configuration["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]


def test_tasks_spread_over_zones_again_and_on_the_latest_platform(default: Template):
    assert service_of(default)["AvailabilityZoneRebalancing"] == "ENABLED"
    assert service_of(default)["PlatformVersion"] == "LATEST"


def test_costs_can_be_read(default: Template):
    assert service_of(default)["EnableECSManagedTags"] is True
    assert service_of(default)["PropagateTags"] == "SERVICE"


def test_tags_reach_the_service_and_through_it_the_tasks():
    stack = new_stack()
    web(stack)
    cdk.Tags.of(stack).add("team", "shop")
    assert {"Key": "team", "Value": "shop"} in service_of(synth(stack))["Tags"]


def test_nobody_opens_a_shell(default: Template):
    assert service_of(default)["EnableExecuteCommand"] is False


def test_capacity_is_that_of_the_cluster_or_of_the_service(default: Template):
    assert service_of(default)["LaunchType"] == "FARGATE"
    assert "CapacityProviderStrategy" not in service_of(default)
    stack = new_stack()
    web(stack, capacity=[FargateCapacity.spot()])
    assert "LaunchType" not in service_of(synth(stack))
    assert service_of(synth(stack))["CapacityProviderStrategy"] == [
        {"CapacityProvider": "FARGATE_SPOT", "Base": 0, "Weight": 1}
    ]


def test_requests_reach_the_port_of_the_container(default: Template):
    assert containers(default)["app"]["PortMappings"] == [{"ContainerPort": 8080, "Protocol": "tcp"}]
    [balancer] = service_of(default)["LoadBalancers"]
    [target_group] = resources(default, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert balancer == {"ContainerName": "app", "ContainerPort": 8080, "TargetGroupArn": {"Ref": target_group}}
    assert service_of(default)["HealthCheckGracePeriodSeconds"] == 60


def test_the_service_waits_for_its_listener(default: Template):
    depends_on = resource(default, "AWS::ECS::Service")["DependsOn"]
    assert set(resources(default, "AWS::ElasticLoadBalancingV2::ListenerRule")) & set(depends_on)


def test_health_is_asked_every_10_seconds_and_requests_have_30_to_finish(default: Template):
    group = properties(default, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert group["HealthCheckPath"] == "/"
    assert group["HealthCheckIntervalSeconds"] == 10
    assert group["HealthCheckTimeoutSeconds"] == 5
    assert (group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]) == (2, 3)
    assert group["Matcher"] == {"HttpCode": "200"}
    assert group["TargetType"] == "ip"
    assert attributes(group)["deregistration_delay.timeout_seconds"] == "30"


def test_only_the_load_balancer_reaches_the_tasks(default: Template):
    [rule] = resources(default, "AWS::EC2::SecurityGroupIngress").values()
    assert (rule["Properties"]["FromPort"], rule["Properties"]["ToPort"]) == (8080, 8080)
    assert "LoadBalancerSecurityGroup" in json.dumps(rule["Properties"]["SourceSecurityGroupId"])
    groups = resources(default, "AWS::EC2::SecurityGroup")
    [tasks] = [entry["Properties"] for name, entry in groups.items() if "WebServiceSecurityGroup" in name]
    assert "SecurityGroupIngress" not in tasks


def test_a_web_service_faces_the_internet_over_https(default: Template):
    assert properties(default, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Scheme"] == "internet-facing"
    ports = {
        entry["Properties"]["Port"] for entry in resources(default, "AWS::ElasticLoadBalancingV2::Listener").values()
    }
    assert ports == {443, 80}


def test_nothing_is_off(default: Template):
    assert opt_outs(default) == {}


def test_everything_comes_with_a_service_that_is_alone():
    stack = new_stack()
    WebService(stack, "Web", image=IMAGE, exposure=AlbExposure(port=80, certificate=certificate(stack)))
    template = synth(stack)
    for type_ in ("AWS::EC2::VPC", "AWS::ECS::Cluster", "AWS::ECS::Service"):
        assert len(resources(template, type_)) == 1, type_
    [association] = resources(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association in resource(template, "AWS::ECS::Service")["DependsOn"]


# ---- backend services


def test_a_backend_needs_no_load_balancer_and_lets_nobody_in():
    stack = new_stack()
    service = backend(stack, container=container(ports=[8080]))
    template = synth(stack)
    assert not resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert not resources(template, "AWS::EC2::SecurityGroupIngress")
    assert "HealthCheckGracePeriodSeconds" not in service_of(template)
    assert service.routes == []


def test_a_backend_with_an_exposure_has_a_closed_internal_load_balancer():
    stack = new_stack()
    backend(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack)))
    template = synth(stack)
    assert properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Scheme"] == "internal"
    balancer_group = properties(template, "AWS::EC2::SecurityGroup", like="LoadBalancer")
    assert "SecurityGroupIngress" not in balancer_group


def test_one_service_lets_another_in():
    stack = new_stack()
    shared = cluster(stack)
    shop = web(stack, cluster=shared)
    orders = backend(stack, cluster=shared, container=container(ports=[9090]))
    orders.connections.allow_from(shop, ec2.Port.tcp(9090))
    rules = [
        entry["Properties"]
        for name, entry in resources(synth(stack), "AWS::EC2::SecurityGroupIngress").items()
        if name.startswith("Backend")
    ]
    assert [(rule["FromPort"], rule["IpProtocol"]) for rule in rules] == [(9090, "tcp")]


def test_a_grant_lands_on_the_task_role_of_the_service_and_nowhere_else():
    stack = new_stack()
    shared = cluster(stack)
    shop = web(stack, cluster=shared)
    backend(stack, cluster=shared)
    table = dynamodb.Table(
        stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(shop)
    template = synth(stack)
    with_table = [
        name
        for name, entry in resources(template, "AWS::IAM::Policy").items()
        if "dynamodb" in json.dumps(entry["Properties"])
    ]
    assert [name[:15] for name in with_table] == ["WebTaskTaskRole"]


# ---- options


def test_routes_by_path_host_header_method_and_address():
    stack = new_stack()
    rule = ListenerRule(
        paths=["/api/*"],
        hosts=["api.example.com"],
        headers={"X-Version": ["2"]},
        methods=["GET"],
        source_ips=["203.0.113.0/24"],
        priority=7,
    )
    web(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack), rule=rule))
    rendered = properties(synth(stack), "AWS::ElasticLoadBalancingV2::ListenerRule")
    assert rendered["Priority"] == 7
    assert {entry["Field"] for entry in rendered["Conditions"]} == {
        "path-pattern",
        "host-header",
        "http-header",
        "http-request-method",
        "source-ip",
    }


def test_several_ports_and_load_balancers_on_one_service():
    stack = new_stack()
    place = network(stack)
    inside = ApplicationLoadBalancer(
        stack, "Inside", network=place, certificates=[certificate(stack, "In")], internet_facing=False
    )
    web(
        stack,
        cluster=cluster(stack, network=place),
        sidecars=[container(name="admin", ports=[9090])],
        exposure=[
            AlbExposure(port=8080, certificate=certificate(stack, "Out")),
            AlbExposure(port=9090, container="admin", load_balancer=inside, rule=ListenerRule(paths=["/admin/*"])),
            AlbExposure(port=8080, load_balancer=inside, rule=ListenerRule(hosts=["shop.internal"])),
        ],
    )
    template = synth(stack)
    entries = service_of(template)["LoadBalancers"]
    assert sorted((entry["ContainerName"], entry["ContainerPort"]) for entry in entries) == [
        ("admin", 9090),
        ("app", 8080),
        ("app", 8080),
    ]
    schemes = [
        entry["Properties"]["Scheme"]
        for entry in resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    ]
    assert sorted(schemes) == ["internal", "internet-facing"]


def test_a_container_that_speaks_tls_http2_or_grpc():
    stack = new_stack()
    web(
        stack,
        exposure=AlbExposure(
            port=8443,
            certificate=certificate(stack),
            target_protocol="HTTPS",
            protocol_version="GRPC",
            health_check_path="/grpc.health.v1.Health/Check",
            health_check=TargetHealthCheck(healthy_codes="0"),
        ),
    )
    group = properties(synth(stack), "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert (group["Protocol"], group["ProtocolVersion"], group["HealthCheckProtocol"]) == ("HTTPS", "GRPC", "HTTPS")
    assert group["Matcher"] == {"GrpcCode": "0"}


def test_a_shell_needs_a_writable_root():
    stack = new_stack()
    web(stack, container=container(readonly_root_filesystem=Disabled(REASON)), enable_execute_command=True)
    template = synth(stack)
    assert service_of(template)["EnableExecuteCommand"] is True
    assert "ssmmessages:OpenDataChannel" in json.dumps(list(statements(template, "TaskRole")))


def test_sidecars_live_beside_the_container():
    stack = new_stack()
    proxy = Container(image=IMAGE, name="proxy", ports=[80], health_check=HealthCheck(command="true"))
    web(stack, container=container(ports=[8080], depends_on={"proxy": "HEALTHY"}), sidecars=[proxy])
    assert list(containers(synth(stack))) == ["app", "proxy"]


def test_the_task_takes_its_options():
    stack = new_stack()
    web(stack, task=TaskOptions(architecture="ARM64", ephemeral_storage_gib=100, family="shop"))
    task = properties(synth(stack), "AWS::ECS::TaskDefinition")
    assert task["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    assert task["EphemeralStorage"] == {"SizeInGiB": 100}
    assert task["Family"] == "shop"


def test_what_cdk_made_is_at_hand():
    stack = new_stack()
    service = web(stack)
    assert service.service.service_name
    assert service.task.task_definition.family
    assert service.load_balancer.load_balancer.load_balancer_arn
    assert service.target_group.target_group_arn
    assert service.log_group.log_group_name
    assert service.task_role.role_arn


def test_a_service_that_exists_can_connect_and_be_granted():
    stack = new_stack()
    existing = BackendService.from_attributes(
        stack,
        "Existing",
        service_arn="arn:aws:ecs:eu-west-1:111111111111:service/shop/orders",
        cluster=cluster(stack),
        security_group_id="sg-0123456789abcdef0",
        task_role_arn="arn:aws:iam::111111111111:role/orders",
    )
    table = dynamodb.Table(
        stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(existing)
    shop = web(stack)
    shop.connections.allow_from(existing, ec2.Port.tcp(8080))
    template = synth(stack)
    assert "sg-0123456789abcdef0" in json.dumps(resources(template, "AWS::EC2::SecurityGroupIngress"))
    assert "dynamodb:GetItem" in json.dumps(resources(template, "AWS::IAM::Policy"))


def test_a_service_with_its_removal_policy_changed_by_an_aspect():
    stack = new_stack()
    web(stack)
    cdk.RemovalPolicies.of(stack).destroy()
    template = synth(stack)
    assert resource(template, "AWS::Logs::LogGroup")["DeletionPolicy"] == "Delete"
    assert resource(template, "AWS::S3::Bucket")["DeletionPolicy"] == "Delete"
