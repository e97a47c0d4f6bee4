"""The ways past an option that is not there; the examples of docs/escape-hatches.md run here, and do what they say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct, IMixin

from cdk_containers import Cluster, WorkerService
from tests.toolkit import attributes, cluster, network, new_stack, properties, resources, synth, web, worker

DOCS = Path(__file__).parents[1] / "docs"
_EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def run(example: str) -> cdk.Stack:
    prelude = _EXAMPLE.findall((DOCS / "examples.md").read_text())[0]
    names: dict[str, Any] = {"__name__": "example"}
    exec(prelude + example, names)  # noqa: S102  (our own documentation)
    stack: cdk.Stack = names["stack"]
    return stack


@pytest.fixture(scope="module")
def examples() -> list[str]:
    found: list[str] = _EXAMPLE.findall((DOCS / "escape-hatches.md").read_text())
    return found


def test_the_l2_object(examples: list[str]):
    balancer = properties(synth(run(examples[0])), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert attributes(balancer)["routing.http2.enabled"] == "false"


def test_a_property_of_the_resource(examples: list[str]):
    assert properties(synth(run(examples[1])), "AWS::ECS::Service")["DeploymentConfiguration"]["BakeTimeInMinutes"] == 5


def test_a_mixin(examples: list[str]):
    queues = resources(synth(run(examples[2])), "AWS::SQS::Queue").values()
    assert [queue["Properties"]["MaximumMessageSize"] for queue in queues] == [65536, 65536]


@jsii.implements(IMixin)
class Seen:
    """A mixin that only looks."""

    def __init__(self) -> None:
        self.constructs: list[IConstruct] = []

    def supports(self, construct: IConstruct) -> bool:
        self.constructs.append(construct)
        return False

    def apply_to(self, construct: IConstruct) -> None:
        raise AssertionError(construct)


def test_a_mixin_sees_our_constructs_as_what_they_are():
    stack = new_stack()
    made = worker(stack)
    mixin = Seen()
    assert made.with_(mixin) is made
    assert any(isinstance(construct, WorkerService) for construct in mixin.constructs)
    assert any(isinstance(construct, sqs.CfnQueue) for construct in mixin.constructs)


def test_a_mixin_reaches_every_resource_of_a_service():
    stack = new_stack()
    service = web(stack)
    mixin = Seen()
    service.with_(mixin)
    seen = {stack.resolve(one.logical_id) for one in mixin.constructs if isinstance(one, cdk.CfnResource)}
    made = {name for name in synth(stack)["Resources"] if name.startswith("Web")}
    assert made
    assert made <= seen, "made after the constructor, where no mixin looks"


def test_the_mixins_of_cdk_work_on_what_we_make():
    stack = new_stack()
    made = Cluster(stack, "Shop", network=network(stack))
    settings = ecs.mixins.ClusterSettings(
        [ecs.CfnCluster.ClusterSettingsProperty(name="containerInsights", value="disabled")]
    )
    cdk.Mixins.of(made).apply(settings)
    assert properties(synth(stack), "AWS::ECS::Cluster")["ClusterSettings"] == [
        {"Name": "containerInsights", "Value": "disabled"}
    ]


def test_an_aspect_sees_what_is_added_later():
    stack = new_stack()
    service = worker(stack, cluster=cluster(stack))
    cdk.Tags.of(service).add("team", "orders")
    sqs.Queue(service, "Later")
    queues = resources(synth(stack), "AWS::SQS::Queue")
    assert len(queues) == 3
    assert all({"Key": "team", "Value": "orders"} in queue["Properties"]["Tags"] for queue in queues.values())
