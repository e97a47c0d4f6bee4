"""Resource types in the CloudFormation registry, and additions for incomplete ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

from cdk_containers.core.frozen import frozen

UNREGISTERED: Mapping[str, str] = {
    "AWS::CodeBuild::Project": (
        "codebuild:CreateProject,UpdateProject,DeleteProject,BatchGetProjects,CreateWebhook,UpdateWebhook,"
        "DeleteWebhook,UpdateProjectVisibility iam:PassRole ec2:DescribeSecurityGroups,DescribeSubnets,DescribeVpcs"
    ),
    "AWS::CloudWatch::AnomalyDetector": "cloudwatch:PutAnomalyDetector,DeleteAnomalyDetector,DescribeAnomalyDetectors",
    "AWS::ElasticLoadBalancingV2::ListenerCertificate": (
        "elasticloadbalancing:AddListenerCertificates,RemoveListenerCertificates,DescribeListenerCertificates"
    ),
    "AWS::FSx::FileSystem": (
        "fsx:CreateFileSystem,CreateFileSystemFromBackup,UpdateFileSystem,DeleteFileSystem,DescribeFileSystems,"
        "TagResource,UntagResource,ListTagsForResource iam:CreateServiceLinkedRole "
        "ec2:DescribeSecurityGroups,DescribeSubnets,DescribeVpcs,DescribeNetworkInterfaces "
        "kms:DescribeKey,CreateGrant"
    ),
    "AWS::Route53::RecordSetGroup": "route53:ChangeResourceRecordSets,GetChange,GetHostedZone,ListResourceRecordSets",
}
"""Types without handlers in the registry, according to the user guides of their services."""

_NOTHING = ("AWS::CDK::Metadata", "AWS::CloudFormation::WaitCondition", "AWS::CloudFormation::WaitConditionHandle")
_CUSTOM = ("AWS::CloudFormation::CustomResource", "Custom::")


@frozen
class ResourceType:
    """A type of resources.

    Attributes:
        identifier: The properties that identify a resource, if a template can set them; empty if AWS generates the id.
        actions: Actions that CloudFormation uses to create, read, update, delete and list them.
    """

    identifier: tuple[str, ...] = ()
    actions: frozenset[str] = frozenset()


def resource_type(name: str) -> ResourceType | None:
    """Return a type by its name; None if its permissions are not known."""
    if name in _NOTHING:
        return ResourceType()
    if name.startswith(_CUSTOM):
        return ResourceType(actions=frozenset({"lambda:InvokeFunction", "sns:Publish"}))
    line = _lines().get(name, UNREGISTERED.get(name))
    return None if line is None else _parsed(line)


@cache
def _lines() -> Mapping[str, str]:
    text = resources.files(__package__).joinpath("registry.txt").read_text(encoding="utf-8")
    return {name: rest for name, _, rest in (line.partition(" ") for line in text.splitlines())}


def _parsed(line: str) -> ResourceType:
    words = line.split()
    identifier = words.pop(0)[1:].split(",") if words and words[0].startswith("=") else []
    by_service = (word.split(":") for word in words)
    actions = {f"{service}:{name}" for service, names in by_service for name in names.split(",")}
    return ResourceType(identifier=tuple(identifier), actions=frozenset(actions))
