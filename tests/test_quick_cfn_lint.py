"""cfn-lint finds the same with less work as without."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.checkers import cfn_lint

STATEMENT = {"Effect": "Alow", "Action": "s3:GetObject", "Resource": {"Fn::GetAtt": ["Bucket", "Arn"]}}
TEMPLATE = {
    "Parameters": {"Size": {"Type": "Number", "Default": 5}, "Unused": {"Type": "String"}},
    "Conditions": {"Large": {"Fn::Equals": [{"Ref": "Size"}, "9"]}},
    "Resources": {
        "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "team"}], "Versioned": True}},
        "Cluster": {
            "Type": "AWS::ECS::Cluster",
            "Properties": {"ClusterSettings": [{"Name": 5}], "Tags": [{"Key": 1}]},
        },
        "Group": {
            "Type": "AWS::EC2::SecurityGroup",
            "Properties": {
                "GroupDescription": {"Fn::If": ["Large", "large", {"Ref": "AWS::NoValue"}]},
                "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": "http", "CidrIp": "0.0.0.0/0"}],
            },
        },
        "Policy": {
            "Type": "AWS::IAM::Policy",
            "DependsOn": ["Bucket"],
            "Properties": {"PolicyName": "read", "PolicyDocument": {"Version": "2012-10-17", "Statement": [STATEMENT]}},
        },
        "Alarm": {
            "Type": "AWS::CloudWatch::Alarm",
            "Properties": {
                "ComparisonOperator": "Larger",
                "EvaluationPeriods": {"Fn::Join": ["", ["2"]]},
                "AlarmActions": [{"Ref": "Nobody"}],
            },
        },
    },
}


def told(findings: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted((it["Rule"]["Id"], it["Message"], str(it["Location"]["Path"])) for it in findings)


def test_the_findings_are_those_of_cfn_lint(tmp_path: Path) -> None:
    path = tmp_path / "wrong.template.json"
    path.write_text(json.dumps(TEMPLATE))
    command = [sys.executable, "-c", "from cfnlint.runner import main; main()", "--format", "json", path]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    expected = told(json.loads(ran.stdout))
    assert told(cfn_lint(path)) == expected
    assert len({rule for rule, _, _ in expected}) > 7, expected
