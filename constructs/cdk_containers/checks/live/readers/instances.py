"""Launch templates, Auto Scaling groups and instances."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties
from cdk_containers.checks.rules.capacity_parts import decoded

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_GROUP = (
    "AutoScalingGroupName CapacityRebalance DefaultInstanceWarmup HealthCheckGracePeriod HealthCheckType "
    "LaunchConfigurationName LaunchTemplate LoadBalancerNames MaxInstanceLifetime MaxSize MinSize MixedInstancesPolicy "
    "NewInstancesProtectedFromScaleIn TargetGroupARNs"
)
_CONFIGURATION = (
    "AssociatePublicIpAddress BlockDeviceMappings IamInstanceProfile ImageId InstanceType KeyName "
    "LaunchConfigurationName MetadataOptions SecurityGroups SpotPrice UserData"
)
_INSTANCE = "IamInstanceProfile ImageId InstanceType KeyName MetadataOptions SubnetId"
_OF_EKS = "eks:nodegroup-name"


@reader(
    {"AWS::EC2::LaunchTemplate": "LaunchTemplateData LaunchTemplateName"},
    ec2=("describe_launch_templates", "describe_launch_template_versions"),
)
def launch_templates(account: Account) -> Iterator[Found]:
    """Find launch templates: the newest version of each, and the default version if it differs.

    Templates that EKS creates for managed node groups are left out, because the groups are included.
    """
    of_eks = {
        it["LaunchTemplateId"]
        for it in account.pages("ec2", "describe_launch_templates", "LaunchTemplates")
        if any(tag["Key"] == _OF_EKS for tag in it.get("Tags", ()))
    }
    versions: dict[str, list[Mapping[str, Any]]] = {}
    asked = account.pages(
        "ec2", "describe_launch_template_versions", "LaunchTemplateVersions", Versions=["$Latest", "$Default"]
    )
    for it in asked:
        versions.setdefault(it["LaunchTemplateId"], []).append(it)
    for id_, all_ in versions.items():
        newest = max(it["VersionNumber"] for it in all_)
        for number, it in {it["VersionNumber"]: it for it in all_ if id_ not in of_eks}.items():
            yield Found(
                type="AWS::EC2::LaunchTemplate",
                name=id_ if number == newest else f"{id_}:{number}",
                properties=_launch_template(it),
                identifiers=frozenset({id_, it["LaunchTemplateName"]} if number == newest else ()),
            )


def _launch_template(it: Mapping[str, Any]) -> dict[str, Any]:
    shown = properties(it, "LaunchTemplateData LaunchTemplateName")
    return {**shown, "LaunchTemplateData": _readable(shown["LaunchTemplateData"])}


def _readable(shown: dict[str, Any]) -> dict[str, Any]:
    """Return the data with decoded user data."""
    return {**shown, "UserData": decoded(shown["UserData"])} if "UserData" in shown else shown


@reader(
    {
        "AWS::AutoScaling::AutoScalingGroup": f"{_GROUP} LaunchTemplateName MetricsCollection VPCZoneIdentifier",
        "AWS::AutoScaling::LaunchConfiguration": f"{_CONFIGURATION} InstanceMarketOptions",
    },
    autoscaling=("describe_auto_scaling_groups", "describe_launch_configurations"),
)
def auto_scaling_groups(account: Account) -> Iterator[Found]:
    """Find Auto Scaling groups and launch configurations."""
    for it in account.pages("autoscaling", "describe_auto_scaling_groups", "AutoScalingGroups"):
        arn = it["AutoScalingGroupARN"]
        yield Found(
            type="AWS::AutoScaling::AutoScalingGroup",
            name=arn,
            properties={
                **properties(it, _GROUP),
                "MetricsCollection": _metrics(it.get("EnabledMetrics", ())),
                "VPCZoneIdentifier": [id_ for id_ in it.get("VPCZoneIdentifier", "").split(",") if id_],
            },
            identifiers=frozenset({arn, it["AutoScalingGroupName"]}),
        )
    for it in account.pages("autoscaling", "describe_launch_configurations", "LaunchConfigurations"):
        shown = _readable({key: value for key, value in properties(it, _CONFIGURATION).items() if value != ""})
        yield Found(
            type="AWS::AutoScaling::LaunchConfiguration",
            name=it["LaunchConfigurationARN"],
            properties=shown,
            identifiers=frozenset({it["LaunchConfigurationARN"], it["LaunchConfigurationName"]}),
        )


def _metrics(enabled: Any) -> list[dict[str, Any]]:
    by_granularity: dict[str, list[str]] = {}
    for it in enabled:
        by_granularity.setdefault(it["Granularity"], []).append(it["Metric"])
    return [{"Granularity": key, "Metrics": names} for key, names in by_granularity.items()]


@reader({"AWS::EC2::Instance": f"{_INSTANCE} SecurityGroupIds"}, ec2=("describe_instances",))
def instances(account: Account) -> Iterator[Found]:
    """Find the instances outside of Auto Scaling groups. For the others, the group is checked."""
    for reservation in account.pages("ec2", "describe_instances", "Reservations"):
        for it in reservation.get("Instances", ()):
            tags = {tag["Key"] for tag in it.get("Tags", ())}
            if "aws:autoscaling:groupName" in tags or it.get("State", {}).get("Name") == "terminated":
                continue
            groups = [one["GroupId"] for one in it.get("SecurityGroups", ())]
            yield Found(
                type="AWS::EC2::Instance",
                name=it["InstanceId"],
                properties={**properties(it, _INSTANCE), "SecurityGroupIds": groups},
                identifiers=frozenset({it["InstanceId"]}),
            )
