"""What IAM calls an operation of boto3."""

from __future__ import annotations

_PREFIXES = {
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
"""Where IAM has another name for a service."""


def action(service: str, operation: str) -> str:
    """Return the action that allows an operation: `ecs:DescribeServices` for `describe_services` of `ecs`."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    return f"{_PREFIXES.get(service, service)}:{name.replace('Acl', 'ACL')}"
