"""The cluster resource and what it depends on."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.service_principals import service_principal
from cdk_containers.core.unchecked import unchecked
from cdk_containers.network import subnet_ids_of

from .auto_mode import CLUSTER_POLICIES, AutoMode
from .managed_policies import role_with_policies
from .public_access import PublicAccess
from .remote_networks import let_remote_networks_in, remote_network_config

_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")
_Cluster = eks.CfnCluster


def cluster_role(scope: Construct, *, auto_mode: bool) -> iam.Role:
    """Create the role of the control plane. A new role would replace the cluster, so Auto Mode extends this one."""
    principal = service_principal("eks")
    if auto_mode:
        principal = iam.SessionTagsPrincipal(principal)
    policies = ("AmazonEKSClusterPolicy", *(CLUSTER_POLICIES if auto_mode else ()))
    return role_with_policies(scope, "Role", principal, policies)


def make_cluster(
    scope: Construct,
    *,
    name: str,
    version: str,
    role: iam.Role,
    vpc: ec2.IVpc,
    subnets: ec2.SubnetSelection,
    public_access: PublicAccess | None,
    auto_mode: AutoMode | None,
    auto_mode_node_role: iam.IRole | None,
    encryption_key: kms.IKey | None,
    log_group: aws_logs.ILogGroup | None,
    standard_support: bool,
    deletion_protection: bool,
    zonal_shift: bool,
    service_cidr: str,
    remote_node_networks: Sequence[str],
    remote_pod_networks: Sequence[str],
) -> eks.CfnCluster:
    """Create the cluster."""
    logging = encryption = compute = storage = balancing = None
    if log_group is not None:
        types = [_Cluster.LoggingTypeConfigProperty(type=type_) for type_ in _LOG_TYPES]
        logging = _Cluster.LoggingProperty(cluster_logging=_Cluster.ClusterLoggingProperty(enabled_types=types))
    if encryption_key is not None:
        provider = _Cluster.ProviderProperty(key_arn=encryption_key.key_arn)
        encryption = [_Cluster.EncryptionConfigProperty(provider=provider, resources=["secrets"])]
    if auto_mode is not None:
        pools = list(auto_mode.node_pools)
        compute = _Cluster.ComputeConfigProperty(
            enabled=True,
            node_pools=pools,
            # EKS refuses a node role without pools.
            node_role_arn=auto_mode_node_role.role_arn if pools and auto_mode_node_role is not None else None,
        )
        storage = _Cluster.StorageConfigProperty(block_storage=_Cluster.BlockStorageProperty(enabled=True))
        balancing = _Cluster.ElasticLoadBalancingProperty(enabled=True)
    remote = [*remote_node_networks, *remote_pod_networks]
    resource = unchecked(
        _Cluster,
        scope,
        "Cluster",
        name=name,
        version=version,
        role_arn=role.role_arn,
        resources_vpc_config=_Cluster.ResourcesVpcConfigProperty(
            subnet_ids=subnet_ids_of(vpc, subnets),
            endpoint_private_access=True,
            endpoint_public_access=public_access is not None,
            public_access_cidrs=list(public_access.cidrs) if public_access is not None else None,
            security_group_ids=[let_remote_networks_in(scope, vpc, remote).security_group_id] if remote else None,
        ),
        remote_network_config=remote_network_config(remote_node_networks, remote_pod_networks),
        kubernetes_network_config=_Cluster.KubernetesNetworkConfigProperty(
            ip_family="ipv4", service_ipv4_cidr=service_cidr, elastic_load_balancing=balancing
        ),
        access_config=_Cluster.AccessConfigProperty(
            authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False
        ),
        logging=logging,
        encryption_config=encryption,
        compute_config=compute,
        storage_config=storage,
        upgrade_policy=_Cluster.UpgradePolicyProperty(support_type="STANDARD" if standard_support else "EXTENDED"),
        deletion_protection=deletion_protection,
        zonal_shift_config=_Cluster.ZonalShiftConfigProperty(enabled=zonal_shift),
        # The add-ons replace these; a change replaces the cluster.
        bootstrap_self_managed_addons=False,
    )
    # CloudFormation knows the order of the role, whose policies are properties, but not that of the log group.
    if log_group is not None and isinstance(log_group, aws_logs.LogGroup):
        resource.add_resource_dependency(resource_of(log_group))
    return resource
