"""Imported values of an environment: the exports of its stack, with Copilot's names."""

from __future__ import annotations

from functools import cached_property

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_containers.ecs.clusters import Cluster
from cdk_containers.ecs.discovery import Namespace
from cdk_containers.load_balancing import ApplicationLoadBalancer

from .setting import Setting

_ZONES = 2


class Surroundings(Construct):
    """An environment as seen from the stack of a workload.

    It imports values and creates nothing, so it works with environments of this library and of Copilot.

    Attributes:
        setting: The environment.
    """

    def __init__(self, scope: Construct, setting: Setting) -> None:
        super().__init__(scope, "Environment")
        self.setting = setting
        self._exports: dict[str, str] = {}

    def export(self, name: str) -> str:
        """Return a value that the stack of the environment exports."""
        if name not in self._exports:
            self._exports[name] = cdk.Fn.import_value(f"{self.setting.prefix}-{name}")
        return self._exports[name]

    def subnets(self, kind: str) -> list[str]:
        """Return the ids of its `Public` or `Private` subnets, however many there are."""
        return cdk.Fn.split(",", self.export(f"{kind}Subnets"))

    def subnet_ids(self, kind: str) -> list[str]:
        """Return the ids of its subnets one by one, as far as their number is known."""
        listed = self.subnets(kind)
        return [cdk.Fn.select(index, listed) for index in range(self._count(kind))]

    def _count(self, kind: str) -> int:
        manifest = self.setting.manifest
        vpc = manifest.network.vpc if manifest is not None and manifest.network is not None else None
        subnets = vpc.subnets if vpc is not None else None
        given = None if subnets is None else subnets.public if kind == "Public" else subnets.private
        return len(given) if given else _ZONES

    @cached_property
    def vpc(self) -> ec2.IVpc:
        """Its VPC."""
        zones = self._count("Private")
        return ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self.export("VpcId"),
            availability_zones=[cdk.Fn.select(index, cdk.Fn.get_azs()) for index in range(zones)],
            public_subnet_ids=self.subnet_ids("Public"),
            private_subnet_ids=self.subnet_ids("Private"),
        )

    @cached_property
    def cluster(self) -> Cluster:
        """Its cluster."""
        return Cluster.from_attributes(self, "Cluster", cluster_name=self.export("ClusterId"), network=self.vpc)

    @cached_property
    def security_group(self) -> ec2.ISecurityGroup:
        """The security group of the environment, whose members can reach each other."""
        return self.known_group("SecurityGroup", self.export("EnvironmentSecurityGroup"))

    def known_group(self, id: str, group: str) -> ec2.ISecurityGroup:  # noqa: A002
        """Import a security group. Its owner manages its rules."""
        return ec2.SecurityGroup.from_security_group_id(self, id, group, mutable=False)

    @cached_property
    def namespace(self) -> Namespace:
        """Its namespace in Cloud Map."""
        id_ = self.export("ServiceDiscoveryNamespaceID")
        here = f"arn:{cdk.Aws.PARTITION}:servicediscovery:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        return Namespace.from_attributes(
            self,
            "Namespace",
            name=self.setting.namespace,
            namespace_id=id_,
            namespace_arn=f"{here}:namespace/{id_}",
            network=self.vpc,
        )

    def load_balancer(self, id: str, *, listener_arn: str, dns_name: str, zone_id: str) -> ApplicationLoadBalancer:  # noqa: A002
        """Import a load balancer by one of its listeners."""
        return ApplicationLoadBalancer.from_attributes(
            self,
            id,
            load_balancer_arn=_balancer_of(listener_arn),
            listener_arn=listener_arn,
            # The environment defines the allowed connections: its security group accepts its load balancers.
            security_group_id=self.export("EnvironmentSecurityGroup"),
            security_group_allows_all_outbound=True,
            dns_name=dns_name,
            vpc=self.vpc,
            canonical_hosted_zone_id=zone_id,
        )


def _balancer_of(listener_arn: str) -> str:
    """Return the ARN of the load balancer of a listener, `…:listener/app/name/id/id`."""
    parts = cdk.Fn.split("/", listener_arn)
    name, id_ = cdk.Fn.select(2, parts), cdk.Fn.select(3, parts)
    here = f"arn:{cdk.Aws.PARTITION}:elasticloadbalancing:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
    return f"{here}:loadbalancer/app/{name}/{id_}"
