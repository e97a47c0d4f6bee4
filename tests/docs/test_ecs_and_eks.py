"""The page that has one application on both platforms says what comes out."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import aws_cdk as cdk
import pytest
from constructs import Construct
from docs_examples import ROOT, examples, prelude, run

from tests.eks.manifest_checks import check

PAGE = ROOT / "docs" / "ecs-and-eks.md"
ROWS = {"The website": ("web", "eks_web"), "The worker": ("worker", "eks_worker"), "The job": ("job", "eks_job")}


@pytest.fixture(scope="module")
def made() -> dict[str, Any]:
    [example] = examples(PAGE)
    return run(prelude() + example.code, example.name)


def _listed(names: list[str]) -> str:
    return ", ".join(name if count == 1 else f"{count} × {name}" for name, count in sorted(Counter(names).items()))


def resources_of(construct: Construct) -> str:
    return _listed(
        [
            child.cfn_resource_type.rpartition("::")[2]
            for child in construct.node.find_all()
            if isinstance(child, cdk.CfnResource)
        ]
    )


def test_the_table_is_what_comes_out(made: dict[str, Any]):
    lines = ["| | On ECS | On EKS, in the template | On EKS, in manifests |", "|---|---|---|---|"]
    for row, (ecs, eks) in ROWS.items():
        kinds = _listed([manifest["kind"] for manifest in made[eks].manifests])
        lines.append(f"| {row} | {resources_of(made[ecs])} | {resources_of(made[eks])} | {kinds} |")
    assert "\n".join(lines) in PAGE.read_text(), "\n" + "\n".join(lines)


def test_what_is_approximated_is_on_the_page(made: dict[str, Any]):
    lost = {loss.option for _, eks in ROWS.values() for loss in made[eks].losses if loss.kind == "approximated"}
    said = set(re.findall(r"^- `([^`]+)`:", PAGE.read_text(), re.MULTILINE))
    assert said == lost


def test_both_have_the_same_container(made: dict[str, Any]):
    """Image, settings, port, size and check are the description's on both."""
    stack, other = made["stack"], made["other"]
    task = next(child for child in made["web"].node.find_all() if isinstance(child, cdk.aws_ecs.CfnTaskDefinition))
    [on_ecs] = [one for one in stack.resolve(task.container_definitions) if one["name"] == "app"]
    [on_eks] = made["eks_web"].manifests[-1]["spec"]["template"]["spec"]["containers"]
    assert other.resolve(on_eks["image"]) == stack.resolve(on_ecs["image"])
    settings = {entry["name"]: entry["value"] for entry in on_eks["env"]}
    assert {entry["name"]: entry["value"] for entry in on_ecs["environment"]}.items() <= settings.items()
    assert [port["containerPort"] for port in on_eks["ports"]] == [
        one["containerPort"] for one in on_ecs["portMappings"]
    ]
    assert on_eks["resources"]["limits"] == {"cpu": "500m", "memory": "1024Mi"}
    assert (task.cpu, task.memory) == ("512", "1024")
    assert on_eks["livenessProbe"]["exec"]["command"] == on_ecs["healthCheck"]["command"][1:]


def test_the_objects_are_what_a_cluster_takes(made: dict[str, Any]):
    for _, eks in ROWS.values():
        check(made[eks].manifests, compute="AUTO", level="restricted")
