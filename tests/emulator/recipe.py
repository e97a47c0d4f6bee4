"""How a resource type is made, changed and removed by calls of moto's own API, where its CloudFormation cannot.

Requests are built from AWS's API model, so that a property which AWS does not have, or which is of another type, fails
the deployment.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.model import ListShape, MapShape, Shape, StructureShape
from moto.core.botocore_stubber import MockRawResponse
from werkzeug.test import Client

Properties = dict[str, Any]


@cache
def client(service: str, region: str) -> Any:
    """Give a client of the emulator itself, which answers without a connection: that takes longer than most calls."""
    found = boto3.client(service, region)
    found.meta.events.register("before-send", answer)
    return found


application: Any = None
"""The emulator, as a WSGI application."""


def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    data = request.body or b""
    answered = Client(application).open(request.url, method=request.method, headers=headers, data=data)
    return AWSResponse(request.url, answered.status_code, answered.headers, MockRawResponse(answered.data))


def call(api: Any, operation: str, properties: Properties, *, partial: bool = False) -> Properties:
    """Call the API with a resource's properties; `partial` leaves out those that this call does not take."""
    shape = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[operation]).input_shape
    if partial:
        known = {name.lower() for name in shape.members}
        properties = {name: value for name, value in properties.items() if name.lower() in known}
    return getattr(api, operation)(**to_api(properties, shape, operation))


def to_api(value: Any, shape: Shape, where: str) -> Any:
    """Turn a property into a parameter: names differ in case, scalars may be strings, tags a list."""
    match shape:
        case StructureShape(is_document_type=True):
            return value
        case StructureShape():
            members = {name.lower(): name for name in shape.members}
            if unknown := [name for name in value if name.lower() not in members]:
                raise ValueError(f"AWS's API has no {', '.join(unknown)} in {where}")
            named = {members[name.lower()]: item for name, item in value.items()}
            return {name: to_api(item, shape.members[name], f"{where}.{name}") for name, item in named.items()}
        case ListShape():
            return [to_api(item, shape.member, where) for item in value]
        case MapShape():
            pairs = {tag["Key"]: tag["Value"] for tag in value} if isinstance(value, list) else value
            return {name: to_api(item, shape.value, where) for name, item in pairs.items()}
        case _:
            return CONVERT.get(shape.type_name, lambda item: item)(value)


def present(value: Any) -> Any:
    """Leave out what is AWS::NoValue."""
    if isinstance(value, dict):
        return {name: present(item) for name, item in value.items() if item is not None}
    return [present(item) for item in value if item is not None] if isinstance(value, list) else value


CONVERT: dict[str, Callable[[Any], Any]] = {
    "boolean": lambda value: {"true": True, "false": False}[str(value).lower()],
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": lambda value: json.dumps(value) if isinstance(value, dict | list) else str(value),
}


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How to make, change and remove a resource by API calls. moto takes it for one of its resource classes."""

    service: str
    create: str
    """The call that makes it. A change calls it again, as fits `put_...` calls, unless `update` names another one."""
    identity: Callable[[Properties, Properties], str]
    """The physical id, from properties and outcome."""
    delete: Callable[[Any, str], object]
    outcome: Callable[[Any, Properties], Properties] = lambda _api, response: response
    """Asks for the outcome of a call that only begins the work."""
    name: str = ""
    """The property with the resource's name, which CloudFormation makes up when it is not given."""
    longest: int = 0
    """How many characters a name that CloudFormation makes up may have; 0 if moto's are never too long."""
    prepare: Callable[[Properties], Properties] = dict
    """Renames and regroups the properties that the API has elsewhere."""
    then: Callable[[Any, str, Properties], object] = lambda _api, _identity, _properties: None
    """Makes the calls for what `create` and `update` do not take."""
    attributes: Callable[[Any, str], Properties] = lambda _api, _identity: {}
    update: tuple[str, str] | None = None
    """The call that changes it in place, and the call's parameter for the physical id: none if properties name it."""
    changes: Callable[[Properties, Properties], Properties] = lambda _before, after: after
    """What the update sends, from the properties before and after."""
    replace: bool = False
    """A change removes the old resource after it made the new one."""

    def create_from_cloudformation_json(
        self, name: str, definition: Properties, _account: str, region: str, **_: Any
    ) -> "Resource":
        short = name if len(name) <= self.longest or not self.longest else name[: self.longest - 13] + name[-13:]
        given = {**({self.name: short} if self.name else {}), **present(definition["Properties"])}
        properties = self.prepare(given)
        api = client(self.service, region)
        outcome = self.outcome(api, call(api, self.create, properties))
        identity = self.identity(properties, outcome)
        self.then(api, identity, given)
        return Resource(self, identity, region, name, given)

    def update_from_cloudformation_json(
        self,
        original_resource: "Resource",
        new_resource_name: str,
        cloudformation_json: Properties,
        account_id: str,
        region_name: str,
    ) -> "Resource":
        if self.update:
            operation, parameter = self.update
            identity = original_resource.physical_resource_id
            given = present(cloudformation_json["Properties"])
            api = client(self.service, region_name)
            sent = self.changes(original_resource.given, given)
            # A name that CloudFormation made up is not in the template.
            named = {parameter: identity} if parameter else only(self.name)(original_resource.given)
            call(api, operation, {**self.prepare(sent), **named}, partial=True)
            self.then(api, identity, given)
            original_resource.given = {**only(self.name)(original_resource.given), **given}
            return original_resource
        name = new_resource_name if self.replace else original_resource.name
        new = self.create_from_cloudformation_json(name, cloudformation_json, account_id, region_name)
        if self.replace and cloudformation_json.get("UpdateReplacePolicy") != "Retain":
            original_resource.delete(account_id, region_name)
        return new


@dataclass
class Resource:
    """A resource that a recipe made, with the members that moto wants of one."""

    recipe: Recipe
    physical_resource_id: str
    region: str
    name: str
    given: Properties

    def is_created(self) -> bool:
        return True

    def get_cfn_attribute(self, attribute: str) -> Any:
        api = client(self.recipe.service, self.region)
        return self.recipe.attributes(api, self.physical_resource_id)[attribute]

    def delete(self, _account: str, region: str) -> None:
        self.recipe.delete(client(self.recipe.service, region), self.physical_resource_id)


# ---- properties that the API has elsewhere


def without(*names: str) -> Callable[[Properties], Properties]:
    return lambda properties: {name: value for name, value in properties.items() if name not in names}


def renamed(**names: str) -> Callable[[Properties], Properties]:
    return lambda properties: {names.get(name, name): value for name, value in properties.items()}


def only(*names: str) -> Callable[[Properties], Properties]:
    return lambda properties: {name: value for name, value in properties.items() if name in names}
