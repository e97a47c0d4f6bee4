"""CodeDeploy's applications and deployment groups."""

from typing import Any

from ..recipe import Recipe


def delete_deployment_group(api: Any, name: str) -> None:
    """Find the application; the physical id is the group's name alone."""
    for application in api.list_applications()["applications"]:
        if name in api.list_deployment_groups(applicationName=application)["deploymentGroups"]:
            api.delete_deployment_group(applicationName=application, deploymentGroupName=name)


RECIPES = {
    "AWS::CodeDeploy::Application": Recipe(
        service="codedeploy",
        create="create_application",
        name="ApplicationName",
        identity=lambda made, _: made["ApplicationName"],
        delete=lambda api, name: api.delete_application(applicationName=name),
    ),
    "AWS::CodeDeploy::DeploymentGroup": Recipe(
        service="codedeploy",
        create="create_deployment_group",
        name="DeploymentGroupName",
        identity=lambda made, _: made["DeploymentGroupName"],
        update=("update_deployment_group", "CurrentDeploymentGroupName"),
        delete=delete_deployment_group,
    ),
}
