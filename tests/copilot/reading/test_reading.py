"""One manifest, from text to model."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta

import pytest

from cdk_containers.copilot.manifests import ManifestError, read_workload
from cdk_containers.copilot.manifests.models.scaling import Count
from cdk_containers.copilot.manifests.models.workloads import WorkerService

WORKER = """\
name: mailer
type: Worker Service
image: {build: mailer/Dockerfile}
cpu: 256
memory: 512
count: {range: 1-10, cooldown: {in: 1m30s}, cpu_percentage: 50}
environments:
  prod:
    memory: 1024
"""


def test_a_manifest_becomes_a_model_with_names_as_it_has_them():
    manifest = read_workload(WORKER, environment="prod", variables={})
    worker = manifest.model
    assert isinstance(worker, WorkerService)
    assert (worker.name, worker.cpu, worker.memory) == ("mailer", 256, 1024)
    assert worker.image.built.dockerfile == "mailer/Dockerfile"
    assert isinstance(worker.count, Count)
    assert worker.count.bounds.max == 10
    assert worker.count.cooldown.scale_in == timedelta(seconds=90)
    assert manifest.environments == ("prod",)


def test_every_key_knows_its_place():
    manifest = read_workload(WORKER, environment="prod", variables={})
    assert manifest.at("count.cooldown.in") == (6, 33)
    assert manifest.at("memory") == (9, 5)
    assert manifest.at("count.requests") is None


def test_all_problems_come_at_once():
    text = WORKER.replace("cpu: 256", "cpu: lots").replace("memory: 1024", "memroy: 1024")
    with pytest.raises(ManifestError) as caught:
        read_workload(text, variables={})
    assert str(caught.value).splitlines() == [
        "manifest.yml:4:1: cpu: got 'lots'; expected a whole number",
        "manifest.yml:9:5: environments.prod.memroy: unknown key: did you mean 'memory'?",
    ]


def test_an_environment_that_does_not_exist_is_named():
    with pytest.raises(
        ManifestError, match=r"8:3: environments\.prod: there is no environment 'prod': did you mean 'prd'\?"
    ):
        read_workload(WORKER, variables={}, environments=["prd"])
    assert read_workload(WORKER, variables={}, environments=["prod"]).environments == ("prod",)


def test_name_and_type_are_the_same_in_all_environments():
    with pytest.raises(ManifestError, match=r"environments\.prod\.name: is the same in all environments"):
        read_workload(WORKER.replace("memory: 1024", "name: other"), variables={})


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("name: a\n", ["`type` is missing"]),
        ("name: a\ntype: Worker\n", ["there is no type 'Worker': did you mean 'Worker Service'?"]),
        ("name:\ntype: [a]\n", ["name: is missing", "type: is missing"]),
    ],
)
def test_what_a_manifest_is_about(text: str, problems: list[str]):
    with pytest.raises(ManifestError) as caught:
        read_workload(text, variables={})
    assert len(caught.value.problems) == len(problems)
    for line, problem in zip(str(caught.value).splitlines(), problems, strict=True):
        assert line.endswith(problem)


def test_reading_needs_neither_cdk_nor_node():
    code = (
        "import sys, cdk_containers.copilot.manifests as m\n"
        "m.read_workload(sys.argv[1], variables={}); loaded = set(sys.modules)\n"
        "print(sorted(loaded & {'aws_cdk', 'jsii', 'constructs', 'pydantic', 'difflib', 'yaml', 'cattrs'}))"
    )
    command = [sys.executable, "-c", code, "name: a\ntype: Static Site\n"]
    found = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    assert found.stdout.strip() == "['cattrs', 'yaml']"
