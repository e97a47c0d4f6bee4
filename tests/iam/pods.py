"""Which pods get which roles, by EKS Pod Identity or with their tokens (IRSA), and what they can do then."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from tests.iam.evaluation import Policies, Statement, _by_stack, who_can, who_surely_can
from tests.iam.symbols import Answer, Symbols, Template, Templates

_POD_IDENTITY = "pods.eks.amazonaws.com"
_HOME = {"aws:SourceAccount": "<AccountId>"}


def pods_that_can(
    templates: Template | Templates, action: str, resource: str, context: Mapping[str, str] | None = None
) -> set[str]:
    """Return the service accounts whose pods can do something, or might, as `namespace/name`."""
    return _pods_of(templates, who_can(templates, action, resource, context or {"aws:SecureTransport": "true"}))


def pods_that_surely_can(templates: Template | Templates, action: str, resource: str) -> set[str]:
    """Return the service accounts whose pods can do something whatever the deployment makes of symbols."""
    return _pods_of(templates, who_surely_can(templates, action, resource))


def _pods_of(templates: Template | Templates, role_names: set[str]) -> set[str]:
    by_stack = _by_stack(templates)
    names = {role.arn: role.name for role in Policies(by_stack).roles}
    return {pod for pod, role_arn in _roles_of_pods(by_stack) if names.get(role_arn) in role_names}


def _roles_of_pods(templates: Templates) -> Iterator[tuple[str, str]]:
    """Yield pods with the roles that they get: of what asks for one, what the role lets in."""
    trusts = {arn: list(statements) for arn, statements in _trusts(templates)}
    for cluster, namespace, account, role_arn in _associations(templates):
        context = _HOME | {
            "aws:SourceArn": f"arn:<Partition>:eks:<Region>:<AccountId>:cluster/{cluster}",
            "aws:RequestTag/kubernetes-namespace": namespace,
            "aws:RequestTag/kubernetes-service-account": account,
        }
        about = [trust for trust in trusts.get(role_arn, ()) if trust.is_for_service(_POD_IDENTITY)]
        if any(trust.holds(context) is not Answer.NO for trust in about):
            yield f"{namespace}/{account}", role_arn
    for role_arn, statements in trusts.items():
        for statement in statements:
            if statement.source["Action"] == "sts:AssumeRoleWithWebIdentity":
                equals = statement.source["Condition"]["StringEquals"]
                [subject] = [value for key, value in equals.items() if key.endswith(":sub")]
                yield subject.removeprefix("system:serviceaccount:").replace(":", "/"), role_arn


def _associations(templates: Templates) -> Iterator[tuple[str, str, str, str]]:
    for stack, template in templates.items():
        symbols = Symbols(templates, stack)
        for entry in template.get("Resources", {}).values():
            given = entry.get("Properties", {})
            if entry["Type"] == "AWS::EKS::PodIdentityAssociation":
                place = (given["Namespace"], given["ServiceAccount"], given["RoleArn"])
                yield symbols.text(given["ClusterName"]), *map(symbols.text, place)  # type: ignore[misc]
            for association in given.get("PodIdentityAssociations", ()) if entry["Type"] == "AWS::EKS::Addon" else ():
                cluster, role = symbols.text(given["ClusterName"]), symbols.text(association["RoleArn"])
                yield cluster, "kube-system", association["ServiceAccount"], role


def _trusts(templates: Templates) -> Iterator[tuple[str, Iterator[Statement]]]:
    for stack, template in templates.items():
        symbols = Symbols(templates, stack)
        for logical_id, entry in template.get("Resources", {}).items():
            if entry["Type"] == "AWS::IAM::Role":
                document: Any = entry["Properties"]["AssumeRolePolicyDocument"]
                if "Fn::Sub" in document:
                    document = json.loads(symbols.text(document))
                yield symbols.arn(logical_id), (Statement(source, symbols) for source in document["Statement"])
