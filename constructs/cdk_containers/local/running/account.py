"""Your AWS account: deployed resources, secrets, credentials, and logins to registries."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cdk_containers.checks.templates import Resource
from cdk_containers.local.planning import LocalError

_INSTALL = 'boto3 is not installed: pip install "cdk-containers[local]"'
_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?")
_SESSION = timedelta(hours=1)


class Account:
    """An account.

    Args:
        profile: The profile of the AWS CLI; None for the default.
        region: Region; None for the region of the profile or the environment.
        endpoint: Address of an emulator; None for AWS.

    Raises:
        LocalError: boto3 is not installed, or the profile does not exist.
    """

    def __init__(self, *, profile: str | None = None, region: str | None = None, endpoint: str | None = None) -> None:
        try:
            import boto3  # noqa: PLC0415  (only who asks AWS needs it)
            from botocore.config import Config  # noqa: PLC0415
            from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415
        except ImportError:
            raise LocalError(f"cannot read from AWS: {_INSTALL}") from None
        self.errors = (BotoCoreError, ClientError)
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"} if endpoint else {}
        try:
            self._session = boto3.Session(profile_name=None if endpoint else profile, region_name=region, **keys)
        except BotoCoreError as error:
            raise LocalError(f"--profile: {error}") from None
        self.region: str | None = self._session.region_name
        self._config = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 1})
        self._endpoint = endpoint
        self.stacks_missing: dict[str, str] = {}
        """Stacks that could not be read, with the reason."""

    def client(self, service: str, **options: Any) -> Any:
        """Return a client of a service."""
        return self._session.client(service, endpoint_url=self._endpoint, config=self._config, **options)

    @property
    def has_credentials(self) -> bool:
        """Whether there are credentials."""
        return self._session.get_credentials() is not None

    @property
    def id(self) -> str | None:
        """The account number; None if it cannot be read."""
        try:
            return str(self.client("sts").get_caller_identity()["Account"])
        except self.errors:
            return None

    # ---- what is deployed

    def deployed(self, resource: Resource, attribute: str) -> str | None:
        """Return a value of a deployed resource: its physical id, or an attribute that is an output of the stack."""
        template = resource.template
        stack = next((name for name, one in template.estate.stacks.items() if one is template), "")
        if not stack or not self.region or not self.has_credentials:
            return None
        ids, outputs = self._stack(stack)
        wanted = {"Fn::GetAtt": [resource.logical_id, attribute]} if attribute else {"Ref": resource.logical_id}
        for name, output in template.outputs.items():
            if output.get("Value") == wanted and name in outputs:
                return outputs[name]
        return None if attribute else ids.get(resource.logical_id)

    @cache  # noqa: B019  (an account lives as long as a run)
    def _stack(self, stack: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
        client = self.client("cloudformation")
        try:
            pages = client.get_paginator("list_stack_resources").paginate(StackName=stack)
            ids = {
                it["LogicalResourceId"]: it["PhysicalResourceId"]
                for page in pages
                for it in page["StackResourceSummaries"]
                if "PhysicalResourceId" in it
            }
            described = client.describe_stacks(StackName=stack)["Stacks"][0]
        except self.errors as error:
            self.stacks_missing[stack] = str(error)
            return {}, {}
        return ids, {it["OutputKey"]: it["OutputValue"] for it in described.get("Outputs", ())}

    # ---- secrets

    def secret(self, value_from: str) -> str:
        """Return the value of a secret, given an ARN or a name and optionally the key of a field.

        Raises:
            LocalError: The secret cannot be read.
        """
        try:
            if ":secretsmanager:" in value_from:
                return self._of_secrets_manager(value_from)
            return self._of_parameter_store(value_from)
        except self.errors as error:
            raise LocalError(f"cannot read {value_from}: {error}") from None

    def _of_secrets_manager(self, value_from: str) -> str:
        parts = value_from.split(":")
        arn, (key, stage, version) = ":".join(parts[:7]), (*parts[7:10], "", "", "")[:3]
        options = {"VersionStage": stage, "VersionId": version}
        client = self.client("secretsmanager", region_name=parts[3] or self.region)
        text: str = client.get_secret_value(SecretId=arn, **{name: one for name, one in options.items() if one})[
            "SecretString"
        ]
        if not key:
            return text
        try:
            value = json.loads(text)[key]
        except (ValueError, KeyError, TypeError):
            raise LocalError(f"{value_from}: the secret has no field {key!r}") from None
        return value if isinstance(value, str) else json.dumps(value)

    def _of_parameter_store(self, value_from: str) -> str:
        name = value_from.partition(":parameter")[2] or value_from
        region = value_from.split(":")[3] if value_from.startswith("arn:") else self.region
        client = self.client("ssm", region_name=region)
        return str(client.get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])

    # ---- credentials

    def credentials(self, role: str | None = None) -> Mapping[str, str] | None:
        """Return credentials in the format of the ECS endpoint: yours, or those of a role by its name.

        Raises:
            LocalError: The role cannot be assumed.
        """
        expires = (datetime.now(tz=UTC) + _SESSION).strftime("%Y-%m-%dT%H:%M:%SZ")
        if role is None:
            found = self._session.get_credentials()
            if found is None:
                return None
            keys = found.get_frozen_credentials()
            return _answer(keys.access_key, keys.secret_key, keys.token or "", expires, "")
        try:
            arn = self.client("iam").get_role(RoleName=role)["Role"]["Arn"]
            assumed = self.client("sts").assume_role(
                RoleArn=arn, RoleSessionName="cdk-containers-local", DurationSeconds=int(_SESSION.total_seconds())
            )["Credentials"]
        except self.errors as error:
            raise LocalError(f"--task-role: cannot assume the role {role}: {error}") from None
        return _answer(
            assumed["AccessKeyId"],
            assumed["SecretAccessKey"],
            assumed["SessionToken"],
            assumed["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
            arn,
        )

    def provider(self, role: str | None = None) -> Callable[[], Mapping[str, str] | None]:
        """Return a function that provides credentials, and renews them 30 minutes before they expire."""
        last: dict[str, Any] = {}

        def provide() -> Mapping[str, str] | None:
            if last.get("until", datetime.min.replace(tzinfo=UTC)) < datetime.now(tz=UTC):
                last["answer"] = self.credentials(role)
                last["until"] = datetime.now(tz=UTC) + _SESSION / 2
            answer: Mapping[str, str] | None = last["answer"]
            return answer

        return provide

    # ---- registries

    def login(self, registry: str) -> tuple[str, str]:
        """Return user and password for a registry of ECR.

        Raises:
            LocalError: ECR denies the login.
        """
        match = _ECR.fullmatch(registry)
        try:
            client = self.client("ecr", region_name=match[2] if match else self.region)
            token = client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
        except self.errors as error:
            raise LocalError(f"cannot log in to {registry}: {error}") from None
        user, _, password = base64.b64decode(token).decode().partition(":")
        return user, password


def registry_of(image: str) -> str | None:
    """Return the ECR registry of an image; None for another registry."""
    match = _ECR.match(image)
    return match[0] if match else None


def _answer(key: str, secret: str, token: str, expires: str, role: str) -> Mapping[str, str]:
    return {"AccessKeyId": key, "SecretAccessKey": secret, "Token": token, "Expiration": expires, "RoleArn": role}
