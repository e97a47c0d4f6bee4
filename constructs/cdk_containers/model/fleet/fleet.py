"""A fleet of services, and the plan for it."""

from __future__ import annotations

from collections.abc import Mapping

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems

from ..limits import Quota

_WHOLE = 100


@frozen
class Fleet:
    """Similar services across regions and accounts.

    The defaults of one service are those of a `WebService` of this library, rounded up. Use those of your
    template instead.

    Attributes:
        services: Number of services.
        tasks: Tasks of each service. Default: 2.
        cpu: CPU units of a task. Default: 256.
        regions: Number of regions over which the services are distributed. Default: 1.
        accounts: Number of accounts over which they are distributed. Default: as few as the AWS limits allow.
        zones: Zones of each region. Default: 3.
        behind_load_balancer_percent: Percentage of the services behind an Application Load Balancer. Default: 50.
        target_groups: Target groups of each of those; blue/green deployments use 2. Default: 1.
        resources: CloudFormation resources of a service. Default: 30.
        template_bytes: Bytes of a template for a service. Default: 40,000.
        roles: IAM roles of a service. Default: 2.
        security_groups: Security groups of a service. Default: 1.
        stack_fill_percent: Maximum fill level of a stack, so that services can grow. Default: 80.
        stacks_at_once: Number of stacks in one region of an account that are deployed at the same time. Default: all.
    """

    services: int
    tasks: int = 2
    cpu: int = 256
    regions: int = 1
    accounts: int | None = None
    zones: int = 3
    behind_load_balancer_percent: int = 50
    target_groups: int = 1
    resources: int = 30
    template_bytes: int = 40_000
    roles: int = 2
    security_groups: int = 1
    stack_fill_percent: int = 80
    stacks_at_once: int | None = None

    def problems(self) -> list[Problem]:
        """Find the problems of these numbers."""
        found = Problems()
        found.extend(field_problems(self))
        for option in ("behind_load_balancer_percent", "stack_fill_percent"):
            value = getattr(self, option)
            low = 0 if option.startswith("behind") else 1
            if not found.has(option) and not low <= value <= _WHOLE:
                found.add(option, "not a share", given=value, allowed=f"{low}–100")
        counts = ("services", "tasks", "cpu", "regions", "accounts", "zones", "target_groups", "resources")
        for option in (*counts, "template_bytes", "roles", "security_groups", "stacks_at_once"):
            value = getattr(self, option)
            least = 0 if option in {"roles", "security_groups"} else 1
            if not found.has(option) and value is not None and value < least:
                found.add(option, "out of range", given=value, allowed=f"{least} or more")
        return list(found)


@frozen
class Request:
    """A quota that you must raise before the fleet fits.

    Attributes:
        quota: The quota.
        needed: Requirement of one region of one account, or of one account.
        has: Current value.
    """

    quota: Quota
    needed: int
    has: int

    def __str__(self) -> str:
        code = f" ({self.quota.code})" if self.quota.code else ""
        return f"{self.needed:,} {self.quota.counts} in each {self.quota.of}, instead of {self.has:,}{code}"


@frozen
class Growth:
    """The number of services at which a limit is reached, in one region of one account.

    Attributes:
        quota: The limit.
        services: The maximum number of services within it.
        then: What to do beyond that.
    """

    quota: Quota
    services: int
    then: str


@frozen
class FleetRollout:
    """The minimum time until a new version of every service runs.

    Attributes:
        seconds: Until the last service is done.
        one_service_seconds: How long a single service takes.
        last_begins_after: When the last service can start, in seconds, for each limiting factor.
    """

    seconds: int
    one_service_seconds: int
    last_begins_after: Mapping[str, int]

    @property
    def limiting(self) -> str:
        """The main limiting factor."""
        return max(self.last_begins_after, key=lambda name: self.last_begins_after[name])


@frozen
class FleetPlan:
    """How to split a fleet.

    Attributes:
        accounts: Accounts.
        services_per_region: Services in the largest region of one account.
        services_per_stack: Services in one stack.
        stacks: Stacks.
        clusters: Clusters.
        services_per_load_balancer: Services behind one load balancer.
        load_balancers: Application Load Balancers.
        vpcs: VPCs.
        tasks_per_vpc: Tasks that fit into the addresses of one VPC (/16).
        tasks: Tasks without a deployment.
        peak_tasks: Tasks during a deployment of all services.
        rollout: Duration of a new version of all services.
        requests: Quotas to raise first.
        first_limits: The number of services at which each limit is reached in one region of one account, the lowest
            first.
        reasons: Reasons for the split, one sentence each.
    """

    accounts: int
    services_per_region: int
    services_per_stack: int
    stacks: int
    clusters: int
    services_per_load_balancer: int
    load_balancers: int
    vpcs: int
    tasks_per_vpc: int
    tasks: int
    peak_tasks: int
    rollout: FleetRollout
    requests: tuple[Request, ...]
    first_limits: tuple[Growth, ...]
    reasons: tuple[str, ...]
