"""Permission to read secrets, in the policy of the reading role instead of a policy in the secret's stack.

CDK adds the permission to decrypt to the policy of the key. The stacks of key and service would then depend on each
other, and CDK cannot change the policy of an imported key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from aws_cdk import Names, Reference, Tokenization
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.cdk_modules import kms, secretsmanager
from cdk_containers.core.inputs import has_members

_found: WeakKeyDictionary[IConstruct, dict[str, Any]] = WeakKeyDictionary()
"""The secrets of each app, by ARN."""

_TOKEN = re.compile(r"\$\{Token\[[^\]]*\]\}(?=:|$)")


def ecs_secrets(scope: Construct, secrets: Mapping[str, Any], reader: iam.IRole) -> dict[str, ecs.Secret] | None:
    """Return secrets from Secrets Manager or SSM for ECS, and let the reader decrypt them."""
    return {name: _as_ecs_secret(scope, value, reader) for name, value in secrets.items()} or None


def readable(scope: Construct, secret: secretsmanager.ISecret, reader: iam.IRole) -> secretsmanager.ISecret:
    """Let a role decrypt a secret, and return the secret so that CDK's grants stay in the role's own policy."""
    key: kms.IKey | None = secret.encryption_key
    if key is None:
        return secret
    id = Names.node_unique_id(secret.node)  # noqa: A001
    known = scope.node.try_find_child(id)
    if known is not None:
        return known  # type: ignore[return-value]
    reader.add_to_principal_policy(
        iam.PolicyStatement(
            actions=["kms:Decrypt"],
            resources=[key.key_arn],
            conditions={"StringEquals": {"kms:ViaService": f"secretsmanager.{secret.env.region}.amazonaws.com"}},
        )
    )
    complete = secret.secret_full_arn
    return secretsmanager.Secret.from_secret_attributes(
        scope,
        id,
        secret_complete_arn=complete,
        secret_partial_arn=secret.secret_arn if complete is None else None,
    )


def _as_ecs_secret(scope: Construct, value: Any, reader: iam.IRole) -> ecs.Secret:
    if isinstance(value, ecs.Secret):
        return _readable_part(scope, value, reader)
    if has_members(value, "secret_arn"):
        return ecs.Secret.from_secrets_manager(readable(scope, value, reader))
    return ecs.Secret.from_ssm_parameter(value)


def _readable_part(scope: Construct, value: ecs.Secret, reader: iam.IRole) -> ecs.Secret:
    """Return a readable secret from a secret that CDK has already wrapped, with or without a field or a version."""
    arn = value.arn
    secret = _secret_of(scope, arn)
    if secret is None or secret.encryption_key is None:
        return value
    field, stage, version = [*arn.removeprefix(secret.secret_arn).removeprefix(":").split(":"), "", "", ""][:3]
    own = readable(scope, secret, reader)
    if not (stage or version):
        return ecs.Secret.from_secrets_manager(own, field or None)
    info = ecs.SecretVersionInfo(version_stage=stage or None, version_id=version or None)
    return ecs.Secret.from_secrets_manager_version(own, info, field or None)


def _secret_of(scope: Construct, arn: str) -> secretsmanager.ISecret | None:
    """Return the secret of an ARN, because CDK's wrapper does not expose it."""
    made = _made_here(arn)
    if made is not None:
        return made
    known = _found.setdefault(scope.node.root, {})
    wanted = _without_field(arn)
    if wanted not in known and ":parameter/" not in arn:
        for construct in _near_first(scope):
            if has_members(construct, "secret_arn", "encryption_key"):
                known.setdefault(_arn_of(construct), construct)
                if wanted in known:
                    break
    return known.get(wanted)


def _near_first(scope: Construct) -> Iterator[IConstruct]:
    """Yield constructs next to and above a construct, the latest first, where most secrets are; then all."""
    for above in reversed(scope.node.scopes):
        yield from reversed(above.node.children)
    yield from scope.node.root.node.find_all()


@asked_once
def _arn_of(secret: Any) -> str:
    return str(secret.secret_arn)


def _without_field(arn: str) -> str:
    """Return the ARN of a secret without what ECS appends to it: a field, a stage and a version."""
    parts = arn.split(":")
    return ":".join(parts[:7] if parts[0] == "arn" else parts[:1])


def _made_here(arn: str) -> secretsmanager.ISecret | None:
    """Return the secret that an ARN refers to, if the app creates it."""
    token = _TOKEN.match(arn)
    reference = None if token is None else Tokenization.reverse(token[0])
    secret = reference.target.node.scope if isinstance(reference, Reference) else None
    return secret if has_members(secret, "secret_arn", "encryption_key") else None  # type: ignore[return-value]
