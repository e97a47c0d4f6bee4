"""What belongs to container instances: capacity provider, Auto Scaling group, launch template, role, user data."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any

from cdk_containers.checks.templates import CannotTell, Map, Missing, Resource, Unknown, Value, texts_of

from .service_parts import CAPACITY_PROVIDER, SERVICE, capacities, capacity_providers_of, cluster_of, strategy_of

GROUP = "AWS::AutoScaling::AutoScalingGroup"
LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"
LAUNCH_CONFIGURATION = "AWS::AutoScaling::LaunchConfiguration"
INSTANCE = "AWS::EC2::Instance"
LAUNCHES = (LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, INSTANCE)
NODE_GROUP = "AWS::EKS::Nodegroup"

_OF_THE_AGENT = re.compile(r"ECS_CLUSTER|/etc/ecs/|ECSAgent|settings\.ecs\b", re.IGNORECASE)
_IMAGES_OF_ECS = re.compile(
    r"/aws/service/(ecs/optimized-ami|bottlerocket/aws-ecs)|ECS_Optimized|ecs-optimized|aws-ecs-", re.I
)


def group_of(provider: Resource) -> Resource:
    """Return the Auto Scaling group of a capacity provider."""
    value = provider.value("AutoScalingGroupProvider", "AutoScalingGroupArn")
    group = provider.template.estate.find(value, GROUP)
    if group is None:
        raise CannotTell("the Auto Scaling group is in another stack")
    return group


def groups_of(launch: Resource) -> list[Resource]:
    """Return the Auto Scaling groups that start instances from a launch template or configuration."""
    groups = launch.referring(GROUP)
    named = {LAUNCH_TEMPLATE: "LaunchTemplateName", LAUNCH_CONFIGURATION: "LaunchConfigurationName"}.get(
        launch.type, ""
    )
    name = launch.source.get(named)
    if isinstance(name, str):
        groups += [it for it in launch.template.estate.of_type(GROUP) if it not in groups and _says(it, named, name)]
    return groups


def _says(group: Resource, key: str, name: str) -> bool:
    mixed = ("MixedInstancesPolicy", "LaunchTemplate", "LaunchTemplateSpecification")
    values = [group.value(*path, key) for path in ((), ("LaunchTemplate",), mixed)]
    return any(isinstance(value, str) and value == name for value in values)


def launches_of(group: Resource) -> list[Resource]:
    """Return the launch templates and configurations of an Auto Scaling group that are in sight."""
    return [launch for launch in group.template.estate.of_type(*LAUNCHES) if group in groups_of(launch)]


def launch_data(launch: Resource) -> Map:
    """Return what a launch template, launch configuration or instance says of instances."""
    return launch.map("LaunchTemplateData") if launch.type == LAUNCH_TEMPLATE else launch


def is_for_ecs_group(group: Resource) -> bool:
    """Tell whether instances of an Auto Scaling group are capacity of ECS."""
    return bool(group.referring(CAPACITY_PROVIDER)) or any(_speaks_of_ecs(launch) for launch in launches_of(group))


def is_for_ecs(launch: Resource) -> bool:
    """Tell whether a launch template, launch configuration or instance starts container instances of ECS."""
    return _speaks_of_ecs(launch) or any(group.referring(CAPACITY_PROVIDER) for group in groups_of(launch))


def is_for_eks(launch: Resource) -> bool:
    """Tell whether a launch template starts nodes of EKS."""
    return bool(launch.referring(NODE_GROUP))


def services_on(launch: Resource) -> list[Resource]:
    """Return the services in sight that run on these instances: by capacity provider, or in the cluster they join."""
    providers = [provider for group in groups_of(launch) for provider in group.referring(CAPACITY_PROVIDER)]
    services = []
    for service in launch.template.estate.of_type(SERVICE):
        try:
            if _runs_on(service, launch, providers):
                services.append(service)
        except CannotTell:
            continue
    return services


def _runs_on(service: Resource, launch: Resource, providers: list[Resource]) -> bool:
    if any(provider in providers for provider in capacity_providers_of(service)):
        return True
    cluster = cluster_of(service)
    joins = cluster is not None and launch in cluster.referring(launch.type)
    return joins and not strategy_of(service) and capacities(service) == {"EC2 instances"}


def user_data(launch: Resource) -> str:
    """Return the known text of the user data; unknown parts of it are left out.

    Raises:
        CannotTell: Nothing of it is known.
    """
    value = launch_data(launch).value("UserData")
    if isinstance(value, Unknown) and not list(texts_of(value)):
        raise CannotTell(f"UserData depends on {value.why}")
    return decoded("\0".join(texts_of(value)))


def says_in_user_data(launch: Resource, *settings: str) -> bool:
    """Tell whether the user data, as far as it is known, sets one of some settings of the agent to true."""
    data = user_data(launch)
    return any(re.search(rf"\b{re.escape(it)}\b[\"']?\s*[=:]\s*[\"']?true", data, re.IGNORECASE) for it in settings)


def parameter_of(launch: Resource, key: str) -> tuple[str, Mapping[str, Any]]:
    """Return the parameter that a property is, and its declaration; no name where it is something else."""
    source = launch_data(launch).source.get(key)
    name = source.get("Ref") if isinstance(source, Mapping) else None
    if isinstance(name, str) and name in launch.template.parameters:
        return name, launch.template.parameters[name]
    return "", {}


def image_path(launch: Resource) -> str:
    """Return what is known of where the machine image comes from: its id, or the path of a public parameter."""
    _, declared = parameter_of(launch, "ImageId")
    if str(declared.get("Type", "")).startswith("AWS::SSM::Parameter::Value"):
        return str(declared.get("Default", ""))
    value = launch_data(launch).value("ImageId")
    return value.why if isinstance(value, Unknown) else str(value or "")


def has_chosen_image(launch: Resource) -> bool:
    """Tell whether the app chooses the image, not the deployer of the template."""
    name, _ = parameter_of(launch, "ImageId")
    return not name or name.startswith("SsmParameterValue") or launch.template.estate.assume_defaults


def instance_types_of(launch: Resource) -> list[str]:
    """Return the instance types that are started, as far as they are in the template."""
    types = [launch_data(launch).text("InstanceType")] if launch_data(launch).has("InstanceType") else []
    for group in groups_of(launch):
        overrides = group.maps("MixedInstancesPolicy", "LaunchTemplate", "Overrides")
        types += [it.text("InstanceType") for it in overrides if it.has("InstanceType")]
    return types


def instance_profiles_of(launch: Resource) -> list[Value]:
    """Return what names the instance profile of a launch template, launch configuration or instance."""
    data = launch_data(launch)
    profile = data.value("IamInstanceProfile")
    values = [profile.value("Arn"), profile.value("Name")] if isinstance(profile, Map) else [profile]
    return [value for value in values if not isinstance(value, Missing)]


def _speaks_of_ecs(launch: Resource) -> bool:
    try:
        if _IMAGES_OF_ECS.search(image_path(launch)):
            return True
        if _OF_THE_AGENT.search(user_data(launch)):
            return True
    except CannotTell:
        pass
    around = [launch.metadata, *(group.metadata for group in groups_of(launch))]
    return any("AWS::CloudFormation::Init" in it and _OF_THE_AGENT.search(json.dumps(it, default=str)) for it in around)


def decoded(text: str) -> str:
    """Return user data as text; without `Fn::Base64` it is already encoded."""
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return text
