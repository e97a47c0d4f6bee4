"""CDK's own log router has no health check, no order, and rights that come too late; ours has what it lacks."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kinesisfirehose as firehose
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import (
    BackendService,
    CloudWatchLogsOutput,
    ConstructError,
    ContainerLogs,
    Disabled,
    Ec2TaskDefinition,
    EfsVolume,
    FargateTaskDefinition,
    FirehoseOutput,
    FireLens,
    FluentBitOutput,
    HealthCheck,
    LogDriver,
    NotSecret,
    OpenTelemetry,
    S3ConfigFile,
    SharedVolume,
    TaskOptions,
    VolumeMount,
)
from tests.toolkit import (
    REASON,
    Template,
    backend,
    cluster,
    container,
    containers,
    new_stack,
    on_ec2,
    opt_outs,
    properties,
    resource,
    resources,
    statements,
    synth,
)


def routed(log_router: FireLens | None = None, stack: cdk.Stack | None = None, **options: Any) -> Template:
    stack = stack or new_stack()
    backend(stack, task=TaskOptions(log_router=log_router or FireLens()), **options)
    return synth(stack)


def log_options(template: Template, name: str = "app") -> dict[str, Any]:
    found: dict[str, Any] = containers(template)[name]["LogConfiguration"]["Options"]
    return found


@pytest.fixture(scope="module")
def template() -> Template:
    return routed(sidecars=[container(name="side")])


# ---- the router


def test_the_router_comes_after_the_containers_of_the_caller(template: Template):
    assert list(containers(template)) == ["app", "side", "log-router"]


def test_the_router_is_fluent_bit_of_a_version(template: Template):
    router = containers(template)["log-router"]
    assert router["FirelensConfiguration"]["Type"] == "fluentbit"
    assert router["Image"] == "public.ecr.aws/aws-observability/aws-for-fluent-bit:3.4.15"
    assert [name for name, entry in containers(template).items() if "FirelensConfiguration" in entry] == ["log-router"]


def test_the_router_is_as_safe_as_any_container(template: Template):
    router = containers(template)["log-router"]
    assert router["ReadonlyRootFilesystem"] is True
    assert router["Essential"] is True
    assert [entry["ContainerPath"] for entry in router["LinuxParameters"]["Tmpfs"]] == ["/tmp"]  # noqa: S108
    assert set(opt_outs(template)["AWS::ECS::TaskDefinition"]) == {"non-root-user"}


def test_the_router_logs_to_the_log_group_itself(template: Template):
    configuration = containers(template)["log-router"]["LogConfiguration"]
    [group] = resources(template, "AWS::Logs::LogGroup")
    assert configuration["LogDriver"] == "awslogs"
    assert configuration["Options"]["awslogs-group"] == {"Ref": group}


def test_fluent_bit_is_asked_whether_it_responds(template: Template):
    router = containers(template)["log-router"]
    assert "http://127.0.0.1:2020/api/v1/uptime" in router["HealthCheck"]["Command"][1]
    assert router["FirelensConfiguration"]["Options"] == {
        "enable-ecs-log-metadata": "true",
        "config-file-type": "file",
        "config-file-value": "/fluent-bit/configs/output-metrics-healthcheck.conf",
    }


def test_containers_start_after_the_router_is_healthy(template: Template):
    for name in ("app", "side"):
        assert containers(template)[name]["DependsOn"] == [{"ContainerName": "log-router", "Condition": "HEALTHY"}]
    assert "DependsOn" not in containers(template)["log-router"]


def test_without_a_health_check_containers_start_after_the_router_has_started():
    template = routed(FireLens(health_check=Disabled(REASON)))
    assert containers(template)["app"]["DependsOn"] == [{"ContainerName": "log-router", "Condition": "START"}]
    router = containers(template)["log-router"]
    assert "HealthCheck" not in router
    assert router["FirelensConfiguration"]["Options"] == {"enable-ecs-log-metadata": "true"}
    assert opt_outs(template)["AWS::ECS::TaskDefinition"]["sidecar-health-check"] == REASON


def test_other_order_stays():
    template = routed(
        container=container(depends_on={"side": "HEALTHY"}),
        sidecars=[container(name="side", health_check=HealthCheck(command="true"))],
    )
    assert {entry["ContainerName"] for entry in containers(template)["app"]["DependsOn"]} == {"side", "log-router"}


def test_a_router_may_stop_without_the_task():
    assert containers(routed(FireLens(essential=False)))["log-router"]["Essential"] is False


def test_a_router_runs_as_another_user_or_as_the_one_of_its_image():
    assert containers(routed(FireLens(user="2000")))["log-router"]["User"] == "2000"
    template = routed(FireLens(user=Disabled(REASON), readonly_root_filesystem=Disabled(REASON)))
    assert "User" not in containers(template)["log-router"]
    assert containers(template)["log-router"]["ReadonlyRootFilesystem"] is False
    assert opt_outs(template)["AWS::ECS::TaskDefinition"] == {
        "non-root-user": REASON,
        "read-only-root-filesystem": REASON,
    }


def test_without_a_word_a_router_is_root_on_fargate_alone(template: Template):
    """AWS says of instances only that the socket of a router is made for its user."""
    assert "User" not in containers(template)["log-router"]
    assert "containers-roadmap/issues/2122" in opt_outs(template)["AWS::ECS::TaskDefinition"]["non-root-user"]
    assert containers(template)["app"]["User"] == "1000:1000"
    stack = new_stack()
    backend(stack, **on_ec2(stack, "awsvpc", task=TaskOptions(network_mode="awsvpc", log_router=FireLens())))
    on_instances = synth(stack)
    assert containers(on_instances)["log-router"]["User"] == "1000:1000"
    assert "non-root-user" not in opt_outs(on_instances).get("AWS::ECS::TaskDefinition", {})


@pytest.mark.parametrize("file", ["output-metrics-healthcheck.conf", "plugin-metrics-to-cloudwatch.conf"])
def test_files_of_aws_that_switch_on_the_http_server_are_taken(file: str):
    options = containers(routed(FireLens(config_file=f"/fluent-bit/configs/{file}")))["log-router"]
    assert options["FirelensConfiguration"]["Options"]["config-file-value"] == f"/fluent-bit/configs/{file}"


def test_other_files_of_aws_are_taken_where_nothing_asks_the_http_server():
    file = "/fluent-bit/configs/parse-json.conf"
    made = containers(routed(FireLens(config_file=file, health_check=Disabled(REASON))))["log-router"]
    assert made["FirelensConfiguration"]["Options"]["config-file-value"] == file
    own = FireLens(config_file="/fluent-bit/configs/extra.conf", image="example.com/router:1.0.0")
    assert containers(routed(own))["log-router"]["FirelensConfiguration"]


def test_a_router_has_settings_and_secrets_of_its_own():
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Secret")
    template = routed(FireLens(environment={"LEVEL": "debug"}, secrets={"API_KEY": secret}), stack)
    router = containers(template)["log-router"]
    assert router["Environment"] == [{"Name": "LEVEL", "Value": "debug"}]
    assert [entry["Name"] for entry in router["Secrets"]] == ["API_KEY"]
    assert "Environment" not in containers(template)["app"]


# ---- memory


def test_the_memory_of_the_router_is_kept_from_the_container():
    template = routed()
    assert containers(template)["app"]["Memory"] == 512 - 64
    assert containers(template)["log-router"]["MemoryReservation"] == 64
    assert "Memory" not in containers(template)["log-router"]


def test_more_memory_for_the_router_is_less_for_the_container():
    assert containers(routed(FireLens(memory_reservation_mib=100)))["app"]["Memory"] == 412


# ---- where logs go


def test_logs_go_to_the_log_group_of_the_task(template: Template):
    [group] = resources(template, "AWS::Logs::LogGroup")
    assert containers(template)["app"]["LogConfiguration"]["LogDriver"] == "awsfirelens"
    assert log_options(template) == {
        "Name": "cloudwatch_logs",
        "region": {"Ref": "AWS::Region"},
        "log_group_name": {"Ref": group},
        "log_stream_prefix": "app/",
        "auto_create_group": "false",
    }
    assert log_options(template, "side")["log_stream_prefix"] == "side/"


def test_the_task_may_write_to_this_log_group_and_nothing_else(template: Template):
    [group] = resources(template, "AWS::Logs::LogGroup")
    assert list(statements(template, "TaskRole")) == [
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Effect": "Allow",
            "Resource": {"Fn::GetAtt": [group, "Arn"]},
        }
    ]


def test_logs_go_to_another_log_group():
    stack = new_stack()
    group = aws_logs.LogGroup(stack, "Elsewhere")
    template = routed(FireLens(output=CloudWatchLogsOutput(log_group=group)), stack)
    name = stack.get_logical_id(group.node.default_child)  # type: ignore[arg-type]
    assert log_options(template)["log_group_name"] == {"Ref": name}
    [statement] = statements(template, "TaskRole")
    assert statement["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


@pytest.mark.parametrize("kind", ["L1", "L2", "imported"])
def test_logs_go_to_a_delivery_stream(kind: str):
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    stream: Any = {
        "L1": lambda: firehose.CfnDeliveryStream(stack, "Stream"),
        "L2": lambda: firehose.DeliveryStream(stack, "Stream", destination=firehose.S3Bucket(bucket)),
        "imported": lambda: firehose.DeliveryStream.from_delivery_stream_name(stack, "Stream", "logs"),
    }[kind]()
    template = routed(FireLens(output=FirehoseOutput(delivery_stream=stream)), stack)
    options = log_options(template)
    assert (options["Name"], options["region"]) == ("kinesis_firehose", {"Ref": "AWS::Region"})
    [statement] = list(statements(template, "BackendTaskTaskRole"))
    assert statement["Action"] == "firehose:PutRecordBatch"
    if kind == "imported":
        assert options["delivery_stream"] == "logs"
        assert json.dumps(statement["Resource"]).endswith('deliverystream/logs"]]}')
    else:
        [name] = resources(template, "AWS::KinesisFirehose::DeliveryStream")
        assert options["delivery_stream"] == {"Ref": name}
        assert statement["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


def test_cdk_grants_more_than_fluent_bit_calls():
    """CDK's own grant has PutRecord too."""
    stack = new_stack()
    service = backend(stack)
    firehose.DeliveryStream.from_delivery_stream_name(stack, "Stream", "logs").grant_put_records(service)
    [statement] = statements(synth(stack), "TaskRole")
    assert statement["Action"] == ["firehose:PutRecord", "firehose:PutRecordBatch"]


