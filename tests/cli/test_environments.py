"""`cdk-containers environments`, as a shell calls it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Shell
from tests.environments.assemblies import ANYWHERE, HERE, THERE, Stack, assembly


def queue(**properties: Any) -> dict[str, Any]:
    return {"Queue": {"Type": "AWS::SQS::Queue", "Properties": properties}}


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """Two environments, of which one keeps messages longer and has a topic."""
    topic = {"Topic": {"Type": "AWS::SNS::Topic"}}
    return assembly(
        tmp_path / "cdk.out",
        Stack("Shop", queue(DelaySeconds=1), place=HERE, stage="dev"),
        Stack("Shop", queue(DelaySeconds=2, KmsMasterKeyId="key") | topic, place=THERE, stage="prod"),
    )


def test_differences_are_a_list(shell: Shell, two: Path):
    ran = shell("environments", "differences", two)
    assert (ran.code, ran.err) == (0, "")
    assert (
        ran.out
        == """\
dev → prod: 3 differences

Shop
  Queue (AWS::SQS::Queue)
    DelaySeconds: 1 → 2
    KmsMasterKeyId: (not set) → "key"
  only in prod: Topic (AWS::SNS::Topic)
"""
    )
    back = shell("environments", "differences", two, "--between", "prod", "dev").out
    assert "prod → dev: 3 differences" in back
    assert "DelaySeconds: 2 → 1" in back
    assert "only in prod: Topic" in back
    same = shell("environments", "differences", two, "--between", "dev", "dev").out
    assert same.strip() == "dev → dev: no differences"


def test_each_environment_is_compared_with_the_next(shell: Shell, tmp_path: Path):
    stacks = [Stack("Shop", queue(DelaySeconds=number), stage=f"stage{number}") for number in (1, 2, 2)]
    folder = assembly(tmp_path, stacks[0], stacks[1], Stack("Shop", queue(DelaySeconds=2), stage="stage3"))
    lines = [
        line for line in shell("environments", "differences", folder).out.splitlines() if ": " in line and "→" in line
    ]
    assert lines == ["stage1 → stage2: 1 difference", "    DelaySeconds: 1 → 2", "stage2 → stage3: no differences"]


def test_collisions_make_it_fail(shell: Shell, tmp_path: Path, two: Path):
    assert shell("environments", "collisions", two).out == "no errors, no warnings in 2 stacks\n"
    stacks = [Stack("Shop", queue(QueueName="jobs"), stage=stage) for stage in ("dev", "prod")]
    ran = shell("environments", "collisions", assembly(tmp_path / "one", *stacks))
    assert ran.code == 1
    assert "error: only one AWS::SQS::Queue can have the name jobs\n    dev-Shop: Queue (AWS::SQS::Queue)\n" in ran.out
    assert ran.out.endswith("1 error, 1 warning in 2 stacks\n")
    shared = [Stack("Shop", queue(), stage=stage) for stage in ("dev", "prod")]
    ran = shell("environments", "collisions", assembly(tmp_path / "shared", *shared))
    assert (ran.code, ran.out.splitlines()[-1]) == (0, "no errors, 1 warning in 2 stacks")
    many = [Stack(f"S{number}", queue(QueueName="jobs"), stage="dev") for number in range(12)]
    assert "    and 4 more\n" in shell("environments", "collisions", assembly(tmp_path / "many", *many)).out


def test_bootstrap_prints_commands_and_writes_policies(shell: Shell, tmp_path: Path, two: Path):
    ran = shell("environments", "bootstrap", two, "--tools-account", "999999999999", "--output", tmp_path)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0] == "# account 111111111111, with administrator credentials"
    assert lines[2].startswith("cdk bootstrap aws://111111111111/eu-west-1 --trust 999999999999 ")
    assert len([line for line in lines if line.startswith("cdk bootstrap")]) == 2
    for account in ("111111111111", "222222222222"):
        template = json.loads((tmp_path / f"cdk-execution-policies-{account}.template.json").read_text())
        assert f"{tmp_path}/cdk-execution-policies-{account}.template.json" in ran.out
        [policy] = template["Resources"].values()
        actions = {action for it in policy["Properties"]["PolicyDocument"]["Statement"] for action in it["Action"]}
        assert "sqs:CreateQueue" in actions
        assert ("sns:CreateTopic" in actions) is (account == "222222222222")


def test_apps_that_share_an_account_are_looked_at_together(shell: Shell, tmp_path: Path):
    shop = assembly(tmp_path / "shop", Stack("Shop", queue(QueueName="jobs")))
    mail = assembly(tmp_path / "mail", Stack("Mail", queue(QueueName="jobs") | {"Topic": {"Type": "AWS::SNS::Topic"}}))
    assert shell("environments", "collisions", shop).code == 0
    assert shell("environments", "collisions", shop, mail).code == 1
    shell("environments", "bootstrap", shop, mail, "--output", tmp_path)
    template = (tmp_path / "cdk-execution-policies-111111111111.template.json").read_text()
    assert "sqs:CreateQueue" in template
    assert "sns:CreateTopic" in template


def test_types_that_nobody_knows_are_named(shell: Shell, tmp_path: Path):
    folder = assembly(tmp_path, Stack("Shop", {"Odd": {"Type": "Vendor::Odd::Thing"}}))
    ran = shell("environments", "bootstrap", folder, "--output", tmp_path, "--allow", "odd:Make")
    assert "# the permissions for Vendor::Odd::Thing are not known: add them with --allow SERVICE:ACTION" in ran.out
    assert "odd:Make" in (tmp_path / "cdk-execution-policies-111111111111.template.json").read_text()


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        (
            ["differences", "{two}", "--between", "dev", "stage"],
            ["no environment 'stage'; the assembly has dev"],
        ),
        (["differences", "{one}"], ["two environments are needed, but the assembly has dev"]),
        (["differences", "{none}"], ["not a cloud assembly; run `cdk synth`"]),
        (["bootstrap", "{lost}"], ["Lost: account (any), region (any)"]),
        (["bootstrap", "{empty}"], ["the assembly has no stacks"]),
        (
            ["bootstrap", "{two}", "--tools-account", "tools", "--allow", "everything", "--output", "{none}"],
            ["'everything' is not SERVICE:ACTION", "'tools' is not an account id", "there is no folder"],
        ),
        ([], ["ACTION"]),
        (["describe"], ["describe"]),
    ],
)
def test_wrong_usage(shell: Shell, tmp_path: Path, two: Path, words: list[str], wrong: list[str]):
    folders = {
        "two": two,
        "one": assembly(tmp_path / "one", Stack("Shop", stage="dev")),
        "lost": assembly(tmp_path / "lost", Stack("Lost", place=ANYWHERE)),
        "empty": assembly(tmp_path / "empty"),
        "none": tmp_path / "none",
    }
    ran = shell("environments", *(word.format(**folders) for word in words))
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    assert len(lines) == len(wrong)
    for line, text in zip(lines, wrong, strict=True):
        assert text in line


@pytest.mark.parametrize("content", ["", "[]", '{"artifacts": []}', "{"])
def test_what_is_no_assembly(shell: Shell, tmp_path: Path, content: str):
    (tmp_path / "manifest.json").write_text(content)
    ran = shell("environments", "collisions", tmp_path)
    assert (ran.code, len(ran.err.splitlines())) == (2, 1)


def test_a_template_that_cannot_be_read_is_named(shell: Shell, two: Path):
    (two / "assembly-dev" / "Shop.template.json").write_text("{")
    ran = shell("environments", "collisions", two)
    assert ran.code == 2
    assert "Shop.template.json" in ran.err
