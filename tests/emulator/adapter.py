"""Mend moto's CloudFormation so that it carries an ECS application through its life: create, update, delete.

Nothing is faked. A resource type that is neither in moto nor in RECIPES is skipped, and so is an unknown update or
deletion. Each of these is a line in the server's log, and the tests compare those lines with a list.
"""

import json
import logging
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from moto.cloudformation import parsing
from moto.cloudformation.exceptions import ValidationError
from moto.cloudformation.models import CloudFormationBackend, cloudformation_backends

from . import ecs_rules, eks_rules, lacking
from .recipe import Properties, client
from .recipes import ATTRIBUTES, DELETIONS, RECIPES

log = logging.getLogger("moto")

SECRET = re.compile(r"{{resolve:secretsmanager:(?P<arn>.+):SecretString:(?P<key>\w+)::}}")

# What moto has, before `install` replaces it.
find_resource = parsing.ResourceMap.__getitem__
order_resources = parsing.ResourceMap._ResourceMap__get_resources_in_dependency_order
resolve = parsing.clean_json
generate_name = parsing.generate_resource_name
update_resource = parsing.parse_and_update_resource
difference = parsing.ResourceMap.build_resource_diff
find_class = parsing.resource_class_from_type
read_exports = parsing.OutputMap.exports.fget
delete_one = parsing.ResourceMap._delete_resource
describe_stack_resources = CloudFormationBackend.describe_stack_resources
update_parameters = CloudFormationBackend._resolve_update_parameters


def install() -> None:
    """Put the recipes instead of moto's resource classes, and mend what its CloudFormation does with all types."""
    parsing.get_model_map().update(RECIPES)
    parsing.get_name_type_map().update({kind: recipe.name for kind, recipe in RECIPES.items()})
    parsing.clean_json = clean_json
    parsing.generate_resource_name = generate_resource_name
    parsing.parse_and_update_resource = parse_and_update_resource
    parsing.resource_class_from_type = lambda kind: RECIPES.get(kind) or find_class(kind)  # also of a custom resource
    ecs_rules.install()
    eks_rules.install()
    lacking.install()
    parsing.OutputMap.exports = property(exports)
    resources = parsing.ResourceMap
    resources.__getitem__ = get_resource
    resources._ResourceMap__get_resources_in_dependency_order = order_of_creation
    resources.validate_outputs = lambda _self: None  # it accepts only moto's own attributes
    resources.build_resource_diff = build_resource_diff
    resources._delete_resource = delete_resource
    resources.create = told(resources.create)
    resources.update = told(resources.update)
    resources.delete = told(delete_all)
    CloudFormationBackend._resolve_update_parameters = resolve_update_parameters
    CloudFormationBackend.describe_stack_resources = describe_made_resources


def order_of_creation(self: Any) -> list[str]:
    """Begin at the end if there is an EKS cluster, so that an order that is correct only by chance fails.

    What something depends on is made before it, by `get_resource`.
    """
    if any(it["Type"] == "AWS::EKS::Cluster" for it in self._resource_json_map.values()):
        return [*reversed(self._resource_json_map)]
    found: list[str] = order_resources(self)
    return found


def get_resource(self: Any, key: str) -> Any:
    """Make what a resource depends on before it, also when it is made early because another one refers to it."""
    if key in self._resource_json_map and key not in self._parsed_resources:
        after = self._resource_json_map[key].get("DependsOn", [])
        for dependency in [after] if isinstance(after, str) else after:
            self[dependency]
    return find_resource(self, key)


def exports(self: Any) -> Any:
    """Read exports once: moto reads those of a deleted stack again, and makes anew what they refer to."""
    if "exports_once" not in vars(self):
        self.exports_once = read_exports(self)
    return self.exports_once


