"""Damaged manifests, some of them; `python -m tests.copilot.fuzzing` has as many as one likes."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from cdk_containers.copilot.manifests import read_environment, read_pipeline, read_workload
from tests.copilot.fuzzing import SAMPLES, attempt


def test_damaged_manifests_are_read_or_refused(tmp_path: Path):
    results = Counter(attempt(seed, tmp_path) for seed in range(250))
    assert results["refused"] > results["read"] > 5


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("environment", [None, "test", "prod"])
def test_samples_are_right_before_they_are_damaged(sample: Path, environment: str | None):
    if sample.stem.startswith("environment"):
        assert read_environment(sample, variables={}).model.type == "Environment"
    elif sample.stem.startswith("pipeline"):
        assert read_pipeline(sample, variables={}).model.stages
    else:
        variables = {"X": "x", "TAG": "7"}
        assert read_workload(sample, environment=environment, application="shop", variables=variables).model.name
