"""Write what CloudFormation's registry says of the types that stacks of Copilot have.

`python scripts/update_copilot_registry.py` rewrites `constructs/cdk_containers/copilot/adoption/registry.py` from the
schemas of the registry that cfn-lint carries, for us-east-1. Run it after an update of cfn-lint, and read the diff: a
property that is new there makes a plan say "made anew".
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER  # type: ignore[import-untyped]

TARGET = Path(__file__).parents[1] / "constructs" / "cdk_containers" / "copilot" / "adoption" / "registry.py"
REGION = "us-east-1"

# By service: what Copilot's own templates have, what this library makes in their place, and what addons usually hold.
TYPES = {
    "AppRunner": "Service",
    "ApplicationAutoScaling": "ScalableTarget ScalingPolicy",
    "CertificateManager": "Certificate",
    "CloudFront": "Distribution Function OriginAccessControl",
    "CloudWatch": "Alarm",
    "DynamoDB": "Table",
    "EC2": (
        "EIP FlowLog InternetGateway NatGateway Route RouteTable "
        "SecurityGroup SecurityGroupIngress Subnet SubnetRouteTableAssociation VPC VPCEndpoint VPCGatewayAttachment"
    ),
    "ECS": "Cluster Service TaskDefinition",
    "EFS": "AccessPoint FileSystem MountTarget",
    "ElastiCache": "ReplicationGroup",
    "ElasticLoadBalancingV2": "Listener ListenerCertificate ListenerRule LoadBalancer TargetGroup",
    "Events": "Rule",
    "IAM": "ManagedPolicy Policy Role",
    "KMS": "Key",
    "Lambda": "Function Permission",
    "Logs": "LogGroup ResourcePolicy",
    "RDS": "DBCluster DBInstance",
    "Route53": "HostedZone RecordSet RecordSetGroup",
    "S3": "Bucket BucketPolicy",
    "SNS": "Subscription Topic TopicPolicy",
    "SQS": "Queue QueuePolicy",
    "SecretsManager": "Secret",
    "ServiceDiscovery": "PrivateDnsNamespace Service",
    "StepFunctions": "StateMachine",
}
NEVER_IMPORTED = {"AWS::Lambda::Function", "AWS::Lambda::Permission"}
"""Copilot's own functions, which go."""

_HEAD = '''"""Facts from the CloudFormation registry about resource types in Copilot stacks.

Written by scripts/update_copilot_registry.py.
"""

from __future__ import annotations

'''
_FIXED = "Create-only properties: another value replaces the resource."
_IDENTIFIERS = "Properties that identify a resource for import."


def schema_of(kind: str) -> dict[str, Any]:
    """Return the schema of a type."""
    found: dict[str, Any] = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, kind).schema
    return found


def written() -> str:
    """Return the text of the file."""
    names = [f"AWS::{service}::{kind}" for service, kinds in TYPES.items() for kind in kinds.split()]
    schemas = {name: schema_of(name) for name in names}
    fixed = {name: sorted(_path(one) for one in it.get("createOnlyProperties", ())) for name, it in schemas.items()}
    identifiers = {
        name: [_path(one) for one in it["primaryIdentifier"]]
        for name, it in schemas.items()
        if name not in NEVER_IMPORTED
    }
    tables = [("FIXED", fixed, _FIXED), ("IDENTIFIERS", identifiers, _IDENTIFIERS)]
    return _formatted(_HEAD + "\n".join(_table(*table) for table in tables))


def _path(pointer: str) -> str:
    return pointer.removeprefix("/properties/").replace("/properties/", "/")


def _table(name: str, entries: dict[str, list[str]], about: str) -> str:
    lines = "".join(f"    {kind!r}: {tuple(paths)!r},\n" for kind, paths in entries.items() if paths)
    return f'{name}: dict[str, tuple[str, ...]] = {{\n{lines}}}\n"""{about}"""\n'


def _formatted(text: str) -> str:
    command = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", str(TARGET), "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    TARGET.write_text(written(), encoding="utf-8")