def test_cdk_leaves_an_unused_mapping_beside_an_imported_delivery_stream():
    """Why an output takes the resource itself too: CloudFormation's rules warn of the mapping."""
    stack = new_stack()
    firehose.DeliveryStream.from_delivery_stream_name(stack, "Stream", "logs")
    assert list(synth(stack)["Mappings"]) == ["awscdkawskinesisfirehoseCidrBlocks"]
    stack = new_stack()
    template = routed(
        FireLens(output=FirehoseOutput(delivery_stream=firehose.CfnDeliveryStream(stack, "Stream"))), stack
    )
    assert "Mappings" not in template


def test_logs_go_to_any_output_of_fluent_bit():
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Secret")
    output = FluentBitOutput(
        name="datadog",
        options={"Host": "logs.example.com", "dd_token": NotSecret("name", reason="the name of a field")},
        secret_options={"apikey": secret},
    )
    template = routed(FireLens(output=output), stack)
    configuration = containers(template)["app"]["LogConfiguration"]
    assert configuration["Options"] == {"Name": "datadog", "Host": "logs.example.com", "dd_token": "name"}
    assert [entry["Name"] for entry in configuration["SecretOptions"]] == ["apikey"]
    reads = [entry for entry in statements(template, "ExecutionRole") if "secretsmanager" in json.dumps(entry)]
    assert [entry["Resource"] for entry in reads] == [{"Ref": "SecretA720EF05"}]
    assert not list(statements(template, "BackendTaskTaskRole"))


