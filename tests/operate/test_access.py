"""Who asks: credentials, roles, accounts, permissions; and what a refusal says."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from botocore.parsers import ResponseParserError
from botocore.session import Session

from cdk_containers.cli.operating import common
from cdk_containers.operate.access import Access, Identity
from cdk_containers.operate.needs import NEEDS
from tests.cli.command import Shell
from tests.operate import shop
from tests.operate.script import ACCOUNT, NOW, Error, FakeClock, Script, Told

Aws = Callable[[Told], Script]
OTHER = "210987654321"
CREDENTIALS = {
    "AccessKeyId": "ASIAOTHEROTHEROTHER",
    "SecretAccessKey": "other",
    "SessionToken": "token",
    "Expiration": NOW,
}


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def test_a_missing_permission_names_the_action_and_the_statement(shell: Shell, aws: Aws):
    said = "User: arn:aws:sts::1:assumed-role/x is not authorized to perform: ecs:DescribeServices"
    aws(shop.steady({"ecs.describe_services": Error("AccessDeniedException", said)}))
    ran = shell("status", "Shop/Web")
    assert (ran.code, ran.out) == (4, "")
    assert ran.err.splitlines() == [
        f"cdk-containers: access denied: ecs:DescribeServices ({said})",
        '  allow it with this statement: {"Effect": "Allow", "Action": "ecs:DescribeServices", "Resource": "*"}',
        "  `cdk-containers policy status` prints everything that the command needs",
    ]
    told = json.loads(shell("status", "Shop/Web", "--json").err)
    assert (told["exit_code"], told["action"]) == (4, "ecs:DescribeServices")


def test_a_page_of_a_proxy_is_no_answer(shell: Shell, aws: Aws):
    def proxy(_: object) -> object:
        raise ResponseParserError("Unable to parse response, invalid XML received: <html>Sign in</html>")

    aws(shop.steady({"cloudformation.describe_stack_resources": proxy}))
    ran = shell("status", "Shop/Web")
    assert (ran.code, "Unable to parse response" in ran.err) == (1, True)


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ExpiredToken", "the credentials have expired"),
        ("InvalidClientTokenId", "AWS does not know the credentials"),
        ("SignatureDoesNotMatch", "the secret access key is wrong"),
    ],
)
def test_credentials_that_aws_does_not_take(shell: Shell, aws: Aws, code: str, told: str):
    aws(shop.steady({"sts.get_caller_identity": Error(code)}))
    ran = shell("status", "Shop/Web")
    assert ran.code == 4
    assert ran.err.splitlines() == [
        f"cdk-containers: sts:GetCallerIdentity: {told}",
        "  sign in again, for example with `aws sso login`, or choose a --profile",
    ]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/dev/null")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("nobody")
def test_without_credentials_a_region_or_a_profile(shell: Shell):
    ran = shell("status", "Shop/Web", "--region", "eu-west-1")
    assert (ran.code, "Unable to locate credentials" in ran.err) == (4, True)
    ran = shell("status", "Shop/Web")
    assert (ran.code, "no region; add --region" in ran.err) == (2, True)
    ran = shell("status", "Shop/Web", "--profile", "nobody")
    assert (ran.code, "(nobody) could not be found" in ran.err) == (2, True)


def test_without_boto3_it_says_how_to_install_it(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    monkeypatch.delitem(sys.modules, "cdk_containers.operate.access")
    ran = shell("status", "Shop/Web")
    assert (ran.code, 'pip install "cdk-containers[operations]"' in ran.err) == (2, True)


def test_the_wrong_account_is_said_before_anything_is_read(shell: Shell, aws: Aws, tmp_path: Path):
    shop.assembly(tmp_path / "cdk.out", environment=f"aws://{OTHER}/eu-west-1")
    script = aws(shop.steady())
    ran = shell("status", "Shop/Web")
    assert ran.code == 4
    assert ran.err.splitlines() == [
        f"cdk-containers: the credentials belong to account {ACCOUNT}, but the stack is in account {OTHER}",
        "  choose a --profile of that account, or add --role lookup to read it with the lookup role of CDK",
    ]
    assert script.names == {"sts.get_caller_identity"}


def test_the_lookup_role_reads_another_account_in_its_region(shell: Shell, aws: Aws, tmp_path: Path):
    shop.assembly(tmp_path / "cdk.out", environment=f"aws://{OTHER}/eu-central-1")
    script = aws(shop.steady({"sts.assume_role": {"Credentials": CREDENTIALS}}))
    ran = shell("status", "Shop/Web", "--role", "lookup")
    assert ran.code == 0
    assert ran.out.startswith("Shop/Web  dev  eu-central-1 ")
    assert shell("status", "Shop/Web", "--role", "lookup", "--json").data["account"] == OTHER
    name = f"arn:aws:iam::{OTHER}:role/cdk-hnb659fds-lookup-role-{OTHER}-eu-central-1"
    assert script.asked("sts.assume_role")[0] == {"RoleArn": name, "RoleSessionName": "cdk-containers"}


def test_the_assembly_names_the_lookup_role_of_its_own_bootstrap(shell: Shell, aws: Aws, tmp_path: Path):
    folder = shop.assembly(tmp_path / "cdk.out", environment=f"aws://{OTHER}/eu-west-1")
    manifest = json.loads((folder / "manifest.json").read_text())
    role = "arn:${AWS::Partition}:iam::" + f"{OTHER}:role/our-lookup"
    manifest["artifacts"][shop.STACK]["properties"]["lookupRole"] = {"arn": role}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    script = aws(shop.steady({"sts.assume_role": {"Credentials": CREDENTIALS}}))
    assert shell("status", "Shop/Web", "--role", "lookup").code == 0
    assert shell("status", "Shop/Web", "--role", f"arn:aws:iam::{OTHER}:role/mine").code == 0
    assert [it["RoleArn"] for it in script.asked("sts.assume_role")] == [
        f"arn:aws:iam::{OTHER}:role/our-lookup",
        f"arn:aws:iam::{OTHER}:role/mine",
    ]


def test_a_role_that_cannot_be_taken_on_says_why(shell: Shell, aws: Aws):
    aws(shop.steady({"sts.assume_role": Error("AccessDenied", "not authorized to perform: sts:AssumeRole")}))
    ran = shell("status", "Shop/Web", "--role", "lookup")
    assert ran.code == 4
    assert "not authorized to perform: sts:AssumeRole" in ran.err
    assert "--trust-for-lookup" in ran.err


def test_one_stack_of_another_account_does_not_keep_the_others_from_the_list(shell: Shell, aws: Aws, tmp_path: Path):
    folder = shop.assembly(tmp_path / "cdk.out", {"dev": shop.stack(name="dev"), "prod": shop.stack(name="prod")})
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["prod"]["environment"] = f"aws://{OTHER}/eu-west-1"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    aws(shop.steady())
    ran = shell("list")
    assert ran.code == 0
    assert [line.split()[0] for line in ran.out.splitlines()[1:]] == [
        "Kubernetes",
        "Shop/Nightly",
        "Shop/Orders",
        "Shop/Web",
    ]
    assert ran.err == f"not read: the credentials belong to account {ACCOUNT}, but the stack is in account {OTHER}\n"


def test_throttling_that_lasts_is_said(shell: Shell, aws: Aws):
    aws(shop.steady({"ecs.describe_services": Error("ThrottlingException", "Rate exceeded")}))
    ran = shell("status", "Shop/Web")
    assert (ran.code, "ecs:DescribeServices: too many calls" in ran.err) == (1, True)


def test_a_call_that_a_command_does_not_declare_is_stopped():
    from cdk_containers.checks.live.refused import NotAllowed  # noqa: PLC0415

    identity = Identity(region="eu-west-1")
    access = Access(identity, allowed=NEEDS["status"].calls, clock=FakeClock(), session=Session(), attempts=0)
    api = access._of(Session(), "eu-west-1")
    with pytest.raises(NotAllowed, match="update_service"):
        api.call("ecs", "update_service", service="x", desiredCount=0)
    assert common.make_access(identity, NEEDS["scale"].calls)._allowed["ecs"][-1] == "update_service"
