"""Commands that prepare accounts for CDK: first the policies for CloudFormation, then the bootstrap stack."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote
from typing import Any

from cdk_containers.core.frozen import frozen
from cdk_containers.model.workload.ecr_address import partition_of

from .assembly import AssemblyError, DeployedStack
from .execution_policy import ExecutionPolicy, execution_policy

_STACK = "cdk-execution-policies"
_MOST_POLICIES = 10
"""Managed policies that a role can have by default."""
_LARGEST_TEMPLATE = 51_200
"""Maximum size of a template file for CloudFormation, in bytes."""


@frozen
class Account:
    """An account that stacks are deployed to.

    Attributes:
        id: Its 12 digits.
        regions: The regions of its stacks.
        policy: Permissions of CloudFormation there.
    """

    id: str
    regions: tuple[str, ...]
    policy: ExecutionPolicy

    @property
    def partition(self) -> str:
        """The AWS partition of the account."""
        return partition_of(self.regions[0])

    @property
    def policy_names(self) -> list[str]:
        """The names of the managed policies."""
        return [f"{_STACK}-{number}" for number, _ in enumerate(self.policy.documents, start=1)]

    @property
    def file(self) -> str:
        """Name of the file with the template of the policies."""
        return f"{_STACK}-{self.id}.template.json"

    @property
    def template(self) -> Mapping[str, Any]:
        """A template with the policies, so that the same command creates and updates them."""
        pairs = zip(self.policy_names, self.policy.documents, strict=True)
        return {
            "Description": "What CloudFormation may do for the stacks of CDK in this account",
            "Resources": {
                f"Policy{number}": {
                    "Type": "AWS::IAM::ManagedPolicy",
                    "Properties": {"ManagedPolicyName": name, "PolicyDocument": document},
                }
                for number, (name, document) in enumerate(pairs, start=1)
            },
        }


def accounts_of(stacks: Sequence[DeployedStack], *, also: Sequence[str] = ()) -> list[Account]:
    """Return the accounts of an assembly with the permissions that CloudFormation needs in each.

    Args:
        stacks: The stacks of the assembly.
        also: More actions for each account.

    Raises:
        AssemblyError: A stack has no account or no region, or an account needs more policies than a role can have.
    """
    lost = [stack for stack in stacks if not (stack.account and stack.region)]
    if lost or not stacks:
        raise AssemblyError(
            *(
                f"{stack.name}: {stack.place}: the account to bootstrap is not known; set on the stack or the stage "
                "env=cdk.Environment(account=…, region=…)"
                for stack in lost
            ),
            *([] if stacks else ["the assembly has no stacks"]),
        )
    by_account: dict[str, list[DeployedStack]] = {}
    for stack in stacks:
        by_account.setdefault(stack.account or "", []).append(stack)
    accounts = [
        Account(
            id=id_,
            regions=tuple(dict.fromkeys(stack.region or "" for stack in its_stacks)),
            policy=execution_policy(its_stacks, also=also),
        )
        for id_, its_stacks in by_account.items()
    ]
    too_large = [
        it for it in accounts if len(it.policy.documents) > _MOST_POLICIES or len(text_of(it)) > _LARGEST_TEMPLATE
    ]
    if too_large:
        raise AssemblyError(
            *(
                f"account {it.id}: its stacks need {len(it.policy.documents)} managed policies of {len(text_of(it))} "
                f"bytes in total; the maximum is {_MOST_POLICIES} for a role, and {_LARGEST_TEMPLATE} bytes for their "
                "template. Move some of the stacks to another app with another qualifier"
                for it in too_large
            )
        )
    return accounts


def commands(account: Account, *, tools_account: str | None, folder: str) -> Iterator[str]:
    """Yield the commands for an account. Run them with its credentials.

    Args:
        account: The account.
        tools_account: Account of the pipeline, which the other accounts trust; None without a pipeline account.
        folder: Folder with the templates of the policies.
    """
    path = quote(f"{folder}/{account.file}")
    yield (
        f"aws cloudformation deploy --region {account.regions[0]} --stack-name {_STACK} "
        f"--template-file {path} --capabilities CAPABILITY_NAMED_IAM"
    )
    policies = ",".join(f"arn:{account.partition}:iam::{account.id}:policy/{name}" for name in account.policy_names)
    trusted = tools_account is not None and tools_account != account.id
    trust = f"--trust {tools_account} --trust-for-lookup {tools_account} " if trusted else ""
    for region in account.regions:
        yield (
            f"cdk bootstrap aws://{account.id}/{region} {trust}--cloudformation-execution-policies {quote(policies)}"
        )


def text_of(account: Account) -> str:
    """Return the file with the template of an account's policies."""
    return json.dumps(account.template, indent=1) + "\n"
