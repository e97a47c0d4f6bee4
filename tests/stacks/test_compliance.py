"""The reference stacks have no findings in our checks and four other checkers; what is acknowledged has a reason."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import ClassVar

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from cdk_containers.checks.engine import Report, run_checks
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.rules import CHECKS
from cdk_containers.checks.templates import Estate
from stacks.reference import add_reference_stacks
from tests import checkers
from tests.checkers import checkov

from .conftest import ENVIRONMENTS, Assembly, app_here

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]

CFN_LINT_ARTEFACTS = {
    "W3005": "CDK writes DependsOn for every resource of a construct, also where a reference says the same",
    "W3010": "CDK names zones where a stack has a region",
}


def cfn_lint(*templates: Path) -> list[str]:
    return [
        f"{finding['Rule']['Id']} {finding['Filename']}: {finding['Message']}"
        for finding in checkers.cfn_lint(*templates)
        if finding["Rule"]["Id"] not in CFN_LINT_ARTEFACTS
    ]


def nag(app: cdk.App) -> list[str]:
    report = AwsSolutionsChecks().validate_scope(app)
    return [f"{found.rule_name}: {found.description}" for found in report.violations]


def checked(*paths: Path) -> Report:
    estate = Estate()
    unread = read_estate(paths, estate)
    return run_checks(estate, CHECKS, not_checked=unread)


def test_our_checks_find_nothing(assembly: Assembly) -> None:
    report = checked(assembly.folder)
    assert report.not_checked == ()
    assert [f"{it.practice} {it.subject}: {it.why}" for it in report.failures] == []
    assert report.resources > 1000
    assert len(report.passes) > report.resources
    accepted = {it.practice for it in report.acknowledged}
    assert accepted >= {"log-encryption", "managed-instance-scaling"}
    assert ("several-tasks" in accepted) == (assembly.environment == "dev")


def test_cfn_lint_finds_nothing(assembly: Assembly) -> None:
    assert cfn_lint(*assembly.template_files) == []


def test_checkov_finds_nothing(assembly: Assembly) -> None:
    report = checkov(*assembly.template_files)
    assert report["summary"]["parsing_errors"] == 0
    assert report["summary"]["passed"] > 100
    assert [f"{check['check_id']} {check['resource']}" for check in report["results"]["failed_checks"]] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_cdk_nag_finds_nothing(environment: str) -> None:
    assert nag(app_here(environment)) == []


def test_cdk_nag_finds_nothing_without_feature_flags() -> None:
    """Secure defaults are ours: they hold in an app that sets none of CDK's feature flags."""
    app = cdk.App(context={"environment": "prod"})
    add_reference_stacks(app)
    assert nag(app) == []


def test_cdk_validation_finds_nothing(assembly: Assembly) -> None:
    report = json.loads((assembly.folder / "validation-report.json").read_text())
    assert report["pluginReports"] == []


def test_no_custom_resources_and_no_lambda_but_the_hook_of_a_deployment(assembly: Assembly) -> None:
    types = Counter(
        resource["Type"] for template in assembly.templates.values() for resource in template["Resources"].values()
    )
    assert types["AWS::ECS::Service"] > 1
    assert not {name for name in types if name.startswith(("Custom::", "AWS::CloudFormation::C"))}
    functions = {name: count for name, count in types.items() if name.startswith("AWS::Lambda::")}
    assert functions == {"AWS::Lambda::Function": 1}
    [(stack, resource)] = [
        (name, resource)
        for name, template in assembly.templates.items()
        for resource in template["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assert stack.endswith("-deployments")
    assert "hookStatus" in resource["Properties"]["Code"]["ZipFile"]


class TestCheckersWork:
    """A checker that finds nothing anywhere proves nothing: each of them finds a planted fault."""

    TEMPLATE: ClassVar = {
        "Resources": {
            "Group": {
                "Type": "AWS::EC2::SecurityGroup",
                "Properties": {
                    "GroupDescription": "open",
                    "SecurityGroupIngress": [
                        {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}
                    ],
                    "Wrong": True,
                },
            }
        }
    }

    def test_cfn_lint_and_checkov(self, tmp_path: Path) -> None:
        path = tmp_path / "open.template.json"
        path.write_text(json.dumps(self.TEMPLATE))
        assert any(found.startswith("E3002") for found in cfn_lint(path))
        assert "CKV_AWS_24" in [check["check_id"] for check in checkov(path)["results"]["failed_checks"]]

    def test_our_checks(self, tmp_path: Path) -> None:
        path = tmp_path / "mutable.template.json"
        path.write_text(json.dumps({"Resources": {"Images": {"Type": "AWS::ECR::Repository"}}}))
        assert "immutable-tags" in [finding.practice for finding in checked(path).failures]

    def test_cdk_nag(self) -> None:
        app = cdk.App()
        s3.Bucket(cdk.Stack(app, "Plain"), "Bucket")
        assert any("AwsSolutions-S10" in found for found in nag(app))
