"""The manifests of the reference clusters: as they were, valid strictly, buildable by kubectl, and without findings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from stacks.eks_settings import VERSION
from tests.eks.manifest_checks import check, checkov, kustomize, same_folder

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


EXAMPLES = {
    "Image": f"111111111111.dkr.ecr.eu-west-1.amazonaws.com/images:{'a' * 64}",
    "TargetGroupARN": "arn:aws:elasticloadbalancing:eu-west-1:111111111111:targetgroup/web/0123456789abcdef",
    "KmsKeyId": "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555",
    "RoleArn": "arn:aws:iam::111111111111:role/web",
    "CredentialsName": "arn:aws:secretsmanager:eu-west-1:111111111111:secret:svm-AbCdEf",
    "AwsRegion": "eu-west-1",
    "FilesystemID": "fs-0123456789abcdef0",
    "FileSystemId": "fs-0123456789abcdef0",
    "FilesVolumeHandle": "fs-0123456789abcdef0::fsap-0123456789abcdef0",
    "ScratchVolumeHandle": "fs-0123456789abcdef1",
    "Mountname": "abcdefgh",
    "Dnsname": "fs-0123456789abcdef1.fsx.eu-west-1.amazonaws.com",
    "QueueUrl": "https://sqs.eu-west-1.amazonaws.com/111111111111/queue",
    "TableName": "orders",
}
"""What outputs of stacks could say, by how their names end."""


def _example(name: str) -> str:
    [found] = [value for ending, value in EXAMPLES.items() if name.endswith(ending)]
    return found


@pytest.fixture(scope="session")
def built(assemblies: dict[str, Assembly], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All folders as kubectl builds them, with what the outputs of the stacks could be."""
    target = tmp_path_factory.mktemp("built")
    for assembly in assemblies.values():
        for cluster in CLUSTERS:
            folder = folder_of(assembly, cluster)
            text = (folder / "kustomization.yaml").read_text()
            names = set(re.findall(r"fieldPath: data\.(\w+)", text))
            values = {name: _example(name) for name in names}
            made = kustomize(folder, values, into=target / "folders" / folder.name)
            (target / f"{folder.name}.yaml").write_text(yaml.safe_dump_all(made, sort_keys=False))
    return target


@pytest.mark.parametrize("environment", ENVIRONMENTS)
@pytest.mark.parametrize("cluster", CLUSTERS)
def test_manifests_are_valid(built: Path, environment: str, cluster: str) -> None:
    compute = {"eks-auto": "AUTO", "eks-fargate": "FARGATE"}.get(cluster, "NODES")
    text = (built / f"{environment}-{cluster}.Cluster.manifests.yaml").read_text()
    check(yaml.safe_load_all(text), VERSION, compute=compute)  # type: ignore[arg-type]


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
