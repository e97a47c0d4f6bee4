"""An EKS cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError
from cdk_containers.core.inputs import (
    argument_problems,
    arn_problems,
    is_token,
    remember_stack,
    security_group_problems,
    usable_arguments,
)
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import path_of
from cdk_containers.logs import Logs, named_log_group
from cdk_containers.network import Network, NetworkLike, task_subnets_of, vpc_of, warn_without_way_out

from ..delivery import ManifestFolder
from ..manifests import Manifest
from ..rendering import ClusterFacts, Compute, NodeFacts
from .access_policy import ADMIN, AUTO_NODE, AccessPolicy
from .add_on_options import AddOnOptions
from .auto_mode import AutoMode, auto_mode_node_role
from .cluster_checks import arn_of, endpoint_problems, known_name_problems, log_group_name, own_problems, subnet_checks
from .cluster_resource import cluster_role, make_cluster
from .default_add_ons import DefaultAddOns
from .installed import Installed, facts_of
from .name_reference import name_reference
from .phases import Phases
from .principals import Principals, claim_principal, id_of_principal, make_entry
from .public_access import PublicAccess
from .remote_networks import remote_network_problems
from .service_cidr import known_cidr, service_cidr_problems
from .subnet_tags import tag_subnets
from .upgrades import UpgradeBlocker, upgrade_blockers
from .versions import support_warning, version_problems

_NO_ADMIN = (
    "no one can use the cluster, because its creator gets no permissions. Set admins=[role], or AccessEntry(…) for "
    "each role and "
    'admins=Disabled("…") (practice: eks-creator-admin)'
)

# Auto Mode enforces network policies once this exists.
_AUTO_NETWORK_POLICY: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
    "data": {"enable-network-policy-controller": "true"},
}


class EksCluster(CheckedConstruct):
    """An EKS cluster: private, encrypted, with control plane logs, deletion protection and explicit access.

    Attributes:
        resource: The CloudFormation resource; None if it is imported.
        cluster_name: Its name, known at synthesis.
        cluster_arn: Its ARN.
        version: Its Kubernetes version, such as `1.36`.
        network: Its network, as you passed it.
        vpc: Its VPC.
        node_subnets: The subnets in which its nodes and pods run.
        security_group: The security group that EKS created for control plane, nodes and pods.
        service_cidr: The addresses of Kubernetes services.
        compute: Compute type of its pods: your own nodes, Auto Mode, or Fargate.
        facts: What a workload needs to know about it.
        prefix_delegation: Whether nodes get address prefixes for their pods, so that they can run more of them.
        encryption_key: The key of its secrets; None if it is imported or uses an AWS owned key.
        log_group: The log group of its control plane; None if it is imported or has no logs.
        pod_identity_agent: The EKS Pod Identity Agent add-on; None if it is built in, imported or absent.
        auto_mode_node_role: Role of Auto Mode nodes.
        principals: Principals with an access entry.
        remote_node_networks: Networks of hybrid nodes outside AWS.
        manifests: Its Kubernetes objects, as files.

    See https://docs.aws.amazon.com/eks/latest/userguide/clusters.html
    """

    resource: eks.CfnCluster | None
    cluster_name: str
    cluster_arn: str
    version: str
    network: NetworkLike
    vpc: ec2.IVpc
    node_subnets: ec2.SubnetSelection
    security_group: ec2.ISecurityGroup
    service_cidr: str
    compute: Compute
    facts: ClusterFacts
    prefix_delegation: bool = False
    encryption_key: kms.IKey | None = None
    log_group: aws_logs.ILogGroup | None = None
    pod_identity_agent: eks.CfnAddon | None = None
    auto_mode_node_role: iam.IRole | None = None
    principals: Principals
    remote_node_networks: tuple[str, ...] = ()
    manifests: ManifestFolder

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        version: str,
        admins: Sequence[iam.IRole | str] | Disabled | None = None,
        network: NetworkLike | None = None,
        control_plane_subnets: ec2.SubnetSelection | None = None,
        public_access: PublicAccess | None = None,
        compute: Literal["NODES", "FARGATE"] = "NODES",
        auto_mode: AutoMode | None = None,
        default_add_ons: Mapping[str, AddOnOptions | Disabled] | None = None,
        encryption_key: kms.IKey | Disabled | None = None,
        control_plane_logs: Logs | Disabled | None = None,
        support_type: Literal["STANDARD"] | Disabled = "STANDARD",
        deletion_protection: Literal[True] | Disabled = True,
        zonal_shift: Literal[True] | Disabled = True,
        service_cidr: str = "172.20.0.0/16",
        cluster_name: str | None = None,
        remote_node_networks: Sequence[str] = (),
        remote_pod_networks: Sequence[str] = (),
    ) -> None:
        """Create a cluster.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            version: Kubernetes version that EKS supports, such as `1.36`. A later version upgrades the control plane;
                upgrade one minor version at a time, see [upgrades](../eks-upgrades.md).
            admins: Administrator roles, or their ARNs; each gets an access entry. The creator of the cluster gets no
                permissions, because that is usually the role of a pipeline. Use `Disabled(reason="…")` for a cluster
                whose access entries come from elsewhere. Default: none, with a warning.
            network: Network of control plane, nodes and pods, as a `Network` or a CDK VPC. Default: a new `Network`.
            control_plane_subnets: Subnets in at least two zones for the network interfaces of the control plane.
                Default: the subnets of the nodes.
            public_access: Addresses that may reach the API from the internet, with a reason. Default: none; the API is
                reachable only inside the network.
            compute: Compute type of pods: `NODES` for your own nodes, optionally with Fargate profiles, or `FARGATE`
                for Fargate only. It determines the default add-ons: with `FARGATE`, none that run on every node are
                installed, and CoreDNS runs on Fargate after the first Fargate profile. Default: NODES.
            auto_mode: Lets EKS run the nodes, with built-in storage, load balancing, pod networking and pod identity.
                Default: none; you add nodes.
            default_add_ons: Options for the default add-ons, by name, or `Disabled(reason="…")` to omit an add-on. On
                nodes these are vpc-cni, kube-proxy and eks-pod-identity-agent before the nodes, and coredns and
                metrics-server after the first of them. On Fargate it is coredns. In Auto Mode it is metrics-server, and
                for additional nodes also the others that you name. Default: all with their defaults; vpc-cni has prefix
                delegation, network policies and its own role.
            encryption_key: KMS key for the envelope encryption of secrets. `Disabled(reason="…")` uses an AWS owned
                key. EKS cannot remove or change a key, so a new key replaces the cluster. Default: a new key, which AWS
                rotates every year and which is retained when the stack is deleted.
            control_plane_logs: Log group for API server, audit, authenticator, controller manager and scheduler logs,
                which cost money. EKS chooses its name, so your own log group must have that name.
                `Disabled(reason="…")` turns the logs off. Default: a log group that keeps them for a year.
            support_type: What happens at the end of standard support: with `STANDARD`, EKS upgrades the control plane.
                `Disabled(reason="…")` selects extended support, at six times the price of the cluster. Default:
                STANDARD.
            deletion_protection: Whether EKS refuses to delete the cluster. To allow it, deploy `Disabled(reason="…")`
                first. Default: True.
            zonal_shift: Whether you or AWS may shift traffic away from an impaired zone. `Disabled(reason="…")` forbids
                it. Default: True.
            service_cidr: Address range of Kubernetes services, /12 to /24, which must not overlap with the network or
                networks connected to it. A new range replaces the cluster. Default: 172.20.0.0/16.
            cluster_name: Name of the cluster. A new name replaces the cluster. Default: derived from the names of stack
                and construct, because manifests and log group must know it.
            remote_node_networks: Private networks of hybrid nodes outside AWS (`HybridNodes`), such as `10.80.0.0/16`.
                Default: none.
            remote_pod_networks: Networks of the pods on those machines, if the control plane must reach them, for
                example for webhooks. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(EksCluster.__init__, given)
        usable = usable_arguments(EksCluster.__init__, given, found)
        switched = {name: usable[name] for name in _SWITCHES}
        checked = {name: usable[name] for name in _CHECKED}
        checked["default_add_ons"] = usable["default_add_ons"] or {}
        if not found.has("version"):
            found.extend(version_problems(version))
        found.extend_anew(own_problems(**checked, opt_outs=switched))
        remote = [usable["remote_node_networks"], usable["remote_pod_networks"]]
        found.extend(remote_network_problems(*remote, apart_from=_other_networks(usable)))
        if public_access is not None and not found.has("public_access"):
            found.extend(public_access.problems(), under="public_access")
        found.raise_for(scope, id)
        super().__init__(scope, id)

        network = network or Network(self, "Network")
        self._place(network)
        self.compute = "AUTO" if auto_mode is not None else compute
        self.version, self.service_cidr = version, service_cidr
        self.facts = ClusterFacts(version=version, compute=self.compute)
        self.cluster_name = cluster_name or cdk.Names.unique_resource_name(self, max_length=100, separator="-")
        tag_subnets(network, self.node_subnets)
        role = cluster_role(self, auto_mode=auto_mode is not None)
        if not isinstance(control_plane_logs, Disabled):
            self.log_group = named_log_group(
                self, "ControlPlaneLogs", control_plane_logs or Logs(), log_group_name(self.cluster_name)
            )
        if not isinstance(encryption_key, Disabled):
            self.encryption_key = encryption_key or unchecked(
                kms.Key,
                self,
                "SecretsKey",
                description=f"Secrets of the EKS cluster {self.cluster_name}",
                enable_key_rotation=True,
                removal_policy=cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            )
        if auto_mode is not None:
            self.auto_mode_node_role = auto_mode.node_role or auto_mode_node_role(self, "NodeRole")
        self.resource = make_cluster(
            self,
            name=self.cluster_name,
            version=version,
            role=role,
            vpc=self.vpc,
            subnets=control_plane_subnets or self.node_subnets,
            public_access=public_access,
            auto_mode=auto_mode,
            auto_mode_node_role=self.auto_mode_node_role,
            encryption_key=self.encryption_key,
            log_group=self.log_group,
            standard_support=not isinstance(support_type, Disabled),
            deletion_protection=not isinstance(deletion_protection, Disabled),
            zonal_shift=not isinstance(zonal_shift, Disabled),
            service_cidr=service_cidr,
            remote_node_networks=remote_node_networks,
            remote_pod_networks=remote_pod_networks,
        )
        remember_stack(self.resource, self)
        self.remote_node_networks = tuple(remote_node_networks)
        self._see(self.resource)
        for option, value in switched.items():
            if isinstance(value, Disabled):
                record_opt_out(self.resource, _SWITCHES[option], value)
        if public_access is not None:
            record_opt_out(self.resource, "eks-private-endpoint", Disabled(public_access.reason))
        add_ons = DefaultAddOns(self, default_add_ons or {})
        self._register(add_ons.make_after_nodes)
        self._let_in(admins)
        self._let_auto_mode_in(auto_mode)
        self._install(add_ons, auto_mode)
        self._warn(standard_only=not isinstance(support_type, Disabled))

    @classmethod
    def from_attributes(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster_name: str,
        version: str,
        network: NetworkLike,
        security_group_id: str,
        endpoint: str | None = None,
        certificate_authority_data: str | None = None,
        service_cidr: str = "172.20.0.0/16",
        oidc_provider_arn: str | None = None,
        compute: Compute = "NODES",
        installed: Sequence[Installed] = (),
    ) -> EksCluster:
        """Use an existing cluster.

        It must accept access entries (`authentication_mode` API, or API_AND_CONFIG_MAP).

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster_name: Its name, known at synthesis.
            version: Its Kubernetes version, such as `1.36`.
            network: The network of its nodes and pods.
            security_group_id: The security group that EKS created for control plane, nodes and pods.
            endpoint: Address of its API, which self-managed nodes need. Default: unknown.
            certificate_authority_data: Certificate authority of its API, which self-managed nodes need. Default:
                unknown.
            service_cidr: Address range of its services. EKS uses 10.100.0.0/16 for clusters created elsewhere in a
                network in 172.16.0.0/12. Default: 172.20.0.0/16.
            oidc_provider_arn: ARN of its IAM OIDC provider, for roles of pods on Fargate and Windows (IRSA). Default:
                unknown.
            compute: Compute type of its pods. Default: NODES.
            installed: What is installed in it, by add-on or chart, so that workloads can use it. Default: nothing; Auto
                Mode always has the Pod Identity Agent and the load balancer controller.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.from_attributes, locals())
        if not found.has("cluster_name"):
            found.extend(known_name_problems(cluster_name))
        if not found.has("version"):
            found.extend(version_problems(version))
        if not found.has("network"):
            found.extend(subnet_checks(network, None))
            if not found.has("service_cidr") and not is_token(service_cidr):
                found.extend(service_cidr_problems(service_cidr, known_cidr(network)))
        if endpoint is not None and not found.has("endpoint"):
            found.extend(endpoint_problems(endpoint))
        if not found.has("security_group_id"):
            found.extend(security_group_problems("security_group_id", security_group_id))
        found.extend(arn_problems(found, oidc_provider_arn=oidc_provider_arn))
        found.raise_for(scope, id)
        return _ImportedEksCluster(
            scope,
            id,
            cluster_name=cluster_name,
            version=version,
            network=network,
            security_group_id=security_group_id,
            endpoint=endpoint,
            certificate_authority_data=certificate_authority_data,
            service_cidr=service_cidr,
            oidc_provider_arn=oidc_provider_arn,
            compute=compute,
            installed=installed,
        )

    # ---- what other constructs of the library need from a cluster

    @cached_property
    def cluster(self) -> eks.ICluster:
        """The cluster for CDK's EKS constructs; its name is a reference, so that dependents are created after it."""
        return eks.Cluster.from_cluster_attributes(
            self,
            "View",
            cluster_name=name_reference(self),
            cluster_endpoint=self.endpoint or None,
            cluster_certificate_authority_data=self.certificate_authority_data or None,
            cluster_security_group_id=self._security_group_id,
            vpc=self.vpc,
        )

    @cached_property
    def endpoint(self) -> str:
        """Address of its API; empty if the cluster is imported without it."""
        return "" if self.resource is None else self.resource.attr_endpoint

    @cached_property
    def certificate_authority_data(self) -> str:
        """Certificate authority of its API; empty if the cluster is imported without it."""
        return "" if self.resource is None else self.resource.attr_certificate_authority_data

    @property
    def is_imported(self) -> bool:
        """Whether the cluster belongs to another app."""
        return self.resource is None

    @property
    def has_pod_identity(self) -> bool:
        """Whether EKS Pod Identity can give roles to pods on nodes."""
        return self.compute == "AUTO" or self.pod_identity_agent is not None

    @property
    def oidc_provider(self) -> iam.CfnOIDCProvider | None:
        """The cluster's IAM OIDC provider, created on first use; None if the cluster is imported."""
        if self.resource is None:
            return None
        made = self.node.try_find_child("OidcProvider")
        if isinstance(made, iam.CfnOIDCProvider):
            return made
        return iam.CfnOIDCProvider(
            self,
            "OidcProvider",
            url=self.resource.attr_open_id_connect_issuer_url,
            client_id_list=["sts.amazonaws.com"],
        )

    @property
    def oidc_provider_arn(self) -> str | None:
        """ARN of the IAM OIDC provider; None if unknown, for an imported cluster."""
        provider = self.oidc_provider
        return None if provider is None else provider.attr_arn

    @property
    def nodes(self) -> tuple[NodeFacts, ...]:
        """What is known about its nodes, by kind."""
        return tuple(self._node_facts)

    def _where_pods_run(self) -> tuple[NodeFacts, ...]:
        """Return what is known about all nodes; nothing if pods may run on unknown nodes."""
        return () if self.is_imported or self.compute != "NODES" else self.nodes

    def add_nodes(self, resource: cdk.CfnResource | None, facts: NodeFacts | None = None) -> None:
        """Register nodes, so that their prerequisites are created before them, and what needs nodes after them.

        Args:
            resource: Resource that creates them; None for nodes that a controller or you add later.
            facts: What pods need to know about them.

        Raises:
            ConstructError: Stacks are in the wrong order.
        """
        if facts is not None:
            self._node_facts.append(facts)
        if resource is not None:
            self._phases.add_nodes(resource)

    def before_nodes(self, resource: cdk.CfnResource) -> None:
        """Make nodes wait for a resource, such as the add-on that assigns pod addresses."""
        self._phases.before_nodes(resource)

    def after_nodes(self, resource: cdk.CfnResource) -> None:
        """Make a resource wait for nodes, such as an add-on whose pods need nodes."""
        self._phases.after_nodes(resource)

    def now_has(
        self,
        *,
        load_balancer_controller: bool | None = None,
        network_policy: bool | None = None,
        secrets: Literal["SECRETS_STORE", "EXTERNAL_SECRETS"] | None = None,
        keda: bool | None = None,
        metrics_server: bool | None = None,
        container_insights: bool | None = None,
    ) -> None:
        """Declare what else you install in the cluster, before you create workloads that need it.

        Args:
            load_balancer_controller: Whether a controller registers pods with load balancers. Default: unchanged.
            network_policy: Whether network policies are enforced. Default: unchanged.
            secrets: What delivers secrets to containers. Default: unchanged.
            keda: Whether KEDA is installed, which scales on more than CPU and memory. Default: unchanged.
            metrics_server: Whether there are metrics to scale on CPU and memory. Default: unchanged.
            container_insights: Whether pods have metrics in CloudWatch. Default: unchanged.

        Raises:
            ConstructError: A value has the wrong type.
        """
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        found = argument_problems(EksCluster.now_has, given)
        if found:
            raise ConstructError(f"{self.node.path}.now_has", found)
        self.facts = replace(self.facts, **given)

    def add_on_owner(self, name: str) -> str | None:
        """Return the path of the construct that creates an add-on, or None."""
        return self._add_on_owners.get(name)

    def promise_add_on(self, name: str, version: str | None) -> None:
        """Register an add-on that is created with the first nodes."""
        self._add_on_owners[name] = path_of(self)
        self.add_on_versions[name] = version
        if name == "metrics-server":
            self.now_has(metrics_server=True)

    def note_add_on(self, name: str, add_on: eks.CfnAddon, values: Mapping[str, Any], version: str | None) -> None:
        """Register an add-on, and what it provides to workloads."""
        self._add_on_owners[name] = path_of(add_on).rpartition("/")[0]
        self.add_on_versions[name] = version
        match name:
            case "eks-pod-identity-agent":
                self.pod_identity_agent = add_on
            case "vpc-cni":
                self.prefix_delegation = values.get("env", {}).get("ENABLE_PREFIX_DELEGATION") == "true"
                self.now_has(network_policy=values.get("enableNetworkPolicy") == "true")
            case "metrics-server":
                self.now_has(metrics_server=True)
            case "amazon-cloudwatch-observability":
                self.now_has(container_insights=True)
            case "aws-secrets-store-csi-driver-provider":
                self.now_has(secrets="SECRETS_STORE")
            case _:
                pass

    def add_manifests(self, name: str, manifests: Iterable[Manifest]) -> None:
        """Add Kubernetes objects to the cluster's manifest folder, as one file.

        Args:
            name: Name of the file without its ending, unique in the cluster: lower case, digits and hyphens.
            manifests: The objects, in the order in which they are applied.

        Raises:
            ConstructError: The cluster would refuse an object, or never run it; all problems are reported at once.
        """
        self.manifests.add(name, manifests)

    def replace_manifests(self, name: str, manifests: Iterable[Manifest]) -> None:
        """Replace the objects in a file of the folder.

        Args:
            name: Name of the file that was added.
            manifests: The new objects, in the order in which they are applied.

        Raises:
            ConstructError: The cluster would refuse an object, or never run it; all problems are reported at once.
        """
        self.manifests.replace(name, manifests)

    def upgrade_blockers(self, to: str) -> tuple[UpgradeBlocker, ...]:
        """Find what prevents an upgrade of the cluster: manifests, pinned nodes and pinned add-ons.

        It covers only what you have added to the cluster before this call.

        Args:
            to: The target version, such as `1.37`.

        Raises:
            ConstructError: It is not a version.
        """
        return upgrade_blockers(
            version=self.version,
            target=to,
            manifests=self.manifests.files,
            node_versions=self._phases.node_versions,
            add_on_versions=self.add_on_versions,
        )

    # ---- creation

    def _place(self, network: NetworkLike) -> None:
        self.network, self.vpc, self.node_subnets = network, vpc_of(network), task_subnets_of(network)
        warn_without_way_out(self, network)

    def _see(self, resource: eks.CfnCluster) -> None:
        self.cluster_arn = resource.attr_arn
        self._security_group_id = resource.attr_cluster_security_group_id
        self.security_group = ec2.SecurityGroup.from_security_group_id(
            self, "ClusterSecurityGroup", self._security_group_id
        )

    def _register(self, on_first_nodes: Callable[[cdk.CfnResource], None] = lambda _: None) -> None:
        self.principals = Principals()
        self.add_on_versions: dict[str, str | None] = {}
        self._add_on_owners: dict[str, str] = {}
        self.manifests = ManifestFolder(self, lambda: self.facts, self._where_pods_run)
        self._node_facts: list[NodeFacts] = []
        self._phases = Phases(self.resource, on_first_nodes)

    def _let_in(self, admins: Sequence[iam.IRole | str] | Disabled | None) -> None:
        if admins is not None and not isinstance(admins, Disabled):
            for arn in map(arn_of, admins):
                policy = AccessPolicy(name=ADMIN).rendered()
                make_entry(
                    self, id_of_principal(self, "Admin", arn), cluster=self, principal_arn=arn, policies=[policy]
                )
        elif admins is None:
            cdk.Annotations.of(self).add_warning_v2("cdk-containers:eks-no-admin", _NO_ADMIN)

    def _let_auto_mode_in(self, auto_mode: AutoMode | None) -> None:
        if auto_mode is None or self.auto_mode_node_role is None:
            return
        arn = self.auto_mode_node_role.role_arn
        if auto_mode.node_pools:
            claim_principal(self, arn, path=self.node.path, type="EC2")  # EKS creates the entry for its own pools
        else:
            policy = AccessPolicy(name=AUTO_NODE).rendered()
            make_entry(self, "NodeAccess", cluster=self, principal_arn=arn, type="EC2", policies=[policy])

    def _install(self, add_ons: DefaultAddOns, auto_mode: AutoMode | None) -> None:
        if auto_mode is not None:
            self.prefix_delegation = True
            self.now_has(load_balancer_controller=True, network_policy=True)
            self.add_manifests("network-policy", [_AUTO_NETWORK_POLICY])
        add_ons.make_before_nodes()
        if auto_mode is not None and auto_mode.node_pools:
            self._phases.nodes_come_by_themselves = True
            add_ons.make_after_nodes()

    def _warn(self, *, standard_only: bool) -> None:
        today = datetime.now(UTC).date()
        if (text := support_warning(self.version, standard_only=standard_only, today=today)) is not None:
            cdk.Annotations.of(self).add_warning_v2("cdk-containers:eks-support", text)


