"""Image repositories."""

from __future__ import annotations

from collections.abc import Iterator

from cdk_containers.checks.live.account import Account
from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties, without_nothing

_REPOSITORY = ("repositoryName", "imageTagMutability", "imageScanningConfiguration", "encryptionConfiguration")


@reader("AWS::ECR::Repository", ecr=("describe_repositories", "get_lifecycle_policy"))
def repositories(account: Account) -> Iterator[Found]:
    """Find the repositories of the registry."""
    for it in account.pages("ecr", "describe_repositories", "repositories"):
        name = it["repositoryName"]
        life_cycle = account.perhaps("ecr", "get_lifecycle_policy", "lifecyclePolicyText", repositoryName=name)
        shown = properties(
            it, "repositoryName", "imageTagMutability", "imageScanningConfiguration", "encryptionConfiguration"
        )
        yield Found(
            type="AWS::ECR::Repository",
            name=name,
            properties=shown | without_nothing(LifecyclePolicy=without_nothing(LifecyclePolicyText=life_cycle)),
            identifiers=frozenset({name, it["repositoryArn"], it["repositoryUri"]}),
            attributes={"DeletionPolicy": "Retain"},
        )
