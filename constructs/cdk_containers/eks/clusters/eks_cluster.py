"""An EKS cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
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
    security_group_problems,
    usable_arguments,
)
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.practices import Disabled
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
from .phases import Phases
from .principals import Principals, claim_principal, id_of_principal, make_entry
from .public_access import PublicAccess
from .remote_networks import remote_network_problems
from .service_cidr import known_cidr, service_cidr_problems
from .subnet_tags import tag_subnets
from .upgrades import UpgradeBlocker, upgrade_blockers
from .versions import support_warning, version_problems

_NO_ADMIN = (
    "nobody may use the cluster: who makes it gets no rights. Give admins=[role], or AccessEntry(…) for each role and "
    'admins=Disabled("…") (practice: eks-creator-admin)'
)

# Auto Mode enforces network policies once this is there.
_AUTO_NETWORK_POLICY: Manifest = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "amazon-vpc-cni", "namespace": "kube-system"},
    "data": {"enable-network-policy-controller": "true"},
}


class EksCluster(CheckedConstruct):
    """An EKS cluster: private, encrypted, logged, hard to delete by mistake, and open to those alone who are named.

    Attributes:
        cluster: The cluster, as CDK's constructs for EKS take it; its name is a reference, so that what uses it is made
            after the cluster.
        resource: The cluster in the template; None if it is imported.
        cluster_name: Its name, known at synthesis.
        cluster_arn: Its ARN.
        version: Its version of Kubernetes, such as `1.36`.
        network: The network that it is in, as it was given.
        vpc: Its VPC.
        node_subnets: The subnets in which its nodes and pods run.
        security_group: The security group that EKS made for control plane, nodes and pods.
        service_cidr: The addresses of Kubernetes services.
        endpoint: Address of its API.
        certificate_authority_data: Certificate by which its API is known.
        compute: What its pods run on: nodes of yours, Auto Mode, or Fargate.
        facts: What a workload has to know of it.
        prefix_delegation: Whether nodes get blocks of addresses for their pods, so that they hold more of them.
        encryption_key: The key of its secrets; None if it is imported, or AWS's own key is used.
        log_group: Where its control plane writes; None if it is imported, or does not.
        pod_identity_agent: The add-on that gives roles to pods; None if it is built in, imported, or not there.
        auto_mode_node_role: Role of the nodes of Auto Mode.
        principals: Who has an access entry.
        remote_node_networks: Networks outside AWS whose machines are nodes.
        manifests: Kubernetes objects that are applied to it, as files.

    See https://docs.aws.amazon.com/eks/latest/userguide/clusters.html
    """

    cluster: eks.ICluster
    resource: eks.CfnCluster | None
    cluster_name: str
    cluster_arn: str
    version: str
    network: NetworkLike
    vpc: ec2.IVpc
    node_subnets: ec2.SubnetSelection
    security_group: ec2.ISecurityGroup
    service_cidr: str
    endpoint: str
    certificate_authority_data: str
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
        """Make a cluster.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            version: Version of Kubernetes that EKS offers, such as `1.36`. A later one upgrades the control plane; go
                one minor version at a time, see [upgrades](../eks-upgrades.md).
            admins: Roles, or ARNs of roles, that may do everything in the cluster; each gets an access entry. Default:
                nobody, with a warning. Who makes the cluster gets no rights, since that is a role of a pipeline.
                `Disabled(reason="…")` for a cluster whose access entries come from elsewhere.
            network: Where control plane, nodes and pods are, a `Network` or a VPC of CDK. Default: a new `Network`.
            control_plane_subnets: Subnets, in two zones or more, in which EKS puts the network interfaces of the
                control plane. Default: those of the nodes.
            public_access: Who reaches the API from the internet, and why. Default: nobody; the API has an address in
                the network alone.
            compute: What pods run on: `NODES` of yours, beside which there may be Fargate profiles, or `FARGATE` alone.
                It decides on the default add-ons: nothing that runs on every node is installed for `FARGATE`, and
                CoreDNS runs on Fargate too, after the first Fargate profile. Default: NODES.
            auto_mode: Have EKS run the nodes, with storage, load balancing, network and identity of pods built in.
                Default: you add nodes.
            default_add_ons: Options for the add-ons that come by themselves, by name, or `Disabled(reason="…")` for one
                that does not suit. On nodes these are vpc-cni, kube-proxy and eks-pod-identity-agent before the nodes,
                coredns and metrics-server after the first of them; on Fargate coredns; in Auto Mode metrics-server, and
                for nodes of yours beside it those of the others that you name.
                Default: all with their defaults; vpc-cni has prefix delegation, network policies and its own role.
            encryption_key: KMS key with which secrets are encrypted before they are stored. Default: a key is made,
                which AWS rotates every year and which stays when the stack goes. `Disabled(reason="…")` leaves it at a
                key that AWS owns. EKS never takes a key away or changes it: another one is another cluster.
            control_plane_logs: Where the logs of API server, audit, authenticator, controller manager and scheduler are
                kept. Default: a log group that keeps them for a year. EKS chooses its name; a log group of yours has to
                have it. They are billed; `Disabled(reason="…")` switches them off.
            support_type: What happens at the end of standard support: with `STANDARD`, EKS upgrades the control plane.
                Default: STANDARD. `Disabled(reason="…")` is extended support, at six times the price of the cluster.
            deletion_protection: Whether EKS refuses to delete the cluster. Default: True. `Disabled(reason="…")`, in a
                deployment of its own, allows it.
            zonal_shift: Whether traffic may be led away from a zone that fails, by hand or by AWS. Default: True.
                `Disabled(reason="…")` does not allow it.
            service_cidr: Addresses of Kubernetes services, /12 to /24, that neither the network nor what it is
                connected to has. Default: 172.20.0.0/16. Another block is another cluster.
            cluster_name: Name of the cluster. Default: one from the names of stack and construct, since manifests and
                log group have to know it. Another name is another cluster.
            remote_node_networks: Private networks outside AWS whose machines are nodes (`HybridNodes`), such as
                `10.80.0.0/16`. Default: none.
            remote_pod_networks: Networks of the pods on those machines, where the control plane has to reach them, as
                it does for a webhook. Default: none.

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
            self.encryption_key = encryption_key or kms.Key(
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
        """Use a cluster that exists.

        It has to let in access entries (`authentication_mode` API, or API_AND_CONFIG_MAP).

        Args:
            scope: The parent.
            id: Name among the parent's children.
            cluster_name: Its name, known at synthesis.
            version: Its version of Kubernetes, such as `1.36`.
            network: Where its nodes and pods run.
            security_group_id: The security group that EKS made for control plane, nodes and pods.
            endpoint: Address of its API, which self-managed nodes have to know. Default: nobody knows.
            certificate_authority_data: Certificate by which its API is known, for the same. Default: nobody knows.
            service_cidr: Addresses of its services. Default: 172.20.0.0/16; EKS takes 10.100.0.0/16 for a cluster of
                others in a network of 172.16.0.0/12.
            oidc_provider_arn: ARN of its identity provider in IAM, for roles of pods on Fargate and Windows (IRSA).
                Default: nobody knows.
            compute: What its pods run on. Default: NODES.
            installed: What is installed in it, by add-on or chart, so that workloads can use it. Default: nothing;
                Auto Mode has the agent of Pod Identity and the controller of load balancers in any case.

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

    # ---- what other constructs of the library ask of a cluster

    @property
    def is_imported(self) -> bool:
        """Whether the cluster is another app's."""
        return self.resource is None

    @property
    def has_pod_identity(self) -> bool:
        """Whether EKS Pod Identity can give roles to pods on nodes."""
        return self.compute == "AUTO" or self.pod_identity_agent is not None

    @property
    def oidc_provider(self) -> iam.CfnOIDCProvider | None:
        """The cluster's identity provider in IAM, made when it is first asked for; None if the cluster is imported."""
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
        """ARN of the identity provider; None of an imported cluster, if nobody said."""
        provider = self.oidc_provider
        return None if provider is None else provider.attr_arn

    @property
    def nodes(self) -> tuple[NodeFacts, ...]:
        """What is known of its nodes, kind by kind."""
        return tuple(self._node_facts)

    def _where_pods_run(self) -> tuple[NodeFacts, ...]:
        """Return what is known of all nodes; nothing, where pods may run on what nobody says here."""
        return () if self.is_imported or self.compute != "NODES" else self.nodes

    def add_nodes(self, resource: cdk.CfnResource | None, facts: NodeFacts | None = None) -> None:
        """Take notice of nodes: what is needed before them is made before, and what needs nodes after them.

        Args:
            resource: What makes them; None for nodes that come later, by a controller or by hand.
            facts: What pods have to know of them.

        Raises:
            ConstructError: Stacks are in the other order.
        """
        if facts is not None:
            self._node_facts.append(facts)
        if resource is not None:
            self._phases.add_nodes(resource)

    def before_nodes(self, resource: cdk.CfnResource) -> None:
        """Have nodes wait for a resource, such as the add-on that gives pods their addresses."""
        self._phases.before_nodes(resource)

    def after_nodes(self, resource: cdk.CfnResource) -> None:
        """Have a resource wait for nodes, such as an add-on whose pods need a place to run."""
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
        """Say what you install in the cluster besides, before you make the workloads that need it.

        Args:
            load_balancer_controller: Whether pods are registered at load balancers. Default: as it was.
            network_policy: Whether network policies are enforced. Default: as it was.
            secrets: What brings secrets to containers. Default: as it was.
            keda: Whether KEDA is there, which scales on more than CPU and memory. Default: as it was.
            metrics_server: Whether there are metrics to scale on CPU and memory. Default: as it was.
            container_insights: Whether pods have metrics in CloudWatch. Default: as it was.

        Raises:
            ConstructError: A value has the wrong type.
        """
        given = {name: value for name, value in locals().items() if name != "self" and value is not None}
        found = argument_problems(EksCluster.now_has, given)
        if found:
            raise ConstructError(f"{self.node.path}.now_has", found)
        self.facts = replace(self.facts, **given)

    def add_on_owner(self, name: str) -> str | None:
        """Return the path of the construct that makes an add-on, or None."""
        return self._add_on_owners.get(name)

    def promise_add_on(self, name: str, version: str | None) -> None:
        """Take notice of an add-on that is made with the first nodes."""
        self._add_on_owners[name] = path_of(self)
        self.add_on_versions[name] = version
        if name == "metrics-server":
            self.now_has(metrics_server=True)

    def note_add_on(self, name: str, add_on: eks.CfnAddon, values: Mapping[str, Any], version: str | None) -> None:
        """Take notice of an add-on, and of what workloads get from it."""
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
        """Put Kubernetes objects into the cluster's folder of manifests, as one file.

        Args:
            name: Name of the file without its ending, unique in the cluster: lower case, digits and hyphens.
            manifests: The objects, in the order in which they are applied.

        Raises:
            ConstructError: The cluster would refuse an object, or never run it; all problems are reported at once.
        """
        self.manifests.add(name, manifests)

    def replace_manifests(self, name: str, manifests: Iterable[Manifest]) -> None:
        """Put other objects into a file of the folder.

        Args:
            name: Name of the file that was added.
            manifests: The objects that are in it from now on, in the order in which they are applied.

        Raises:
            ConstructError: The cluster would refuse an object, or never run it; all problems are reported at once.
        """
        self.manifests.replace(name, manifests)

    def upgrade_blockers(self, to: str) -> tuple[UpgradeBlocker, ...]:
        """Find what keeps the cluster from another version: its manifests, pinned nodes and pinned add-ons.

        It is only as complete as what was added to the cluster when it is asked.

        Args:
            to: The version that it is to get, such as `1.37`.

        Raises:
            ConstructError: It is no version.
        """
        return upgrade_blockers(
            version=self.version,
            target=to,
            manifests=self.manifests.files,
            node_versions=self._phases.node_versions,
            add_on_versions=self.add_on_versions,
        )

    # ---- making it

    def _place(self, network: NetworkLike) -> None:
        self.network, self.vpc, self.node_subnets = network, vpc_of(network), task_subnets_of(network)
        warn_without_way_out(self, network)

    def _see(self, resource: eks.CfnCluster) -> None:
        self.cluster_arn = resource.attr_arn
        self.endpoint = resource.attr_endpoint
        self.certificate_authority_data = resource.attr_certificate_authority_data
        group = resource.attr_cluster_security_group_id
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "ClusterSecurityGroup", group)
        self.cluster = eks.Cluster.from_cluster_attributes(
            self,
            "View",
            cluster_name=resource.ref,
            cluster_endpoint=self.endpoint,
            cluster_certificate_authority_data=self.certificate_authority_data,
            cluster_security_group_id=group,
            vpc=self.vpc,
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
            claim_principal(self, arn, path=self.node.path, type="EC2")  # EKS makes the entry for its own pools
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
"""Options that switch a practice off."""

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
        self.security_group = ec2.SecurityGroup.from_security_group_id(self, "ClusterSecurityGroup", security_group_id)
        self._oidc_provider_arn = oidc_provider_arn
        self.cluster = eks.Cluster.from_cluster_attributes(
            self,
            "View",
            cluster_name=cluster_name,
            cluster_endpoint=endpoint,
            cluster_certificate_authority_data=certificate_authority_data,
            cluster_security_group_id=security_group_id,
            vpc=self.vpc,
        )
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
