"""ARNs and ids of existing resources."""

from __future__ import annotations

import re

from ..errors import Problem, Problems
from .tokens import is_token

_SECURITY_GROUP = re.compile(r"sg-[0-9a-f]+")
_ARN = re.compile(r"arn:[^:]+:[^:]+:[^:]*:[^:]*:.+")

_KINDS = {
    "authority_arn": ("a certificate authority", "acm-pca", "certificate-authority/"),
    "dead_letter_queue_arn": ("a queue", "sqs", ""),
    "group_arn": ("a resource group", "resource-groups", "group/"),
    "identity_center_instance_arn": ("an instance of IAM Identity Center", "sso", "instance/"),
    "listener_arn": ("a listener of an Application Load Balancer", "elasticloadbalancing", "listener/app/"),
    "load_balancer_arn": ("a load balancer of this type", "elasticloadbalancing", "loadbalancer/"),
    "namespace_arn": ("a namespace of Cloud Map", "servicediscovery", "namespace/"),
    "oidc_provider_arn": ("an identity provider", "iam", "oidc-provider/"),
    "queue_arn": ("a queue", "sqs", ""),
    "repository_arn": ("a repository", "ecr", "repository/"),
    "service_arn": ("an ECS service", "ecs", "service/"),
    "service_network_arn": ("a service network", "vpc-lattice", "servicenetwork/"),
    "task_role_arn": ("a role", "iam", "role/"),
}
"""The kind of resource that an option names: in words, its service, and the prefix of its resource part."""


def is_arn(text: str) -> bool:
    """Tell whether text is an ARN."""
    return _ARN.fullmatch(text) is not None


def arn_problems(found: Problems, *, type: str = "", **arns: str | None) -> list[Problem]:  # noqa: A002
    """Find options with text that is not an ARN, or an ARN of another kind, except options that `found` already has.

    Args:
        found: The problems found so far.
        type: Type of load balancer, `app` or `net`.
        arns: Values by option.
    """
    wrong = Problems()
    for option, arn in arns.items():
        if arn is None or found.has(option) or is_token(arn):
            continue
        what, service, resource = _KINDS[option]
        resource = f"{resource}{type}/" if type and option == "load_balancer_arn" else resource
        allowed = f"arn:partition:{service}:region:account:{resource}…"
        if not is_arn(arn):
            wrong.add(option, "not an ARN", given=arn, allowed=allowed)
            continue
        _, _, given_service, _, _, given_resource = arn.split(":", 5)
        if given_service != service or not given_resource.startswith(resource):
            wrong.add(option, f"not the ARN of {what}", given=arn, allowed=allowed)
    return list(wrong)


def security_group_problems(option: str, id: str) -> list[Problem]:  # noqa: A002
    """Find text that is not a security group id, such as a name or an ARN."""
    wrong = Problems()
    if not is_token(id) and not _SECURITY_GROUP.fullmatch(id):
        wrong.add(option, "not the id of a security group", given=id, allowed="an id such as sg-0123456789abcdef0")
    return list(wrong)
