"""Checks of nodes and Fargate profiles of EKS: what they start from, and what their roles may do."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Resource, Value

from .capacity_parts import LAUNCH_CONFIGURATION, LAUNCH_TEMPLATE, NODE_GROUP, instance_profiles_of, launch_data
from .eks_settings import (
    ACCESS_ENTRY,
    CLUSTER,
    CUSTOM_CLUSTER,
    CUSTOM_FARGATE_PROFILE,
    FARGATE_PROFILE,
    at,
    cluster_of,
    launch_template_of,
    minor,
    starts_nodes,
)
from .roles import ROLE, role_of, trust_of, trusts, worst_grant
from .statements import Statement

_PODS_REACH = "pods can reach the credentials of their node"
_METADATA = "Set MetadataOptions in the launch template to HttpTokens: required and HttpPutResponseHopLimit: 1."
_ARM = re.compile(r"[a-z]+\d+g[a-z]*\.")
_NODE_POLICIES = {
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEKS_CNI_Policy",
    "AmazonEKSLocalOutpostClusterPolicy",
    "AmazonSSMManagedInstanceCore",
    "AmazonEC2RoleforSSM",
    "CloudWatchAgentServerPolicy",
    "AWSXRayDaemonWriteAccess",
}
_NODE_ACTIONS = (
    "ecr:get*",
    "ecr:batchget*",
    "ecr:batchchecklayeravailability",
    "ecr:batchimportupstreamimage",
    "ecr:describe*",
    "ecr:list*",
    "ecr:createrepository",
    "ec2:describe*",
    "ec2:assignprivateipaddresses",
    "ec2:unassignprivateipaddresses",
    "ec2:assignipv6addresses",
    "ec2:attachnetworkinterface",
    "ec2:createnetworkinterface",
    "ec2:deletenetworkinterface",
    "ec2:detachnetworkinterface",
    "ec2:modifynetworkinterfaceattribute",
    "ec2:createtags",
    "eks:describe*",
    "eks-auth:assumeroleforpodidentity",
    "ssm:updateinstanceinformation",
    "ssmmessages:*",
    "ec2messages:*",
    "logs:createlog*",
    "logs:putlogevents",
    "logs:describelog*",
    "cloudwatch:putmetricdata",
    "sts:getcalleridentity",
)


# ---- what nodes start from


@check("eks-node-metadata", LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION, NODE_GROUP, fix=_METADATA)
def answers_the_node_alone(resource: Resource) -> Outcome | None:
    """Only the node itself reaches the instance metadata service."""
    if resource.type == NODE_GROUP:
        if launch_template_of(resource) is not None:
            return None
        return fault(f"it has no launch template, so its hop limit is 2: {_PODS_REACH}")
    return _hops(launch_data(resource).map("MetadataOptions")) if starts_nodes(resource) else None


def _hops(options: Map) -> Outcome:
    if options.text("HttpEndpoint", default="enabled") == "disabled":
        return ok("the instance metadata service is off")
    if options.text("HttpTokens", default="optional") != "required":
        return fault(f"IMDSv1 is enabled: {_PODS_REACH}")
    hops = options.number("HttpPutResponseHopLimit")
    if hops is None:
        return fault(f"it sets no hop limit, and that of Amazon Linux 2023 is 2: {_PODS_REACH}")
    return (
        fault(f"its hop limit is {int(hops)}: {_PODS_REACH}")
        if hops > 1
        else ok("only the node can use the metadata service")
    )


@check(
    "eks-node-image",
    NODE_GROUP,
    fix="Set AmiType to AL2023_x86_64_STANDARD or BOTTLEROCKET_x86_64, or to their ARM_64 variants.",
)
def starts_from_a_current_image(group: Resource) -> Outcome:
    """EKS still makes the image, and it is one for the processor."""
    type_ = group.text("AmiType")
    if type_.startswith("AL2_"):
        return fault(f"EKS no longer publishes images of {type_}, Amazon Linux 2")
    if type_ == "CUSTOM":
        raise CannotTell("it has its own image")
    if not type_:
        launch_template = launch_template_of(group)
        if launch_template is not None and launch_template.has("LaunchTemplateData", "ImageId"):
            raise CannotTell("it has its own image")
        return ok("EKS uses Amazon Linux 2023")
    if "x86_64" in type_:
        for instance_type in group.texts("InstanceTypes"):
            if _ARM.match(instance_type):
                return fault(f"{type_} does not start on {instance_type}, which is ARM64")
    return ok(f"EKS makes {type_}")


@check("eks-node-count", NODE_GROUP, fix="Remove DesiredSize from ScalingConfig.")
def leaves_the_number(group: Resource) -> Outcome:
    """A deployment does not reset the number of nodes."""
    scaling = group.map("ScalingConfig")
    if not scaling.has("DesiredSize"):
        return ok("the autoscaler sets the number of nodes")
    if scaling.number("MinSize", default=1) == scaling.number("MaxSize", default=2):
        return ok("the number of nodes is fixed")
    return fault("each deployment resets the number of nodes to DesiredSize")


@check("eks-node-version", NODE_GROUP, fix="Set Version to the version of the cluster.")
def fits_its_cluster(group: Resource) -> Outcome:
    """Nodes are within three minor versions of their cluster."""
    if not group.has("Version"):
        return ok("its nodes have the version of the cluster")
    cluster = cluster_of(group)
    if cluster is None:
        raise CannotTell("the cluster is in another stack")
    version, of_cluster = group.text("Version"), cluster.text(*at(cluster, "Version"))
    node, control_plane = minor(version), minor(of_cluster)
    if node is None or control_plane is None:
        raise CannotTell("EKS decides the version of the cluster")
    if not control_plane - 3 <= node <= control_plane:
        return fault(f"nodes with version {version} do not fit a cluster with version {of_cluster}")
    return ok(f"nodes with version {version} fit a cluster with version {of_cluster}")


@check("eks-node-repair", NODE_GROUP, fix="Set NodeRepairConfig.Enabled to true.")
def repairs_nodes(group: Resource) -> Outcome:
    """Broken nodes are replaced."""
    if group.flag("NodeRepairConfig", "Enabled"):
        return ok("broken nodes are replaced")
    return fault("broken nodes stay until you notice")


# ---- roles


@check(
    "eks-node-role",
    ROLE,
    fix="Move application permissions to a separate role, with an AWS::EKS::PodIdentityAssociation.",
)
def is_for_the_kubelet(role: Resource) -> Outcome | None:
    """The role of nodes has no rights of an application."""
    if not _is_of_nodes(role):
        return None
    return worst_grant(role, _statement, _managed) or ok("it has only what nodes need")


def _is_of_nodes(role: Resource) -> bool:
    if not trusts(role, "ec2"):
        return False
    estate = role.template.estate
    named = [group.value("NodeRole") for group in estate.of_type(NODE_GROUP)]
    named += [it.value("PrincipalArn") for it in estate.of_type(ACCESS_ENTRY) if _is_of_machines(it)]
    named += [it.value(*at(it, "ComputeConfig", "NodeRoleArn")) for it in estate.of_type(CLUSTER, CUSTOM_CLUSTER)]
    launches = (it for it in estate.of_type(LAUNCH_TEMPLATE, LAUNCH_CONFIGURATION) if starts_nodes(it))
    named += [profile for launch in launches for profile in instance_profiles_of(launch)]
    return any(_is(role, value) for value in named)


def _is_of_machines(entry: Resource) -> bool:
    return isinstance(entry.value("Type"), str) and entry.text("Type").startswith("EC2")


def _is(role: Resource, value: Value) -> bool:
    try:
        return role_of(value, role.template.estate) is role
    except CannotTell:
        return False


def _managed(name: str) -> Outcome:
    if name in _NODE_POLICIES:
        return ok(f"{name} is for nodes")
    return fault(f"every pod on a node can use {name}")


def _statement(statement: Statement) -> Outcome:
    beyond = [it for it in statement.actions if not any(fnmatchcase(it.lower(), known) for known in _NODE_ACTIONS)]
    if beyond:
        return fault(f"{statement.policy} lets every pod on a node use {', '.join(beyond)}")
    return ok(f"{statement.policy} is for nodes")


@check(
    "eks-fargate-role-trust",
    ROLE,
    fix="Add a condition on aws:SourceArn, the ARN of the cluster's profiles, to the trust policy.",
)
def trusts_one_cluster(role: Resource) -> Outcome | None:
    """Only profiles of the cluster may use the role."""
    statements = [it for it in trust_of(role) if it.allows and _names_fargate(it)]
    return worst(_limited, statements)


def _names_fargate(statement: Statement) -> bool:
    return any(it.startswith("eks-fargate-pods.") for it in statement.principals("Service"))


def _limited(statement: Statement) -> Outcome:
    operators = statement.source.map("Condition")
    keys = {key.lower() for operator in operators for key in operators.map(operator)}
    if keys & {"aws:sourcearn", "aws:sourceaccount"}:
        return ok("its trust policy limits who may use it")
    return fault("Fargate profiles of every cluster and account can use it")


@check(
    "eks-fargate-selectors",
    FARGATE_PROFILE,
    CUSTOM_FARGATE_PROFILE,
    fix="Give the profile one to five Selectors.",
)
def selects_pods(profile: Resource) -> Outcome:
    """EKS takes one to five selectors."""
    count = len(
        profile.values(*(("Config", "selectors") if profile.type == CUSTOM_FARGATE_PROFILE else ("Selectors",)))
    )
    return ok("EKS accepts its selectors") if 1 <= count <= 5 else fault(f"it has {count} selectors")
