"""Bad input: one clear error that says all of it, and nothing in the stack."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_events as events

from cdk_containers import (
    ConstructError,
    Disabled,
    EbsVolume,
    EfsVolume,
    FargateCapacity,
    JobAlarms,
    StartRetry,
    TaskOptions,
    VolumeMount,
)
from cdk_containers.core.practices import PRACTICES
from tests.ecs.jobs.making import on_event, scheduled
from tests.toolkit import REASON, capacity, container, new_stack, own_cluster, synth

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Case:
    """What is given, and what the one problem has to say about it."""

    name: str
    given: dict[str, Any]
    option: str
    allowed: str
    practice: str | None
    shown: str | None = None
    make: Callable[..., object] = field(default=scheduled)


def cron(expression: str) -> dict[str, Any]:
    return {"schedule": expression}


def pattern(given: dict[str, Any]) -> dict[str, Any]:
    return {"event_pattern": given}


S3 = {"source": ["aws.s3"]}

CASES = [
    Case("a crontab line", cron("0 3 * * *"), "schedule", "cron(0 8", "job-schedule", "'0 3 * * *'"),
    Case("five fields", cron("cron(0 3 * * *)"), "schedule", "cron(0 8", "job-schedule"),
    Case("both kinds of day", cron("cron(0 3 * * * *)"), "schedule", "cron(0 8", "job-schedule"),
    Case("an hour that is none", cron("cron(0 24 * * ? *)"), "schedule", "cron(0 8", "job-schedule"),
    Case("a rate of 1 minutes", cron("rate(1 minutes)"), "schedule", "rate(5 minutes)", "job-schedule"),
    Case("a rate in seconds", cron("rate(30 seconds)"), "schedule", "rate(5 minutes)", "job-schedule"),
    Case("a moment that is none", cron("at(2027-02-30T08:00:00)"), "schedule", "at(2027", "job-schedule"),
    Case("no schedule", cron(""), "schedule", "rate(", "job-schedule"),
    Case("a word", cron("@daily"), "schedule", "cron(", "job-schedule"),
    Case("no time zone", {"time_zone": "Berlin"}, "time_zone", "Europe/Berlin", "job-time-zone", "'Berlin'"),
    Case(
        "a rate in a time zone",
        {"schedule": "rate(1 day)", "time_zone": "Europe/Berlin"},
        "time_zone",
        "cron(…)",
        "job-time-zone",
    ),
    Case(
        "a rate in no time zone",
        {"schedule": "rate(1 day)", "time_zone": "Berlin"},
        "time_zone",
        "no time zone",
        "job-time-zone",
    ),
    Case("a window of seconds", {"flexible_window": timedelta(seconds=90)}, "flexible_window", "whole", "job-schedule"),
    Case("a window of nothing", {"flexible_window": timedelta(0)}, "flexible_window", "1 minute", "job-schedule"),
    Case("a window of two days", {"flexible_window": timedelta(days=2)}, "flexible_window", "1 day", "job-schedule"),
    Case("a short timeout", {"timeout": timedelta(seconds=59)}, "timeout", "60 s", "job-timeout", "59 s"),
    Case("a timeout of years", {"timeout": timedelta(days=366)}, "timeout", "365 days", "job-timeout"),
    Case("a negative timeout", {"timeout": timedelta(seconds=-1)}, "timeout", "60 s", "job-timeout", "-1 s"),
    Case("negative retries", {"retries": -1}, "retries", "0–99", "job-retries", "-1"),
    Case("a hundred retries", {"retries": 100}, "retries", "0–99", "job-retries"),
    Case(
        "negative start attempts",
        {"start_retry": StartRetry(attempts=-1)},
        "start_retry.attempts",
        "0–185",
        "job-start-retry",
    ),
    Case(
        "too many start attempts",
        {"start_retry": StartRetry(attempts=186)},
        "start_retry.attempts",
        "0–185",
        "job-start-retry",
    ),
    Case(
        "a start that may be two days late",
        {"start_retry": StartRetry(max_age=timedelta(days=2))},
        "start_retry.max_age",
        "24 hours",
        "job-start-retry",
    ),
    Case(
        "a start with no time",
        {"start_retry": StartRetry(max_age=timedelta(seconds=30))},
        "start_retry.max_age",
        "60 s",
        "job-start-retry",
        "30 s",
    ),
    Case("an overlap that is none", {"overlap": "QUEUE"}, "overlap", "'ALLOW' or 'SKIP'", None, "'QUEUE'"),
    Case("no alarms", {"alarms": False}, "alarms", "Disabled", None),
    Case("no reason", {"alarms": Disabled("no")}, "alarms.reason", "reviewer", None, "'no'"),
    Case("no failed run", {"alarms": JobAlarms(failed_runs=0)}, "alarms.failed_runs", "1 or more", "job-alarms", "0"),
    Case(
        "a period that CloudWatch has not",
        {"alarms": JobAlarms(within=timedelta(seconds=90))},
        "alarms.within",
        "whole minutes",
        "job-alarms",
        "90 s",
    ),
    Case("no image", {"image": None}, "image", "one of image and container", "container-count"),
    Case("a moving tag", {"image": "nginx:latest"}, "image", "pinned", "pinned-image"),
    Case("a size that Fargate has not", {"cpu": 300}, "cpu", "nearest", "fargate-task-size"),
    Case(
        "a secret in plain text",
        {"container": container(environment={"DB_PASSWORD": "hunter2-hunter2"})},
        "container.environment['DB_PASSWORD']",
        "NotSecret",
        "no-secrets-in-environment",
    ),
    Case(
        "bridge mode on Fargate",
        {"task": TaskOptions(network_mode="bridge")},
        "task.network_mode",
        "awsvpc",
        "host-ports",
    ),
    Case("no capacity", {"capacity": []}, "capacity", "at least one", "one-kind-per-strategy"),
    Case(
        "one capacity twice",
        {"capacity": [FargateCapacity(), FargateCapacity()]},
        "capacity",
        "each once",
        "one-kind-per-strategy",
    ),
    Case(
        "an EBS volume",
        {
            "container": container(mounts=[VolumeMount(volume="data", path="/data")], user=Disabled(REASON)),
            "volumes": [EbsVolume(name="data", size_gib=20)],
        },
        "volumes[0]",
        "ephemeral_storage_gib",
        "ebs-volume",
        "'data'",
    ),
    Case("the pattern is empty", pattern({}), "event_pattern", "aws.s3", "event-pattern", make=on_event),
    Case(
        "a field in Python's spelling",
        pattern({**S3, "detail_type": ["Object Created"]}),
        "event_pattern",
        "detail-type",
        "event-pattern",
        "'detail_type'",
        on_event,
    ),
    Case(
        "a field that events have not",
        pattern({**S3, "bucket": ["uploads"]}),
        "event_pattern",
        "resources",
        "event-pattern",
        "'bucket'",
        on_event,
    ),
    Case(
        "a single value instead of a list",
        pattern({"source": "aws.s3"}),
        "event_pattern['source']",
        "['aws.s3']",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "a single value instead of a list, inside",
        pattern({**S3, "detail": {"bucket": {"name": "uploads"}}}),
        "event_pattern['detail']['bucket']['name']",
        "['uploads']",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "an empty list",
        pattern({"source": []}),
        "event_pattern['source']",
        "at least one",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "an empty mapping",
        pattern({**S3, "detail": {}}),
        "event_pattern['detail']",
        "lists",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "an operator that is none",
        pattern({**S3, "detail": {"name": [{"starts-with": "a"}]}}),
        "event_pattern['detail']['name'][0]",
        "prefix",
        "event-pattern",
        "starts-with",
        on_event,
    ),
    Case(
        "a list in a list",
        pattern({"source": [["aws.s3"]]}),
        "event_pattern['source'][0]",
        "text",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "a choice of one",
        pattern({**S3, "$or": [{"region": ["eu-west-1"]}]}),
        "event_pattern['$or']",
        "two patterns",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "a choice with a wrong part",
        pattern({**S3, "$or": [{"region": "eu-west-1"}, {"account": ["1"]}]}),
        "event_pattern['$or'][0]['region']",
        "['eu-west-1']",
        "event-pattern",
        make=on_event,
    ),
    Case(
        "every service's events",
        pattern({"detail-type": ["Object Created"]}),
        "event_pattern",
        "aws.s3",
        "event-pattern",
        "detail-type",
        on_event,
    ),
    Case(
        "a job that starts itself",
        pattern({"source": ["aws.ecs"]}),
        "event_pattern",
        "another cluster",
        "event-pattern",
        make=on_event,
    ),
    Case("a filter", {"for_each": "$.files[?(@.new)]"}, "for_each", "$.files[0]", "job-input", make=on_event),
    Case("a wildcard", {"for_each": "$.files[*]"}, "for_each", "$.detail", "job-input", "'$.files[*]'", on_event),
    Case("no path", {"for_each": "files"}, "for_each", "$.detail", "job-input", "'files'", on_event),
    Case("an expression", {"for_each": "{% $states.input %}"}, "for_each", "$.detail", "job-input", make=on_event),
    Case(
        "no path to a value",
        {"environment_from": {"KEY": "detail.key"}},
        "environment_from['KEY']",
        "$.detail.object.key",
        "job-input",
        "'detail.key'",
        on_event,
    ),
    Case(
        "a variable with a hyphen",
        {"environment_from": {"MY-KEY": "$.key"}},
        "environment_from",
        "underscores",
        "job-input",
        "'MY-KEY'",
        on_event,
    ),
    Case(
        "too many variables",
        {"environment_from": {f"KEY{number}": "$.key" for number in range(101)}},
        "environment_from",
        "up to 100",
        "job-input",
        "101",
        on_event,
    ),
    Case(
        "values of no event",
        {"event_pattern": None, "environment_from": {"KEY": "$.key"}},
        "environment_from",
        "event_pattern",
        "job-input",
        make=on_event,
    ),
    Case(
        "no run at once",
        {"for_each": "$.files", "max_concurrency": 0},
        "max_concurrency",
        "1–40",
        "job-input",
        "0",
        on_event,
    ),
    Case(
        "too many at once",
        {"for_each": "$.files", "max_concurrency": 41},
        "max_concurrency",
        "1–40",
        "job-input",
        make=on_event,
    ),
    Case("one run beside itself", {"max_concurrency": 2}, "max_concurrency", "for_each", "job-input", make=on_event),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_one_problem_is_said_and_nothing_is_made(case: Case):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        case.make(stack, "Wrong", **case.given)
    [problem] = raised.value.problems
    assert raised.value.path == "Shop/Wrong"
    assert problem.option == case.option
    assert case.allowed in problem.allowed
    assert problem.practice == case.practice
    assert case.practice is None or case.practice in PRACTICES
    assert case.shown is None or problem.given == case.shown
    assert stack.node.try_find_child("Wrong") is None
    assert "Resources" not in synth(stack)


def test_everything_wrong_is_said_at_once():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        scheduled(stack, schedule="0 3 * * *", time_zone="Berlin", retries=-1, timeout=timedelta(0), image="nginx")
    options = [problem.option for problem in raised.value.problems]
    assert options == ["image", "timeout", "retries", "schedule", "time_zone"]


def test_a_bus_without_an_event():
    stack = new_stack()
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "orders")
    with pytest.raises(ConstructError) as raised:
        on_event(stack, event_pattern=None, event_bus=bus)
    assert [problem.option for problem in raised.value.problems] == ["event_bus"]


def test_a_bus_is_not_without_events_because_their_pattern_is_of_the_wrong_type():
    stack = new_stack()
    bus = events.EventBus.from_event_bus_name(stack, "Bus", "orders")
    with pytest.raises(ConstructError) as raised:
        on_event(stack, event_pattern="aws.s3", event_bus=bus)
    assert [problem.option for problem in raised.value.problems] == ["event_pattern"]


@pytest.mark.parametrize(
    "given",
    [
        {"source": ["aws.s3"], "detail": {"object": {"size": [{"numeric": [">", 0]}]}}},
        {"source": [{"prefix": "shop."}], "detail": {"new": [True], "old": [None], "price": [1.5]}},
        {"source": ["aws.ecs"], "detail": {"clusterArn": ["arn:aws:ecs:eu-west-1:111111111111:cluster/other"]}},
        {"$or": [{"source": ["a"]}, {"source": ["b"]}]},
    ],
)
def test_patterns_that_are_right(given: dict[str, Any]):
    stack = new_stack()
    assert on_event(stack, event_pattern=given).rule is not None


def test_a_pattern_may_have_tokens():
    stack = new_stack()
    name = cdk.CfnParameter(stack, "Given").value_as_string
    on_event(stack, event_pattern={"source": ["aws.s3"], "detail": {"bucket": {"name": [name]}}})
    assert "'name': [{'Ref': 'Given'}]" in str(synth(stack)["Resources"])


def test_windows_does_not_run_on_instances_that_run_linux():
    stack = new_stack()
    shares = [capacity(stack).share()]
    with pytest.raises(ConstructError) as raised:
        scheduled(
            stack,
            cluster=own_cluster(stack),
            capacity=shares,
            task=TaskOptions(operating_system="WINDOWS_SERVER_2022_CORE"),
            cpu=1024,
            memory_limit_mib=2048,
        )
    assert "task.operating_system" in [problem.option for problem in raised.value.problems]


def test_capacity_of_another_cluster():
    stack = new_stack()
    shares = [capacity(stack).share()]
    with pytest.raises(ConstructError) as raised:
        scheduled(stack, capacity=shares)
    [problem] = raised.value.problems
    assert problem.option == "capacity[0]"
    assert problem.practice == "capacity-beside-cluster"


def test_more_shares_than_eventbridge_takes():
    stack = new_stack()
    cluster = own_cluster(stack)
    shares = [capacity(stack, f"Instances{number}", cluster=cluster).share() for number in range(7)]
    with pytest.raises(ConstructError) as raised:
        scheduled(stack, cluster=cluster, capacity=shares)
    [problem] = raised.value.problems
    assert (problem.option, problem.given) == ("capacity", "7")


def test_a_file_system_wants_a_cluster():
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    files = efs.FileSystem.from_file_system_attributes(
        stack, "Files", file_system_id="fs-0123456789abcdef0", security_group=group
    )
    mounting = container(mounts=[VolumeMount(volume="data", path="/data")])
    volumes = [EfsVolume(name="data", file_system=files)]
    with pytest.raises(ConstructError) as raised:
        scheduled(stack, cluster=None, container=mounting, volumes=volumes)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("cluster", "efs-same-vpc")
    job = scheduled(stack, "Right", container=mounting, volumes=volumes)
    assert job.security_group is not None
    rules = [entry for entry in synth(stack)["Resources"].values() if entry["Type"] == "AWS::EC2::SecurityGroupIngress"]
    [rule] = [entry["Properties"] for entry in rules]
    assert rule["FromPort"] == 2049
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("RightSecurityGroup")


@pytest.mark.parametrize("count", [0, 11])
def test_one_to_ten_tasks_start_at_once(count: int):
    with pytest.raises(ConstructError) as error:
        scheduled(new_stack(), task_count=count)
    assert [(problem.option, problem.allowed) for problem in error.value.problems] == [("task_count", "1–10")]


@pytest.mark.parametrize("watched", [{"timeout": timedelta(hours=1)}, {"overlap": "SKIP"}])
def test_step_functions_starts_one_task(watched: dict[str, Any]):
    with pytest.raises(ConstructError) as error:
        scheduled(new_stack(), task_count=2, **watched)
    [problem] = error.value.problems
    assert problem.option == "task_count"
    assert "for_each" in problem.allowed
