"""Fields of Kubernetes are known by version, without its schemas at run time."""

from __future__ import annotations

from typing import Any

import pytest

from cdk_containers.eks.manifests import problems
from cdk_containers.eks.manifests.fields import _known, field_problems
from cdk_containers.eks.rendering import ClusterFacts
from scripts import kubernetes_fields

from .objects import objects


def found(made: dict[str, Any], version: str = "1.36") -> list[str]:
    return [str(problem) for problem in problems([made], ClusterFacts(version=version))]


def test_the_file_is_what_the_script_writes() -> None:
    assert kubernetes_fields.FILE.read_text(encoding="utf-8") == kubernetes_fields.text()


def test_every_kind_that_we_write_is_known() -> None:
    known = _known()
    for made in objects().values():
        if "k8s.aws" not in made["apiVersion"]:
            assert f"{made['apiVersion']} {made['kind']}" in known.kinds
    used = {field.type.strip("[]{}") for entries in known.types.values() for field in entries.values()}
    simple = {"any", "either", "flag", "int", "number", "text"}
    assert used - simple - known.types.keys() == set()


def test_a_field_that_there_is_not_is_refused_with_the_one_that_was_meant() -> None:
    made = objects()["Deployment"]
    made["spec"]["replica"] = 2
    [text] = found(made)
    assert "spec.replica: Deployment shop/web: unknown field" in text
    assert "allowed:  replicas" in text


def test_a_field_of_another_version_is_refused() -> None:
    made = objects()["Deployment"]
    made["spec"]["template"]["spec"]["volumes"][0]["emptyDir"]["mode"] = 0o1777
    [text] = found(made)
    assert "Kubernetes has this field since 1.37" in text
    assert found(made, "1.37") == []


@pytest.mark.parametrize(
    ("path", "value", "allowed"),
    [
        ("spec.replicas", "2", "a whole number"),
        ("spec.paused", "true", "true or false"),
        ("spec.template", [], "a map"),
        ("spec.template.spec.volumes", {}, "a list"),
        ("metadata.finalizers", [5], "text"),
        ("spec.strategy.rollingUpdate.maxSurge", True, "text or a whole number"),
    ],
)
def test_a_value_of_another_type_is_refused_once(path: str, value: Any, allowed: str) -> None:
    made = objects()["Deployment"]
    place = made
    *way, last = path.split(".")
    for part in way:
        place = place[part]
    place[last] = value
    here = list(field_problems(made, "1.36"))
    assert [problem.allowed for problem in here] == [allowed]
    options = [problem.option for problem in problems([made], ClusterFacts(version="1.36"))]
    assert len(options) == len(set(options))


def test_a_field_that_has_to_be_there_is_missed() -> None:
    made = objects()["Ingress"]
    del made["spec"]["rules"][0]["http"]["paths"][0]["backend"]
    assert "backend: Ingress shop/web: it is missing" in "".join(found(made))


def test_what_is_not_known_is_not_refused() -> None:
    made = objects()["Deployment"]
    made["spec"]["surprise"] = True
    assert found(made) != []
    assert found(made, "1.99") == []
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "a"}, "spec": {"x": 1}}
    assert found(lease) == []
