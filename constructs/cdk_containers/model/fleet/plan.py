"""How to distribute thousands of services over stacks, load balancers, clusters, networks and accounts.

AWS counts quotas by region and account, so the plan is for one region of one account. All services are alike and are
distributed evenly. Limits of a resource are met by splitting. Quotas of a region or an account become quota requests,
or more accounts if AWS documents a maximum.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.inputs import argument_problems

from ..limits import UnknownQuotaError, quota
from ..rollouts import RollingSteps, RolloutSteps, RolloutTimings, plan_rollout
from ..rollouts.plan import Deployment
from .addresses import address_room
from .fleet import Fleet, FleetPlan, FleetRollout, Growth, Request

_VPC_PREFIX = 16
_UNITS = 1024
_WHOLE = 100
_MINUTE = 60


def plan_fleet(
    fleet: Fleet,
    *,
    deployment: Deployment | RolloutSteps | None = None,
    timings: RolloutTimings | None = None,
    quotas: Mapping[str, int] | None = None,
) -> FleetPlan:
    """Plan a fleet of services on Fargate: how to split it, how long a rollout takes, and what fails first.

    Args:
        fleet: The services.
        deployment: Deployment strategy of each service. Default: rolling, 100–200 %.
        timings: How long a task takes to start and to stop. Default: `RolloutTimings()`.
        quotas: Quotas of your accounts, by id, such as `{"fargate-vcpus": 4000}`. Default: the AWS defaults.

    Raises:
        ConstructError: A number is invalid, a quota does not exist, a single service exceeds a limit, or there are too
        few accounts.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-service-quotas.html
    """
    found = argument_problems(plan_fleet, locals())
    if not found.has("fleet"):
        found.extend(fleet.problems(), under="fleet")
    if not found.has("quotas"):
        _check_quotas(quotas or {}, found)
    if found:
        raise ConstructError("plan_fleet", found)
    rolling = RollingSteps(min_healthy_percent=100, max_healthy_percent=200)
    one = plan_rollout(deployment or rolling, tasks=fleet.tasks, timings=timings)
    planner = _Planner(fleet, one.peak_tasks, one.completed_after_seconds, dict(quotas or {}))
    planner.check_one_service(found)
    if found:
        raise ConstructError("plan_fleet", found)
    return planner.plan()


def _check_quotas(given: Mapping[str, int], found: Problems) -> None:
    for name, value in given.items():
        try:
            known = quota(name)
        except UnknownQuotaError as error:
            found.add("quotas", str(error), given=name, allowed="an id of docs/limits.md")
            continue
        most = known.ceiling
        if value < 1 or (most is not None and value > most):
            allowed = "1 or more" if most is None else f"1 to {most:,}, the AWS maximum"
            found.add("quotas", f"not a value of {name}", given=value, allowed=allowed)


def _ceil(count: int, size: int) -> int:
    return -(-count // size)


class _Planner:
    """A fleet, and the resources of one of its services."""

    def __init__(self, fleet: Fleet, peak_tasks: int, seconds: int, quotas: dict[str, int]) -> None:
        self.fleet = fleet
        self.peak = peak_tasks
        self.seconds = seconds
        self.quotas = quotas
        fill = fleet.stack_fill_percent
        self.per_stack = min(
            self.has("stack-resources") * fill // _WHOLE // fleet.resources,
            self.has("template-bytes") * fill // _WHOLE // fleet.template_bytes,
        )
        self.per_balancer = max(
            min(
                self.has("alb-rules"),
                self.has("alb-target-groups") // fleet.target_groups,
                self.has("alb-targets") // peak_tasks,
            ),
            1,
        )
        self.balanced = fleet.behind_load_balancer_percent
        mask = _VPC_PREFIX + max((fleet.zones - 1).bit_length(), 1) + 1
        room = address_room([min(mask, 28)] * fleet.zones).steady
        self.per_vpc = min(room, self.has("vpc-address-usage"))

    def has(self, name: str) -> int:
        """Return the value of a quota."""
        return self.quotas.get(name, quota(name).value)

    def check_one_service(self, found: Problems) -> None:
        """Find problems that no split solves: a service that is too large, or too few accounts."""
        fleet = self.fleet
        if not self.per_stack:
            found.add(
                "fleet.resources",
                "a single service does not fit into a stack",
                given=f"{fleet.resources} resources, {fleet.template_bytes} bytes",
                allowed=f"{fleet.stack_fill_percent} % of 500 resources and of 1 MB",
                practice="hard-limits",
            )
        for option, used, name in (
            ("fleet.tasks", fleet.tasks, "service-tasks"),
            ("fleet.target_groups", fleet.target_groups, "service-target-groups"),
        ):
            if used > self.has(name):
                limit = quota(name)
                found.add(
                    option,
                    f"more than the limit of an {limit.of}",
                    given=used,
                    allowed=f"at most {limit.value:,} {limit.counts}",
                    practice="hard-limits",
                )
        if self.peak > self.per_vpc:
            found.add(
                "fleet.tasks",
                "a single service has more tasks than a VPC has addresses",
                given=self.peak,
                allowed=f"at most {self.per_vpc:,} during a deployment",
                practice="hard-limits",
            )
        least, why = self.least_accounts()
        if fleet.accounts is not None and fleet.accounts < least:
            found.add(
                "fleet.accounts",
                f"too few: {why}",
                given=fleet.accounts,
                allowed=f"{least} or more",
                practice="hard-limits",
            )

    def least_accounts(self) -> tuple[int, str]:
        """Return the number of accounts that AWS maximums require, and the limiting maximum."""
        roles = quota("roles")
        ceiling = max(self.quotas.get("roles", 0), roles.ceiling or roles.value)
        needed = self.fleet.services * self.fleet.roles
        return max(
            _ceil(needed, ceiling), 1
        ), f"an account has at most {ceiling:,} IAM roles, but {needed:,} are needed"

    def plan(self) -> FleetPlan:
        """Return the plan."""
        fleet = self.fleet
        least, why = self.least_accounts()
        accounts = fleet.accounts or least
        places = accounts * fleet.regions
        most = _ceil(fleet.services, places)

        def total(count: Callable[[int], int]) -> int:
            """Add up the usage of all regions of all accounts. Some have one service more than others."""
            less, more = divmod(fleet.services, places)
            return more * count(less + 1) + (places - more) * (count(less) if less else 0)

        growth = self.growth()
        return FleetPlan(
            accounts=accounts,
            services_per_region=most,
            services_per_stack=self.per_stack,
            stacks=total(self.stacks),
            clusters=total(self.clusters),
            services_per_load_balancer=self.per_balancer,
            load_balancers=total(self.load_balancers),
            vpcs=total(self.vpcs),
            tasks_per_vpc=self.per_vpc,
            tasks=fleet.services * fleet.tasks,
            peak_tasks=fleet.services * self.peak,
            rollout=self.rollout(most),
            requests=self.requests(most, _ceil(fleet.services, accounts)),
            first_limits=growth,
            reasons=self.reasons(accounts, least, why),
        )

    # ---- usage of one region of one account

    def stacks(self, services: int) -> int:
        return _ceil(services, self.per_stack)

    def clusters(self, services: int) -> int:
        return _ceil(services, self.has("cluster-services"))

    def behind(self, services: int) -> int:
        return _ceil(services * self.balanced, _WHOLE)

    def load_balancers(self, services: int) -> int:
        return _ceil(self.behind(services), self.per_balancer)

    def vpcs(self, services: int) -> int:
        return _ceil(services, self.per_vpc // self.peak)

    def needs(self) -> dict[str, Callable[[int], int]]:
        """Return the usage of each regional quota for a number of services."""
        fleet = self.fleet
        return {
            "fargate-vcpus": lambda services: _ceil(services * self.peak * fleet.cpu, _UNITS),
            "network-interfaces": lambda services: _ceil(services * self.peak, fleet.zones),
            "target-groups": lambda services: self.behind(services) * fleet.target_groups,
            "security-groups": lambda services: services * fleet.security_groups + self.load_balancers(services),
            "albs": self.load_balancers,
            "stacks": self.stacks,
            "ecs-clusters": self.clusters,
            "vpcs": self.vpcs,
        }

    def requests(self, services: int, in_account: int) -> tuple[Request, ...]:
        needed = {name: count(services) for name, count in self.needs().items()}
        needed["roles"] = in_account * self.fleet.roles
        if self.balanced:
            needed["alb-targets"] = self.peak
            needed["target-group-targets"] = self.peak
        return tuple(
            Request(quota=quota(name), needed=count, has=self.has(name))
            for name, count in needed.items()
            if count > self.has(name)
        )

    def growth(self) -> tuple[Growth, ...]:
        """Return the number of services at which each limit is reached, in one region of one account."""
        found = [
            self.reached("stack-resources", self.per_stack, "a second stack"),
            self.reached("cluster-services", self.has("cluster-services"), "a second cluster"),
            self.reached("vpc-address-usage", self.per_vpc // self.peak, "a second VPC"),
        ]
        if self.balanced:
            behind = self.per_balancer * _WHOLE // self.balanced
            found.append(self.reached(self.narrowest(), behind, "a second load balancer"))
        if self.fleet.roles:
            found.append(
                self.reached("roles", self.has("roles") // self.fleet.roles, "a higher quota, or a second account")
            )
        for name, count in self.needs().items():
            found.append(self.reached(name, _most(count, self.has(name)), "a higher quota"))
        return tuple(sorted(found, key=lambda it: (it.services, it.quota.id)))

    @staticmethod
    def reached(name: str, services: int, then: str) -> Growth:
        return Growth(quota=quota(name), services=services, then=then)

    def narrowest(self) -> str:
        """Return the limit of a load balancer that is reached first."""
        by_name = {
            "alb-targets": self.has("alb-targets") // self.peak,
            "alb-target-groups": self.has("alb-target-groups") // self.fleet.target_groups,
            "alb-rules": self.has("alb-rules"),
        }
        return min(by_name, key=lambda name: by_name[name])

    def rollout(self, services: int) -> FleetRollout:
        """Return the duration of a new version of all services, in the region with the most services."""

        def begins(count: int, burst: str, rate: str) -> int:
            """Return when the last of some calls is accepted: a token bucket starts full, and refills."""
            return _ceil(max(count - self.has(burst), 0), self.has(rate))

        fleet = self.fleet
        at_once = fleet.stacks_at_once or self.stacks(services)
        waves = _ceil(self.stacks(services), at_once)
        own = _ceil(fleet.tasks * _MINUTE, self.has("service-starts-per-minute"))
        one = max(self.seconds, own)
        begin = {
            "task definitions that are registered": begins(
                services, "task-definitions-burst", "task-definitions-per-second"
            ),
            "services that are updated": begins(services, "service-updates-burst", "service-updates-per-second"),
            "tasks that start": begins(services * fleet.tasks, "fargate-burst", "fargate-starts-per-second"),
            "stacks that are deployed at once": (waves - 1) * one,
        }
        return FleetRollout(seconds=max(begin.values()) + one, one_service_seconds=one, last_begins_after=begin)

    def reasons(self, accounts: int, least: int, why: str) -> tuple[str, ...]:
        fleet = self.fleet
        narrow = quota(self.narrowest())
        found = [
            (
                f"{self.per_stack} services in a stack: {fleet.stack_fill_percent} % of 500 resources at "
                f"{fleet.resources} each, and of 1 MB at {fleet.template_bytes:,} bytes"
            ),
            f"{self.has('cluster-services'):,} services in a cluster (its quota)",
            f"{self.per_vpc:,} tasks in a VPC, a /16 in {fleet.zones} zones, by its addresses and their usage",
        ]
        if self.balanced:
            found.append(
                f"{self.per_balancer} services behind a load balancer: it has {self.has(narrow.id):,} {narrow.counts}"
            )
        if accounts == least > 1:
            found.append(f"{accounts} accounts: {why}")
        return tuple(found)


def _most(count: Callable[[int], int], has: int) -> int:
    """Return the number of services that a quota is enough for. `count` must not decrease."""
    low, high = 0, 1
    while count(high) <= has and high < 10**9:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if count(middle) <= has else (low, middle)
    return low
