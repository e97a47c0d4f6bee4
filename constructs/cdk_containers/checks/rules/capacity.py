"""Checks of EC2 instances that run tasks: access to their credentials, and what they start from."""

from __future__ import annotations

import re

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Reference, Resource, Unknown

from .capacity_parts import (
    GROUP,
    LAUNCHES,
    NODE_GROUP,
    groups_of,
    has_chosen_image,
    image_path,
    instance_profiles_of,
    instance_types_of,
    is_for_ecs,
    is_for_ecs_group,
    is_for_eks,
    launch_data,
    parameter_of,
    says_in_user_data,
    services_on,
    user_data,
)
from .roles import ROLE, grants_of, role_of, trusts, worst_grant
from .service_parts import CAPACITY_PROVIDER, network_mode_of
from .statements import Statement

_BLOCKS_METADATA = ("ECS_AWSVPC_BLOCK_IMDS", "awsvpc-block-imds")
_DRAINS_SPOT = ("ECS_ENABLE_SPOT_INSTANCE_DRAINING", "enable-spot-instance-draining")
_AGENTS = {"AmazonEC2ContainerServiceforEC2Role", "AmazonECSInstanceRolePolicyForManagedInstances"}
_REGISTERS = re.compile(r"ecs:Register(ContainerInstance|\*)", re.IGNORECASE)
_MANAGED_FOR_AGENTS = _AGENTS | {
    "AmazonSSMManagedInstanceCore",
    "AmazonEC2RoleforSSM",
    "AmazonSSMManagedEC2InstanceDefaultPolicy",
    "AmazonSSMPatchAssociation",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPullOnly",
    "CloudWatchAgentServerPolicy",
    "CloudWatchAgentAdminPolicy",
    "AWSXRayDaemonWriteAccess",
    "AmazonECSTaskExecutionRolePolicy",
    "EC2InstanceProfileForImageBuilder",
}
_ACTIONS_OF_AGENTS = re.compile(
    r"ecs:(CreateCluster|Describe\w*\*?|Deregister\w+|DiscoverPollEndpoint|List\w*\*?|Poll|PutSystemLogEvents"
    r"|Register(ContainerInstance|\*)|Start(Task|TelemetrySession|\*)|Submit[\w*]+|TagResource|UpdateContainer\w+)"
    r"|ecr(-public)?:([\w]*\*|(Get|BatchGet|BatchCheck|BatchImport|Describe|List)\w+)|logs:[\w*]+|xray:[\w*]+"
    r"|(ssmmessages|ec2messages):[\w*]+|ssm:(?!\*|Get\*|GetParameter|SendCommand|StartSession)[\w*]+"
    r"|(autoscaling|cloudformation|cloudwatch|ec2|elasticloadbalancing|tag):(Describe|Get|List)[\w*]*"
    r"|autoscaling:(CompleteLifecycleAction|RecordLifecycleActionHeartbeat|SetInstanceHealth)"
    r"|cloudformation:SignalResource|cloudwatch:PutMetricData|elasticloadbalancing:(Register|Deregister)[\w*]+"
    r"|sts:Get(CallerIdentity|ServiceBearerToken)",
    re.IGNORECASE,
)
_READS_FROM_AWS = re.compile(
    r"AmazonCloudWatch-|starport-layer-bucket|aws-ssm-|amazon-ssm-|patch-baseline-snapshot-|ecs-agent"
)
"""Parameters and buckets of AWS itself."""

_ENDED = {
    "amazon-linux-2/": "Amazon Linux 2, which has had no patches since June 2026",
    "amazon-linux/": "Amazon Linux, which has had no patches since 2023",
    "amazon-linux-2-": "Amazon Linux 2, which has had no patches since June 2026",
    "amzn2-ami": "Amazon Linux 2, which has had no patches since June 2026",
    "Windows_Server-2016": "Windows Server 2016",
    "windows-server-2016": "Windows Server 2016",
}
_PATCHED = ("amazon-linux-2023", "al2023", "bottlerocket", "indows_", "indows-", "amazon-linux-2022")


@check(
    "instance-metadata-for-instances-only",
    *LAUNCHES,
    fix=(
        "Set MetadataOptions to {HttpTokens: required, HttpPutResponseHopLimit: 1}, and ECS_AWSVPC_BLOCK_IMDS=true in "
        "UserData."
    ),
)
def metadata_is_for_the_instance(launch: Resource) -> Outcome | None:
    """No task gets the credentials of its instance."""
    if not is_for_ecs(launch):
        return None
    return worst(lambda look: look(launch), [_metadata_options, _awsvpc_block])


