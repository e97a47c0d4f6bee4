"""A local AWS emulator (moto) with the queues, tables, buckets and secrets that the tasks use."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from typing import Any

from cdk_containers.checks.templates import Resource, references_in
from cdk_containers.local.planning import LocalError

from .account import Account

_INSTALL = '--emulator: moto is not installed: pip install "cdk-containers[local]"'
_ATTRIBUTES = {
    "AWS::SQS::Queue": ("Arn", "QueueName"),
    "AWS::SNS::Topic": ("TopicName", "TopicArn"),
    "AWS::S3::Bucket": ("Arn",),
    "AWS::DynamoDB::Table": ("Arn",),
    "AWS::SecretsManager::Secret": (),
    "AWS::SSM::Parameter": (),
}
"""Resource types that the emulator creates, with the attributes that a task can use."""

ACCOUNT = "123456789012"
"""The account number of the emulator."""


class Emulator:
    """An emulator.

    Args:
        region: The region.

    Raises:
        LocalError: moto is not installed.
    """

    def __init__(self, region: str) -> None:
        try:
            from moto.server import ThreadedMotoServer  # noqa: PLC0415  (only who asks for it waits for it)
        except ImportError:
            raise LocalError(_INSTALL) from None
        logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line per request would bury those of the tasks
        self._make_server = ThreadedMotoServer
        self._servers: list[Any] = []
        self.account = Account(region=region, endpoint=f"http://127.0.0.1:{self.listen('127.0.0.1')}")
        self._stacks = 0
        self._values: dict[tuple[str, str], str] = {}
        self.made: list[str] = []
        """Created resources, by logical id."""

    def listen(self, host: str) -> int:
        """Listen on another address too, and return the port. All addresses serve the same resources."""
        server = self._make_server(ip_address=host, port=0, verbose=False)
        server.start()
        self._servers.append(server)
        port: int = server.get_host_and_port()[1]
        return port

    def make(self, needed: Iterable[Resource]) -> None:
        """Create the resources that tasks refer to, and the resources that those refer to.

        Raises:
            LocalError: The emulator rejects a resource.
        """
        by_template: dict[str, dict[str, Resource]] = {}
        for resource in _closed(needed):
            by_template.setdefault(resource.template.key, {})[resource.logical_id] = resource
        for resources in by_template.values():
            self._stacks += 1
            self._make(f"local-{self._stacks}", resources)

    def _make(self, stack: str, resources: Mapping[str, Resource]) -> None:
        outputs: dict[str, Any] = {}
        meant: dict[str, tuple[str, str]] = {}
        for name, resource in resources.items():
            for attribute in ("", *_ATTRIBUTES[resource.type]):
                key = f"O{len(outputs)}"
                value = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
                outputs[key] = {"Value": value}
                meant[key] = (resource.key, attribute)
        body = {
            "Resources": {name: _declaration(resource, resources) for name, resource in resources.items()},
            "Outputs": outputs,
        }
        client = self.account.client("cloudformation")
        try:
            client.create_stack(StackName=stack, TemplateBody=json.dumps(body))
            described = client.describe_stacks(StackName=stack)["Stacks"][0]
        except self.account.errors as error:
            raise LocalError(f"--emulator: it rejects {', '.join(resources)}: {error}") from None
        for output in described.get("Outputs", ()):
            self._values[meant[output["OutputKey"]]] = output["OutputValue"]
        self.made += list(resources)

    def deployed(self, resource: Resource, attribute: str) -> str | None:
        """Return a value of a resource in the emulator."""
        return self._values.get((resource.key, attribute))

    def close(self) -> None:
        """End it."""
        for server in self._servers:
            server.stop()


def _closed(needed: Iterable[Resource]) -> list[Resource]:
    found: dict[str, Resource] = {}
    waiting = [it for it in needed if it.type in _ATTRIBUTES]
    while waiting:
        resource = waiting.pop()
        if resource.key not in found:
            found[resource.key] = resource
            waiting += [it.resource for it in references_in(resource) if it.resource.type in _ATTRIBUTES]
    return list(found.values())


def _declaration(resource: Resource, made: Mapping[str, Resource]) -> dict[str, Any]:
    """Return a resource without the properties that need a resource that is not created, such as a key."""
    properties = {
        name: value
        for name, value in resource.source.items()
        if name not in {"Tags", "KmsMasterKeyId"} and _is_possible(value, made)
    }
    return {"Type": resource.type, "Properties": properties}


def _is_possible(value: Any, made: Mapping[str, Resource]) -> bool:
    if isinstance(value, list):
        return all(_is_possible(it, made) for it in value)
    if not isinstance(value, Mapping):
        return True
    match value:
        case {"Ref": str(name)} if len(value) == 1:
            return name in made or name.startswith("AWS::")
        case {"Fn::GetAtt": [str(name), *_]} if len(value) == 1:
            return name in made
        case {"Fn::ImportValue": _} | {"Fn::GetStackOutput": _}:
            return False
    return all(_is_possible(it, made) for it in value.values())
