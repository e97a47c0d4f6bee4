"""What used to pass without a word: refused where AWS refuses it, and warned of where it does nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds

from cdk_containers import (
    ConstructError,
    EbsVolume,
    ListenerRule,
    Repository,
    ScheduledJob,
    ScheduledScaling,
    ServiceScaling,
    VolumeMount,
)
from tests.toolkit import IMAGE, backend, cluster, container, network, new_stack, statements, synth


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"hosts": ["https://shop.example.com"]}, "hosts"),
        ({"hosts": ["shop.example.com/path"]}, "hosts"),
        ({"hosts": ["shop.example.com:8443"]}, "hosts"),
        ({"hosts": ["shop example.com"]}, "hosts"),
        ({"hosts": [""]}, "hosts"),
        ({"source_ips": ["10.0.0.1"]}, "source_ips"),
        ({"source_ips": ["2001:db8::1"]}, "source_ips"),
    ],
)
def test_conditions_that_a_load_balancer_refuses(given: dict[str, Any], option: str):
    assert [problem.option for problem in ListenerRule(**given).problems()] == [option]


def test_conditions_that_it_takes():
    rule = ListenerRule(
        hosts=["*.example.com", "shop?.example.com"], source_ips=["10.0.0.1/32", "2001:db8::/32"], paths=["/a*"]
    )
    assert rule.problems() == []


@pytest.mark.parametrize("name", ["Shop/Web", "shop//web", "s", "-shop"])
def test_an_imported_repository_has_a_name_that_ecr_takes(name: str):
    with pytest.raises(ConstructError, match="not a valid ECR name"):
        Repository.from_attributes(new_stack(), "Images", repository_name=name)
    assert Repository.from_attributes(new_stack(), "Images", repository_name="shop/web")


def warnings(stack: cdk.Stack, text: str) -> list[str]:
    found = assertions.Annotations.from_stack(stack).find_warning("*", assertions.Match.string_like_regexp(text))
    return [str(message.entry.data) for message in found]


def test_a_moment_that_is_past_is_a_warning_and_no_error():
    tomorrow = (datetime.now(UTC) + timedelta(days=2)).strftime("at(%Y-%m-%dT%H:%M:%S)")

    def job(schedule: str) -> cdk.Stack:
        stack = new_stack()
        ScheduledJob(stack, "Job", image=IMAGE, schedule=schedule, cluster=cluster(stack))
        return stack

    assert len(warnings(job("at(2020-01-01T00:00:00)"), "is in the past")) == 1
    assert warnings(job(tomorrow), "is in the past") == []
    stack = new_stack()
    past = ScheduledScaling(schedule="cron(0 8 1 1 ? 2020)", min_tasks=2)
    backend(stack, scaling=ServiceScaling(min_tasks=1, max_tasks=4, schedules=[past]))
    assert len(warnings(stack, "is in the past")) == 1


def test_opening_a_database_to_a_service_says_nothing_of_rules_that_change_nothing():
    stack = new_stack()
    database = rds.DatabaseCluster(
        stack,
        "Database",
        engine=rds.DatabaseClusterEngine.aurora_postgres(version=rds.AuroraPostgresEngineVersion.VER_16_4),
        writer=rds.ClusterInstance.serverless_v2("writer"),
        vpc=network(stack, "Around").vpc,
    )
    backend(stack).connections.allow_to_default_port(database)
    ScheduledJob(
        stack, "Job", image=IMAGE, schedule="rate(1 day)", cluster=cluster(stack)
    ).connections.allow_to_default_port(database)
    assert warnings(stack, "Ignoring Egress") == []
    other = ec2.SecurityGroup(stack, "Other", vpc=network(stack, "Around").vpc)
    other.connections.allow_to_default_port(database)
    assert len(warnings(stack, "Ignoring Egress")) == 1


def test_ecs_makes_grants_for_volumes_to_aws_alone():
    stack = new_stack()
    key = kms.Key(stack, "Key")
    volume = EbsVolume(name="data", size_gib=20, encryption_key=key)
    backend(stack, container=container(mounts=[VolumeMount(volume="data", path="/data")]), volumes=[volume])
    template = synth(stack)
    [grant] = [statement for statement in statements(template) if statement["Action"] == "kms:CreateGrant"]
    assert grant["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert "kms:CreateGrant" not in str([entry for entry in statements(template) if entry is not grant])