def _metadata_options(launch: Resource) -> Outcome:
    options = launch_data(launch).map("MetadataOptions")
    if options.text("HttpEndpoint", default="enabled") == "disabled":
        return ok("the metadata service is off")
    wrong = []
    if options.text("HttpTokens", default="optional") != "required":
        wrong.append("it accepts requests without a token (IMDSv1)")
    hops = options.number("HttpPutResponseHopLimit", default=1)
    if hops > 1 and not _drops_bridge_requests(launch):
        wrong.append(f"tasks in bridge mode can reach it, because the hop limit is {hops:g}")
    if wrong:
        return fault(f"not only the instance can use the metadata service: {', and '.join(wrong)}")
    return ok("only the instance can use the metadata service")


def _drops_bridge_requests(launch: Resource) -> bool:
    """Tell whether a rule of the firewall keeps containers in bridge mode from the metadata service."""
    return re.search(r"iptables.*169\.254\.169\.254.*DROP", user_data(launch)) is not None


def _awsvpc_block(launch: Resource) -> Outcome | None:
    if launch_data(launch).text("MetadataOptions", "HttpEndpoint", default="enabled") == "disabled":
        return None
    if says_in_user_data(launch, *_BLOCKS_METADATA):
        return ok("the agent blocks the metadata service for tasks in awsvpc mode")
    modes = {}
    for service in services_on(launch):
        modes[network_mode_of(service)] = service.logical_id
    if "awsvpc" in modes:
        return fault(
            f"tasks of {modes['awsvpc']}, in awsvpc mode, can reach the metadata service: ECS_AWSVPC_BLOCK_IMDS is not "
            "set",
            fix="Set ECS_AWSVPC_BLOCK_IMDS=true in /etc/ecs/ecs.config, through UserData.",
        )
    if modes:
        return None
    raise CannotTell("ECS_AWSVPC_BLOCK_IMDS is not set, and no task in the templates shows the network mode")


@check(
    "instance-role-is-the-agents",
    ROLE,
    fix="Move the permission to the task role of the service that needs it.",
)
def role_is_the_agents(role: Resource) -> Outcome | None:
    """The permissions of an application are not those of every task."""
    if not _is_of_container_instances(role):
        return None
    return worst_grant(role, _statement_of_agent, _managed_for_agent) or ok("the role has no application permissions")


def _is_of_container_instances(role: Resource) -> bool:
    if trusts(role, "ec2") and _is_an_agents(role):
        return True
    estate = role.template.estate
    providers = estate.of_type(CAPACITY_PROVIDER)
    of_managed = [
        it.value("ManagedInstancesProvider", "InstanceLaunchTemplate", "Ec2InstanceProfileArn")
        for it in providers
        if it.has("ManagedInstancesProvider")
    ]
    of_launches = [
        value
        for launch in estate.of_type(*LAUNCHES)
        if launch_data(launch).has("IamInstanceProfile") and is_for_ecs(launch)
        for value in instance_profiles_of(launch)
    ]
    for value in (*of_managed, *of_launches):
        try:
            if role_of(value, estate) is role:
                return True
        except CannotTell:
            continue
    return False


def _is_an_agents(role: Resource) -> bool:
    """Tell by its permissions whether a role is that of container instances."""
    grants = grants_of(role)
    if _AGENTS & set(grants.managed):
        return True
    return any(_REGISTERS.search(action) for it in grants.statements if it.allows for action in it.actions)


def _statement_of_agent(statement: Statement) -> Outcome:
    others = [it for it in statement.actions if not _ACTIONS_OF_AGENTS.fullmatch(it)]
    if others and not all(_READS_FROM_AWS.search(it) for it in statement.resources):
        return fault(f"every task on the instances can call {', '.join(others[:3])}{' and more' if others[3:] else ''}")
    return ok("the role has only what agents need")


def _managed_for_agent(name: str) -> Outcome:
    if name in _MANAGED_FOR_AGENTS:
        return ok("the role has only what agents need")
    return fault(f"every task on the instances can use the policy {name}")


@check(
    "encrypted-instance-volumes",
    *LAUNCHES,
    fix="Set Ebs.Encrypted to true in each entry of BlockDeviceMappings.",
)
def volumes_are_encrypted(launch: Resource) -> Outcome | None:
    """Data that containers write is encrypted on disk."""
    if not is_for_ecs(launch) and not is_for_eks(launch):
        return None
    mappings = [it for it in launch_data(launch).maps("BlockDeviceMappings") if it.has("Ebs")]
    if not mappings:
        raise CannotTell("the machine image defines the volumes, and the account may encrypt them by default")
    return worst(_volume_outcome, mappings)


def _volume_outcome(mapping: Map) -> Outcome:
    name = mapping.text("DeviceName", default="a volume")
    if mapping.flag("Ebs", "Encrypted"):
        return ok("the volumes are encrypted")
    return fault(f"{name} is not encrypted")


