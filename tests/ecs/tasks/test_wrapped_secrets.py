"""Secrets that CDK has wrapped, with a field: who runs the task may decrypt them, wherever the secret was made."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk_containers import FargateTaskDefinition
from tests.toolkit import container, new_stack, statements, synth

ARN = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:"
KEY = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000"


def imported(scope: Construct, name: str = "login") -> secretsmanager.ISecret:
    key = kms.Key.from_key_arn(scope, f"{name}Key", KEY)
    return secretsmanager.Secret.from_secret_attributes(
        scope, name, secret_complete_arn=f"{ARN}{name}-abcdef", encryption_key=key
    )


def made_in(scope: Construct) -> secretsmanager.ISecret:
    return secretsmanager.Secret(scope, "Login", encryption_key=kms.Key(scope, "Key"))


WHERE: dict[str, Callable[[cdk.Stack], secretsmanager.ISecret]] = {
    "made in the stack": made_in,
    "made in another stack": lambda stack: made_in(cdk.Stack(stack.node.root, "Data")),
    "imported beside": imported,
    "imported in another stack": lambda stack: imported(cdk.Stack(stack.node.root, "Data")),
    "imported within a construct": lambda stack: imported(Construct(stack, "Data")),
}


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("info", [None, ecs.SecretVersionInfo(version_stage="AWSPREVIOUS")], ids=["", "version"])
def test_the_task_may_decrypt_a_secret(where: str, info: ecs.SecretVersionInfo | None):
    stack = new_stack()
    secret = WHERE[where](stack)
    wrapped = (
        ecs.Secret.from_secrets_manager(secret, "password")
        if info is None
        else ecs.Secret.from_secrets_manager_version(secret, info, "password")
    )
    FargateTaskDefinition(stack, "Task", containers=[container(secrets={"PASSWORD": wrapped})])
    template = synth(stack)
    actions = [entry["Action"] for entry in statements(template, "ExecutionRole")]
    assert actions.count("kms:Decrypt") == 1
    assert any("secretsmanager:GetSecretValue" in action for action in actions)


def test_each_of_several_secrets_is_found_and_one_without_a_key_needs_none():
    stack = new_stack()
    wrapped = {name: ecs.Secret.from_secrets_manager(imported(stack, name), "password") for name in ("a", "b", "c")}
    plain = secretsmanager.Secret.from_secret_complete_arn(stack, "plain", f"{ARN}plain-abcdef")
    secrets = {**wrapped, "plain": ecs.Secret.from_secrets_manager(plain, "password")}
    for number, name in enumerate(secrets):
        FargateTaskDefinition(stack, f"Task{number}", containers=[container(secrets={"PASSWORD": secrets[name]})])
    template = synth(stack)
    for number, decrypts in enumerate((1, 1, 1, 0)):
        actions = [entry["Action"] for entry in statements(template, f"Task{number}ExecutionRole")]
        assert actions.count("kms:Decrypt") == decrypts
        assert any("secretsmanager:GetSecretValue" in action for action in actions)