def test_each_container_has_its_output():
    router = FireLens(outputs={"side": FluentBitOutput(name="stdout")})
    template = routed(router, sidecars=[container(name="side")])
    assert log_options(template)["Name"] == "cloudwatch_logs"
    assert log_options(template, "side") == {"Name": "stdout"}


def test_an_output_that_no_container_has_is_granted_nothing():
    stack = new_stack()
    stream = firehose.CfnDeliveryStream(stack, "Stream")
    template = routed(FireLens(outputs={"app": FirehoseOutput(delivery_stream=stream)}), stack)
    assert [entry["Action"] for entry in statements(template, "TaskRole")] == ["firehose:PutRecordBatch"]


def test_a_container_keeps_a_log_driver_of_its_own():
    driver = LogDriver(name="splunk", options={"splunk-url": "https://splunk.example.com"})
    template = routed(sidecars=[container(name="side", log_driver=driver)])
    assert containers(template)["side"]["LogConfiguration"]["LogDriver"] == "splunk"
    assert "DependsOn" not in containers(template)["side"]
    assert "DependsOn" in containers(template)["app"]


def test_a_container_may_write_the_options_of_its_route_itself():
    driver = LogDriver(name="awsfirelens", options={"Name": "null"})
    template = routed(container=container(log_driver=driver))
    assert log_options(template) == {"Name": "null"}
    assert containers(template)["app"]["DependsOn"] == [{"ContainerName": "log-router", "Condition": "HEALTHY"}]
    assert not list(statements(template, "BackendTaskTaskRole"))


