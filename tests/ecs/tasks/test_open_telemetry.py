"""A collector beside the containers: what it collects, what they are told, and what it may do."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import (
    Disabled,
    FargateTaskDefinition,
    FireLens,
    LogDriver,
    Logs,
    OpenTelemetry,
    TaskOptions,
)
from tests.toolkit import (
    REASON,
    Template,
    backend,
    container,
    containers,
    new_stack,
    on_ec2,
    opt_outs,
    resource,
    resources,
    statements,
    synth,
)


def traced(telemetry: OpenTelemetry | None = None, stack: cdk.Stack | None = None, **options: Any) -> Template:
    stack = stack or new_stack()
    backend(stack, task=TaskOptions(telemetry=telemetry or OpenTelemetry()), **options)
    return synth(stack)


def environment(template: Template, name: str = "app") -> dict[str, Any]:
    return {entry["Name"]: entry["Value"] for entry in containers(template)[name].get("Environment", ())}


def configuration(template: Template) -> dict[str, Any]:
    """Return the collector's configuration, with references by their names."""
    value = environment(template, "otel-collector")["AOT_CONFIG_CONTENT"]
    parts = [value] if isinstance(value, str) else value["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else part["Ref"] for part in parts)
    found: dict[str, Any] = json.loads(text)
    return found


def metrics_group(template: Template) -> str:
    [name] = [name for name in resources(template, "AWS::Logs::LogGroup") if "Metrics" in name]
    return name


@pytest.fixture(scope="module")
def template() -> Template:
    return traced(sidecars=[container(name="side")])


# ---- the collector


def test_the_collector_comes_after_the_containers_of_the_caller(template: Template):
    assert list(containers(template)) == ["app", "side", "otel-collector"]


def test_the_collector_is_aws_build_of_a_version(template: Template):
    image = containers(template)["otel-collector"]["Image"]
    assert image == "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"


def test_the_collector_is_as_safe_as_any_container(template: Template):
    collector = containers(template)["otel-collector"]
    assert collector["User"] == "1000:1000"
    assert collector["ReadonlyRootFilesystem"] is True
    assert collector["LogConfiguration"]["LogDriver"] == "awslogs"
    assert opt_outs(template) == {}


def test_the_collector_runs_as_another_user_or_as_the_one_of_its_image():
    assert containers(traced(OpenTelemetry(user="2000")))["otel-collector"]["User"] == "2000"
    template = traced(OpenTelemetry(user=Disabled(REASON), readonly_root_filesystem=Disabled(REASON)))
    assert "User" not in containers(template)["otel-collector"]
    assert containers(template)["otel-collector"]["ReadonlyRootFilesystem"] is False
    assert opt_outs(template)["AWS::ECS::TaskDefinition"] == {
        "non-root-user": REASON,
        "read-only-root-filesystem": REASON,
    }


def test_the_collector_is_restarted_alone(template: Template):
    collector = containers(template)["otel-collector"]
    assert collector["Essential"] is False
    assert collector["RestartPolicy"] == {"Enabled": True}


def test_an_essential_collector_ends_the_task():
    collector = containers(traced(OpenTelemetry(essential=True)))["otel-collector"]
    assert collector["Essential"] is True
    assert "RestartPolicy" not in collector


def test_containers_start_after_the_collector_is_healthy(template: Template):
    assert containers(template)["otel-collector"]["HealthCheck"]["Command"] == ["CMD", "/healthcheck"]
    assert configuration(template)["extensions"]["health_check"] == {"endpoint": "127.0.0.1:13133"}
    assert configuration(template)["service"]["extensions"] == ["health_check"]
    for name in ("app", "side"):
        assert containers(template)[name]["DependsOn"] == [{"ContainerName": "otel-collector", "Condition": "HEALTHY"}]


def test_without_a_health_check_containers_start_after_the_collector_has_started():
    template = traced(OpenTelemetry(health_check=Disabled(REASON)))
    assert "HealthCheck" not in containers(template)["otel-collector"]
    assert containers(template)["app"]["DependsOn"] == [{"ContainerName": "otel-collector", "Condition": "START"}]
    assert opt_outs(template)["AWS::ECS::TaskDefinition"] == {"sidecar-health-check": REASON}


def test_memory_is_kept_for_the_collector_and_it_knows_so():
    template = traced(OpenTelemetry(memory_reservation_mib=200))
    assert containers(template)["otel-collector"]["MemoryReservation"] == 200
    assert containers(template)["app"]["Memory"] == 312
    assert configuration(template)["processors"]["memory_limiter"]["limit_mib"] == 200


def test_memory_that_is_known_at_deployment_only():
    stack = new_stack()
    memory = cdk.CfnParameter(stack, "Memory", type="Number").value_as_number
    template = traced(OpenTelemetry(memory_reservation_mib=memory), stack)
    assert "Memory" not in containers(template)["app"]
    assert '"limit_mib":' in json.dumps(environment(template, "otel-collector")).replace("\\", "")
    assert "e+289" not in json.dumps(template)


def test_the_collector_has_settings_and_secrets_of_its_own():
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Secret")
    template = traced(OpenTelemetry(environment={"LEVEL": "debug"}, secrets={"API_KEY": secret}), stack)
    assert environment(template, "otel-collector")["LEVEL"] == "debug"
    assert [entry["Name"] for entry in containers(template)["otel-collector"]["Secrets"]] == ["API_KEY"]
    assert "LEVEL" not in environment(template)


# ---- what it collects


def test_it_listens_on_localhost_only_and_maps_no_port(template: Template):
    receivers = configuration(template)["receivers"]
    assert receivers == {
        "otlp": {"protocols": {"grpc": {"endpoint": "127.0.0.1:4317"}, "http": {"endpoint": "127.0.0.1:4318"}}}
    }
    assert "PortMappings" not in containers(template)["otel-collector"]


def test_traces_go_to_xray_and_metrics_to_cloudwatch(template: Template):
    found = configuration(template)
    assert {signal: entry["exporters"] for signal, entry in found["service"]["pipelines"].items()} == {
        "traces": ["awsxray"],
        "metrics": ["awsemf"],
    }
    assert found["exporters"] == {
        "awsxray": {"region": "AWS::Region"},
        "awsemf": {
            "region": "AWS::Region",
            "namespace": "Backend",
            "log_group_name": metrics_group(template),
            "log_stream_name": "{TaskId}",
            "dimension_rollup_option": "NoDimensionRollup",
        },
    }


def test_each_pipeline_uses_what_is_declared(template: Template):
    found = configuration(template)
    for pipeline in found["service"]["pipelines"].values():
        assert set(pipeline["receivers"]) <= set(found["receivers"])
        assert pipeline["processors"] == ["memory_limiter", "resourcedetection", "batch"] == list(found["processors"])
        assert set(pipeline["exporters"]) <= set(found["exporters"])


def test_the_log_group_of_the_metrics_is_ours_and_does_not_keep_them_for_ever(template: Template):
    assert resource(template, "AWS::Logs::LogGroup", like="Metrics")["Properties"]["RetentionInDays"] == 365


def test_the_log_group_of_the_metrics_as_the_caller_wants_it():
    stack = new_stack()
    logs = Logs(retention=aws_logs.RetentionDays.ONE_WEEK, encryption_key=kms.Key(stack, "Key"))
    template = traced(OpenTelemetry(metrics_logs=logs), stack)
    made = resource(template, "AWS::Logs::LogGroup", like="Metrics")["Properties"]
    assert made["RetentionInDays"] == 7
    assert "KmsKeyId" in made


def test_traces_only():
    template = traced(OpenTelemetry(metrics=False))
    assert list(configuration(template)["service"]["pipelines"]) == ["traces"]
    assert [name for name in resources(template, "AWS::Logs::LogGroup") if "Metrics" in name] == []
    assert len(resources(template, "AWS::Logs::LogGroup")) == 1
    assert [entry["Action"] for entry in statements(template, "TaskRole")] == [
        ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    ]
    assert (environment(template)["OTEL_METRICS_EXPORTER"], environment(template)["OTEL_LOGS_EXPORTER"]) == (
        "none",
        "none",
    )


def test_metrics_only():
    template = traced(OpenTelemetry(traces=False))
    assert list(configuration(template)["service"]["pipelines"]) == ["metrics"]
    assert [entry["Action"] for entry in statements(template, "TaskRole")] == [
        ["logs:CreateLogStream", "logs:PutLogEvents"]
    ]
    assert environment(template)["OTEL_TRACES_EXPORTER"] == "none"


def test_logs_go_to_the_log_group_of_the_task():
    template = traced(OpenTelemetry(traces=False, metrics=False, logs=True))
    [group] = resources(template, "AWS::Logs::LogGroup")
    assert configuration(template)["exporters"]["awscloudwatchlogs"]["log_group_name"] == group
    [statement] = statements(template, "TaskRole")
    assert statement["Resource"] == {"Fn::GetAtt": [group, "Arn"]}
    assert "OTEL_LOGS_EXPORTER" not in environment(template)


def test_a_configuration_of_the_callers():
    template = traced(OpenTelemetry(config="receivers: {}"))
    assert environment(template, "otel-collector")["AOT_CONFIG_CONTENT"] == "receivers: {}"


# ---- what it may do


def test_the_task_may_send_traces_and_write_to_the_log_group_of_its_metrics(template: Template):
    assert list(statements(template, "TaskRole")) == [
        {"Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "Effect": "Allow", "Resource": "*"},
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Effect": "Allow",
            "Resource": {"Fn::GetAtt": [metrics_group(template), "Arn"]},
        },
    ]


def test_the_service_waits_for_the_rights(template: Template):
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "TaskRole" in name]
    assert policy in resource(template, "AWS::ECS::Service")["DependsOn"]


