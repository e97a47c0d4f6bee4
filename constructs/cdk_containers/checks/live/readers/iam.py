"""Roles, users, groups and policies, read with one call for the account."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from cdk_containers.checks.live.reader import Found, reader

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_OF_AWS = ("/aws-service-role/", "/aws-reserved/")
"""The paths of roles that AWS creates, which cannot be changed in the account."""
_HOLDER = "ManagedPolicyArns Policies RoleName"
"""Properties of roles, users and groups that rules need."""


@reader(
    {
        "AWS::IAM::Role": f"AssumeRolePolicyDocument {_HOLDER}",
        "AWS::IAM::User": f"{_HOLDER} UserName",
        "AWS::IAM::Group": f"{_HOLDER} GroupName",
        "AWS::IAM::ManagedPolicy": "Groups ManagedPolicyName PolicyDocument Roles Users",
        "AWS::IAM::InstanceProfile": "InstanceProfileName Roles",
    },
    everywhere=True,
    iam=("get_account_authorization_details",),
)
def identities(account: Account) -> Iterator[Found]:
    """Find the IAM resources of the account, without policies and roles of AWS."""
    for kind, key, find in (
        ("Role", "RoleDetailList", _role),
        ("User", "UserDetailList", _user),
        ("Group", "GroupDetailList", _group),
        ("LocalManagedPolicy", "Policies", _policy),
    ):
        for it in account.pages("iam", "get_account_authorization_details", key, Filter=[kind]):
            yield from find(it)


def _role(it: Mapping[str, Any]) -> Iterator[Found]:
    if it["Path"].startswith(_OF_AWS):
        return
    trust = _document(it.get("AssumeRolePolicyDocument", {}))
    held = _held(it, "RolePolicyList")
    yield _found("Role", it, {"RoleName": it["RoleName"], "AssumeRolePolicyDocument": trust, **held}, it["RoleName"])
    for profile in it.get("InstanceProfileList", ()):
        name = profile["InstanceProfileName"]
        yield Found(
            type="AWS::IAM::InstanceProfile",
            name=profile["Arn"],
            properties={"InstanceProfileName": name, "Roles": [it["Arn"]]},
            identifiers=frozenset({profile["Arn"], name}),
        )


def _user(it: Mapping[str, Any]) -> Iterator[Found]:
    yield _found("User", it, {"UserName": it["UserName"], **_held(it, "UserPolicyList")}, it["UserName"])


def _group(it: Mapping[str, Any]) -> Iterator[Found]:
    yield _found("Group", it, {"GroupName": it["GroupName"], **_held(it, "GroupPolicyList")}, it["GroupName"])


def _policy(it: Mapping[str, Any]) -> Iterator[Found]:
    documents = (one["Document"] for one in it.get("PolicyVersionList", ()) if one.get("IsDefaultVersion"))
    shown = {"ManagedPolicyName": it["Arn"].rpartition("/")[2], "PolicyDocument": _document(next(documents, {}))}
    yield _found("ManagedPolicy", it, shown)


def _found(kind: str, it: Mapping[str, Any], shown: Mapping[str, Any], physical_id: str = "") -> Found:
    arn = it["Arn"]
    return Found(
        type=f"AWS::IAM::{kind}", name=arn, properties=shown, identifiers=frozenset({arn}), physical_id=physical_id
    )


def _held(it: Mapping[str, Any], inline: str) -> dict[str, Any]:
    return {
        "ManagedPolicyArns": [one["PolicyArn"] for one in it.get("AttachedManagedPolicies", ())],
        "Policies": [
            {"PolicyName": one["PolicyName"], "PolicyDocument": _document(one["PolicyDocument"])}
            for one in it.get(inline, ())
        ],
    }


def _document(given: Any) -> Any:
    """Return a policy. boto3 decodes only some of them."""
    return json.loads(unquote(given)) if isinstance(given, str) else given