def test_lines_have_room_to_wait():
    assert "log-driver-buffer-limit" not in log_options(routed())
    assert log_options(routed(FireLens(buffer_mib=2)))["log-driver-buffer-limit"] == str(2 * 1024 * 1024)


def test_an_encrypted_log_group_asks_for_no_right_to_the_key():
    """CloudWatch Logs uses the key itself, by the key's policy; who writes needs no leave."""
    stack = new_stack()
    logs = ContainerLogs(encryption_key=kms.Key(stack, "Key"))
    backend(stack, task=TaskOptions(logs=logs, log_router=FireLens()))
    template = synth(stack)
    assert "KmsKeyId" in properties(template, "AWS::Logs::LogGroup")
    assert [entry["Action"] for entry in statements(template, "TaskRole")] == [
        ["logs:CreateLogStream", "logs:PutLogEvents"]
    ]


# ---- further configuration


def test_a_configuration_file_of_the_image():
    options = containers(routed(FireLens(config_file="/extra.conf", ecs_metadata=False)))["log-router"]
    assert options["FirelensConfiguration"]["Options"] == {
        "enable-ecs-log-metadata": "false",
        "config-file-type": "file",
        "config-file-value": "/extra.conf",
    }


def test_a_configuration_file_in_a_bucket_is_read_and_decrypted_by_the_execution_role():
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket", encryption_key=kms.Key(stack, "Key"))
    file = S3ConfigFile(bucket=bucket, key="extra.conf")
    Ec2TaskDefinition(
        stack,
        "Task",
        containers=[container(memory_limit_mib=256)],
        options=TaskOptions(log_router=FireLens(config_file=file)),
    )
    template = synth(stack)
    options = containers(template)["log-router"]["FirelensConfiguration"]["Options"]
    assert options["config-file-type"] == "s3"
    assert json.dumps(options["config-file-value"]).endswith('"/extra.conf"]]}')
    allowed = {json.dumps(entry["Action"]): entry for entry in statements(template, "TaskExecutionRole")}
    assert allowed['"s3:GetObject"']["Resource"] == options["config-file-value"]
    assert '"s3:GetBucketLocation"' in allowed
    assert '"kms:Decrypt"' in allowed