def test_a_role_of_the_callers_gets_the_rights():
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
    backend(stack, task=TaskOptions(task_role=role, telemetry=OpenTelemetry(metrics=False)))
    template = synth(stack)
    [policy] = [
        entry for entry in resources(template, "AWS::IAM::Policy").values() if "xray" in json.dumps(entry["Properties"])
    ]
    [made] = [name for name in resources(template, "AWS::IAM::Role") if name.startswith("Role")]
    assert policy["Properties"]["Roles"] == [{"Ref": made}]


# ---- what containers are told


def test_containers_are_told_where_the_collector_is(template: Template):
    told = {
        "OTEL_SERVICE_NAME": "Backend",
        "OTEL_RESOURCE_ATTRIBUTES": "service.namespace=Shop",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        # Every SDK has these two; the plain one of Python ends with an error where another is not installed.
        "OTEL_PROPAGATORS": "tracecontext,baggage",
        "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
        "OTEL_TRACES_SAMPLER_ARG": "0.05",
        "OTEL_LOGS_EXPORTER": "none",
    }
    assert environment(template) == told
    assert environment(template, "side") == told
    assert list(environment(template, "otel-collector")) == ["AOT_CONFIG_CONTENT"]


def test_what_a_container_sets_itself_stays():
    stack = new_stack()
    secret = secretsmanager.Secret(stack, "Secret")
    template = traced(
        stack=stack,
        container=container(
            environment={"OTEL_SERVICE_NAME": "mine", "OTHER": "too"},
            secrets={"OTEL_EXPORTER_OTLP_ENDPOINT": secret},
        ),
    )
    assert environment(template)["OTEL_SERVICE_NAME"] == "mine"
    assert environment(template)["OTHER"] == "too"
    assert "OTEL_EXPORTER_OTLP_ENDPOINT" not in environment(template)
    assert "OTEL_PROPAGATORS" in environment(template)


