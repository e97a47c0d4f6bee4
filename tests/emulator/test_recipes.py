"""The requests that recipes make are AWS's: what its API does not have is refused, not dropped."""

from __future__ import annotations

from typing import Any

import boto3
import pytest

from tests.emulator.recipe import to_api
from tests.emulator.recipes import RECIPES


def request_for(kind: str, properties: dict[str, Any]) -> Any:
    recipe = RECIPES[kind]
    api: Any = boto3.client(recipe.service, "us-east-1")
    operation = api.meta.service_model.operation_model(api.meta.method_to_api_mapping[recipe.create])
    return to_api(recipe.prepare(properties), operation.input_shape, recipe.create)


def test_names_take_the_case_of_the_api_and_maps_keep_theirs() -> None:
    container = {"Name": "app", "Essential": "true", "DockerLabels": {"Some.Label": "v"}, "PortMappings": []}
    request = request_for(
        "AWS::ECS::TaskDefinition", {"Family": "web", "ContainerDefinitions": [container], "Cpu": 256}
    )
    assert request == {
        "family": "web",
        "cpu": "256",
        "containerDefinitions": [
            {"name": "app", "essential": True, "dockerLabels": {"Some.Label": "v"}, "portMappings": []}
        ],
    }


def test_a_property_that_aws_does_not_have_is_refused() -> None:
    container = {"Name": "app", "StopTimout": 30}
    with pytest.raises(ValueError, match=r"no StopTimout in register_task_definition\.containerDefinitions"):
        request_for("AWS::ECS::TaskDefinition", {"Family": "web", "ContainerDefinitions": [container]})


def test_a_value_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        request_for("AWS::ECS::Service", {"ServiceName": "web", "DesiredCount": "many"})


@pytest.mark.parametrize("kind", sorted(RECIPES))
def test_every_recipe_names_a_call_that_exists(kind: str) -> None:
    recipe = RECIPES[kind]
    calls = boto3.client(recipe.service, "us-east-1").meta.method_to_api_mapping
    assert {recipe.create, *([recipe.update[0]] if recipe.update else [])} <= set(calls)
