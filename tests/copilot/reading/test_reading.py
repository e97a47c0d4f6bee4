"""One manifest, from text to model."""

from __future__ import annotations

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
        "manifest.yml:4:1: cpu: got 'lots'; a whole number is wanted",
        "manifest.yml:9:5: environments.prod.memroy: there is no such key: did you mean 'memory'?",
    ]