def test_propagators():
    told = environment(traced(OpenTelemetry(propagators=["tracecontext", "xray"])))
    assert told["OTEL_PROPAGATORS"] == "tracecontext,xray"
    assert environment(traced(OpenTelemetry(propagators=["none"])))["OTEL_PROPAGATORS"] == "none"


def test_grpc():
    told = environment(traced(OpenTelemetry(protocol="grpc")))
    assert told["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://127.0.0.1:4317"
    assert told["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc"


def test_a_name_and_attributes_of_the_callers():
    template = traced(OpenTelemetry(service_name="orders", resource_attributes={"team": "shop"}))
    assert environment(template)["OTEL_SERVICE_NAME"] == "orders"
    assert environment(template)["OTEL_RESOURCE_ATTRIBUTES"] == "service.namespace=Shop,team=shop"
    assert configuration(template)["exporters"]["awsemf"]["namespace"] == "orders"


def test_a_task_definition_by_itself_is_called_by_its_own_name():
    stack = new_stack()
    FargateTaskDefinition(stack, "Nightly", containers=[container()], options=TaskOptions(telemetry=OpenTelemetry()))
    assert environment(synth(stack))["OTEL_SERVICE_NAME"] == "Nightly"


def test_sampling_by_share():
    assert environment(traced(OpenTelemetry(sampling=1)))["OTEL_TRACES_SAMPLER_ARG"] == "1"


def test_sampling_by_the_rules_of_xray():
    template = traced(OpenTelemetry(sampling="xray"))
    assert environment(template)["OTEL_TRACES_SAMPLER"] == "xray"
    assert environment(template)["OTEL_TRACES_SAMPLER_ARG"] == "endpoint=http://127.0.0.1:2000"
    assert configuration(template)["extensions"]["awsproxy"]["endpoint"] == "127.0.0.1:2000"
    assert configuration(template)["service"]["extensions"] == ["health_check", "awsproxy"]
    assert {"xray:GetSamplingRules", "xray:GetSamplingTargets"} <= set(next(statements(template, "TaskRole"))["Action"])


# ---- beside a log router, and on EC2


def test_beside_a_log_router():
    stack = new_stack()
    backend(
        stack,
        sidecars=[container(name="side", log_driver=LogDriver(name="splunk"))],
        task=TaskOptions(log_router=FireLens(), telemetry=OpenTelemetry()),
    )
    template = synth(stack)
    assert list(containers(template)) == ["app", "side", "log-router", "otel-collector"]
    assert {entry["ContainerName"] for entry in containers(template)["app"]["DependsOn"]} == {
        "log-router",
        "otel-collector",
    }
    for sidecar in ("log-router", "otel-collector"):
        assert "DependsOn" not in containers(template)[sidecar]
        assert "OTEL_SERVICE_NAME" not in environment(template, sidecar)


def test_the_memory_of_both_is_kept():
    stack = new_stack()
    backend(stack, task=TaskOptions(log_router=FireLens(), telemetry=OpenTelemetry()))
    assert containers(synth(stack))["app"]["Memory"] == 512 - 64 - 128


@pytest.mark.parametrize("mode", ["awsvpc", "host"])
def test_on_ec2(mode: Any):
    stack = new_stack()
    given = on_ec2(stack, mode, 8080)
    backend(stack, **given | {"task": TaskOptions(network_mode=mode, telemetry=OpenTelemetry())})
    assert list(containers(synth(stack))) == ["app", "otel-collector"]


def test_an_attribute_shows_no_secret():
    secret = cdk.SecretValue.secrets_manager("shop").unsafe_unwrap()
    [problem] = OpenTelemetry(resource_attributes={"team": secret}).problems()
    assert (problem.option, problem.practice) == ("resource_attributes['team']", "no-secrets-in-environment")
    assert OpenTelemetry(resource_attributes={"team": "shop"}).problems() == []
