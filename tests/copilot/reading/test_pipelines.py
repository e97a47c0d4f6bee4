"""The manifest of a pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_containers.copilot.manifests import ManifestError, read_pipeline
from cdk_containers.copilot.manifests.models.pipelines import StageDeployment

SAMPLE = Path(__file__).parents[1] / "samples" / "pipeline.yml"
HEAD = "name: main\nversion: 1\nsource: {provider: GitHub, properties: {branch: main}}\n"


def test_a_pipeline():
    pipeline = read_pipeline(SAMPLE, variables={}).model
    test, prod = pipeline.stages
    assert pipeline.source.properties["branch"] == "main"
    assert pipeline.build.additional_policy.policy_document["Version"] == "2012-10-17"
    assert test.deployments["web"] is None
    assert test.deployments["worker"] == StageDeployment(
        depends_on=["web"], stack_name="shop-test-worker", template_path="w.yml", template_config="w.json"
    )
    assert (prod.requires_approval, prod.test_commands) == (True, ["make test"])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("version: 1\nsource: {provider: GitHub, properties: {}}\n", "`name` is missing"),
        ("name: a\nsource: {provider: GitHub, properties: {}}\n", "`version` is missing"),
        ("name: a\nversion: 1\n", "`source` is missing"),
        (f"{HEAD}bulid: {{}}\n", "bulid: unknown key: did you mean 'build'?"),
        (HEAD.replace("GitHub", "GitLab"), "source.provider: there is no provider 'GitLab': did you mean 'GitHub'?"),
        (HEAD.replace("version: 1", "version: 2"), "version: got 2; allowed: 1"),
        (HEAD.replace("main\nv", f"{'a' * 101}\nv"), "name: at most 100 characters"),
        (f"{HEAD}stages: [{{deployments: {{}}}}]\n", "stages[0]: `name` is missing"),
        (
            f"{HEAD}stages: [{{name: t, test_commands: [a], post_deployments: {{x: {{buildspec: b}}}}}}]\n",
            "stages[0].test_commands: `post_deployments` is also set: keep only that",
        ),
        (f"{HEAD}stages: [{{name: t, pre_deployments: {{x: {{}}}}}}]\n", "x: `buildspec` is missing"),
        (
            f"{HEAD}stages: [{{name: t, deployments: {{web: , api: {{depends_on: [wbe]}}}}}}]\n",
            "stages[0].deployments.api.depends_on[0]: there is no 'wbe': did you mean 'web'?",
        ),
    ],
)
def test_what_is_refused(text: str, problem: str):
    with pytest.raises(ManifestError) as caught:
        read_pipeline(text, variables={})
    assert any(problem in line for line in str(caught.value).splitlines()), str(caught.value)
