"""What one more workload costs: calls into CDK's process, counted exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from constructs import Construct
from jsii._kernel.providers import process

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    Cluster,
    Disabled,
    Ec2Capacity,
    ListenerRule,
    Network,
    ScheduledJob,
    TaskOptions,
    WebService,
    WorkerService,
)
from tests.toolkit import IMAGE, new_stack

CALLS = {"web service": 46, "web service on EC2": 49, "worker": 51, "job": 64}
"""Raise a number only for what a user gets for it, and lower it with every saving."""

PLAIN = Disabled("there is no domain in this test")


def exposed(scope: Construct, shared: ApplicationLoadBalancer, name: str) -> AlbExposure:
    del scope
    return AlbExposure(port=8080, load_balancer=shared, rule=ListenerRule(hosts=[f"{name.lower()}.example.com"]))


def makers(scope: Construct) -> dict[str, Callable[[str], Any]]:
    network = Network(scope, "Network")
    cluster = Cluster(scope, "Cluster", network=network)
    shared = ApplicationLoadBalancer(scope, "Shared", network=network, https=PLAIN)
    instances = Ec2Capacity(scope, "Instances", cluster=cluster, instance_types=["m7i.large"], max_instances=9)
    return {
        "web service": lambda id_: WebService(
            scope, id_, cluster=cluster, image=IMAGE, exposure=exposed(scope, shared, id_)
        ),
        "web service on EC2": lambda id_: BackendService(
            scope,
            id_,
            cluster=cluster,
            image=IMAGE,
            cpu=256,
            memory_limit_mib=256,
            task=TaskOptions(network_mode="bridge"),
            capacity=[instances.share()],
            exposure=exposed(scope, shared, id_),
        ),
        "worker": lambda id_: WorkerService(scope, id_, cluster=cluster, image=IMAGE),
        "job": lambda id_: ScheduledJob(scope, id_, cluster=cluster, image=IMAGE, schedule="rate(1 day)"),
    }


@pytest.mark.parametrize("kind", list(CALLS))
def test_one_more_workload_makes_as_many_calls_as_it_did(kind: str, monkeypatch: pytest.MonkeyPatch):
    make = makers(new_stack())[kind]
    for first in ("First", "Second"):
        make(first)
    calls, send = [], process._NodeProcess.send

    def count(self: Any, *request: Any) -> Any:
        calls.append(request)
        return send(self, *request)

    monkeypatch.setattr(process._NodeProcess, "send", count)
    make("Third")
    assert len(calls) == CALLS[kind]
