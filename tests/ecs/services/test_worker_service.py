"""A service that processes the messages of a queue."""

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs

from cdk_containers import (
    Cluster,
    ConstructError,
    Disabled,
    PlacementConstraint,
    PlacementStrategy,
    ServiceScaling,
    TargetMetric,
    WorkerAlarms,
    WorkerService,
    WorkQueue,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    backend,
    container,
    containers,
    network,
    new_stack,
    on_ec2,
    opt_outs,
    properties,
    resource,
    resources,
    statements,
    synth,
    topic,
    web,
    worker,
)


def made(**options: Any) -> Template:
    stack = new_stack()
    worker(stack, **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return made()


def environment(template: Template, name: str = "app") -> dict[str, Any]:
    return {entry["Name"]: entry["Value"] for entry in containers(template)[name].get("Environment", ())}


# ---- the queue


def test_it_has_a_queue_and_is_told_its_url(default: Template):
    [name] = [name for name in resources(default, "AWS::SQS::Queue") if "DeadLetters" not in name]
    assert environment(default) == {"QUEUE_URL": {"Ref": name}}


def own_queue(template: Template) -> dict[str, Any]:
    [found] = [entry for name, entry in resources(template, "AWS::SQS::Queue").items() if "DeadLetters" not in name]
    return dict(found["Properties"])


def test_only_the_container_of_its_own_is_told():
    template = made(sidecars=[container(name="b")])
    assert "QUEUE_URL" in environment(template)
    assert "QUEUE_URL" not in environment(template, "b")


def test_it_may_take_messages_of_that_queue_and_nothing_else(default: Template):
    [statement] = statements(default, "TaskTaskRole")
    assert sorted(statement["Action"]) == [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
    ]
    [name] = [name for name in resources(default, "AWS::SQS::Queue") if "DeadLetters" not in name]
    assert statement["Resource"] == {"Fn::GetAtt": [name, "Arn"]}


def test_no_task_starts_before_it_may_take_messages(default: Template):
    assert any("TaskRoleDefaultPolicy" in name for name in resource(default, "AWS::ECS::Service")["DependsOn"])


def test_a_queue_can_be_given():
    stack = new_stack()
    orders = WorkQueue(stack, "Orders")
    service = worker(stack, queue=orders)
    assert (service.work_queue, service.queue) == (orders, orders.queue)
    template = synth(stack)
    assert len(resources(template, "AWS::SQS::Queue")) == 2
    assert "OrdersQueue" in str(environment(template)["QUEUE_URL"])


def test_a_queue_of_cdk_can_be_given_and_has_no_dead_letters_that_we_know_of():
    stack = new_stack()
    service = worker(stack, queue=sqs.Queue.from_queue_arn(stack, "Q", "arn:aws:sqs:eu-west-1:111111111111:orders"))
    assert service.work_queue is None
    assert "DeadLetters" not in service.alarms
    template = synth(stack)
    assert not resources(template, "AWS::SQS::Queue")
    assert properties(template, "AWS::CloudWatch::Alarm", like="OldestMessage")["Dimensions"][0]["Value"] == "orders"


# ---- time


def test_a_message_is_hidden_as_long_as_the_work_may_take():
    assert own_queue(made())["VisibilityTimeout"] == 300
    assert own_queue(made(processing_time=timedelta(hours=1)))["VisibilityTimeout"] == 3600


@pytest.mark.parametrize(("minutes", "seconds"), [(0.1, 30), (1, 60), (5, 120)])
def test_a_task_has_time_to_finish_as_far_as_fargate_allows(minutes: float, seconds: int):
    template = made(processing_time=timedelta(minutes=minutes))
    assert containers(template)["app"]["StopTimeout"] == seconds
    stated = made(container=container(stop_timeout=timedelta(seconds=45)), processing_time=timedelta(minutes=minutes))
    assert containers(stated)["app"]["StopTimeout"] == 45


def test_the_time_of_a_given_queue_is_taken_over():
    stack = new_stack()
    worker(stack, queue=WorkQueue(stack, "Orders", visibility_timeout=timedelta(seconds=60)))
    template = synth(stack)
    assert containers(template)["app"]["StopTimeout"] == 60
    assert properties(template, "AWS::CloudWatch::Alarm", like="OldestMessage")["Threshold"] == 180


# ---- scaling


def target(template: Template) -> dict[str, Any]:
    policy = properties(template, "AWS::ApplicationAutoScaling::ScalingPolicy", like="Messages")
    return dict(policy["TargetTrackingScalingPolicyConfiguration"])


def test_it_has_a_task_for_ten_waiting_messages_and_never_looks_at_cpu(default: Template):
    bounds = properties(default, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (bounds["MinCapacity"], bounds["MaxCapacity"]) == (1, 10)
    assert target(default)["TargetValue"] == 10
    waiting, running, result = target(default)["CustomizedMetricSpecification"]["Metrics"]
    assert waiting["MetricStat"]["Metric"]["MetricName"] == "ApproximateNumberOfMessagesVisible"
    assert running["MetricStat"]["Metric"]["MetricName"] == "RunningTaskCount"
    assert running["MetricStat"]["Metric"]["Namespace"] == "ECS/ContainerInsights"
    assert result["Expression"] == "waiting / running"
    assert len(resources(default, "AWS::ApplicationAutoScaling::ScalingPolicy")) == 1
    assert "DesiredCount" not in properties(default, "AWS::ECS::Service")


def test_other_bounds_keep_the_target():
    assert target(made(scaling=ServiceScaling(min_tasks=2, max_tasks=50)))["TargetValue"] == 10
    assert target(made(scaling=ServiceScaling(min_tasks=2, max_tasks=50, messages_per_task=3)))["TargetValue"] == 3


def test_another_target_takes_its_place():
    template = made(scaling=ServiceScaling(min_tasks=2, max_tasks=50, cpu_percent=70))
    policy = properties(template, "AWS::ApplicationAutoScaling::ScalingPolicy")
    assert "ECSServiceAverageCPUUtilization" in str(policy)


def test_from_zero_the_first_message_starts_the_first_task():
    template = made(scaling=ServiceScaling(min_tasks=0, max_tasks=5))
    assert properties(template, "AWS::ApplicationAutoScaling::ScalableTarget")["MinCapacity"] == 0
    step = properties(template, "AWS::ApplicationAutoScaling::ScalingPolicy", like="FirstTask")
    assert step["StepScalingPolicyConfiguration"]["StepAdjustments"] == [
        {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}
    ]
    alarm = properties(template, "AWS::CloudWatch::Alarm", like="FirstTask")
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (1, 3)
    assert alarm["Metrics"][0]["Expression"] == "IF(FILL(running, 0) > 0, 0, waiting)"


def test_to_zero_a_message_in_work_keeps_a_task():
    metrics = target(made(scaling=ServiceScaling(min_tasks=0, max_tasks=5)))["CustomizedMetricSpecification"]["Metrics"]
    assert metrics[-1]["Expression"] == "IF(waiting > 0, waiting, IF(inwork > 0, 1, 0)) / running"
    assert "ApproximateNumberOfMessagesNotVisible" in str(metrics)


def test_a_fixed_number_of_tasks_does_not_scale():
    template = made(desired_count=3)
    assert properties(template, "AWS::ECS::Service")["DesiredCount"] == 3
    assert not resources(template, "AWS::ApplicationAutoScaling::ScalableTarget")


# ---- alarms


def alarm(template: Template, like: str) -> dict[str, Any]:
    return properties(template, "AWS::CloudWatch::Alarm", like=like)


def test_old_messages_and_dead_letters_are_alarms(default: Template):
    old, dead = alarm(default, "OldestMessage"), alarm(default, "DeadLetters")
    assert (old["MetricName"], old["Threshold"], old["DatapointsToAlarm"]) == ("ApproximateAgeOfOldestMessage", 900, 3)
    assert (dead["MetricName"], dead["Threshold"]) == ("ApproximateNumberOfMessagesVisible", 1)
    assert "DeadLetters" in str(dead["Dimensions"])
    assert alarm(default, "Cpu")["Threshold"] == 90
    assert not [name for name in resources(default, "AWS::CloudWatch::Alarm") if "ServerErrors" in name]


def test_alarms_have_names_thresholds_and_a_topic():
    stack = new_stack()
    service = worker(stack, alarms=WorkerAlarms(topic=topic(stack), oldest_message=timedelta(hours=2), dead_letters=5))
    assert sorted(service.alarms) == ["Cpu", "DeadLetters", "Memory", "OldestMessage"]
    template = synth(stack)
    assert (alarm(template, "OldestMessage")["Threshold"], alarm(template, "DeadLetters")["Threshold"]) == (7200, 5)
    assert all(entry["Properties"]["AlarmActions"] for entry in resources(template, "AWS::CloudWatch::Alarm").values())


def test_alarms_can_be_switched_off():
    template = made(alarms=Disabled(REASON))
    assert not resources(template, "AWS::CloudWatch::Alarm")
    assert opt_outs(template)["AWS::ECS::Service"] == {"service-alarms": REASON, "queue-alarms": REASON}


# ---- what it shares with other services


def test_it_has_no_load_balancer_and_takes_no_option_for_one(default: Template):
    assert "LoadBalancers" not in properties(default, "AWS::ECS::Service")
    with pytest.raises(TypeError, match="exposure"):
        WorkerService(new_stack(), "Worker", image=IMAGE, exposure=())  # type: ignore[call-arg]


def test_it_runs_on_instances_too():
    stack = new_stack()
    WorkerService(stack, "Worker", **on_ec2(stack, "awsvpc"))
    assert properties(synth(stack), "AWS::ECS::TaskDefinition")["RequiresCompatibilities"] == ["EC2"]


def test_on_instances_it_is_placed_as_other_services_are():
    stack = new_stack()
    WorkerService(
        stack,
        "Worker",
        **on_ec2(stack, "awsvpc"),
        placement_strategies=[PlacementStrategy.binpack("memory")],
        placement_constraints=[PlacementConstraint.member_of("attribute:disk == fast")],
    )
    service = properties(synth(stack), "AWS::ECS::Service")
    assert service["PlacementStrategies"] == [{"Type": "binpack", "Field": "MEMORY"}]
    assert service["PlacementConstraints"] == [{"Type": "memberOf", "Expression": "attribute:disk == fast"}]


def test_on_fargate_there_is_no_choice_of_instances():
    assert refused(new_stack(), placement_strategies=[PlacementStrategy.random()]) == [
        ("placement_strategies", "placement-strategy")
    ]


# ---- bad input


def refused(stack: cdk.Stack, **options: Any) -> list[tuple[str, str | None]]:
    with pytest.raises(ConstructError) as raised:
        worker(stack, **options)
    assert stack.node.try_find_child("Worker") is None
    return [(problem.option, problem.practice) for problem in raised.value.problems]


def test_a_queue_hides_messages_for_longer_than_the_work_takes():
    stack = new_stack()
    orders = WorkQueue(stack, "Orders", visibility_timeout=timedelta(minutes=1))
    found = refused(stack, queue=orders, processing_time=timedelta(minutes=2))
    assert found == [("processing_time", "visibility-timeout")]
    assert worker(stack, queue=orders, processing_time=timedelta(minutes=1)).work_queue is orders


@pytest.mark.parametrize("option", ["environment", "secrets"])
def test_the_url_of_its_queue_is_its_own_to_say(option: str):
    stack = new_stack()
    value = secretsmanager.Secret.from_secret_name_v2(stack, "Secret", "url") if option == "secrets" else "https://sqs"
    other = container(**{option: {"QUEUE_URL": value}})
    assert refused(stack, image=None, container=other) == [(f"container.{option}['QUEUE_URL']", None)]


@pytest.mark.parametrize("hours", [0, 13])
def test_work_takes_as_long_as_sqs_can_hide_a_message(hours: int):
    assert refused(new_stack(), processing_time=timedelta(hours=hours)) == [("processing_time", "visibility-timeout")]


def test_a_fixed_number_and_scaling_exclude_each_other():
    found = refused(new_stack(), desired_count=2, scaling=ServiceScaling(min_tasks=1, max_tasks=2))
    assert found == [("desired_count", "fixed-count-or-scaling")]


@pytest.mark.parametrize(
    ("options", "option", "practice"),
    [
        ({"oldest_message": timedelta(seconds=59)}, "oldest_message", "queue-alarms"),
        ({"dead_letters": 0}, "dead_letters", "queue-alarms"),
        ({"cpu_percent": 0}, "cpu_percent", "service-alarms"),
    ],
)
def test_alarms_that_make_no_sense(options: dict[str, Any], option: str, practice: str):
    assert refused(new_stack(), alarms=WorkerAlarms(**options)) == [(f"alarms.{option}", practice)]


def test_everything_that_is_wrong_is_said_at_once():
    found = refused(
        new_stack(),
        image=None,
        processing_time=timedelta(hours=13),
        scaling=ServiceScaling(min_tasks=3, max_tasks=2),
        alarms=WorkerAlarms(dead_letters=0),
    )
    assert [option for option, _ in found] == ["processing_time", "alarms.dead_letters", "image", "scaling.max_tasks"]


@pytest.mark.parametrize("off", [Disabled(REASON), ecs.ContainerInsights.DISABLED], ids=["opt-out", "CDK"])
def test_the_backlog_of_a_task_wants_metrics_of_tasks(off: Any):
    stack = new_stack()
    blind = Cluster(stack, "Blind", network=network(stack), container_insights=off)
    assert refused(stack, cluster=blind) == [("scaling.messages_per_task", "backlog-per-task")]
    assert worker(stack, cluster=blind, desired_count=1).cluster is blind
    seeing = Cluster(stack, "Seeing", network=network(stack))
    assert worker(stack, "Other", cluster=seeing).cluster is seeing


@pytest.mark.parametrize("make", [web, backend])
def test_messages_are_those_of_a_queue(make: Any):
    with pytest.raises(ConstructError) as raised:
        make(new_stack(), scaling=ServiceScaling(min_tasks=1, max_tasks=2, messages_per_task=5))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("scaling.messages_per_task", "backlog-per-task")


def test_a_service_that_answers_requests_is_never_left_without_a_task():
    metric = cloudwatch.Metric(namespace="Shop", metric_name="Visitors")
    scaling = ServiceScaling(min_tasks=0, max_tasks=2, metrics=[TargetMetric(metric=metric, target_value=10)])
    with pytest.raises(ConstructError) as raised:
        web(new_stack(), scaling=scaling)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("scaling.min_tasks", "scale-to-zero")
    assert "requests do not wait" in problem.what
    stack = new_stack()
    backend(stack, scaling=scaling)
    assert properties(synth(stack), "AWS::ApplicationAutoScaling::ScalableTarget")["MinCapacity"] == 0


def test_a_service_without_tasks_has_no_cpu_to_follow():
    with pytest.raises(ConstructError) as raised:
        backend(new_stack(), scaling=ServiceScaling(min_tasks=0, max_tasks=2))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("scaling.min_tasks", "scale-to-zero")
    assert "nothing would start the first task" in problem.what


def test_a_queue_that_is_none_is_refused_by_our_own_error():
    assert refused(new_stack(), queue="https://sqs.eu-west-1.amazonaws.com/111111111111/orders") == [("queue", None)]


def test_the_time_that_a_message_needs_is_no_slow_rollout():
    stack = new_stack()
    worker(stack)
    backend(stack, container=container(stop_timeout=timedelta(seconds=120)))
    warned = assertions.Annotations.from_stack(stack).find_warning(
        "*", assertions.Match.string_like_regexp("stop timeout")
    )
    assert [entry.id for entry in warned] == ["/Shop/Backend"]


def test_tasks_may_protect_themselves_if_asked_for():
    stack = new_stack()
    worker(stack, task_protection=True)
    worker(stack, "Other")
    template = synth(stack)
    [statement] = statements(template, "TaskProtection")
    assert statement["Action"] == ["ecs:GetTaskProtection", "ecs:UpdateTaskProtection"]
    assert ":task/shop/*" in str(statement["Resource"])
    [policy] = [name for name in resources(template, "AWS::IAM::Policy") if "TaskProtection" in name]
    assert policy in resource(template, "AWS::ECS::Service", like="WorkerService")["DependsOn"]
