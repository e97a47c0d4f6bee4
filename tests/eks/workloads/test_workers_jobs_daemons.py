"""Workers, jobs and daemons on EKS."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from aws_cdk import aws_iam as iam

from cdk_containers import ConstructError, Disabled, WorkQueue
from tests.eks.manifest_checks import check
from tests.eks.workloads.made import daemon, job, only, own_container, variables, warnings, worker
from tests.toolkit import REASON, container, equipped_cluster, new_stack, properties, synth


def test_a_worker_reads_its_queue_and_has_as_long_as_its_work_takes():
    stack = new_stack()
    made = worker(stack, processing_time=timedelta(minutes=10))
    template = synth(stack)
    assert stack.resolve(variables(made)["QUEUE_URL"])["Ref"] in template["Resources"]
    assert "sqs:ReceiveMessage" in str(properties(template, "AWS::IAM::Policy", like="WorkerIdentity"))
    pod = only(made, "Deployment")["spec"]["template"]["spec"]
    assert pod["terminationGracePeriodSeconds"] == 600, "no limit of two minutes, and nothing before SIGTERM"
    assert "lifecycle" not in own_container(made)
    assert {"OldestMessage", "DeadLetters", "Cpu", "Memory"} == set(made.alarms)
    check(made.manifests, level="restricted")


def test_keda_is_let_ask_for_the_messages_or_it_is_said():
    stack = new_stack()
    role = iam.Role(stack, "Keda", assumed_by=iam.ServicePrincipal("pods.eks.amazonaws.com"))
    worker(stack, "Known", keda_role=role)
    worker(stack, "Unknown")
    assert "sqs:GetQueueAttributes" in str(properties(synth(stack), "AWS::IAM::Policy", like="Keda"))
    assert len([text for text in warnings(stack) if "eks-keda-role" in text]) == 1


def test_a_worker_has_the_errors_of_ecs():
    stack = new_stack()
    queue = WorkQueue(stack, "Queue", visibility_timeout=timedelta(seconds=30))
    with pytest.raises(ConstructError) as info:
        worker(
            stack,
            queue=queue,
            processing_time=timedelta(minutes=10),
            container=container(environment={"QUEUE_URL": "x"}),
        )
    assert {problem.option for problem in info.value.problems} == {
        "processing_time",
        "container.environment['QUEUE_URL']",
    }


def test_a_job_is_a_cron_job():
    stack = new_stack()
    made = job(
        stack,
        schedule="cron(30 4 ? * 2-6 *)",
        time_zone="Europe/Berlin",
        overlap="SKIP",
        timeout=timedelta(hours=1),
        retries=3,
        start_within=timedelta(minutes=5),
    )
    spec = only(made, "CronJob")["spec"]
    assert (spec["schedule"], spec["timeZone"]) == ("30 4 * * 1-5", "Europe/Berlin")
    assert (spec["concurrencyPolicy"], spec["startingDeadlineSeconds"]) == ("Forbid", 300)
    assert spec["jobTemplate"]["spec"]["backoffLimit"] == 3
    assert spec["jobTemplate"]["spec"]["template"]["spec"]["activeDeadlineSeconds"] == 3600
    check(made.manifests, level="restricted")


@pytest.mark.parametrize(
    ("option", "given"),
    [
        ("schedule", {"schedule": "at(2030-01-01T00:00:00)"}),
        ("schedule", {"schedule": "rate(7 minutes)"}),
        ("schedule", {"schedule": "* * * * *"}),
        ("time_zone", {"time_zone": "Mars/Base"}),
        ("timeout", {"timeout": timedelta(seconds=5)}),
        ("start_within", {"start_within": timedelta(seconds=5)}),
        ("retries", {"retries": 100}),
        ("job_name", {"job_name": "a" * 53}),
        ("job_name", {"job_name": "Nightly"}),
        ("start_retry", {"start_retry": None}),
        ("alarms", {"alarms": None}),
        ("task_count", {"task_count": 2}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(next(iter(value.values()))),
)
def test_a_job_that_kubernetes_would_not_run_is_refused(option: str, given: dict[str, object]):
    with pytest.raises(ConstructError) as info:
        job(new_stack(), **given)
    assert [problem.option for problem in info.value.problems] == [option]


def test_that_a_run_is_not_told_its_time_is_said():
    stack = new_stack()
    made = job(stack)
    assert "SCHEDULED_TIME" not in variables(made)
    assert len([text for text in warnings(stack) if "SCHEDULED_TIME" in text]) == 1


def test_a_daemon_is_on_every_node():
    stack = new_stack()
    made = daemon(stack)
    assert only(made, "DaemonSet")["spec"]["template"]["spec"]["tolerations"] == [{"operator": "Exists"}]
    check(made.manifests, level="restricted")
    with pytest.raises(ConstructError) as info:
        daemon(stack, "Other", desired_count=2, exposure=None)
    assert {problem.option for problem in info.value.problems} == {"desired_count", "exposure"}


def test_fargate_has_no_daemons():
    stack = new_stack()
    cluster = equipped_cluster(stack, compute="FARGATE")
    cluster.facts = replace(cluster.facts, secrets=None)
    with pytest.raises(ConstructError, match="Fargate has no nodes for a daemon"):
        daemon(stack, cluster=cluster, alarms=Disabled(REASON))
