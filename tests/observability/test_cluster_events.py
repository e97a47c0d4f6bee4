"""Which events of ECS are stored, and of which somebody is told.

The events are those of the documentation, shortened:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html,
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html and
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk import aws_sns as sns

from cdk_containers import AlarmTopic, ClusterEvents, ConstructError, Logs
from tests.iam.evaluation import arn_of, service_surely_can
from tests.observability.event_patterns import matches
from tests.toolkit import Template, cluster, new_stack, own_cluster, properties, resource, resources, synth

REGION, ACCOUNT = "eu-west-1", "111111111111"
CLUSTER = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/shop"
NOTIFIED = {"FailedDeployments", "FailedTasks", "ServiceTrouble"}


def service_arn(cluster_name: str = "shop") -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{cluster_name}/web"


def deployment(name: str, *, cluster_name: str = "shop") -> dict[str, Any]:
    return {
        "source": "aws.ecs",
        "detail-type": "ECS Deployment State Change",
        "resources": [service_arn(cluster_name)],
        "detail": {
            "eventType": "ERROR" if name.endswith("FAILED") else "INFO",
            "eventName": name,
            "deploymentId": "ecs-svc/123",
            "reason": "ECS deployment circuit breaker: task failed to start.",
        },
    }


def task(
    stop_code: str | None,
    reason: str = "",
    *codes: int,
    status: str = "STOPPED",
    cluster_arn: str = CLUSTER,
) -> dict[str, Any]:
    return {
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "resources": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/shop/b99d40b39de24171928b57b9fd3d8ad8"],
        "detail": {
            "clusterArn": cluster_arn,
            "containers": [{"name": f"container-{index}", "exitCode": code} for index, code in enumerate(codes)]
            or [{"name": "app"}],
            "group": "service:web",
            "lastStatus": status,
            **({} if stop_code is None else {"stopCode": stop_code, "stoppedReason": reason}),
        },
    }


def exited(reason: str | None = None, **codes: int) -> dict[str, Any]:
    """Return the event of a task that stopped since an essential container had ended, with the codes of all."""
    event = task("EssentialContainerExited", "Essential container in task exited")
    event["detail"]["containers"] = [{"name": name, "exitCode": code} for name, code in codes.items()]
    if reason is not None:
        event["detail"]["containers"][-1]["reason"] = reason
    return event


def action(type_: str, name: str, *, cluster_arn: str = CLUSTER) -> dict[str, Any]:
    return {
        "source": "aws.ecs",
        "detail-type": "ECS Service Action",
        "resources": [service_arn()],
        "detail": {"eventType": type_, "eventName": name, "clusterArn": cluster_arn, "reason": "RESOURCE:CPU"},
    }


@pytest.fixture(scope="module")
def template() -> Template:
    stack = new_stack(region=REGION)
    ClusterEvents(stack, "Events", cluster=cluster(stack), topic=AlarmTopic(stack, "Alerts").topic)
    return synth(stack)


def resolved(value: Any) -> Any:
    """Put in what CloudFormation would."""
    known = {"AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
    if isinstance(value, list):
        return [resolved(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "Ref" in value:
        return known.get(value["Ref"], value["Ref"])
    if "Fn::Join" in value:
        separator, parts = value["Fn::Join"]
        return separator.join(resolved(parts))
    if "Fn::GetAtt" in value:
        return ".".join(value["Fn::GetAtt"])
    return {key: resolved(item) for key, item in value.items()}


def rules(template: Template) -> dict[str, dict[str, Any]]:
    """Return the rules by the name that `ClusterEvents` gives them."""
    return {
        name.removeprefix("Events")[:-8]: resolved(entry["Properties"])
        for name, entry in resources(template, "AWS::Events::Rule").items()
    }


def key_statements(template: Template) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = properties(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    return statements


@pytest.mark.parametrize(
    ("event", "taken_by"),
    [
        (deployment("SERVICE_DEPLOYMENT_IN_PROGRESS"), {"Store"}),
        (deployment("SERVICE_DEPLOYMENT_COMPLETED"), {"Store"}),
        (deployment("SERVICE_DEPLOYMENT_FAILED"), {"Store", "FailedDeployments"}),
        (deployment("SERVICE_DEPLOYMENT_FAILED", cluster_name="shop-two"), set()),
        (task("TaskFailedToStart", "CannotPullContainerError: pull image manifest"), {"Store", "FailedTasks"}),
        (task("TaskFailedToStart", "ResourceInitializationError: unable to pull secrets"), {"Store", "FailedTasks"}),
        (task("EssentialContainerExited", "Essential container in task exited", 1), {"Store", "FailedTasks"}),
        (task("EssentialContainerExited", "OutOfMemoryError: Container killed", 137, 0), {"Store", "FailedTasks"}),
        (task("EssentialContainerExited", "Essential container in task exited", 0), {"Store"}),
        # The application ended, and ECS stopped what was beside it.
        (exited(app=0, side=143), {"Store"}),
        (exited(app=0, **{"log-router": 143, "otel-collector": 137}), {"Store"}),
        (exited(app=143, **{"ecs-service-connect-Ab3": 137}), {"Store"}),
        (exited(app=1, side=143), {"Store", "FailedTasks"}),
        (exited(app=139, side=0), {"Store", "FailedTasks"}),
        # A router that died, and took the application along.
        (exited(app=143, **{"log-router": 1}), {"Store", "FailedTasks"}),
        (
            exited(reason="OutOfMemoryError: Container killed due to memory usage", app=143, **{"log-router": 137}),
            {"Store", "FailedTasks"},
        ),
        # Nobody can tell that from an application that was killed, so it is told.
        (exited(app=0, side=137), {"Store", "FailedTasks"}),
        (exited(app=137, **{"log-router": 0}), {"Store", "FailedTasks"}),
        (
            task("ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group …)", 143),
            {"Store", "FailedTasks"},
        ),
        (task("ServiceSchedulerInitiated", "Task failed container health checks", 137), {"Store", "FailedTasks"}),
        (
            task("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/123)", 143),
            {"Store"},
        ),
        (task("UserInitiated", "Task stopped by user", 137), {"Store"}),
        (task("SpotInterruption", "Your Spot Task was interrupted.", 143), {"Store"}),
        (task(None, status="RUNNING"), set()),
        (task("TaskFailedToStart", cluster_arn=f"{CLUSTER}-two"), set()),
        (action("INFO", "SERVICE_STEADY_STATE"), {"Store"}),
        (action("WARN", "SERVICE_TASK_START_IMPAIRED"), {"Store", "ServiceTrouble"}),
        (action("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE"), {"Store", "ServiceTrouble"}),
        (action("ERROR", "SERVICE_DEPLOYMENT_FAILED"), {"Store"}),
        (action("ERROR", "SERVICE_TASK_PLACEMENT_FAILURE", cluster_arn=f"{CLUSTER}-two"), set()),
        (deployment("SERVICE_DEPLOYMENT_FAILED") | {"source": "shop.orders"}, set()),
    ],
)
def test_which_rules_take_an_event(template: Template, event: dict[str, Any], taken_by: set[str]) -> None:
    assert {name for name, rule in rules(template).items() if matches(rule["EventPattern"], event)} == taken_by


def test_without_a_topic_events_are_stored_and_nobody_is_told(template: Template) -> None:
    stack = new_stack()
    made = ClusterEvents(stack, "Events", cluster=cluster(stack))
    assert made.rules.keys() == {"Store"} == rules(synth(stack)).keys()
    assert rules(template).keys() == {"Store"} | NOTIFIED


def test_a_message_says_what_happened_and_names_only_what_it_reads(template: Template) -> None:
    for name in NOTIFIED:
        [target] = rules(template)[name]["Targets"]
        transformer = target["InputTransformer"]
        message = json.loads(transformer["InputTemplate"])
        assert all(f"<{variable}>" in message for variable in transformer["InputPathsMap"])
        assert message.count("<") == len(transformer["InputPathsMap"])
        assert target["Arn"].startswith("AlertsTopic")


def streams(template: Template) -> tuple[str, str]:
    """Return the ARN of the streams of the log group, and that of the rule that stores events there."""
    [group] = resources(template, "AWS::Logs::LogGroup")
    [store] = [name for name in resources(template, "AWS::Events::Rule") if "Store" in name]
    return arn_of(template, group), arn_of(template, store)


@pytest.mark.parametrize("service", ["events.amazonaws.com", "delivery.logs.amazonaws.com"])
def test_the_rule_may_write_to_the_log_group_and_no_other_rule_may(template: Template, service: str) -> None:
    group, rule = streams(template)
    stream = group.removesuffix("*") + "log-stream:58e8a4d3"

    def can(action: str, resource: str = stream, **context: str) -> bool:
        return service_surely_can(template, service, action, resource, context)

    # EventBridge makes a stream without saying for which rule, https://github.com/aws-samples/serverless-patterns/pull/618
    assert can("logs:CreateLogStream")
    assert can("logs:PutLogEvents", **{"aws:SourceArn": rule})
    assert not can("logs:PutLogEvents", **{"aws:SourceArn": f"{rule}-two"})
    assert not can("logs:PutLogEvents")
    assert not can("logs:DeleteLogStream")
    assert not can("logs:CreateLogStream", stream.replace("EventsLogs", "OtherLogs"))


def test_the_policy_is_the_log_groups_and_the_rule_waits_for_it(template: Template) -> None:
    [group] = resources(template, "AWS::Logs::LogGroup")
    assert "ResourcePolicyDocument" in properties(template, "AWS::Logs::LogGroup")
    [target] = rules(template)["Store"]["Targets"]
    assert target["Arn"] == f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"
    assert "InputTransformer" not in target
    # A reference to the rule in the policy would be a cycle.
    assert "EventsStore" not in str(properties(template, "AWS::Logs::LogGroup"))


def test_a_stack_that_is_made_again_does_not_meet_the_log_group_that_it_left_behind(template: Template) -> None:
    name = properties(template, "AWS::Logs::LogGroup")["LogGroupName"]
    assert {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]} in name["Fn::Join"][1]
    entry = resource(template, "AWS::Logs::LogGroup")
    # What a failed deployment made goes with it: the next one needs the name.
    assert entry["DeletionPolicy"] == "RetainExceptOnCreate"
    assert entry["UpdateReplacePolicy"] == "Retain"
    stack = new_stack()
    ClusterEvents(stack, "Events", cluster=cluster(stack), logs=Logs(removal_policy=cdk.RemovalPolicy.DESTROY))
    assert resource(synth(stack), "AWS::Logs::LogGroup")["DeletionPolicy"] == "Delete"


def test_the_name_of_the_rule_is_short_enough_however_long_its_path_is() -> None:
    stack = new_stack("A" * 100)
    ClusterEvents(stack, "Events" * 20, cluster=cluster(stack))
    [rule] = resources(synth(stack), "AWS::Events::Rule").values()
    assert len(rule["Properties"]["Name"]) == 64


def test_events_are_kept_for_a_year_or_as_was_said(template: Template) -> None:
    assert properties(template, "AWS::Logs::LogGroup")["RetentionInDays"] == 365
    stack = new_stack()
    key = kms.Key(stack, "Key")
    logs = Logs(retention=aws_logs.RetentionDays.ONE_MONTH, encryption_key=key)
    ClusterEvents(stack, "Events", cluster=cluster(stack), logs=logs)
    made = synth(stack)
    assert properties(made, "AWS::Logs::LogGroup")["RetentionInDays"] == 30
    assert "KmsKeyId" in properties(made, "AWS::Logs::LogGroup")
    assert "AllowCloudWatchLogs" in {entry.get("Sid") for entry in key_statements(made)}


def test_event_bridge_may_publish_to_an_encrypted_topic(template: Template) -> None:
    """Without conditions: with one, EventBridge publishes nothing and says nothing.

    See https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    """
    key = key_statements(template)
    policy = properties(template, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    for statements, actions in ((key, ["kms:Decrypt", "kms:GenerateDataKey*"]), (policy, "sns:Publish")):
        [allowed] = [entry for entry in statements if entry["Principal"] == {"Service": "events.amazonaws.com"}]
        assert allowed["Action"] == actions
        assert "Condition" not in allowed


def test_two_clusters_may_have_one_topic() -> None:
    stack = new_stack()
    topic = AlarmTopic(stack, "Alerts").topic
    for name in ("One", "Two"):
        ClusterEvents(stack, name, cluster=own_cluster(stack, f"{name}Cluster"), topic=topic)
    made = synth(stack)
    assert len(resources(made, "AWS::Events::Rule")) == 8
    for type_, property_ in (("AWS::Events::Rule", "Name"), ("AWS::Logs::LogGroup", "LogGroupName")):
        names = [entry["Properties"].get(property_) for entry in resources(made, type_).values()]
        assert len({str(name) for name in names if name is not None}) == 2
    [*statements] = properties(made, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert len([entry for entry in statements if "events.amazonaws.com" in str(entry["Principal"])]) == 1


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"cluster": "shop"}, "cluster"),
        ({"topic": "arn:aws:sns:eu-west-1:111111111111:alarms"}, "topic"),
        ({"logs": Logs(retention=30)}, "logs.retention"),  # type: ignore[arg-type]
    ],
)
def test_wrong_input(options: dict[str, Any], option: str) -> None:
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        ClusterEvents(stack, "Events", **{"cluster": cluster(stack)} | options)
    assert [problem.option for problem in raised.value.problems] == [option]
    assert stack.node.try_find_child("Events") is None


def test_cdk_makes_a_lambda_function_to_let_event_bridge_write_to_a_log_group(template: Template) -> None:
    """A custom resource whose role may replace any policy of the account, for what log groups have a property for."""
    stack = new_stack()
    rule = events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["aws.ecs"]))
    rule.add_target(targets.CloudWatchLogGroup(aws_logs.LogGroup(stack, "Logs")))
    plain = synth(stack)
    assert resources(plain, "AWS::Lambda::Function")
    assert "logs:PutResourcePolicy" in str(resources(plain, "AWS::IAM::Policy"))
    assert "ResourcePolicyDocument" not in properties(plain, "AWS::Logs::LogGroup")

    assert "ResourcePolicyDocument" in properties(template, "AWS::Logs::LogGroup")
    assert not resources(template, "AWS::Logs::ResourcePolicy")
    assert not resources(template, "AWS::Lambda::Function")


def test_cdk_lets_every_rule_of_every_account_write_to_the_log_group() -> None:
    stack = new_stack()
    rule = events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["aws.ecs"]))
    rule.add_target(targets.CloudWatchLogGroup(aws_logs.LogGroup(stack, "Logs")))
    [custom] = resources(synth(stack), "Custom::CloudwatchLogResourcePolicy").values()
    assert "events.amazonaws.com" in str(custom)
    assert "aws:SourceA" not in str(custom)


def test_a_topic_of_another_app_is_left_to_its_owner() -> None:
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms")
    ClusterEvents(stack, "Events", cluster=cluster(stack), topic=topic)
    made = synth(stack)
    assert len(resources(made, "AWS::Events::Rule")) == 4
    assert not resources(made, "AWS::SNS::TopicPolicy")
    assert cdk.Stack.of(topic) == stack
