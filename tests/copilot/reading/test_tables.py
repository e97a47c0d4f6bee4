"""What is refused, accepted and merged: tables whose every row AWS Copilot itself has been asked about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk_containers.copilot.manifests import ManifestError, read_environment, read_workload
from tests.copilot.reading.bases import manifest

HERE = Path(__file__).parent


def rows(name: str, *keys: str) -> list[Any]:
    table = yaml.safe_load((HERE / f"{name}.yml").read_text(encoding="utf-8"))
    return [pytest.param(row, id=" ".join(row[key] for key in keys)) for row in table]


def refused(text: str, read: Callable[[str], object]) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        read(text)
    for problem in caught.value.problems:
        assert problem.line is not None
        assert 1 <= problem.line <= len(text.splitlines())
    return [
        f"{problem.key}: {problem.message}" if problem.path else problem.message for problem in caught.value.problems
    ]


def workload(text: str) -> Any:
    return read_workload(text, environment="prod", application="acme", variables={})


def environment(row: dict[str, Any]) -> str:
    return f"name: prod\ntype: Environment\n{row['says']}\n"


@pytest.mark.parametrize("row", rows("refused", "type", "says"))
def test_refused_with_what_is_wrong(row: dict[str, Any]):
    assert refused(manifest(row["type"], row["says"]), workload) == row["problems"]


@pytest.mark.parametrize("row", rows("accepted", "type", "says"))
def test_accepted(row: dict[str, Any]):
    assert workload(manifest(row["type"], row["says"])).model.type == row["type"]


@pytest.mark.parametrize("row", rows("merged", "type", "base", "prod"))
def test_merged(row: dict[str, Any]):
    read = workload(manifest(row["type"], row["base"], prod=row["prod"]))
    said = read.root.plain()
    assert {key: said.get(key) for key in row["merged"]} == row["merged"]
    assert [note.split(": ", 2)[2] for note in read.notes] == ([row["note"]] if "note" in row else [])


def test_an_environment_that_says_nothing_changes_nothing():
    row = next(param.values[0] for param in rows("merged") if param.values[0]["merged"] == {"count": 2})
    text = manifest(row["type"], row["base"], prod=row["prod"])
    assert read_workload(text, environment="prod", variables={}).root.plain()["count"] == 2
    assert isinstance(read_workload(text, environment="test", variables={}).root.plain()["count"], dict)


@pytest.mark.parametrize("row", rows("environments", "says"))
def test_environments(row: dict[str, Any]):
    if row["problems"]:
        assert refused(environment(row), lambda text: read_environment(text, variables={})) == row["problems"]
    else:
        assert read_environment(environment(row), variables={}).model.name == "prod"