_SWITCHES = {
    "encryption_key": "eks-secrets-encryption",
    "control_plane_logs": "eks-control-plane-logs",
    "support_type": "eks-standard-support",
    "deletion_protection": "eks-deletion-protection",
    "zonal_shift": "eks-zonal-shift",
}
"""Options that disable a practice."""

_CHECKED = (
    "network",
    "cluster_name",
    "service_cidr",
    "control_plane_subnets",
    "compute",
    "auto_mode",
    "admins",
    "control_plane_logs",
)


def _other_networks(given: Mapping[str, Any]) -> tuple[str | None, ...]:
    network = given["network"]
    return given["service_cidr"], None if network is None else known_cidr(network)


class _ImportedEksCluster(EksCluster):
    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        cluster_name: str,
        version: str,
        network: NetworkLike,
        security_group_id: str,
        endpoint: str | None,
        certificate_authority_data: str | None,
        service_cidr: str,
        oidc_provider_arn: str | None,
        compute: Compute,
        installed: Sequence[Installed],
    ) -> None:
        CheckedConstruct.__init__(self, scope, id)
        self.resource = None
        self._place(network)
        self.cluster_name, self.version, self.service_cidr, self.compute = cluster_name, version, service_cidr, compute
        self.cluster_arn = cdk.Stack.of(self).format_arn(service="eks", resource="cluster", resource_name=cluster_name)
        self.endpoint, self.certificate_authority_data = endpoint or "", certificate_authority_data or ""
        self._security_group_id = security_group_id
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "ClusterSecurityGroup", security_group_id)
        self._oidc_provider_arn = oidc_provider_arn
        self._register()
        self._has_agent = compute == "AUTO" or "POD_IDENTITY_AGENT" in installed
        self.prefix_delegation = compute == "AUTO" or "PREFIX_DELEGATION" in installed
        self.facts = facts_of(version, compute, installed)

    @property
    def has_pod_identity(self) -> bool:
        return self._has_agent or self.pod_identity_agent is not None

    @property
    def oidc_provider_arn(self) -> str | None:
        return self._oidc_provider_arn
