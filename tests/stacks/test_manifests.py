"""The manifests of the reference clusters: as they were, valid strictly, buildable by kubectl, and without findings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from stacks.eks_settings import VERSION
from tests.eks.manifest_checks import check, checkov, kustomize, read_folder, same_folder

from .conftest import ENVIRONMENTS, ROOT, Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]

GOLDENS = ROOT / "tests" / "snapshots"
CLUSTERS = ("eks-auto", "eks-fargate", "eks-nodes", "eks-storage")
ACCEPTED = {
    "CKV_K8S_43": "the tag of an image that CDK builds is the hash of its content; those of others are kept short here",
}
"""Findings of checkov that are accepted, with the reason."""


def folder_of(assembly: Assembly, cluster: str) -> Path:
    return assembly.folder / f"{assembly.environment}-{cluster}.Cluster.manifests"


@pytest.mark.snapshot
@pytest.mark.parametrize("cluster", CLUSTERS)
def test_manifests_are_as_they_were(assembly: Assembly, cluster: str, pytestconfig: pytest.Config) -> None:
    made = folder_of(assembly, cluster)
    same_folder(made, GOLDENS / made.name, update=pytestconfig.getoption("--update-snapshots"))


def test_every_folder_has_a_golden_and_every_golden_a_folder(assemblies: dict[str, Assembly]) -> None:
    made = {path.name for assembly in assemblies.values() for path in assembly.folder.glob("*.manifests")}
    assert made == {path.name for path in GOLDENS.glob("*.manifests")}
    assert made == {f"{name}-{cluster}.Cluster.manifests" for name in ENVIRONMENTS for cluster in CLUSTERS}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_manifests_are_valid(assembly: Assembly, cluster: str) -> None:
    compute = {"eks-auto": "AUTO", "eks-fargate": "FARGATE"}.get(cluster, "NODES")
    check(read_folder(folder_of(assembly, cluster)), VERSION, compute=compute)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def built(assemblies: dict[str, Assembly], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All folders as kubectl builds them, with what the outputs of the stacks could be."""
    target = tmp_path_factory.mktemp("built")
    for assembly in assemblies.values():
        for cluster in CLUSTERS:
            folder = folder_of(assembly, cluster)
            text = (folder / "kustomization.yaml").read_text()
            names = set(re.findall(r"fieldPath: data\.(\w+)", text))
            values = {name: f"example:{'a' * 64}" if name.endswith("Image") else "10.0.0.0/16" for name in names}
            made = kustomize(folder, values, into=target / "folders" / folder.name)
            (target / f"{folder.name}.yaml").write_text(yaml.safe_dump_all(made))
    return target


def test_kubectl_puts_the_values_of_stacks_where_they_belong(built: Path) -> None:
    for path in built.glob("*.yaml"):
        text = path.read_text()
        assert "ClusterManifests" not in text
        assert "kind: Deployment" in text or "storage" in path.name


def test_checkov_finds_nothing(built: Path, tmp_path: Path) -> None:
    for path in built.glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text())
    found = checkov(tmp_path)
    assert {finding.split()[0] for finding in found} == set(ACCEPTED), found
