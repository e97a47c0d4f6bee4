"""CodeDeploy resources of a service."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.cdk_modules import codedeploy
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of
from cdk_containers.deployments import CodeDeployBlueGreen
from cdk_containers.load_balancing import AlbRoute, NlbRoute, Route

_POLICY = "AWSCodeDeployRoleForECS"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that CodeDeploy needs to deploy to ECS. Only "
    "CodeDeploy can assume the role",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{_POLICY}]",),
)


def make_deployment_group(
    scope: Construct,
    service: ecs.BaseService,
    route: Route,
    deployment: CodeDeployBlueGreen,
    alarms: Sequence[cloudwatch.IAlarm],
) -> codedeploy.EcsDeploymentGroup:
    """Create the application and the deployment group of a service with one route."""
    if not isinstance(route, AlbRoute | NlbRoute) or route.alternate_target_group is None:
        message = f"CodeDeploy cannot shift the traffic of {route.node.path}"
        raise TypeError(message)
    group = codedeploy.EcsDeploymentGroup(
        scope,
        "DeploymentGroup",
        application=codedeploy.EcsApplication(scope, "Application"),
        service=service,
        deployment_config=deployment.deployment_config,
        blue_green_deployment_config=deployment.blue_green_config(
            blue_target_group=route.target_group,
            green_target_group=route.alternate_target_group,
            listener=route.listener if isinstance(route, NlbRoute) else route.load_balancer.listener,
            test_listener=route.test_listener,
        ),
        alarms=list(alarms),
        auto_rollback=codedeploy.AutoRollbackConfig(
            failed_deployment=True, stopped_deployment=True, deployment_in_alarm=bool(alarms)
        ),
    )
    if isinstance(route, AlbRoute) and route.test_rule is not None:
        # CodeDeploy requires both target groups behind a listener; the deployment group refers only to listeners.
        group.node.add_dependency(route.test_rule)
    if group.role is not None:
        acknowledge(group.role, _MANAGED_POLICY)
    _keep_revisions(service)
    return group


def _keep_revisions(service: ecs.BaseService) -> None:
    """Keep old task definition revisions, because one of them runs until CodeDeploy deploys the next one.

    CloudFormation would deregister each revision when a stack update replaces it, and CodeDeploy could not roll back.
    """
    options = resource_of(service.task_definition).cfn_options
    options.update_replace_policy = cdk.CfnDeletionPolicy.RETAIN
    options.deletion_policy = cdk.CfnDeletionPolicy.DELETE  # checkers expect both or none