@check("no-ssh", *LAUNCHES, NODE_GROUP, fix="Remove KeyName, and open shells with Session Manager.")
def nobody_logs_in_by_ssh(launch: Resource) -> Outcome | None:
    """IAM controls who can open a shell."""
    if launch.type == NODE_GROUP:
        return _remote_access(launch)
    if not is_for_ecs(launch) and not is_for_eks(launch):
        return None
    key = launch_data(launch).value("KeyName")
    if not isinstance(key, Unknown) and not key:
        return ok("instances have no SSH key")
    if isinstance(key, Unknown) and not isinstance(key, Reference):
        _, declared = parameter_of(launch, "KeyName")
        if declared.get("Type") != "AWS::EC2::KeyPair::KeyName":
            raise CannotTell(f"KeyName depends on {key.why}")
    return fault("instances have an SSH key")


def _remote_access(nodes: Resource) -> Outcome:
    """EKS opens port 22 to all callers for a key without security groups."""
    access = nodes.map("RemoteAccess")
    if not access.has("Ec2SshKey"):
        return ok("nodes have no SSH key")
    callers = "named security groups" if access.has("SourceSecurityGroups") else "every address"
    return fault(f"nodes have an SSH key, and {callers} can reach their port 22", fix="Remove RemoteAccess.")


@check("supported-machine-image", *LAUNCHES, fix="Use an image of Amazon Linux 2023 or Bottlerocket.")
def image_is_patched(launch: Resource) -> Outcome | None:
    """The operating system gets patches."""
    if not is_for_ecs(launch):
        return None
    path = image_path(launch)
    if not has_chosen_image(launch) or not path:
        raise CannotTell("the template does not show the machine image")
    if any(part in path for part in _PATCHED):
        return ok("AWS patches the machine image")
    for part, what in _ENDED.items():
        if part in path:
            return fault(f"instances run {what}")
    raise CannotTell("the id of the machine image does not show its operating system")


@check("instance-architecture", *LAUNCHES, fix="Use a machine image for the architecture of the instance type.")
def image_fits_processors(launch: Resource) -> Outcome | None:
    """Instances start."""
    if not is_for_ecs(launch):
        return None
    types = instance_types_of(launch)
    if not types:
        return None
    from cdk_containers.model.instances import architecture_of  # noqa: PLC0415  (few templates have instances)

    kinds = {architecture_of([name]): name for name in types}
    if len(kinds) > 1:
        return fault(f"{' and '.join(sorted(kinds.values()))} need different machine images")
    kind, name = next(iter(kinds.items()))
    path = image_path(launch)
    if not has_chosen_image(launch) or "/aws/service/" not in path:
        raise CannotTell("the id of the machine image does not show its architecture")
    image = "ARM64" if "arm64" in path else "X86_64"
    if image != kind:
        return fault(f"{name} is {kind}, and the machine image is for {image}")
    return ok(f"instance types and machine image are both {kind}")


@check("nitro-instances", *LAUNCHES, fix="Use an instance type of the Nitro system, such as m7i or m7g.")
def instances_are_nitro(launch: Resource) -> Outcome | None:
    """Traffic between instances is encrypted."""
    if not is_for_ecs(launch):
        return None
    types = instance_types_of(launch)
    if not types:
        return None
    from cdk_containers.model.instances import not_nitro  # noqa: PLC0415  (few templates have instances)

    old = not_nitro(types)
    return fault(f"{', '.join(old)} is not of the Nitro system") if old else ok(f"{types[0]} is of the Nitro system")


@check("instance-lifetime", GROUP, fix="Set MaxInstanceLifetime, for example to 1209600 (14 days).")
def instances_do_not_grow_old(group: Resource) -> Outcome | None:
    """Instances are replaced regularly."""
    if not is_for_ecs_group(group):
        return None
    seconds = group.number("MaxInstanceLifetime", default=0)
    if seconds:
        return ok(f"instances are replaced after {seconds / 86400:g} days")
    return fault("instances run without a maximum lifetime")


@check("spot-draining", *LAUNCHES, fix="Set ECS_ENABLE_SPOT_INSTANCE_DRAINING=true in UserData.")
def spot_instances_drain(launch: Resource) -> Outcome | None:
    """Tasks drain before AWS reclaims the instance."""
    if not is_for_ecs(launch) or not _is_spot(launch):
        return None
    if says_in_user_data(launch, *_DRAINS_SPOT):
        return ok("tasks drain when the interruption notice arrives")
    return fault("tasks on Spot instances are stopped without draining")


def _is_spot(launch: Resource) -> bool:
    data = launch_data(launch)
    if data.text("InstanceMarketOptions", "MarketType") == "spot" or data.has("SpotPrice"):
        return True
    for group in groups_of(launch):
        if (
            group.number(
                "MixedInstancesPolicy", "InstancesDistribution", "OnDemandPercentageAboveBaseCapacity", default=100
            )
            < 100
        ):
            return True
    return False
