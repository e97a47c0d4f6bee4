"""The row of this library in the comparison with others is what the checkers report today."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cdk_nag import AwsSolutionsChecks

from tests.checkers import cfn_lint, checkov

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def first_example() -> dict[str, Any]:
    variables: dict[str, Any] = {}
    exec((ROOT / "README.md").read_text().split("```python\n")[1].split("```")[0], variables)  # noqa: S102
    return variables


@pytest.fixture(scope="module")
def template(first_example: dict[str, Any]) -> Path:
    return Path(first_example["app"].synth().stacks[0].template_full_path)


def test_row_of_the_first_example(first_example: dict[str, Any], template: Path) -> None:
    resources = len(json.loads(template.read_text())["Resources"])
    levels = [found["Level"] for found in cfn_lint(template)]
    summary = checkov(template)["summary"]
    nag = len(AwsSolutionsChecks().validate_scope(first_example["app"]).violations)
    row = (
        f"| cdk-containers, the first example | {resources} | {levels.count('Error')}/{levels.count('Warning')} "
        f"| {nag}, and {accepted(template)} accepted with a reason "
        f"| {summary['failed']}, and {summary['skipped']} accepted with a reason |"
    )
    assert row in (ROOT / "docs" / "comparison.md").read_text().splitlines()


def accepted(template: Path) -> int:
    """Count the findings of cdk-nag that the library acknowledges."""
    metadata = json.loads(template.with_name(template.name.replace(".template.", ".metadata.")).read_text())
    return sum(
        len([rule for rule in entry["data"] if re.match(r"Annotation::AwsSolutions-", rule)])
        for entries in metadata.values()
        for entry in entries
        if entry["type"] == "aws:cdk:acknowledged-rules"
    )
