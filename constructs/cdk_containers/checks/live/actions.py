"""IAM actions of boto3 operations."""

from __future__ import annotations

_PREFIXES = {
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "stepfunctions": "states",
}
"""Services with another name in IAM."""


def action(service: str, operation: str) -> str:
    """Return the action that allows an operation: `ecs:DescribeServices` for `describe_services` of `ecs`."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    return f"{_PREFIXES.get(service, service)}:{name.replace('Acl', 'ACL')}"
