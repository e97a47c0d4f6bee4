"""Roles, keys and secrets."""

import json
from typing import Any

from ..recipe import Properties, Recipe, call, only, without


def key_request(properties: Properties) -> Properties:
    """Leave out what separate calls set, and rename tags for this API."""
    taken = only("Description", "KeySpec", "KeyUsage")(properties)
    tags = [{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in properties.get("Tags", [])]
    return {**taken, "Policy": properties["KeyPolicy"], "Tags": tags}


def attach_policies(api: Any, name: str, properties: Properties) -> None:
    """Give a role its trust policy, where that changed, and the managed and inline policies."""
    role = {"RoleName": name}
    trust = properties["AssumeRolePolicyDocument"]
    if api.get_role(**role)["Role"]["AssumeRolePolicyDocument"] != trust:
        call(api, "update_assume_role_policy", {**role, "PolicyDocument": trust})
    for arn in properties.get("ManagedPolicyArns", []):
        api.attach_role_policy(**role, PolicyArn=arn)
    for policy in properties.get("Policies", []):
        call(api, "put_role_policy", {**role, **policy})


def delete_role(api: Any, name: str) -> None:
    role = {"RoleName": name}
    for policy in api.list_attached_role_policies(**role)["AttachedPolicies"]:
        api.detach_role_policy(**role, PolicyArn=policy["PolicyArn"])
    for policy in api.list_role_policies(**role)["PolicyNames"]:
        api.delete_role_policy(**role, PolicyName=policy)
    api.delete_role(**role)


def secret_request(properties: Properties) -> Properties:
    """Make up the value, which CloudFormation has Secrets Manager generate."""
    generated = properties.get("GenerateSecretString", {})
    template, key = generated.get("SecretStringTemplate"), generated.get("GenerateStringKey")
    value = "generated" if template is None else json.dumps(json.loads(template) | {key: "generated"})
    return {**without("GenerateSecretString")(properties), "SecretString": value}


RECIPES = {
    "AWS::IAM::OIDCProvider": Recipe(
        service="iam",
        create="create_open_id_connect_provider",
        identity=lambda _, response: response["OpenIDConnectProviderArn"],
        attributes=lambda _, arn: {"Arn": arn},
        delete=lambda api, arn: api.delete_open_id_connect_provider(OpenIDConnectProviderArn=arn),
    ),
    "AWS::IAM::Role": Recipe(
        service="iam",
        create="create_role",
        name="RoleName",
        longest=64,
        prepare=without("ManagedPolicyArns", "Policies"),
        identity=lambda made, _: made["RoleName"],
        then=attach_policies,
        attributes=lambda api, name: {it: api.get_role(RoleName=name)["Role"][it] for it in ("Arn", "RoleId")},
        update=("update_role", "RoleName"),
        delete=delete_role,
    ),
    "AWS::KMS::Key": Recipe(
        service="kms",
        create="create_key",
        prepare=key_request,
        identity=lambda _, response: response["KeyMetadata"]["KeyId"],
        attributes=lambda api, key: {"Arn": api.describe_key(KeyId=key)["KeyMetadata"]["Arn"], "KeyId": key},
        update=("put_key_policy", "KeyId"),
        delete=lambda api, key: api.schedule_key_deletion(KeyId=key),
    ),
    "AWS::SecretsManager::Secret": Recipe(
        service="secretsmanager",
        create="create_secret",
        name="Name",
        prepare=secret_request,
        identity=lambda _, response: response["ARN"],
        update=("update_secret", "SecretId"),
        delete=lambda api, arn: api.delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True),
    ),
}
