"""`check --live`: what is deployed, and what keeps one from looking at it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.ecr.responses import ECRResponse

from cdk_containers.checks.live import survey
from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.limits import ONLY_IN_TEMPLATES
from cdk_containers.checks.live.policy import read_only_policy
from cdk_containers.checks.live.readers import READERS
from cdk_containers.checks.reports import FORMATS
from cdk_containers.cli import live
from tests.checks.live.answers import SESSION
from tests.cli.command import CHECKS, MUTABLE, Shell, template
from tests.cli.test_main import HEAVY, loaded_by
from tests.emulator.lacking import get_signing_configuration

SETTINGS = ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setattr(ECRResponse, "get_signing_configuration", get_signing_configuration, raising=False)
    with mock_aws():
        yield


@pytest.mark.usefixtures("account")
def test_what_is_deployed_in_the_regions_is_checked(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(survey, "READERS", [it for it in READERS if "ecr" in it.calls])
    for region in ("eu-west-1", "eu-central-1"):
        SESSION.create_client("ecr", region_name=region).create_repository(repositoryName="web")
    ran = shell.check("--live", "--region", "eu-west-1", "--region", "eu-central-1", "--format", "json")
    found = {(it["practice"], it["path"]): it for it in ran.data["findings"]}
    assert set(found) == {
        (practice, f"123456789012/{region}")
        for practice in ("immutable-tags", "scan-on-push")
        for region in ("eu-west-1", "eu-central-1")
    }
    one = found["immutable-tags", "123456789012/eu-west-1"]
    assert one["resource"] == "arn:aws:ecr:eu-west-1:123456789012:repository/web"
    assert (one["verdict"], one["line"], one["stack"]) == ("fail", None, "")
    assert ran.data["not_checked"] == []
    assert ran.code == 1


@pytest.mark.usefixtures("account")
def test_formats_and_baselines_are_those_of_templates(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(survey, "READERS", [it for it in READERS if "ecr" in it.calls or "cloudformation" in it.calls])
    one = {"Resources": {"Images": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "web"}}}}
    cloudformation = SESSION.create_client("cloudformation", region_name="eu-west-1")
    cloudformation.create_stack(StackName="shop", TemplateBody=json.dumps(one))
    region = ("--live", "--region", "eu-west-1")
    for format_ in FORMATS:
        ran = shell.check(*region, "--format", format_)
        assert ran.code == 1
        assert "repository/web" in ran.out
        assert "of stack shop" in ran.out or format_ in {"json", "sarif"}
    baseline = tmp_path / "known.json"
    assert shell.check(*region, "--write-baseline", baseline).code == 0
    ran = shell.check(*region, "--baseline", baseline)
    assert (ran.code, ran.out) == (0, "0 findings, 2 in the baseline; 2 resources\n")
    SESSION.create_client("ecr", region_name="eu-west-1").create_repository(repositoryName="new")
    assert "repository/new" in shell.check(*region, "--baseline", baseline).out


# ---- what keeps it from being looked at is one line, and the code of wrong usage


def refused(shell: Shell, *options: str) -> str:
    ran = shell.check("--live", *options)
    assert (ran.code, ran.out) == (2, "")
    (line,) = ran.err.splitlines()
    return line.removeprefix("cdk-containers: ")


def test_without_a_region_it_asks_for_one(shell: Shell):
    assert refused(shell).startswith("--live: no region is set; add --region, or set AWS_REGION")


def test_without_credentials_it_says_so(shell: Shell):
    told = refused(shell, "--region", "eu-west-1")
    assert told == "--live: sts:GetCallerIdentity: Unable to locate credentials"


def test_a_profile_that_is_not_there_is_named(shell: Shell):
    assert "(nobody) could not be found" in refused(shell, "--region", "eu-west-1", "--profile", "nobody")


def test_a_region_that_is_none_is_named(shell: Shell):
    assert "'eu west'" in refused(shell, "--region", "eu west")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ExpiredToken", "the credentials have expired"),
        ("InvalidClientTokenId", "AWS does not know the credentials"),
        ("SignatureDoesNotMatch", "the secret access key is wrong"),
    ],
)
def test_credentials_that_aws_does_not_take_are_told_from_each_other(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, code: str, told: str
):
    class Client:
        def get_caller_identity(self) -> None:
            raise ClientError({"Error": {"Code": code}}, "GetCallerIdentity")

    monkeypatch.setattr(Account, "_client", lambda *_: Client())
    assert refused(shell, "--region", "eu-west-1") == f"--live: sts:GetCallerIdentity: {told}"


def test_without_boto3_it_says_how_to_install_it(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "botocore.exceptions", None)
    assert 'pip install "cdk-containers[live]"' in refused(shell, "--region", "eu-west-1")


@pytest.mark.usefixtures("account")
def test_the_region_may_come_from_the_environment(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    (one,) = live._accounts([], None)
    assert one.name == "123456789012/eu-west-1"
    (other,) = live._accounts(["us-east-1"], None)
    assert other.region == "us-east-1"
    assert shell("check", "--policy").code == 0


# ---- options


def test_options_of_templates_and_of_accounts_do_not_mix(shell: Shell, tmp_path: Path):
    path = template(tmp_path / "a.json", {"A": MUTABLE})
    ran = shell.check("--live", path, "--parameter", "A=b", "--assume-defaults")
    assert ran.code == 2
    assert [line.partition(" is for")[0] for line in ran.err.splitlines()] == [
        "cdk-containers: PATH",
        "cdk-containers: --parameter",
        "cdk-containers: --assume-defaults",
    ]
    ran = shell.check(path, "--region", "eu-west-1", "--profile", "x")
    assert ran.err.splitlines() == [f"cdk-containers: {name} requires --live" for name in ("--region", "--profile")]


@pytest.mark.parametrize("practice", ONLY_IN_TEMPLATES)
def test_a_practice_of_templates_alone_is_refused_with_the_reason(shell: Shell, practice: str):
    ran = shell("check", "--live", "--only", practice)
    assert (
        ran.err == f"cdk-containers: --only: {practice!r} is not visible in an account: {ONLY_IN_TEMPLATES[practice]}\n"
    )


def test_a_practice_of_accounts_alone_needs_one(shell: Shell, tmp_path: Path):
    path = template(tmp_path / "a.json", {"A": MUTABLE})
    assert "--only: 'job-alarms' is not visible in a template" in shell("check", path, "--only", "job-alarms").err
    assert "no region" in shell("check", "--live", "--only", "job-alarms").err


def test_the_policy_is_printed_without_boto3(shell: Shell):
    assert json.loads(shell("check", "--policy").out) == read_only_policy()
    loaded = loaded_by("check", "--policy")
    assert "cdk_containers.checks.live.readers.ecs" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_nobody_loads_boto3_or_a_reader_who_does_not_ask_for_an_account(tmp_path: Path):
    path = template(tmp_path / "a.json", {"A": MUTABLE})
    loaded = loaded_by("check", str(path), *CHECKS)
    assert "cdk_containers.cli.live" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert not [it for it in loaded if it.startswith("cdk_containers.checks.live")]
