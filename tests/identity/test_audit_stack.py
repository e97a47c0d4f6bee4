"""The reference stack of the audit, with a cluster of another stack."""

from __future__ import annotations

import json
from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from cdk_nag import AwsSolutionsChecks

from cdk_containers import Cluster
from stacks.audit_stack import AuditStack
from stacks.settings import read_settings
from tests.checkers import cfn_lint, checkov
from tests.toolkit import network, opt_outs, properties, resource, resources, synth

ENVIRONMENTS = ("dev", "prod")
POLICY = "AWS::IAM::ManagedPolicy"


def audit_stack(environment: str) -> AuditStack:
    app = cdk.App(context={"environment": environment})
    shop = cdk.Stack(app, f"{environment}-web-application")
    key = kms.Key(shop, "Key", enable_key_rotation=True)
    cluster = Cluster(shop, "Cluster", network=network(shop), encryption_key=key)
    return AuditStack(app, f"{environment}-audit", settings=read_settings(app), cluster=cluster, session_key=key)


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def stack(request: pytest.FixtureRequest) -> AuditStack:
    return audit_stack(request.param)


def test_it_has_a_trail_and_a_policy_for_each_kind_of_people(stack: AuditStack):
    template = synth(stack)
    assert properties(template, "AWS::CloudTrail::Trail")["IsLogging"] is True
    assert len(resources(template, POLICY)) == 4
    assert set(opt_outs(template)[POLICY]) == {"execute-command-by-permission"}
    for policy in ("Readers", "Operators", "NowhereElse"):
        document = resource(template, POLICY, like=policy)["Properties"]["PolicyDocument"]
        allowed = [entry for entry in document["Statement"] if entry["Effect"] == "Allow"]
        assert "ecs:ExecuteCommand" not in json.dumps(allowed)


def test_cdk_nag_finds_nothing_before_and_after_references_become_imports():
    stack = audit_stack("prod")
    for _ in ("before", "after"):
        assert [found.rule_name for found in AwsSolutionsChecks().validate_scope(stack).violations] == []
        assert resources(synth(stack), POLICY)


@pytest.mark.slow
def test_cfn_lint_and_checkov_find_nothing(tmp_path: Path):
    files = [tmp_path / f"{environment}.template.json" for environment in ENVIRONMENTS]
    for environment, file in zip(ENVIRONMENTS, files, strict=True):
        file.write_text(json.dumps(synth(audit_stack(environment))))
    assert cfn_lint(*files) == []
    report = checkov(*files)
    assert report["summary"]["passed"] > 2 * 40
    assert report["results"]["failed_checks"] == []