# ---- where it runs


def test_a_router_runs_on_ec2_with_bridge_networking():
    stack = new_stack()
    given = on_ec2(stack, "bridge", 8080)
    backend(stack, **given | {"task": TaskOptions(network_mode="bridge", log_router=FireLens())})
    assert list(containers(synth(stack))) == ["app", "log-router"]


def test_a_task_definition_by_itself_has_a_router_too():
    stack = new_stack()
    task = FargateTaskDefinition(stack, "Task", containers=[container()], options=TaskOptions(log_router=FireLens()))
    assert list(task.containers) == ["app", "log-router"]
    assert isinstance(task.containers["log-router"], ecs.FirelensLogRouter)
    assert list(containers(synth(stack))) == ["app", "log-router"]


def test_ecs_exec_asks_nothing_of_the_router():
    stack = new_stack()
    backend(
        stack,
        container=container(readonly_root_filesystem=Disabled(REASON)),
        task=TaskOptions(log_router=FireLens()),
        enable_execute_command=True,
    )
    assert containers(synth(stack))["log-router"]["ReadonlyRootFilesystem"] is True


# ---- beside CDK


def plain_cdk() -> Template:
    """Make a service whose containers log through CDK's own router."""
    stack = new_stack()
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container(
        "app",
        image=ecs.ContainerImage.from_registry("nginx"),
        logging=ecs.LogDrivers.firelens(options={"Name": "cloudwatch", "log_group_name": "group"}),
    )
    ecs.FargateService(stack, "Service", cluster=cluster(stack).cluster, task_definition=task)
    return synth(stack)


def test_cdk_has_no_health_check_and_no_order():
    made = containers(plain_cdk())
    assert "FirelensConfiguration" in made["log-router"]
    assert "HealthCheck" not in made["log-router"]
    assert "DependsOn" not in made["app"]


def test_cdk_lets_the_task_write_to_every_log_group():
    [statement] = statements(plain_cdk(), "TaskRole")
    assert (statement["Resource"], "logs:CreateLogGroup" in statement["Action"]) == ("*", True)


def test_cdk_takes_whatever_version_is_the_latest():
    parameters = plain_cdk()["Parameters"].values()
    assert "/aws/service/aws-for-fluent-bit/latest" in [entry.get("Default") for entry in parameters]


def test_cdk_makes_the_rights_too_late_for_the_service():
    template = plain_cdk()
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "TaskRole" in name]
    waits_for = resource(template, "AWS::ECS::Service")["DependsOn"]
    assert any("TaskRole" in name for name in waits_for)
    assert policy not in waits_for


def test_the_service_waits_for_the_rights(template: Template):
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "TaskRole" in name]
    assert policy in resource(template, "AWS::ECS::Service")["DependsOn"]


def test_the_service_waits_for_rights_that_are_granted_later():
    stack = new_stack()
    bucket = s3.Bucket(stack, "Bucket")
    output = FluentBitOutput(name="s3", options={"bucket": bucket.bucket_name})
    service = backend(stack, task=TaskOptions(log_router=FireLens(output=output)))
    assert isinstance(service, BackendService)
    bucket.grant_put(service)
    template = synth(stack)
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "BackendTaskTaskRole" in name]
    assert policy in resource(template, "AWS::ECS::Service")["DependsOn"]


def test_without_a_router_nothing_of_it_is_there():
    stack = new_stack()
    backend(stack)
    assert list(containers(synth(stack))) == ["app"]


# ---- your own router


