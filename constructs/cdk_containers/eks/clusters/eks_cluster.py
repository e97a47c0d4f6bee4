"""An EKS cluster."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems
from cdk_containers.network import Network, NetworkLike, task_subnets_of, vpc_of

from ..manifests import Manifest
from ..rendering import ClusterFacts, Compute, NodeFacts
from .remote_networks import let_remote_networks_in, remote_network_config, remote_network_problems


class EksCluster(CheckedConstruct):
    """An EKS cluster in private subnets of several zones.

    Attributes:
        cluster: The cluster, as CDK's constructs for EKS take it.
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
        prefix_delegation: Whether the VPC CNI hands out prefixes, so that a node holds more pods.
        remote_node_networks: Networks outside AWS whose machines are nodes.

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
    prefix_delegation: bool
    remote_node_networks: tuple[str, ...]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        version: str,
        network: NetworkLike | None = None,
        cluster_name: str | None = None,
        service_cidr: str = "172.20.0.0/16",
        remote_node_networks: Sequence[str] = (),
        remote_pod_networks: Sequence[str] = (),
    ) -> None:
        """Make a cluster.

        Args:
            scope: The parent, mostly a stack.
            id: Name among the parent's children.
            version: Version of Kubernetes, such as `1.36`.
            network: Where control plane, nodes and pods are. Default: a new `Network`.
            cluster_name: Name of the cluster. Default: one from the names of stack and construct.
            service_cidr: Addresses of Kubernetes services. Default: 172.20.0.0/16.
            remote_node_networks: Private networks outside AWS whose machines are nodes (`HybridNodes`), such as
                `10.80.0.0/16`. Default: none.
            remote_pod_networks: Networks of the pods on those machines, where something in the cluster has to reach
                them, such as a webhook. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(EksCluster.__init__, locals())
        if not (found.has("remote_node_networks") or found.has("remote_pod_networks") or found.has("service_cidr")):
            found.extend(remote_network_problems(remote_node_networks, remote_pod_networks, service_cidr=service_cidr))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        network = network or Network(self, "Network")
        self.network, self.vpc, self.node_subnets = network, vpc_of(network), task_subnets_of(network)
        self.version, self.service_cidr = version, service_cidr
        self.cluster_name = cluster_name or cdk.Names.unique_resource_name(self, max_length=100, separator="-")
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("eks.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name("AmazonEKSClusterPolicy")],
        )
        self.remote_node_networks = tuple(remote_node_networks)
        remote = [*remote_node_networks, *remote_pod_networks]
        groups = [let_remote_networks_in(self, self.vpc, remote).security_group_id] if remote else None
        self.resource = eks.CfnCluster(
            self,
            "Cluster",
            name=self.cluster_name,
            version=version,
            role_arn=role.role_arn,
            resources_vpc_config=eks.CfnCluster.ResourcesVpcConfigProperty(
                subnet_ids=self.vpc.select_subnets(
                    subnet_type=self.node_subnets.subnet_type,
                    subnets=self.node_subnets.subnets,
                    subnet_group_name=self.node_subnets.subnet_group_name,
                ).subnet_ids,
                endpoint_private_access=True,
                endpoint_public_access=False,
                security_group_ids=groups,
            ),
            remote_network_config=remote_network_config(remote_node_networks, remote_pod_networks),
            kubernetes_network_config=eks.CfnCluster.KubernetesNetworkConfigProperty(service_ipv4_cidr=service_cidr),
            bootstrap_self_managed_addons=False,
        )
        self.cluster_arn = self.resource.attr_arn
        self.endpoint = self.resource.attr_endpoint
        self.certificate_authority_data = self.resource.attr_certificate_authority_data
        self.security_group = ec2.SecurityGroup.from_security_group_id(
            self, "ClusterSecurityGroup", self.resource.attr_cluster_security_group_id
        )
        self.cluster = eks.Cluster.from_cluster_attributes(
            self,
            "View",
            cluster_name=self.resource.ref,
            cluster_endpoint=self.endpoint,
            cluster_certificate_authority_data=self.certificate_authority_data,
            cluster_security_group_id=self.resource.attr_cluster_security_group_id,
            vpc=self.vpc,
        )
        self.compute: Compute = "NODES"
        self._manifests: list[tuple[str, Sequence[Manifest]]] = []
        self.prefix_delegation = False
        self._nodes: list[cdk.CfnResource] = []
        self._node_facts: list[NodeFacts] = []
        self._before_nodes: list[cdk.CfnResource] = []
        self._after_nodes: list[cdk.CfnResource] = []

    # ---- what other constructs of the library ask of a cluster

    @property
    def facts(self) -> ClusterFacts:
        """What a workload has to know of the cluster."""
        return ClusterFacts(version=self.version, compute=self.compute)

    @property
    def is_imported(self) -> bool:
        """Whether the cluster is another app's."""
        return self.resource is None

    @property
    def nodes(self) -> tuple[NodeFacts, ...]:
        """What is known of its nodes, kind by kind."""
        return tuple(self._node_facts)

    @property
    def waits_for_nodes(self) -> bool:
        """Whether something of the cluster waits for nodes, and there are none in its stack yet."""
        return bool(self._after_nodes) and not self._nodes

    def add_nodes(self, resource: cdk.CfnResource | None, facts: NodeFacts | None = None) -> None:
        """Take notice of nodes: what is needed before them is made before, and what needs nodes after them.

        Args:
            resource: What makes them; None for nodes that come later, by a controller or by hand.
            facts: What pods have to know of them.
        """
        if facts is not None:
            self._node_facts.append(facts)
        if resource is None:
            return
        for earlier in self._before_nodes:
            resource.add_resource_dependency(earlier)
        if cdk.Stack.of(resource) is not cdk.Stack.of(self):
            return  # the stack of the cluster, which is deployed before, cannot wait for it
        self._nodes.append(resource)
        for later in self._after_nodes:
            later.add_resource_dependency(resource)

    def before_nodes(self, resource: cdk.CfnResource) -> None:
        """Have nodes wait for a resource, such as the add-on that gives pods their addresses."""
        self._before_nodes.append(resource)
        for node in self._nodes:
            node.add_resource_dependency(resource)

    def after_nodes(self, resource: cdk.CfnResource) -> None:
        """Have a resource wait for nodes, such as an add-on whose pods need a place to run."""
        self._after_nodes.append(resource)
        for node in self._nodes:
            resource.add_resource_dependency(node)

    def add_manifests(self, name: str, manifests: Iterable[Manifest]) -> None:
        """Put Kubernetes objects into the cluster's folder of manifests, as one file.

        Args:
            name: Name of the file without its ending, unique in the cluster: lower case, digits and hyphens.
            manifests: The objects, in the order in which they are applied.
        """
        self._manifests.append((name, tuple(manifests)))