def clean_json(value: Any, resources: Any) -> Any:
    """Know ATTRIBUTES, outputs of nested stacks, secrets, and the function by which CDK refers to another stack."""
    if isinstance(value, dict) and (reference := value.get("Fn::GetStackOutput")):
        region = resolve(reference.get("Region", resources._region_name), resources)
        stack = cloudformation_backends[resources._account_id][region].get_stack(reference["StackName"])
        return stack.output_map[reference["OutputName"]].value
    if isinstance(value, dict) and (reference := value.get("Fn::GetAtt")):
        resource = resources[reference[0]]
        if attribute := ATTRIBUTES.get((getattr(resource, "cf_resource_type", ""), reference[1])):
            return attribute(resource)
        if reference[1].startswith("Outputs."):
            return resource.output_map[reference[1].removeprefix("Outputs.")].value
    resolved = resolve(value, resources)
    if isinstance(resolved, str) and (secret := SECRET.fullmatch(resolved)):
        found = client("secretsmanager", resources._region_name).get_secret_value(SecretId=secret["arn"])
        return json.loads(found["SecretString"])[secret["key"]]
    return resolved


def generate_resource_name(resource_type: str, stack_name: str, logical_id: str) -> str:
    """Give repositories names that ECR takes, and Classic load balancers such as CloudFormation makes up."""
    if resource_type == "AWS::ElasticLoadBalancing::LoadBalancer":
        resource_type = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    name = generate_name(resource_type, stack_name, logical_id)
    return name.lower() if resource_type == "AWS::ECR::Repository" else name


def parse_and_update_resource(logical_id: str, resource_json: Properties, resources_map: Any, **where: Any) -> Any:
    """Keep a resource that moto cannot update; moto would forget that it exists."""
    updated = update_resource(logical_id, resource_json, resources_map, **where)
    if updated is None:
        log.warning("No Moto CloudFormation update for %s", resource_json["Type"])
    return updated or resources_map[logical_id]


def build_resource_diff(self: Any, other_template: Properties, parameters: Properties | None = None) -> Properties:
    """Update what refers to a replaced resource after it, although its own definition did not change."""
    changes = difference(self, other_template, parameters)
    new = other_template["Resources"]
    replaced = [it for it in changes["Modify"] if getattr(RECIPES.get(new[it]["Type"]), "replace", False)]
    dependents = [it for it in new if {*replaced} & {*parsing.get_references_from_template(new[it])}]
    others = [it for it in changes["Modify"] if it not in {*replaced, *dependents}]
    return {**changes, "Modify": replaced + others + [it for it in dependents if it not in changes["Add"]]}


def delete_all(self: Any) -> None:
    """Delete in the reverse order of creation, as CloudFormation does; moto tries them all until it gets stuck."""
    for logical_id, resource in reversed(self._parsed_resources.copy().items()):
        definition = self._resource_json_map.get(logical_id)
        if definition and resource and not str(definition.get("DeletionPolicy")).startswith("Retain"):
            self._delete_resource(resource, definition)
            del self._parsed_resources[logical_id]


def delete_resource(self: Any, parsed_resource: Any, resource_json: Properties) -> None:
    """Call the API for a type that moto never removes, and report a type without a known call."""
    kind = resource_json["Type"]
    if kind in DELETIONS:
        service, remove = DELETIONS[kind]
        remove(client(service, self._region_name), parsed_resource.physical_resource_id)
        return
    known = getattr(parsing.get_model_map()[kind], "delete_from_cloudformation_json", None)
    if not hasattr(parsed_resource, "delete") and hasattr(known, "__isabstractmethod__"):
        log.warning("No Moto CloudFormation deletion for %s", kind)
    delete_one(self, parsed_resource, resource_json)


def describe_made_resources(self: Any, stack_name: str, logical_resource_id: str) -> Any:
    """Leave out what moto has skipped: it looks for one resource among all."""
    stack, every = describe_stack_resources(self, stack_name, None)
    return stack, [it for it in every if it and logical_resource_id in (None, it.logical_resource_id)]


def resolve_update_parameters(self: Any, instance: Any, incoming_params: list[dict[str, str]]) -> dict[str, str]:
    """Let a parameter whose previous value is its default keep it."""
    given = [it for it in incoming_params if "ParameterValue" in it or it["ParameterKey"] in instance.parameters]
    return update_parameters(self, instance, given)


def told(operation: Callable[..., Any]) -> Callable[..., Any]:
    """Let the CLI show what went wrong; moto answers in another service's format, or not at all."""

    @wraps(operation)
    def tell(*args: Any, **kwargs: Any) -> Any:
        try:
            return operation(*args, **kwargs)
        except Exception as error:
            log.exception("CloudFormation failed")
            raise ValidationError(message=f"{type(error).__name__}: {error}") from error

    return tell
