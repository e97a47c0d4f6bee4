"""`cdk-containers cost`, as a shell calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.costs import update
from tests.cli.command import Shell, template

NAT = {"Type": "AWS::EC2::NatGateway"}
LOGS = {"Type": "AWS::Logs::LogGroup"}
US = ("--region", "us-east-1")


@pytest.fixture(autouse=True)
def no_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def assembly(folder: Path, resources: dict[str, Any], environment: str = "aws://1/us-east-1") -> Path:
    template(folder / "Shop.template.json", resources)
    properties = {"templateFile": "Shop.template.json", "stackName": "shop"}
    artifact = {"type": "aws:cloudformation:stack", "environment": environment, "properties": properties}
    (folder / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": {"Shop": artifact}}))
    return folder


def test_a_bill_says_its_terms_what_is_fixed_and_what_is_not(tmp_path: Path, shell: Shell):
    ran = shell("cost", assembly(tmp_path, {"Nat": NAT, "Logs": LOGS, "Db": {"Type": "AWS::RDS::DBInstance"}}))
    assert ran.code == 0
    head, *parts = ran.out.split("\n\n")
    assert head.startswith("USD a month in us-east-1, with prices of 2026-01-19 to 2026-11-28: list price, without tax")
    assert parts[0] == "shop  32.85\n  Nat  NAT gateway  32.85"
    assert "0.5 USD per GB of logs: Logs" in ran.out
    assert "resource types without a known price\n  AWS::RDS::DBInstance" in ran.out


def test_constructs_have_their_paths_below_the_stack(tmp_path: Path, shell: Shell):
    folder = assembly(tmp_path, {"Nat": {**NAT, "Metadata": {"aws:cdk:path": "Stage/shop/Network/Nat/Resource"}}})
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["artifacts"]["Shop"]["displayName"] = "Stage/shop"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    assert "\n  Network  NAT gateway  32.85\n" in shell("cost", folder).out


def test_json_has_the_same(tmp_path: Path, shell: Shell):
    data = shell("cost", "--json", assembly(tmp_path, {"Nat": NAT, "Logs": LOGS})).data
    assert (data["low"], data["high"], data["region"], data["currency"]) == (32.85, 32.85, "us-east-1", "USD")
    lines = {it["construct"]: it for it in data["stacks"]["shop"]["lines"]}
    assert lines["Nat"]["what"] == "NAT gateway"
    assert lines["Logs"]["by_use"] == ["0.5 USD per GB of logs"]


def test_a_difference_is_what_an_approver_reads(tmp_path: Path, shell: Shell):
    now = assembly(tmp_path / "now", {"Nat": NAT})
    then = assembly(tmp_path / "then", {"Nat": NAT, "Second": NAT})
    ran = shell("cost", then, "--diff", now)
    assert "+32.85 a month: 32.85 before, 65.70 after" in ran.out
    assert "shop: Second  new: NAT gateway  +32.85" in ran.out
    assert shell("cost", now, "--diff", then, "--json").data["high"] == -32.85
    assert "nothing in these totals changes" in shell("cost", now, "--diff", now).out


def test_a_region_without_prices_is_said_and_not_guessed(tmp_path: Path, shell: Shell):
    folder = assembly(tmp_path, {"Nat": NAT}, "aws://1/eu-west-1")
    ran = shell("cost", folder)
    assert ran.code == 2
    assert (
        "there are no prices for eu-west-1: fetch them with 'cdk-containers cost update --region eu-west-1'" in ran.err
    )
    assert shell("cost", folder, *US).code == 0


def test_a_template_alone_needs_a_region(tmp_path: Path, shell: Shell):
    file = template(tmp_path / "t.template.json", {"Nat": NAT})
    assert "the templates have no region; add --region" in shell("cost", file).err
    assert shell("cost", file, *US).code == 0
    agnostic = assembly(tmp_path / "a", {"Nat": NAT}, "aws://unknown-account/unknown-region")
    assert "have no region" in shell("cost", agnostic).err


def test_it_goes_to_a_file(tmp_path: Path, shell: Shell):
    ran = shell("cost", assembly(tmp_path, {"Nat": NAT}), "--output", tmp_path / "bill.txt")
    assert ran.out == f"{tmp_path / 'bill.txt'}: 32.85 – 32.85 USD a month\n"
    assert "NAT gateway" in (tmp_path / "bill.txt").read_text()


def test_runs_of_a_job_take_the_time_that_is_said(tmp_path: Path, shell: Shell):
    task = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Cpu": "1024", "Memory": "2048"}}
    target = {"Arn": "c", "EcsParameters": {"TaskDefinitionArn": {"Ref": "Task"}}}
    job = {"Type": "AWS::Scheduler::Schedule", "Properties": {"ScheduleExpression": "rate(1 hour)", "Target": target}}
    folder = assembly(tmp_path, {"Nightly": job, "Task": task})
    assert shell("cost", folder, "--json").data["high"] == 0
    assert shell("cost", folder, "--json", "--run-minutes", "Nightly=60").data["high"] == 36.04


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--cpu", "256"), "--cpu requires 'cost compare'"),
        (("compare", "--memory", "512"), "'cost compare' needs --cpu"),
        (("compare", "x", "--cpu", "1", "--memory", "1"), "'cost compare' does not accept a PATH: x"),
        (("compare", "--cpu", "1", "--memory", "1", "--diff", "x"), "--diff requires a PATH"),
        (("compare", "--cpu", "-1", "--memory", "1"), "cpu"),
        (("compare", "--cpu", "1", "--memory", "1", "--instance-type", "m7g.lrge"), "m7g.large"),
        (("update",), "'cost update' needs --region"),
        (("nowhere", *US), "nowhere: no such file or folder"),
        (("--run-minutes", "x"), "--run-minutes: 'x' is not JOB=MINUTES"),
        (("--run-minutes", "a=-1"), "is not JOB=MINUTES"),
        (("--profile", "x"), "--profile requires 'cost update'"),
    ],
)
def test_a_wrong_call_is_refused_in_words(
    arguments: tuple[str, ...], message: str, shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    ran = shell("cost", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_without_a_path_there_has_to_be_an_assembly(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    assert "no folder cdk.out here" in shell("cost").err
    assembly(tmp_path / "cdk.out", {"Nat": NAT})
    assert "32.85" in shell("cost").out


def test_a_comparison_is_a_table_with_an_answer(shell: Shell):
    ran = shell("cost", "compare", "--cpu", "512", "--memory", "1024", "--tasks", "8")
    assert ran.code == 0
    assert "ECS on Fargate " in ran.out
    assert ran.out.endswith("cheapest at a fixed price: ECS on EC2\n")
    data = shell("cost", "compare", "--cpu", "512", "--memory", "1024", "--tasks", "8", "--arm", "--json").data
    assert data["cheapest"] == "ECS on Fargate"
    assert {it["capacity"]: it["high"] for it in data["offers"]}["EKS Auto Mode"] is None


def test_fetched_prices_are_kept_and_used(tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("boto3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    price = {"usd": 0.048, "unit": "hour", "date": "2026-12-01", "source": update.SOURCE}
    fetched = update.Fetched(region="eu-west-1", prices={"nat": price}, missing=("alb",))
    monkeypatch.setattr(update, "fetch_prices", lambda *_, **__: fetched)
    ran = shell("cost", "update", "--region", "eu-west-1")
    assert ran.out.splitlines() == [
        f"{tmp_path / 'cache/cdk-containers/prices.json'}: 1 prices for eu-west-1",
        "no price, or several: alb",
    ]
    assert "35.04" in shell("cost", assembly(tmp_path / "a", {"Nat": NAT}, "aws://1/eu-west-1")).out


def test_without_credentials_nothing_is_written(tmp_path: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch):
    pytest.importorskip("boto3")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    ran = shell("cost", "update", "--region", "eu-west-1")
    assert ran.code == 2
    assert "redentials" in ran.err
    assert "pricing:GetProducts" in ran.err
    assert "could not be found" in shell("cost", "update", "--region", "eu-west-1", "--profile", "nobody").err
    assert not (tmp_path / "cache").exists()
