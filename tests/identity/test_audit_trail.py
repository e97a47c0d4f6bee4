from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks

from cdk_containers import AuditTrail, ClusterAccess, ConstructError, Disabled, ExecuteCommandAccess, Logs
from cdk_containers.identity.audit_queries import QUERIES
from tests.checkers import cfn_lint, checkov
from tests.toolkit import (
    REASON,
    Template,
    cluster,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    statements,
    synth,
)

TRAIL = "AWS::CloudTrail::Trail"


def trail_template(**options: Any) -> Template:
    stack = new_stack()
    AuditTrail(stack, "Audit", **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return trail_template()


def of_cloudtrail(policy: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what CloudTrail is allowed, by action."""
    return {
        action: entry
        for entry in policy["Statement"]
        if entry["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
        for action in ([entry["Action"]] if isinstance(entry["Action"], str) else entry["Action"])
    }


def text(value: Any) -> str:
    """Return an ARN as text."""
    match value:
        case {"Fn::Join": ["", parts]}:
            return "".join(text(part) for part in parts)
        case {"Ref": name} | {"Fn::GetAtt": [name, _]}:
            return f"<{name}>"
        case _:
            return str(value)


ARN = "arn:<AWS::Partition>:cloudtrail:<AWS::Region>:<AWS::AccountId>:trail/"


def test_all_calls_of_all_regions_are_recorded_and_the_log_files_signed(default: Template):
    trail = properties(default, TRAIL)
    assert trail["IsLogging"] is True
    assert trail["IsMultiRegionTrail"] is True
    assert trail["IncludeGlobalServiceEvents"] is True
    assert trail["EnableLogFileValidation"] is True
    assert trail["EventSelectors"] == [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]


def test_there_is_no_custom_resource_and_no_lambda(default: Template):
    assert {entry["Type"] for entry in default["Resources"].values()} == {
        TRAIL,
        "AWS::IAM::Policy",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::Logs::QueryDefinition",
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
    }


def test_the_bucket_is_private_encrypted_with_the_key_and_kept_for_a_year(default: Template):
    entry = resource(default, "AWS::S3::Bucket")
    bucket = entry["Properties"]
    [encryption] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    [key] = resources(default, "AWS::KMS::Key")
    assert encryption["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": {"Fn::GetAtt": [key, "Arn"]},
    }
    assert encryption["BucketKeyEnabled"] is False
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    [rule] = bucket["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 365
    assert entry["DeletionPolicy"] == entry["UpdateReplacePolicy"] == "Retain"


def test_only_this_trail_writes_to_the_bucket_and_only_where_it_belongs(default: Template):
    policy = properties(default, "AWS::S3::BucketPolicy")["PolicyDocument"]
    allowed = of_cloudtrail(policy)
    assert set(allowed) == {"s3:GetBucketAcl", "s3:PutObject"}
    name = properties(default, TRAIL)["TrailName"]
    for entry in allowed.values():
        assert text(entry["Condition"]["StringEquals"]["aws:SourceArn"]) == f"{ARN}{name}"
    put = allowed["s3:PutObject"]
    assert text(put["Resource"]).endswith("/AWSLogs/<AWS::AccountId>/*")
    assert put["Condition"]["StringEquals"]["s3:x-amz-acl"] == "bucket-owner-full-control"
    denied = [entry["Condition"] for entry in policy["Statement"] if entry["Effect"] == "Deny"]
    assert {"Bool": {"aws:SecureTransport": "false"}} in denied


def test_only_this_trail_uses_the_key_and_only_for_trails_of_the_account(default: Template):
    key = resource(default, "AWS::KMS::Key")
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Retain"
    allowed = of_cloudtrail(key["Properties"]["KeyPolicy"])
    assert set(allowed) == {"kms:GenerateDataKey*", "kms:Decrypt", "kms:DescribeKey"}
    name = properties(default, TRAIL)["TrailName"]
    for entry in allowed.values():
        assert text(entry["Condition"]["StringEquals"]["aws:SourceArn"]) == f"{ARN}{name}"
    context = allowed["kms:GenerateDataKey*"]["Condition"]["StringLike"]["kms:EncryptionContext:aws:cloudtrail:arn"]
    assert text(context) == "arn:<AWS::Partition>:cloudtrail:*:<AWS::AccountId>:trail/*"
    logs = [entry for entry in key["Properties"]["KeyPolicy"]["Statement"] if entry.get("Sid") == "AllowCloudWatchLogs"]
    assert len(logs) == 1


def test_the_trail_waits_for_what_it_needs_while_it_is_made(default: Template):
    [bucket_policy] = resources(default, "AWS::S3::BucketPolicy")
    [role_policy] = resources(default, "AWS::IAM::Policy")
    assert set(resource(default, TRAIL)["DependsOn"]) == {bucket_policy, role_policy}


def test_calls_are_searched_in_a_log_group_with_the_key(default: Template):
    [group] = resources(default, "AWS::Logs::LogGroup")
    [key] = resources(default, "AWS::KMS::Key")
    assert properties(default, "AWS::Logs::LogGroup") == {
        "RetentionInDays": 365,
        "KmsKeyId": {"Fn::GetAtt": [key, "Arn"]},
    }
    trail = properties(default, TRAIL)
    assert trail["CloudWatchLogsLogGroupArn"] == {"Fn::GetAtt": [group, "Arn"]}
    [role] = resources(default, "AWS::IAM::Role")
    assert trail["CloudWatchLogsRoleArn"] == {"Fn::GetAtt": [role, "Arn"]}


def test_the_role_writes_the_streams_of_cloudtrail_and_has_the_trust_that_cloudtrail_can_meet(default: Template):
    [trust] = properties(default, "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "cloudtrail.amazonaws.com"}
    assert "Condition" not in trust
    [permission] = statements(default)
    assert permission["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert re.search(
        r":log-group:<AuditLogGroup\w+>:log-stream:<AWS::AccountId>_CloudTrail_<AWS::Region>\*$",
        text(permission["Resource"]),
    )


class TestQueries:
    EVENT = "arn:aws:sts::111111111111:assumed-role/Shop-Web/0f1e2d3c4b5a69788796a5b4c3d2e1f0"

    def test_they_stand_under_the_name_of_the_trail(self, default: Template):
        [group] = resources(default, "AWS::Logs::LogGroup")
        name = properties(default, TRAIL)["TrailName"]
        saved = [entry["Properties"] for entry in resources(default, "AWS::Logs::QueryDefinition").values()]
        assert {entry["Name"] for entry in saved} == {f"{name}/{query.title}" for query in QUERIES}
        for entry in saved:
            assert entry["LogGroupNames"] == [{"Ref": group}]
            assert re.fullmatch(r"([^:*/]+/?)*[^:*/]+", entry["Name"])

    def test_a_task_is_found_in_the_name_of_the_session(self):
        queries = [query.text for query in QUERIES if "(?<task>" in query.text]
        assert len(queries) == 2
        for query in queries:
            pattern = re.search(r"parse userIdentity\.arn /(.*)/\n", query)[1].replace("(?<", "(?P<")
            found = re.search(pattern, self.EVENT)
            assert found.groupdict() == {"role": "Shop-Web", "task": "0f1e2d3c4b5a69788796a5b4c3d2e1f0"}
            assert not re.search(pattern, "arn:aws:sts::111111111111:assumed-role/Admin/alice@example.com")

    def test_they_ask_for_fields_that_every_event_has_or_that_ecs_documents(self):
        documented = {
            "userIdentity.type",
            "userIdentity.arn",
            "userIdentity.invokedBy",
            "requestParameters.cluster",
            "requestParameters.task",
            "requestParameters.container",
            "requestParameters.command",
            "requestParameters.service",
        }
        named = {name for query in QUERIES for name in re.findall(r"\b[a-zA-Z]+\.[a-zA-Z.]+\b", query.text)}
        assert named - {"ecs.amazonaws.com"} == documented


class TestOptions:
    def test_one_region(self):
        template = trail_template(multi_region=Disabled(REASON))
        trail = properties(template, TRAIL)
        assert (trail["IsMultiRegionTrail"], trail["IncludeGlobalServiceEvents"]) == (False, False)
        assert opt_outs(template) == {TRAIL: {"audit-trail": REASON}}
        assert resource(template, TRAIL)["Metadata"]["checkov"]["skip"] == [{"id": "CKV_AWS_67", "comment": REASON}]

    def test_without_a_log_group(self):
        template = trail_template(logs=Disabled(REASON))
        assert not {"AWS::Logs::LogGroup", "AWS::Logs::QueryDefinition", "AWS::IAM::Role"} & {
            entry["Type"] for entry in template["Resources"].values()
        }
        assert "CloudWatchLogsRoleArn" not in properties(template, TRAIL)
        assert opt_outs(template) == {TRAIL: {"audit-trail-search": REASON}}

    def test_other_logs_keep_their_own_key(self):
        stack = new_stack()
        key = kms.Key.from_key_arn(stack, "LogKey", "arn:aws:kms:eu-west-1:111111111111:key/logs")
        logs = Logs(retention=aws_logs.RetentionDays.TEN_YEARS, encryption_key=key)
        AuditTrail(stack, "Audit", logs=logs)
        group = properties(synth(stack), "AWS::Logs::LogGroup")
        assert group == {"RetentionInDays": 3653, "KmsKeyId": key.key_arn}

    def test_a_key_and_a_bucket_of_the_caller_are_opened_for_this_trail(self):
        stack = new_stack()
        key, bucket = kms.Key(stack, "Key"), s3.Bucket(stack, "Bucket")
        audit = AuditTrail(stack, "Audit", encryption_key=key, bucket=bucket)
        assert (audit.encryption_key, audit.bucket) == (key, bucket)
        template = synth(stack)
        assert len(resources(template, "AWS::S3::Bucket")) == len(resources(template, "AWS::KMS::Key")) == 1
        assert set(of_cloudtrail(properties(template, "AWS::S3::BucketPolicy")["PolicyDocument"])) == {
            "s3:GetBucketAcl",
            "s3:PutObject",
        }
        assert "kms:GenerateDataKey*" in of_cloudtrail(properties(template, "AWS::KMS::Key")["KeyPolicy"])

    def test_an_imported_bucket_has_its_policy_already(self):
        stack = new_stack()
        AuditTrail(stack, "Audit", bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "central-audit"))
        template = synth(stack)
        assert properties(template, TRAIL)["S3BucketName"] == "central-audit"
        assert not resources(template, "AWS::S3::BucketPolicy")
        assert len(resource(template, TRAIL)["DependsOn"]) == 1

    def test_access_to_objects_and_items_is_recorded_where_asked_for(self):
        stack = new_stack()
        bucket = s3.Bucket.from_bucket_name(stack, "Orders", "orders")
        table = dynamodb.Table.from_table_name(stack, "Table", "orders")
        AuditTrail(stack, "Audit", data_events_of=[bucket, table])
        [selector] = properties(synth(stack), TRAIL)["EventSelectors"]
        assert selector["IncludeManagementEvents"] is True
        of_objects, of_items = selector["DataResources"]
        assert (of_objects["Type"], of_items["Type"]) == ("AWS::S3::Object", "AWS::DynamoDB::Table")
        assert [text(value) for value in of_objects["Values"]] == ["arn:<AWS::Partition>:s3:::orders/"]
        assert text(of_items["Values"][0]).endswith(":table/orders")

    def test_how_long_the_files_stay_and_what_goes_with_the_stack(self):
        template = trail_template(retention_days=2557, removal_policy=cdk.RemovalPolicy.DESTROY)
        [rule] = properties(template, "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
        assert rule["ExpirationInDays"] == 2557
        for type_ in ("AWS::KMS::Key", "AWS::Logs::LogGroup"):
            assert resource(template, type_)["DeletionPolicy"] == "Delete"
        # It is not empty when the stack is deleted, and then CloudFormation fails.
        for type_ in ("AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
            assert resource(template, type_)["DeletionPolicy"] == "Retain"

    def test_the_name(self):
        assert properties(trail_template(trail_name="shop.audit-1"), TRAIL)["TrailName"] == "shop.audit-1"

    def test_names_made_from_the_path_are_names_that_cloudtrail_takes(self):
        app = cdk.App()
        deep = cdk.Stack(cdk.Stage(app, "Production"), "a-" + "b" * 100)
        short = cdk.Stack(app, "S")
        for stack in (deep, short):
            AuditTrail(stack, "A" * 3, logs=Disabled(REASON))
            name = properties(synth(stack), TRAIL)["TrailName"]
            assert re.fullmatch(r"(?=.{3,128}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*", name)

    def test_tokens_pass(self):
        stack = new_stack()
        days = cdk.CfnParameter(stack, "Days", type="Number")
        name = cdk.CfnParameter(stack, "Name")
        AuditTrail(stack, "Audit", retention_days=days.value_as_number, trail_name=name.value_as_string)
        template = synth(stack)
        [rule] = properties(template, "AWS::S3::Bucket")["LifecycleConfiguration"]["Rules"]
        assert rule["ExpirationInDays"] == {"Ref": "Days"}
        assert properties(template, TRAIL)["TrailName"] == {"Ref": "Name"}


@pytest.mark.parametrize(
    ("options", "option", "allowed", "practice"),
    [
        ({"retention_days": 0}, "retention_days", "1 or more", "audit-trail"),
        ({"retention_days": True}, "retention_days", "int", None),
        ({"trail_name": "ab"}, "trail_name", "3–128", None),
        ({"trail_name": "my--trail"}, "trail_name", "single", None),
        ({"trail_name": "-trail"}, "trail_name", "letters", None),
        ({"trail_name": "192.168.5.4"}, "trail_name", "letters", None),
        ({"trail_name": "a" * 129}, "trail_name", "3–128", None),
        ({"multi_region": False}, "multi_region", "True or Disabled", None),
        ({"multi_region": Disabled("")}, "multi_region.reason", "a reviewer", None),
        ({"logs": False}, "logs", "Logs or Disabled", None),
        ({"logs": Disabled("")}, "logs.reason", "a reviewer", None),
        ({"logs": Logs(retention=7)}, "logs.retention", "RetentionDays", None),  # type: ignore[arg-type]
        ({"bucket": "central-audit"}, "bucket", "IBucket", None),
        ({"encryption_key": "alias/audit"}, "encryption_key", "IKey", None),
        ({"data_events_of": ["orders"]}, "data_events_of[0]", "IBucket or ITable", None),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        AuditTrail(stack, "Audit", **options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert allowed in problem.allowed
    assert raised.value.path == "Shop/Audit"
    assert stack.node.try_find_child("Audit") is None


def test_all_problems_at_once():
    stack = new_stack()
    bucket = s3.Bucket.from_bucket_name(stack, "Bucket", "central-audit")
    with pytest.raises(ConstructError) as raised:
        AuditTrail(
            stack,
            "Audit",
            multi_region=Disabled(""),
            logs=7,  # type: ignore[arg-type]
            bucket=bucket,
            retention_days=30,
            trail_name="a b",
            data_events_of=[bucket] * 251,
        )
    assert [problem.option for problem in raised.value.problems] == [
        "logs",
        "multi_region.reason",
        "data_events_of",
        "retention_days",
        "trail_name",
    ]


class TestCheckers:
    """What they find has a written reason; nothing else is found."""

    @pytest.fixture(scope="class")
    @classmethod
    def stack(cls) -> cdk.Stack:
        stack = new_stack()
        AuditTrail(stack, "Audit")
        shop = cluster(stack)
        shell = ExecuteCommandAccess(reason=REASON, containers=["app"])
        role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/web")
        ClusterAccess.read(shop).to_managed_policy(stack, "Read")
        ClusterAccess.operate(
            shop, execute_command=shell, tags={"team": "shop"}, task_families=["web"], pass_roles=[role]
        ).to_managed_policy(stack, "Operate")
        ClusterAccess.operate(shop).to_managed_policy(stack, "OperateAll")
        ClusterAccess.deny(shop).to_managed_policy(stack, "Deny")
        ClusterAccess.deny_everything_else(shop).to_managed_policy(stack, "DenyEverythingElse")
        return stack

    @pytest.fixture(scope="class")
    @classmethod
    def file(cls, stack: cdk.Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
        path = tmp_path_factory.mktemp("audit") / "audit.template.json"
        path.write_text(json.dumps(synth(stack)))
        return path

    def test_cdk_nag(self, stack: cdk.Stack):
        report = AwsSolutionsChecks().validate_scope(stack.node.root)
        assert [found.rule_name for found in report.violations] == []

    @pytest.mark.slow
    def test_cfn_lint(self, file: Path):
        assert [f"{finding['Rule']['Id']}: {finding['Message']}" for finding in cfn_lint(file)] == []

    @pytest.mark.slow
    def test_checkov(self, file: Path):
        report = checkov(file)
        assert report["summary"]["passed"] > 40
        assert [f"{check['check_id']} {check['resource']}" for check in report["results"]["failed_checks"]] == []
        skipped = {check["check_id"] for check in report["results"].get("skipped_checks", [])}
        assert skipped <= {"CKV_AWS_18"}
