"""Who may do what in the reference stacks, proved on the rendered policies."""

from __future__ import annotations

import pytest

from tests.iam.evaluation import arn_of, who_can, who_surely_can

from .conftest import Assembly

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.slow]

READ = ("dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:BatchGetItem")
WRITE = ("dynamodb:PutItem", "dynamodb:DeleteItem", "dynamodb:UpdateItem")


_CODE_DEPLOY = "DeploymentGroupServiceRole"
_AGENT = "ObservabilityAddOnRole"


def only(names: set[str], like: str) -> bool:
    """Tell whether there is one name, and it is the one of a kind."""
    return len(names) == 1 and all(like in name for name in names)


def table_of(assembly: Assembly) -> tuple[dict[str, dict], str, str]:
    templates = assembly.templates
    stack = f"{assembly.environment}-web-application"
    resources = templates[stack]["Resources"]
    [table] = [name for name, resource in resources.items() if resource["Type"] == "AWS::DynamoDB::Table"]
    return templates, stack, table


@pytest.mark.parametrize("action", READ)
def test_only_the_web_services_task_role_can_read_the_table(assembly: Assembly, action: str) -> None:
    templates, stack, table = table_of(assembly)
    arn = arn_of(templates, table, stack)
    can = who_can(assembly.policies, action, arn)
    assert only(can, "WebTaskTaskRole"), can
    assert who_surely_can(assembly.policies, action, arn) == can


@pytest.mark.parametrize("action", WRITE)
def test_nobody_can_write_to_the_table(assembly: Assembly, action: str) -> None:
    templates, stack, table = table_of(assembly)
    assert who_can(assembly.policies, action, arn_of(templates, table, stack)) == set()


def test_other_roles_are_there_and_can_do_other_things(assembly: Assembly) -> None:
    """Otherwise the tests above could pass for an evaluator that sees no roles."""
    templates, stack, _ = table_of(assembly)
    resources = templates[stack]["Resources"]
    [files] = [name for name, resource in resources.items() if resource["Type"] == "AWS::EFS::FileSystem"]
    [logs] = [name for name in resources if name.startswith("BackendTaskLogs")]
    can = who_can(assembly.policies, "logs:PutLogEvents", arn_of(templates, logs, stack))
    # AWS's own policy for the CloudWatch agent writes to every log group; see docs/suppressions.md.
    assert only({role for role in can if _AGENT not in role}, "BackendTaskExecutionRole")
    roles = [name for name, resource in resources.items() if resource["Type"] == "AWS::IAM::Role"]
    assert len(roles) == 4
    assert files


@pytest.mark.parametrize("action", [*READ, *WRITE])
def test_only_the_identity_of_the_pods_can_use_the_table_of_a_cluster(assembly: Assembly, action: str) -> None:
    templates, stack = assembly.templates, f"{assembly.environment}-eks-nodes"
    resources = templates[stack]["Resources"]
    [table] = [name for name, entry in resources.items() if entry["Type"] == "AWS::DynamoDB::Table"]
    assert len([name for name in resources if "NodeRole" in name and resources[name]["Type"] == "AWS::IAM::Role"]) == 2
    assert only(who_can(assembly.policies, action, arn_of(templates, table, stack)), "BackendIdentityRole")


@pytest.mark.parametrize(
    ("action", "type_", "suffix", "job"),
    [
        ("dynamodb:GetItem", "AWS::DynamoDB::Table", "", {"NightlyTaskTaskRole"}),
        ("s3:GetObject", "AWS::S3::Bucket", "/incoming/1.csv", {"OnUploadTaskTaskRole", "ReimportTaskTaskRole"}),
    ],
)
def test_a_job_reads_what_it_was_granted_and_no_other_does(
    assembly: Assembly, action: str, type_: str, suffix: str, job: set[str]
) -> None:
    templates, stack = assembly.templates, f"{assembly.environment}-jobs"
    resources = templates[stack]["Resources"]
    [name] = [name for name, entry in resources.items() if entry["Type"] == type_ and "AccessLogs" not in name]
    # AWS's own policy for CodeDeploy, which has no other, reads every bucket; see docs/suppressions.md.
    can = {
        role
        for role in who_can(assembly.policies, action, arn_of(templates, name, stack) + suffix)
        if _CODE_DEPLOY not in role
    }
    assert {next((like for like in job if like in role), role) for role in can} == job
