"""The alarms of a service, including those that roll back its deployments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.deployments import CodeDeployBlueGreen
from cdk_containers.load_balancing import Route
from cdk_containers.metrics import OwnAlarm
from cdk_containers.observability import Alarms, make_alarms, make_server_error_alarms

from ..clusters import Cluster
from .service_input import ServiceInput


def make_rollback_alarms(scope: Construct, given: ServiceInput, routes: Sequence[Route]) -> dict[str, OwnAlarm]:
    """Create the alarms on server errors that roll back deployments, by name, even if other alarms are disabled."""
    made: dict[str, OwnAlarm] = {}
    if not isinstance(given.alarms, Alarms) and given.deployment.alarm_rollback is not True:
        return made
    options = given.alarms if isinstance(given.alarms, Alarms) else Alarms()
    for index, route in enumerate(routes):
        if not route.rolls_back:
            continue
        suffix = "" if index == 0 else str(index + 1)
        made |= make_server_error_alarms(scope, suffix, route, options)
    return made


def watched_alarms(given: ServiceInput, failing: Mapping[str, OwnAlarm]) -> list[cloudwatch.IAlarm]:
    """Return the alarms that roll back a deployment, as CDK constructs."""
    if given.deployment.alarm_rollback is not True:
        return []
    return [*(alarm.construct for alarm in failing.values()), *given.deployment.alarms]


def roll_back_on(failing: Mapping[str, OwnAlarm], service: cdk.CfnResource, given: ServiceInput) -> None:
    """Make ECS watch alarms during deployments; CodeDeploy configures them elsewhere."""
    if given.deployment.alarm_rollback is not True or isinstance(given.deployment, CodeDeployBlueGreen):
        return
    names = [*(alarm.name for alarm in failing.values()), *(alarm.alarm_name for alarm in given.deployment.alarms)]
    if names:
        # Not with CDK's enable_deployment_alarms, which loses the alarms of an earlier call and warns about a circular
        # dependency that these alarms cannot have.
        service.add_property_override(
            "DeploymentConfiguration.Alarms", {"AlarmNames": names, "Enable": True, "Rollback": True}
        )


def make_other_alarms(
    scope: Construct, given: ServiceInput, service: ecs.BaseService, routes: Sequence[Route], cluster: Cluster
) -> dict[str, OwnAlarm]:
    """Create the alarms for your team, by name, unless they are disabled."""
    if not isinstance(given.alarms, Alarms):
        return {}
    made: dict[str, OwnAlarm] = {}
    for index, route in enumerate(routes):
        if not route.rolls_back:
            made |= make_server_error_alarms(scope, "" if index == 0 else str(index + 1), route, given.alarms)
    insights = cluster.has_container_insights is True
    return made | make_alarms(scope, service, routes, given.alarms, container_insights=insights)
