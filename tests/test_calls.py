"""What one more workload costs: calls into CDK's process, counted exactly."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
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
    EksCluster,
    KubernetesJob,
    KubernetesService,
    KubernetesWorker,
    ListenerRule,
    LoadBalancerController,
    ManagedNodeGroup,
    Network,
    ScheduledJob,
    TaskOptions,
    WebService,
    WorkerService,
)
from tests.remembering import forgetting
from tests.toolkit import IMAGE

CALLS = {
    "web service": 36,
    "web service on EC2": 39,
    "worker": 45,
    "job": 59,
    "service on EKS": 20,
    "worker on EKS": 37,
    "job on EKS": 11,
    "EKS cluster with nodes": 52,
}
"""Raise a number only for what a user gets for it, and lower it with every saving."""

FLAGS: dict[str, Any] = json.loads((Path(__file__).parents[1] / "cdk.json").read_text())["context"]
"""As new projects of CDK have them."""
ADMIN = "arn:aws:iam::111122223333:role/Admin"
PLAIN = Disabled("there is no domain in this test")


def exposed(scope: Construct, shared: ApplicationLoadBalancer, name: str) -> AlbExposure:
    del scope
    return AlbExposure(port=8080, load_balancer=shared, rule=ListenerRule(hosts=[f"{name.lower()}.example.com"]))


def makers(scope: Construct) -> dict[str, Callable[[str], Any]]:
    network = Network(scope, "Network")
    cluster = Cluster(scope, "Cluster", network=network)
    shared = ApplicationLoadBalancer(scope, "Shared", network=network, https=PLAIN)
    kubernetes = EksCluster(scope, "Kubernetes", version="1.36", network=network)
    kubernetes.now_has(keda=True)
    ManagedNodeGroup(scope, "Nodes", cluster=kubernetes, instance_types=["m7i.large"], max_nodes=3)
    LoadBalancerController(scope, "Controller", cluster=kubernetes)
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
        "service on EKS": lambda id_: KubernetesService(
            scope, id_, cluster=kubernetes, image=IMAGE, exposure=exposed(scope, shared, id_)
        ),
        "EKS cluster with nodes": lambda id_: ManagedNodeGroup(
            scope,
            f"{id_}Nodes",
            cluster=EksCluster(scope, id_, version="1.36", network=network, admins=[ADMIN]),
            instance_types=["m7i.large"],
            max_nodes=3,
        ),
        "worker on EKS": lambda id_: KubernetesWorker(scope, id_, cluster=kubernetes, image=IMAGE),
        "job on EKS": lambda id_: KubernetesJob(scope, id_, cluster=kubernetes, image=IMAGE, schedule="rate(1 day)"),
    }


@pytest.mark.parametrize("kind", list(CALLS))
def test_one_more_workload_makes_as_many_calls_as_it_did(kind: str, monkeypatch: pytest.MonkeyPatch):
    make = makers(cdk.Stack(cdk.App(context=FLAGS), "Shop"))[kind]
    for first in ("First", "Second"):
        make(first)
    calls, send = [], process._NodeProcess.send

    def count(self: Any, *request: Any) -> Any:
        calls.append(request)
        return send(self, *request)

    monkeypatch.setattr(process._NodeProcess, "send", count)
    with forgetting():
        make("Third")
    assert len(calls) == CALLS[kind]
