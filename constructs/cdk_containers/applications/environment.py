"""What differs between the environments of an application."""

from __future__ import annotations

import re
from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_logs

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled
from cdk_containers.deployments import Deployment
from cdk_containers.ecs.clusters import Capacity, FargateCapacity, strategy_problems
from cdk_containers.load_balancing.domain import subdomain_problems
from cdk_containers.model.workload import Architecture
from cdk_containers.network import NatGateways
from cdk_containers.observability import address_problems

from .approval import Approval
from .environment_domain import HostedDomain
from .environment_network import ExistingNetwork, NewNetwork

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")
_THROW_AWAY = "an environment that is thrown away as a whole"


@frozen
class Environment:
    """What differs between the environments of an application, said once; the defaults are those of production.

    `Environment.development()` is the same at a fraction of the price, and keeps nothing when its stack is deleted.
    Another one is `dataclasses.replace(environment, region="us-east-1")`. What you give to an `Application`, a service
    or a job wins over its environment.

    Attributes:
        name: Name of the environment; tag `environment` of everything in it. Default: `production`.
        account: Account that it is deployed to, 12 digits. Stacks get it by `env=environment.env`. Default: none; the
            account of whoever deploys.
        region: Region that it is deployed to. Default: none; the region of whoever deploys.
        domain: Domain of its services, of which the application makes its `Domain`. Default: none.
        network: Where it runs: a `NewNetwork`, or an `ExistingNetwork` of the account. Default: none; a new `Network`.
        email_addresses: Who is told of alarms and of what failed; each has to confirm by mail. Default: nobody.
        deployment: How a new version of a service takes over. Workers and services without traffic take it only if it
            shifts none, and daemons never. Default: none; `Rolling()`.
        approval: Who has to agree before a pipeline deploys to it. Default: none; nobody is asked.
        capacity: How services that do not say otherwise are split over capacity. Default: Fargate.
        architecture: Processor that images are for, where a service or job says nothing. Default: `X86_64`.
        nat_gateways: How tasks reach the internet. Default: PER_AZ, one in each zone.
        desired_count: Tasks of a service that says neither a count nor scaling. Default: 2, so that one zone may fail.
        log_retention: How long logs are kept. Default: one year.
        removal_policy: What happens to log groups and records when the stack goes. Default: RETAIN.
        subdomain: Label under which the application's domain is in this environment: `dev` makes `dev.example.com` of
            `example.com`. Default: none; the domain itself.
        throw_away: Why load balancers need no deletion protection and keep no access logs, if that is so. Default:
            none; they are protected, and keep them.

    See https://docs.aws.amazon.com/wellarchitected/latest/operational-excellence-pillar/ops_dev_integ_multi_env.html
    """

    name: str = "production"
    account: str | None = None
    region: str | None = None
    domain: HostedDomain | None = None
    network: NewNetwork | ExistingNetwork | None = None
    email_addresses: Sequence[str] = ()
    deployment: Deployment | None = None
    approval: Approval | None = None
    capacity: Sequence[Capacity] = (FargateCapacity(),)
    architecture: Architecture = "X86_64"
    nat_gateways: NatGateways = NatGateways.PER_AZ
    desired_count: int = 2
    log_retention: aws_logs.RetentionDays = aws_logs.RetentionDays.ONE_YEAR
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN
    subdomain: str | None = None
    throw_away: Disabled | None = None

    @property
    def env(self) -> cdk.Environment:
        """Where its stacks are deployed: `cdk.Stack(app, "Shop", env=environment.env)`."""
        return cdk.Environment(account=self.account, region=self.region)

    @staticmethod
    def development(
        name: str = "development",
        *,
        account: str | None = None,
        region: str | None = None,
        subdomain: str | None = None,
    ) -> Environment:
        """Take Fargate Spot, one task of each service, one NAT gateway, logs for a month, and nothing that stays.

        Args:
            name: Name of the environment.
            account: Account that it is deployed to. Default: that of whoever deploys.
            region: Region that it is deployed to. Default: that of whoever deploys.
            subdomain: Label under which the application's domain is in this environment. Default: none.
        """
        return Environment(
            name=name,
            account=account,
            region=region,
            capacity=(FargateCapacity.spot(),),
            nat_gateways=NatGateways.SINGLE,
            desired_count=1,
            log_retention=aws_logs.RetentionDays.ONE_MONTH,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            subdomain=subdomain,
            throw_away=Disabled(_THROW_AWAY),
        )

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not self.name:
            found.add("name", "the name is empty", given=self.name, allowed="a name such as production")
        if self.account is not None and not _ACCOUNT.fullmatch(self.account):
            found.add("account", "not an account", given=self.account, allowed="12 digits as text, known at synthesis")
        if self.region is not None and not _REGION.fullmatch(self.region):
            found.add(
                "region",
                "not a region",
                given=self.region,
                allowed="a region such as eu-west-1, known at synthesis",
            )
        for option in ("domain", "network", "deployment", "approval"):
            value = getattr(self, option)
            found.extend([] if value is None else value.problems(), under=option)
        found.extend(address_problems(self.email_addresses))
        if self.subdomain is not None:
            found.extend(subdomain_problems(self.subdomain))
        found.extend(strategy_problems(self.capacity))
        if not is_token(self.desired_count) and self.desired_count < 0:
            found.add(
                "desired_count", "out of range", given=self.desired_count, allowed="0 or more", practice="several-tasks"
            )
        found.extend(disabled_problems(self.throw_away), under="throw_away")
        return list(found)
