"""Image repositories, and how the registry scans."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties, without_nothing

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_REPOSITORY = "EncryptionConfiguration ImageScanningConfiguration ImageTagMutability RepositoryName"


@reader(
    {"AWS::ECR::Repository": f"{_REPOSITORY} LifecyclePolicy"}, ecr=("describe_repositories", "get_lifecycle_policy")
)
def repositories(account: Account) -> Iterator[Found]:
    """Find the repositories of the registry."""
    for it in account.pages("ecr", "describe_repositories", "repositories"):
        name = it["repositoryName"]
        life_cycle = account.perhaps("ecr", "get_lifecycle_policy", "lifecyclePolicyText", repositoryName=name)
        policy = without_nothing(LifecyclePolicyText=life_cycle)
        yield Found(
            type="AWS::ECR::Repository",
            name=it["repositoryArn"],
            properties=properties(it, _REPOSITORY) | without_nothing(LifecyclePolicy=policy),
            identifiers=frozenset({it["repositoryArn"], it["repositoryUri"]}),
            physical_id=name,
        )


@reader({"AWS::ECR::RegistryScanningConfiguration": "Rules ScanType"}, ecr=("get_registry_scanning_configuration",))
def scanning(account: Account) -> Iterator[Found]:
    """Find out which repositories the registry scans."""
    answer = account.call("ecr", "get_registry_scanning_configuration") or {}
    yield Found(
        type="AWS::ECR::RegistryScanningConfiguration",
        name=f"registry {answer.get('registryId', '')}",
        properties=properties(answer.get("scanningConfiguration", {}), "Rules ScanType"),
    )


@reader({"AWS::ECR::SigningConfiguration": "Rules"}, ecr=("get_signing_configuration",))
def signing(account: Account) -> Iterator[Found]:
    """Find out which images the registry signs when they are pushed."""
    answer = account.call("ecr", "get_signing_configuration")
    if answer is not None:
        yield Found(
            type="AWS::ECR::SigningConfiguration",
            name=f"signatures of registry {answer.get('registryId', '')}",
            properties=properties(answer.get("signingConfiguration", {}), "Rules"),
        )
