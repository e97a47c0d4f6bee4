"""Secrets of containers, with permission to read only these secrets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from cdk_containers.core.cdk_modules import secretsmanager

from ..manifests.models.containers import Secret
from .making import Making

_ARN_PARTS = 7


def known_secrets(making: Making, secrets: Mapping[str, str | Secret] | None) -> dict[str, Any]:
    """Return the secrets with a name, in the form that containers need."""
    found = {name: _known(making, secret) for name, secret in (secrets or {}).items()}
    return {name: secret for name, secret in found.items() if secret is not None}


def other_secrets(secrets: Mapping[str, str | Secret] | None) -> dict[str, str]:
    """Return the secrets with an ARN or an export, each with its `ValueFrom`."""
    return {name: value_from(secret) for name, secret in (secrets or {}).items() if not _has_name(secret)}


def value_from(secret: str | Secret) -> str:
    """Return the `ValueFrom` of a secret."""
    if isinstance(secret, str):
        return secret
    if secret.secretsmanager is not None:
        return f"{_here('secretsmanager')}:secret:{secret.secretsmanager}"
    return cdk.Fn.import_value(secret.from_cfn or "")


def allow_reading(making: Making, role: iam.IRole, secrets: Sequence[str | Secret]) -> None:
    """Let a role read secrets that have no construct.

    Secrets with a name are allowed by name, and secrets from an export by Copilot's tags, as in Copilot.
    """
    if not secrets:
        return
    parameters, named, unknown = set[str](), set[str](), False
    for secret in secrets:
        if isinstance(secret, Secret):
            if secret.secretsmanager is None:
                unknown = True
            else:
                named.add(f"{_here('secretsmanager')}:secret:{secret.secretsmanager.split(':')[0]}-??????")
        elif secret.startswith("arn:"):
            (named if ":secretsmanager:" in secret else parameters).add(":".join(secret.split(":")[:_ARN_PARTS]))
        else:
            parameters.add(f"{_here('ssm')}:parameter/{secret.lstrip('/')}")
    for action, resources in (("ssm:GetParameters", parameters), ("secretsmanager:GetSecretValue", named)):
        if resources:
            role.add_to_principal_policy(iam.PolicyStatement(actions=[action], resources=sorted(resources)))
    if unknown:
        _allow_tagged(making, role, "ssm:GetParameters", f"{_here('ssm')}:parameter/*", "ssm")
        _allow_tagged(
            making, role, "secretsmanager:GetSecretValue", f"{_here('secretsmanager')}:secret:*", "secretsmanager"
        )


def allow_decrypting(making: Making, role: iam.IRole) -> None:
    """Let a role decrypt with keys that have Copilot's tags, because your own key can encrypt secrets."""
    _allow_tagged(making, role, "kms:Decrypt", f"{_here('kms')}:key/*", "aws")


def _allow_tagged(making: Making, role: iam.IRole, action: str, resource: str, service: str) -> None:
    tags = {"application": making.setting.application, "environment": making.setting.environment}
    role.add_to_principal_policy(
        iam.PolicyStatement(
            actions=[action],
            resources=[resource],
            conditions={
                "StringEquals": {f"{service}:ResourceTag/copilot-{name}": value for name, value in tags.items()}
            },
        )
    )


def _has_name(secret: str | Secret) -> bool:
    return not secret.startswith("arn:") if isinstance(secret, str) else secret.secretsmanager is not None


def _known(making: Making, secret: str | Secret) -> Any:
    """Return the CDK construct of a secret, created once for all containers; None if it has no name."""
    if not _has_name(secret):
        return None
    home: Any = making.scope.node.try_find_child("Secrets") or Construct(making.scope, "Secrets")
    if isinstance(secret, str):
        name = secret if secret.startswith("/") or "/" not in secret else f"/{secret}"
        found = home.node.try_find_child(name.replace("/", "|"))
        return found or ssm.StringParameter.from_secure_string_parameter_attributes(
            home, name.replace("/", "|"), parameter_name=name
        )
    name, field, stage, version = [*(secret.secretsmanager or "").split(":"), "", "", ""][:4]
    found = home.node.try_find_child(name.replace("/", "|"))
    whole: Any = found or secretsmanager.Secret.from_secret_name_v2(home, name.replace("/", "|"), name)
    if not (field or stage or version):
        return whole
    if not (stage or version):
        return ecs.Secret.from_secrets_manager(whole, field)
    info = ecs.SecretVersionInfo(version_stage=stage or None, version_id=version or None)
    return ecs.Secret.from_secrets_manager_version(whole, info, field or None)


def _here(service: str) -> str:
    return f"arn:{cdk.Aws.PARTITION}:{service}:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
