"""The commands that bootstrap accounts, and the templates of their policies."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from cdk_containers.environments import AssemblyError, accounts_of, commands, read_assembly, text_of
from tests.environments.assemblies import ANYWHERE, HERE, THERE, Stack, assembly

QUEUE = {"Queue": {"Type": "AWS::SQS::Queue"}}
TOOLS = "999999999999"


def test_each_account_has_its_policies_and_each_region_its_bootstrap_stack(tmp_path: Path):
    stacks = read_assembly(
        assembly(
            tmp_path,
            Stack("Pipeline", {"Topic": {"Type": "AWS::SNS::Topic"}}, place=f"aws://{TOOLS}/eu-west-1"),
            Stack("Shop", QUEUE, place=HERE, stage="dev"),
            Stack("Shop", QUEUE, place=THERE, stage="prod"),
            Stack("Shop", QUEUE, place="aws://222222222222/us-east-1", stage="prod-us"),
        )
    )
    accounts = accounts_of(stacks)
    assert [(it.id, it.regions) for it in accounts] == [
        ("111111111111", ("eu-west-1",)),
        ("222222222222", ("eu-west-1", "us-east-1")),
        (TOOLS, ("eu-west-1",)),
    ]
    dev, prod, tools = (list(map(shlex.split, commands(it, tools_account=TOOLS, folder="a b"))) for it in accounts)
    assert dev == [
        [
            *("aws", "cloudformation", "deploy", "--region", "eu-west-1", "--stack-name", "cdk-execution-policies"),
            *("--template-file", "a b/cdk-execution-policies-111111111111.template.json"),
            *("--capabilities", "CAPABILITY_NAMED_IAM"),
        ],
        [
            *("cdk", "bootstrap", "aws://111111111111/eu-west-1", "--trust", TOOLS, "--trust-for-lookup", TOOLS),
            *("--cloudformation-execution-policies", "arn:aws:iam::111111111111:policy/cdk-execution-policies-1"),
        ],
    ]
    assert [words[2] for words in prod] == ["deploy", "aws://222222222222/eu-west-1", "aws://222222222222/us-east-1"]
    assert all("--trust" in words for words in prod[1:])
    assert "--trust" not in tools[1]
    alone = [line for it in accounts for line in commands(it, tools_account=None, folder=".")]
    assert not any("--trust" in line for line in alone)


def test_the_template_has_the_policies_by_the_names_of_the_command(tmp_path: Path):
    [account] = accounts_of(read_assembly(assembly(tmp_path, Stack("Shop", QUEUE))), also=["sqs:SendMessage"])
    resources = json.loads(text_of(account))["Resources"]
    assert [it["Properties"]["ManagedPolicyName"] for it in resources.values()] == account.policy_names
    [policy] = [it["Properties"]["PolicyDocument"] for it in resources.values()]
    [statement] = policy["Statement"]
    assert {"sqs:CreateQueue", "sqs:SendMessage"} <= set(statement["Action"])
    assert statement["Condition"] == {"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}


def test_other_partitions_have_other_arns(tmp_path: Path):
    role = {"Role": {"Type": "AWS::IAM::Role"}}
    [account] = accounts_of(read_assembly(assembly(tmp_path, Stack("A", role, place="aws://111111111111/cn-north-1"))))
    assert (
        "arn:aws-cn:iam::111111111111:policy/cdk-execution-policies-1"
        in list(commands(account, tools_account=None, folder="."))[1]
    )
    assert "arn:aws-cn:iam::111111111111:role/A*" in text_of(account)
    assert "arn:aws:" not in text_of(account)


def test_stacks_without_account_or_region_are_all_named(tmp_path: Path):
    stacks = [
        Stack("A", QUEUE),
        Stack("B", QUEUE, place=ANYWHERE),
        Stack("C", place="aws://111111111111/unknown-region"),
    ]
    with pytest.raises(AssemblyError) as raised:
        accounts_of(read_assembly(assembly(tmp_path, *stacks)))
    assert [problem.partition(":")[0] for problem in raised.value.problems] == ["B", "C"]
    assert "env=cdk.Environment(" in raised.value.problems[0]


def test_more_policies_than_a_role_may_have_are_refused(tmp_path: Path):
    stacks = read_assembly(assembly(tmp_path, Stack("Shop", QUEUE)))
    with pytest.raises(AssemblyError, match=r"account 111111111111: its stacks need 1[0-9] managed policies"):
        accounts_of(stacks, also=[f"service{number}:{'A' * 50}" for number in range(1000)])
