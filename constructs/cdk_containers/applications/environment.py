"""Environments of an application."""

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
_THROW_AWAY = "a disposable environment"


@frozen
class Environment:
    """Options of one environment of an application; the defaults suit production.

    `Environment.development()` costs a fraction and keeps nothing when its stack is deleted. Derive another one with
    `dataclasses.replace(environment, region="us-east-1")`. Options of an `Application`, a service or a job override its
    environment.

    Attributes:
        name: Name of the environment; tag `environment` of everything in it. Default: `production`.
        account: Target account, 12 digits. Pass it to stacks with `env=environment.env`. Default: none; the account of
            your credentials.
        region: Target region. Default: none; the region of your credentials.
        domain: Domain of its services, from which the application creates its `Domain`. Default: none.
        network: The network: a `NewNetwork`, or an `ExistingNetwork` of the account. Default: none; a new `Network`.
        email_addresses: Addresses that get notifications of alarms and failures; each recipient must confirm by e-mail.
            Default: none.
        deployment: Deployment of new versions. Workers and services without traffic use it only if it does not shift
            traffic; daemons never use it. Default: none; `Rolling()`.
        approval: Approval before a pipeline deploys to it. Default: none.
        capacity: Default capacity of services. Default: Fargate.
        architecture: Default processor architecture of services and jobs. Default: `X86_64`.
        nat_gateways: NAT gateways for tasks. Default: PER_AZ, one in each Availability Zone.
        desired_count: Number of tasks of a service without a count or scaling. Default: 2, so that one Availability
            Zone may fail.
        log_retention: Retention of logs. Default: one year.
        removal_policy: What happens to log groups and access logs when the stack is deleted. Default: RETAIN.
        subdomain: Label before the application's domain in this environment: `dev` turns `example.com` into
            `dev.example.com`. Default: none; the domain itself.
        throw_away: Reason for load balancers without deletion protection and access logs. Default: none; they have
            both.

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
        """The account and region of its stacks: `cdk.Stack(app, "Shop", env=environment.env)`."""
        return cdk.Environment(account=self.account, region=self.region)

    @staticmethod
    def development(
        name: str = "development",
        *,
        account: str | None = None,
        region: str | None = None,
        subdomain: str | None = None,
    ) -> Environment:
        """Return an environment with Fargate Spot, one task per service, one NAT gateway and logs for a month.

        Args:
            name: Name of the environment.
            account: Target account. Default: the account of your credentials.
            region: Target region. Default: the region of your credentials.
            subdomain: Label before the application's domain in this environment. Default: none.
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
        """Find problems with these options."""
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
