"""`cdk-containers copilot package`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_containers.cli.main import main

_MANIFEST = """\
name: api
type: Load Balanced Web Service
image: {location: "public.ecr.aws/shop/api:1", port: 8080}
http: {path: /}
environments: {prod: {count: 3}}
"""


def _package(manifest: Path, *more: str) -> int:
    return main(["copilot", "package", str(manifest), "--app", "shop", "--env", "prod", *more])


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    file = tmp_path / "manifest.yml"
    file.write_text(_MANIFEST)
    return file


def test_it_writes_the_templates_of_environment_and_workload(manifest: Path, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    assert _package(manifest, "--output-dir", str(folder)) == 0
    assert {file.name for file in folder.glob("*.template.json")} == {
        "shop-prod.template.json",
        "shop-prod-api.template.json",
    }
    service = json.loads((folder / "shop-prod-api.template.json").read_text())["Resources"]["Service"]
    assert service["Properties"]["DesiredCount"] == 3
    assert (folder / "manifest.json").is_file()


def test_without_a_folder_it_prints_the_template(manifest: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _package(manifest) == 0
    assert "TaskDefinition" in json.loads(capsys.readouterr().out)["Resources"]


def test_the_same_manifest_gives_the_same_files(manifest: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        assert _package(manifest, "--output-dir", str(tmp_path / name), "--domain", "example.com") == 0
    for file in (tmp_path / "first").glob("*.json"):
        assert file.read_bytes() == (tmp_path / "second" / file.name).read_bytes(), file.name


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("coun: 3\n", "manifest.yml:6:1: coun: "),
        ("cpu: 300\nmemory: 99\n", "Fargate does not support cpu: 300"),
        ("nlb: {port: 443/tls}\n", "domain"),
    ],
)
def test_what_is_refused_is_told_with_the_reason(
    manifest: Path, capsys: pytest.CaptureFixture[str], change: str, told: str
) -> None:
    manifest.write_text(_MANIFEST + change)
    assert _package(manifest) == 2
    error = capsys.readouterr().err
    assert told in error
    assert "Traceback" not in error


def test_a_manifest_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _package(tmp_path / "none.yml") == 2
    assert "none.yml" in capsys.readouterr().err


def test_imported_certificates_make_listeners_of_https(manifest: Path, tmp_path: Path) -> None:
    manifest.write_text(_MANIFEST.replace("{path: /}", "{path: /, alias: api.example.com}"))
    folder = tmp_path / "made"
    arn = "arn:aws:acm:eu-west-1:123456789012:certificate/0"
    assert _package(manifest, "--certificate-arn", arn, "--output-dir", str(folder)) == 0
    environment = json.loads((folder / "shop-prod.template.json").read_text())["Resources"]
    assert environment["HTTPSListener"]["Properties"]["Certificates"] == [{"CertificateArn": arn}]


def test_the_environment_has_what_all_workloads_of_the_workspace_need(tmp_path: Path) -> None:
    for name, text in {
        "copilot/.workspace": "application: shop\n",
        "copilot/api/manifest.yml": _MANIFEST,
        "copilot/jobs/manifest.yml": "name: jobs\ntype: Backend Service\nimage: {location: 'a/b:1'}\n"
        "network: {vpc: {placement: private}}\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    folder = tmp_path / "made"
    assert _package(tmp_path / "copilot/jobs/manifest.yml", "--output-dir", str(folder)) == 0
    types = [one["Type"] for one in json.loads((folder / "shop-prod.template.json").read_text())["Resources"].values()]
    assert "AWS::ElasticLoadBalancingV2::LoadBalancer" in types
    assert "AWS::EC2::NatGateway" in types
    assert not (folder / "shop-prod-api.template.json").exists()


_LOGIN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:login"


@pytest.mark.parametrize("credentials", ["login", _LOGIN, f"{_LOGIN}-AbCdEf"])
def test_credentials_of_a_registry_are_known_by_arn_or_name(
    manifest: Path, capsys: pytest.CaptureFixture[str], credentials: str
) -> None:
    manifest.write_text(_MANIFEST.replace("port: 8080", f'credentials: "{credentials}", port: 8080'))
    assert _package(manifest) == 0
    resources = json.loads(capsys.readouterr().out)["Resources"]
    (container,) = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"]
    assert container["RepositoryCredentials"] == {"CredentialsParameter": credentials}
    (readable,) = {
        json.dumps(statement["Resource"])
        for resource in resources.values()
        if resource["Type"] == "AWS::IAM::Policy"
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
        if "secretsmanager:GetSecretValue" in statement["Action"]
    }
    assert ("??????" in readable) == (not credentials.endswith("AbCdEf"))
