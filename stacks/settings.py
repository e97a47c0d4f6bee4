"""What differs between the environments of the reference stacks, said once."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from cdk_containers import Disabled, Domain, FargateCapacity, NatGateways, ServiceScaling

THROW_AWAY = Disabled("a development environment that is thrown away as a whole")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One environment."""

    name: str
    nat_gateways: NatGateways
    capacity: tuple[FargateCapacity, ...]
    removal_policy: cdk.RemovalPolicy
    """Of everything except buckets: CloudFormation does not empty them, and cannot delete a bucket with objects."""
    objects_kept_days: int
    production: bool
    desired_count: int | None
    scaling: ServiceScaling | None
    domain: str | None
    """Domain that the certificate and the names of the services are under; None means plain HTTP."""
    hosted_zone_id: str | None
    image_tag: str | None
    """Tag of the images in the registry; None builds them from `sample/` when they are deployed."""
    external_tasks: int = 0
    """Tasks on machines outside AWS: none before one is registered, since the stack would wait for them:
    `-c external_tasks=1`."""
    lattice_prefix_list_id: str = "pl-0123456789abcdef0"
    """AWS's list of the addresses of VPC Lattice in the region: `-c lattice_prefix_list_id=pl-…`."""
    first_account: str = "111111111111"
    """Account of the stacks, which the second account pulls images from: `-c first_account=…`."""
    first_region: str = "eu-west-1"
    """Region of that registry: `-c first_region=…`."""
    second_account: str = "222222222222"
    """Account of the stage: `-c second_account=…`."""
    third_account: str = "333333333333"
    """Account that the pipeline deploys production to: `-c third_account=…`."""

    @property
    def shared_repository(self) -> str:
        """Name of the repository that both accounts use."""
        return f"{self.name}-platform/web"

    def zone(self, scope: Construct, id: str) -> route53.IHostedZone | None:  # noqa: A002
        """Return the hosted zone of the domain, if there is one."""
        if self.domain is None:
            return None
        return route53.HostedZone.from_hosted_zone_attributes(
            scope, id, hosted_zone_id=self.hosted_zone_id or "", zone_name=self.domain
        )

    def domain_in(self, scope: Construct) -> Domain | None:
        """Return the domain as a stack has names of it, if there is one."""
        zone = self.zone(scope, "Zone")
        return None if zone is None or self.domain is None else Domain(scope, "Domain", name=self.domain, zone=zone)

    def hosts(self, label: str) -> list[str]:
        """Return the name under the domain for the rule of a load balancer; none without a domain."""
        return [] if self.domain is None else [f"{label}.{self.domain}"]

    def certificate(self, scope: Construct, id: str, *, host: str) -> acm.ICertificate | None:  # noqa: A002
        """Make a certificate for a name under the domain, if there is one."""
        zone = self.zone(scope, f"{id}Zone")
        if zone is None:
            return None
        validation = acm.CertificateValidation.from_dns(zone)
        return acm.Certificate(scope, id, domain_name=f"{host}.{self.domain}", validation=validation)


def read_settings(scope: Construct) -> Settings:
    """Read the environment from the context: `-c environment=prod`, and a few values to override."""
    name = scope.node.try_get_context("environment") or "dev"
    count = scope.node.try_get_context("desired_count")
    external_tasks = int(scope.node.try_get_context("external_tasks") or 0)
    tag = scope.node.try_get_context("image_tag")
    given = {
        name: value
        for name in ("first_account", "first_region", "second_account", "third_account")
        if (value := scope.node.try_get_context(name)) is not None
    }
    prefix_list = scope.node.try_get_context("lattice_prefix_list_id") or Settings.lattice_prefix_list_id
    match name:
        case "dev":
            return Settings(
                name="dev",
                nat_gateways=NatGateways.SINGLE,
                capacity=(FargateCapacity.spot(),),
                removal_policy=cdk.RemovalPolicy.DESTROY,
                objects_kept_days=7,
                production=False,
                desired_count=int(count) if count else 1,
                scaling=None,
                domain=None,
                hosted_zone_id=None,
                image_tag=tag,
                external_tasks=external_tasks,
                lattice_prefix_list_id=prefix_list,
                **given,
            )
        case "prod":
            return Settings(
                name="prod",
                nat_gateways=NatGateways.PER_AZ,
                capacity=(FargateCapacity(base=2), FargateCapacity.spot(weight=1)),
                removal_policy=cdk.RemovalPolicy.RETAIN,
                objects_kept_days=365,
                production=True,
                desired_count=int(count) if count else None,
                scaling=None if count else ServiceScaling(min_tasks=3, max_tasks=30, requests_per_target=1000),
                domain=scope.node.try_get_context("domain") or "shop.example.com",
                hosted_zone_id=scope.node.try_get_context("hosted_zone_id") or "Z0000000000EXAMPLE",
                image_tag=tag,
                external_tasks=external_tasks,
                lattice_prefix_list_id=prefix_list,
                **given,
            )
        case _:
            raise ValueError(f"there is no environment {name!r}: write -c environment=dev or -c environment=prod")
