"""Trails, CodeDeploy deployment groups, and Elastic Beanstalk environments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import parts, properties, shaped, without_nothing

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_TRAIL = "CloudWatchLogsLogGroupArn IsMultiRegionTrail"


@reader(
    {"AWS::CloudTrail::Trail": f"{_TRAIL} EnableLogFileValidation IsLogging KMSKeyId TrailName"},
    cloudtrail=("describe_trails", "get_trail_status"),
)
def trails(account: Account) -> Iterator[Found]:
    """Find the trails whose home is this region."""
    for it in account.pages("cloudtrail", "describe_trails", "trailList", includeShadowTrails=False):
        arn = it["TrailARN"]
        yield Found(
            type="AWS::CloudTrail::Trail",
            name=arn,
            properties=properties(it, _TRAIL)
            | without_nothing(
                EnableLogFileValidation=it.get("LogFileValidationEnabled"),
                IsLogging=account.perhaps("cloudtrail", "get_trail_status", "IsLogging", Name=arn),
                KMSKeyId=it.get("KmsKeyId"),
                TrailName=it["Name"],
            ),
            identifiers=frozenset({arn}),
            physical_id=it["Name"],
        )


@reader(
    {"AWS::CodeDeploy::DeploymentGroup": "AlarmConfiguration DeploymentConfigName ECSServices"},
    codedeploy=("list_applications", "list_deployment_groups", "batch_get_deployment_groups"),
)
def deployment_groups(account: Account) -> Iterator[Found]:
    """Find the deployment groups of services."""
    for application in account.pages("codedeploy", "list_applications", "applications"):
        names = list(
            account.pages("codedeploy", "list_deployment_groups", "deploymentGroups", applicationName=application)
        )
        for some in parts(names, 100):
            groups = account.pages(
                "codedeploy",
                "batch_get_deployment_groups",
                "deploymentGroupsInfo",
                applicationName=application,
                deploymentGroupNames=some,
            )
            for it in groups:
                yield Found(
                    type="AWS::CodeDeploy::DeploymentGroup",
                    name=f"{application}/{it['deploymentGroupName']}",
                    properties={
                        **properties(it, "AlarmConfiguration DeploymentConfigName"),
                        "ECSServices": shaped(it.get("ecsServices", [])),
                    },
                    physical_id=it["deploymentGroupName"],
                )


@reader(
    {"AWS::ElasticBeanstalk::Environment": "OptionSettings PlatformArn SolutionStackName TemplateName"},
    elasticbeanstalk=("describe_environments", "describe_configuration_settings"),
)
def environments(account: Account) -> Iterator[Found]:
    """Find the Elastic Beanstalk environments, with settings from all sources."""
    for it in account.pages("elasticbeanstalk", "describe_environments", "Environments", IncludeDeleted=False):
        settings = account.pages(
            "elasticbeanstalk",
            "describe_configuration_settings",
            "ConfigurationSettings",
            ApplicationName=it["ApplicationName"],
            EnvironmentName=it["EnvironmentName"],
        )
        options = [option for setting in settings for option in setting.get("OptionSettings", ()) if "Value" in option]
        yield Found(
            type="AWS::ElasticBeanstalk::Environment",
            name=it.get("EnvironmentArn", it["EnvironmentId"]),
            properties={**properties(it, "PlatformArn SolutionStackName"), "OptionSettings": options},
            physical_id=it["EnvironmentName"],
        )