def test_a_volume_that_only_a_sidecar_mounts():
    stack = new_stack()
    mount = VolumeMount(volume="buffers", path="/buffers")
    task = TaskOptions(log_router=FireLens(mounts=[mount]))
    volumes = [SharedVolume(name="buffers")]
    FargateTaskDefinition(stack, "Router", containers=[container()], volumes=volumes, options=task)
    collector = TaskOptions(telemetry=OpenTelemetry(mounts=[mount]))
    FargateTaskDefinition(stack, "Collector", containers=[container()], volumes=volumes, options=collector)
    tasks = [entry["Properties"] for entry in resources(synth(stack), "AWS::ECS::TaskDefinition").values()]
    for made in tasks:
        assert made["Volumes"] == [{"Name": "buffers"}]
        mounted = {one["Name"] for one in made["ContainerDefinitions"] if one.get("MountPoints")}
        assert mounted in ({"log-router"}, {"otel-collector"})
    with pytest.raises(ConstructError, match="no container mounts it"):
        FargateTaskDefinition(stack, "Nobody", containers=[container()], volumes=volumes)
    with pytest.raises(ConstructError, match="there is no such volume"):
        FargateTaskDefinition(stack, "Nothing", containers=[container()], options=task)


def test_an_efs_volume_of_the_router_may_be_written():
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    files = efs.FileSystem.from_file_system_attributes(
        stack, "Files", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    router = FireLens(mounts=[VolumeMount(volume="buffers", path="/buffers")])
    volumes = [EfsVolume(name="buffers", file_system=files)]
    FargateTaskDefinition(
        stack, "Task", containers=[container()], volumes=volumes, options=TaskOptions(log_router=router)
    )
    actions = [statement["Action"] for statement in statements(synth(stack), "TaskRole")]
    assert ["elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"] in actions


def test_parts_of_an_image_of_ones_own():
    router = FireLens(
        image="registry.example.com/fluent-bit:1",
        command=["run"],
        entry_point=["/start"],
        ports=[5170],
        memory_limit_mib=256,
    )
    made = containers(routed(router))["log-router"]
    assert (made["Command"], made["EntryPoint"], made["Memory"]) == (["run"], ["/start"], 256)
    assert made["PortMappings"] == [{"ContainerPort": 5170, "Protocol": "tcp"}]


def test_fluentd_names_its_plugins_otherwise():
    router = FireLens(
        type="fluentd",
        image="registry.example.com/fluentd:1",
        health_check=HealthCheck(command=["/healthy"]),
        output=FluentBitOutput(name="elasticsearch", options={"host": "logs.example.com"}),
    )
    template = routed(router)
    made = containers(template)
    assert made["log-router"]["FirelensConfiguration"]["Type"] == "fluentd"
    assert made["log-router"]["HealthCheck"]["Command"] == ["CMD", "/healthy"]
    assert log_options(template) == {"@type": "elasticsearch", "host": "logs.example.com"}
    assert {"ContainerName": "log-router", "Condition": "HEALTHY"} in made["app"]["DependsOn"]


def test_fluentd_has_nothing_of_fluent_bit():
    found = FireLens(type="fluentd").problems()
    assert [problem.option for problem in found] == ["image", "health_check", "output"]


def test_a_router_is_linked_with_bridge_networking_and_not_in_a_circle():
    stack = new_stack()
    cache = container(name="cache", log_driver=LogDriver(name="json-file"))

    def task(name: str, mode: Any, *beside: Any) -> None:
        options = TaskOptions(log_router=FireLens(links=["cache"]), network_mode=mode)
        Ec2TaskDefinition(stack, name, containers=[container(), *beside], memory_limit_mib=512, options=options)

    task("Linked", "bridge", cache)
    assert containers(synth(stack))["log-router"]["Links"] == ["cache"]
    with pytest.raises(ConstructError, match="bridge networking"):
        task("Own", "awsvpc", cache)
    with pytest.raises(ConstructError, match="wait for each other"):
        task("Circle", "bridge", container(name="cache"))
