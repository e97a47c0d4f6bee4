"""Log groups that exist: who may write to them, that no second one is made, and events of several lines."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs

from cdk_containers import (
    CloudWatchLogsOutput,
    Cluster,
    ConstructError,
    ContainerLogs,
    Disabled,
    ExpressService,
    FireLens,
    LogDriver,
    Logs,
    Namespace,
    Port,
    ScheduledJob,
    ServiceConnect,
    TaskOptions,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    capacity,
    cluster,
    container,
    containers,
    network,
    new_stack,
    on_ec2,
    own_cluster,
    properties,
    resources,
    statements,
    synth,
)

GROUP = "AWS::Logs::LogGroup"
FAR_ARN = "arn:aws:logs:us-east-1:111111111111:log-group:/team/shop"


def group(stack: cdk.Stack) -> aws_logs.ILogGroup:
    return aws_logs.LogGroup.from_log_group_name(stack, "Given", "/team/shop")


def written_to(template: Template, role: str) -> list[str]:
    return [str(entry["Resource"]) for entry in statements(template, role) if "logs:PutLogEvents" in entry["Action"]]


class TestContainers:
    def test_log_there_and_nothing_else_is_made(self):
        stack = new_stack()
        service = backend(
            stack, sidecars=[container(name="side")], task=TaskOptions(logs=ContainerLogs(log_group=group(stack)))
        )
        template = synth(stack)
        for made in containers(template).values():
            assert made["LogConfiguration"]["Options"]["awslogs-group"] == "/team/shop"
        assert not resources(template, GROUP)
        [where] = written_to(template, "ExecutionRole")
        assert ":log-group:/team/shop:*" in where
        assert service.log_group.log_group_name == "/team/shop"

    def test_one_is_made_otherwise(self):
        stack = new_stack()
        backend(stack)
        assert len(resources(synth(stack), GROUP)) == 1

    def test_in_another_region(self):
        stack = new_stack(region="eu-west-1")
        far = aws_logs.LogGroup.from_log_group_arn(stack, "Far", FAR_ARN)
        backend(stack, task=TaskOptions(logs=ContainerLogs(log_group=far)))
        template = synth(stack)
        assert containers(template)["app"]["LogConfiguration"]["Options"]["awslogs-region"] == "us-east-1"
        assert written_to(template, "ExecutionRole") == [f"{FAR_ARN}:*"]

    def test_of_a_stack_with_a_key_of_its_own(self):
        """Writing takes no right to the key: CloudWatch Logs uses it, and was allowed to by whoever made the group."""
        app = cdk.App()
        data, shop = cdk.Stack(app, "Data"), cdk.Stack(app, "Shop")
        encrypted = aws_logs.LogGroup(data, "Logs", encryption_key=kms.Key(data, "Key"))
        backend(shop, task=TaskOptions(logs=ContainerLogs(log_group=encrypted)))
        template = synth(shop)
        assert "Fn::ImportValue" in written_to(template, "ExecutionRole")[0]
        assert "kms:" not in str(list(statements(template)))
        assert "Shop" not in str(synth(data)["Resources"])

    def test_a_role_that_was_given_may_write_as_well(self):
        stack = new_stack()
        role = cdk.aws_iam.Role.from_role_name(stack, "Role", "execution")
        backend(stack, task=TaskOptions(execution_role=role, logs=ContainerLogs(log_group=group(stack))))
        policy = properties(synth(stack), "AWS::IAM::Policy", like="RolePolicy")
        assert policy["Roles"] == ["execution"]
        assert "logs:PutLogEvents" in str(policy["PolicyDocument"])

    def test_on_instances(self):
        stack = new_stack()
        options = on_ec2(stack, "bridge", 8080)
        options["task"] = TaskOptions(network_mode="bridge", logs=ContainerLogs(log_group=group(stack)))
        backend(stack, **options)
        assert containers(synth(stack))["app"]["LogConfiguration"]["Options"]["awslogs-group"] == "/team/shop"
        assert capacity(stack)
        assert own_cluster(stack)


class TestOthersThatLog:
    def test_the_proxy_of_service_connect(self):
        stack = new_stack(region="eu-west-1")
        far = aws_logs.LogGroup.from_log_group_arn(stack, "Far", FAR_ARN)
        backend(
            stack,
            container=container(ports=[Port(number=8080, name="http")]),
            service_connect=ServiceConnect(namespace=Namespace(stack, "Namespace", name="shop.internal")),
            task=TaskOptions(logs=ContainerLogs(log_group=far)),
        )
        told = properties(synth(stack), "AWS::ECS::Service")["ServiceConnectConfiguration"]["LogConfiguration"]
        assert told["Options"]["awslogs-group"] == "/team/shop"
        assert told["Options"]["awslogs-region"] == "us-east-1"

    def test_a_log_router(self):
        stack = new_stack(region="eu-west-1")
        far = aws_logs.LogGroup.from_log_group_arn(stack, "Far", FAR_ARN)
        router = FireLens(output=CloudWatchLogsOutput(log_group=far))
        backend(stack, task=TaskOptions(log_router=router), memory_limit_mib=1024)
        template = synth(stack)
        told = containers(template)["app"]["LogConfiguration"]["Options"]
        assert (told["log_group_name"], told["region"]) == ("/team/shop", "us-east-1")
        assert written_to(template, "TaskRole") == [f"{FAR_ARN}:*"]

    def test_a_job_keeps_the_record_of_its_runs_apart(self):
        stack = new_stack()
        ScheduledJob(
            stack,
            "Job",
            schedule="rate(1 day)",
            cluster=cluster(stack),
            image=IMAGE,
            retries=1,
            task=TaskOptions(logs=ContainerLogs(log_group=group(stack))),
        )
        template = synth(stack)
        assert containers(template)["app"]["LogConfiguration"]["Options"]["awslogs-group"] == "/team/shop"
        [made] = resources(template, GROUP)
        assert made.startswith("JobRunLogs")

    def test_sessions_of_a_cluster(self):
        stack = new_stack()
        made = Cluster(stack, "Cluster", network=network(stack), execute_command_logs=Logs(log_group=group(stack)))
        writable = container(readonly_root_filesystem=Disabled(REASON))
        backend(stack, cluster=made, container=writable, enable_execute_command=True)
        template = synth(stack)
        told = properties(template, "AWS::ECS::Cluster")["Configuration"]["ExecuteCommandConfiguration"]
        assert told["LogConfiguration"]["CloudWatchLogGroupName"] == "/team/shop"
        [where] = written_to(template, "TaskRole")
        assert ":log-group:/team/shop:*" in where
        assert list(resources(template, GROUP)) == [name for name in resources(template, GROUP) if "Backend" in name]

    def test_express_mode(self):
        stack = new_stack()
        ExpressService(stack, "Express", cluster=cluster(stack), image=IMAGE, logs=Logs(log_group=group(stack)))
        template = synth(stack)
        made = properties(template, "AWS::ECS::ExpressGatewayService")["PrimaryContainer"]
        assert made["AwsLogsConfiguration"]["LogGroup"] == "/team/shop"
        assert written_to(template, "ExecutionRole")


class TestEventsOfSeveralLines:
    @pytest.mark.parametrize(
        ("option", "value", "rendered"),
        [
            ("multiline_pattern", r"^\d{4}-", "awslogs-multiline-pattern"),
            ("datetime_format", "%Y-%m-%d", "awslogs-datetime-format"),
        ],
    )
    def test_are_one_event(self, option: str, value: str, rendered: str):
        stack = new_stack()
        logs: dict[str, Any] = {option: value}
        backend(stack, task=TaskOptions(logs=ContainerLogs(**logs)))
        assert containers(synth(stack))["app"]["LogConfiguration"]["Options"][rendered] == value

    def test_by_one_of_two_ways(self):
        logs = ContainerLogs(multiline_pattern="^A", datetime_format="%Y")
        with pytest.raises(ConstructError, match=r"task.logs.multiline_pattern: the log driver ignores it"):
            backend(new_stack(), task=TaskOptions(logs=logs))

    def test_are_the_routers_affair_where_there_is_one(self):
        options = TaskOptions(
            logs=ContainerLogs(multiline_pattern="^A"), log_router=FireLens(output=CloudWatchLogsOutput())
        )
        with pytest.raises(ConstructError, match=r"task.logs.multiline_pattern: containers log through the router"):
            backend(new_stack(), task=options)


class TestStreams:
    def test_begin_with_what_tells_workloads_of_one_log_group_apart(self):
        stack = new_stack()
        backend(stack, task=TaskOptions(logs=ContainerLogs(log_group=group(stack), stream_prefix="orders")))
        options = containers(synth(stack))["app"]["LogConfiguration"]["Options"]
        assert options["awslogs-stream-prefix"] == "orders"

    @pytest.mark.parametrize("prefix", ["", "shop:orders", "orders*"])
    def test_have_names_that_cloudwatch_takes(self, prefix: str):
        with pytest.raises(ConstructError, match=r"task.logs.stream_prefix: not a valid prefix for a log stream"):
            backend(new_stack(), task=TaskOptions(logs=ContainerLogs(stream_prefix=prefix)))


class TestWhatIsWrong:
    def test_what_the_log_group_has_already(self):
        stack = new_stack()
        key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/abc")
        logs = ContainerLogs(
            log_group=group(stack),
            retention=aws_logs.RetentionDays.ONE_DAY,
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
        )
        with pytest.raises(ConstructError) as caught:
            backend(stack, task=TaskOptions(logs=logs))
        assert [problem.option for problem in caught.value.problems] == [
            "task.logs.retention",
            "task.logs.encryption_key",
            "task.logs.removal_policy",
        ]

    @pytest.mark.parametrize("where", ["container", "sidecars"])
    def test_a_log_group_by_options_of_the_driver(self, where: str):
        driver = LogDriver(name="awslogs", options={"awslogs-group": "/team/shop", "awslogs-region": "eu-west-1"})
        logging = container(name="side", log_driver=driver)
        given: dict[str, Any] = {"sidecars": [logging]} if where == "sidecars" else {"container": logging}
        with pytest.raises(ConstructError, match=r"TaskOptions\(logs=ContainerLogs\(log_group=…"):
            backend(new_stack(), **given)
        stack = new_stack()
        with pytest.raises(ConstructError, match=r"TaskOptions\(logs=ContainerLogs\(log_group=…"):
            backend(stack, **on_ec2(stack, "bridge", 8080) | given)

    def test_a_log_group_in_the_place_of_logs(self):
        stack = new_stack()
        with pytest.raises(ConstructError, match=r"ContainerLogs\(log_group=given\)"):
            backend(stack, task=TaskOptions(logs=group(stack)))  # type: ignore[arg-type]
