"""State machines, and the functions that deployments ask."""

import io
import json
import zipfile
from typing import Any

from ..recipe import Properties, Recipe, renamed, without


def state_machine_request(properties: Properties) -> Properties:
    """Put the values into the definition, as CloudFormation does."""
    rest = without("Definition", "DefinitionString", "DefinitionSubstitutions")(properties)
    definition = properties.get("DefinitionString") or json.dumps(properties["Definition"])
    for name, value in properties.get("DefinitionSubstitutions", {}).items():
        definition = definition.replace(f"${{{name}}}", str(value))
    json.loads(definition)
    return {**renamed(StateMachineName="name", StateMachineType="type")(rest), "definition": definition}


def state_machine(api: Any, arn: str) -> Properties:
    return {"Arn": arn, "Name": api.describe_state_machine(stateMachineArn=arn)["name"]}


def function_request(properties: Properties) -> Properties:
    """Zip the code that the template holds."""
    code = properties["Code"]
    properties = without("ReservedConcurrentExecutions")(properties)
    if "ZipFile" not in code:
        return properties
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        files.writestr("index.py", code["ZipFile"])
    return {**properties, "Code": {"ZipFile": archive.getvalue()}}


def reserve_concurrency(api: Any, name: str, properties: Properties) -> None:
    if reserved := properties.get("ReservedConcurrentExecutions"):
        api.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=int(reserved))


def function(api: Any, name: str) -> Properties:
    return {"Arn": api.get_function(FunctionName=name)["Configuration"]["FunctionArn"]}


RECIPES = {
    "AWS::Lambda::Function": Recipe(
        service="lambda",
        create="create_function",
        name="FunctionName",
        longest=64,
        prepare=function_request,
        identity=lambda made, _: made["FunctionName"],
        then=reserve_concurrency,
        attributes=function,
        update=("update_function_configuration", "FunctionName"),
        delete=lambda api, name: api.delete_function(FunctionName=name),
    ),
    "AWS::Lambda::LayerVersion": Recipe(
        service="lambda",
        create="publish_layer_version",
        name="LayerName",
        identity=lambda _, response: response["LayerVersionArn"],
        delete=lambda api, arn: api.delete_layer_version(
            LayerName=arn.rsplit(":", 1)[0], VersionNumber=int(arn.rsplit(":", 1)[1])
        ),
    ),
    "AWS::Lambda::Permission": Recipe(
        service="lambda",
        create="add_permission",
        name="StatementId",
        identity=lambda made, _: f"{made['FunctionName']}|{made['StatementId']}",
        delete=lambda api, identity: api.remove_permission(
            FunctionName=identity.split("|")[0], StatementId=identity.split("|")[1]
        ),
    ),
    "AWS::StepFunctions::StateMachine": Recipe(
        service="stepfunctions",
        create="create_state_machine",
        name="StateMachineName",
        longest=80,
        prepare=state_machine_request,
        identity=lambda _, response: response["stateMachineArn"],
        attributes=state_machine,
        update=("update_state_machine", "stateMachineArn"),
        delete=lambda api, arn: api.delete_state_machine(stateMachineArn=arn),
    ),
}
