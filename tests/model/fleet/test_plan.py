"""Plans for fleets: every limit is respected, and nothing gets smaller as a fleet grows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdk_containers import ConstructError, Fleet, plan_fleet
from cdk_containers.model.limits import quota
from cdk_containers.model.rollouts import RolloutTimings, ShiftSteps, TrafficShift

FLEETS = st.builds(
    Fleet,
    services=st.integers(1, 200_000),
    tasks=st.integers(1, 50),
    cpu=st.sampled_from([256, 1024, 4096]),
    regions=st.integers(1, 4),
    zones=st.integers(1, 6),
    behind_load_balancer_percent=st.integers(0, 100),
    target_groups=st.integers(1, 5),
    resources=st.integers(1, 400),
    template_bytes=st.integers(1_000, 500_000),
    roles=st.integers(0, 5),
    security_groups=st.integers(0, 3),
    stacks_at_once=st.none() | st.integers(1, 50),
)
TIMES = RolloutTimings()


@settings(max_examples=150, deadline=None)
@given(FLEETS)
def test_every_limit_is_respected_or_requested(fleet: Fleet):
    plan = plan_fleet(fleet)
    places = plan.accounts * fleet.regions
    raised = {it.quota.id: it.needed for it in plan.requests}

    def has(name: str) -> int:
        return max(quota(name).value, raised.get(name, 0))

    assert plan.services_per_region * places >= fleet.services
    assert plan.services_per_stack * fleet.resources <= 500
    assert plan.services_per_stack * fleet.template_bytes <= 1_048_576
    assert plan.stacks * plan.services_per_stack >= fleet.services
    assert plan.clusters * quota("cluster-services").value >= fleet.services
    behind = fleet.services * fleet.behind_load_balancer_percent / 100
    assert plan.load_balancers * plan.services_per_load_balancer >= behind
    if behind:
        peak = plan.peak_tasks // fleet.services
        assert plan.services_per_load_balancer <= quota("alb-rules").value
        assert plan.services_per_load_balancer * fleet.target_groups <= quota("alb-target-groups").value
        assert plan.services_per_load_balancer * peak <= has("alb-targets")
    assert plan.vpcs * plan.tasks_per_vpc >= plan.peak_tasks
    assert plan.tasks_per_vpc <= quota("vpc-address-usage").value
    services_in_account = -(-fleet.services // plan.accounts)
    assert services_in_account * fleet.roles <= has("roles") <= (quota("roles").ceiling or 0)
    vcpus = plan.services_per_region * (plan.peak_tasks // fleet.services) * fleet.cpu / 1024
    assert vcpus <= has("fargate-vcpus")
    assert plan.stacks <= places * has("stacks")
    assert plan.load_balancers <= places * has("albs")
    for it in plan.requests:
        assert it.quota.adjustable
        assert it.needed > it.has


@settings(max_examples=100, deadline=None)
@given(FLEETS, st.integers(1, 5_000))
def test_nothing_gets_smaller_as_a_fleet_grows(fleet: Fleet, more: int):
    larger = replace(fleet, services=fleet.services + more)
    accounts = plan_fleet(larger).accounts
    small, large = (plan_fleet(replace(it, accounts=accounts)) for it in (fleet, larger))
    for name in ("services_per_region", "stacks", "clusters", "load_balancers", "vpcs", "tasks", "peak_tasks"):
        assert getattr(small, name) <= getattr(large, name), name
    assert small.rollout.seconds <= large.rollout.seconds
    needed = {it.quota.id: it.needed for it in large.requests}
    assert all(it.needed <= needed[it.quota.id] for it in small.requests)
    assert small.first_limits == large.first_limits


@settings(max_examples=40, deadline=None)
@given(FLEETS)
def test_the_first_limit_is_where_a_fleet_first_needs_something(fleet: Fleet):
    one = replace(fleet, regions=1, accounts=1, services=1)
    for growth in plan_fleet(one).first_limits:
        if growth.then != "a higher quota" or not 1 <= growth.services < 1_000:
            continue
        within, beyond = (plan_fleet(replace(one, services=growth.services + more)) for more in (0, 1))
        assert growth.quota.id not in {it.quota.id for it in within.requests}
        assert growth.quota.id in {it.quota.id for it in beyond.requests}


def test_a_small_fleet_fits_a_new_account_but_for_its_vcpus():
    plan = plan_fleet(Fleet(services=6))
    assert plan.requests == ()
    assert (plan.accounts, plan.stacks, plan.clusters, plan.load_balancers, plan.vpcs) == (1, 1, 1, 1, 1)
    [request] = plan_fleet(Fleet(services=7)).requests
    assert str(request) == "7 vCPUs on Fargate in each region, instead of 6 (fargate/L-3032A538)"
    assert plan.first_limits[0].quota.id == "fargate-vcpus"


def test_a_rollout_waits_for_what_is_slowest():
    one = plan_fleet(Fleet(services=1)).rollout
    assert one.seconds == one.one_service_seconds
    many = plan_fleet(Fleet(services=3620)).rollout
    assert many.limiting == "task definitions that are registered"
    assert many.seconds == 3600 + one.seconds  # one a second, behind a burst of 20
    large = plan_fleet(Fleet(services=100, tasks=500)).rollout
    assert large.limiting == "tasks that start"
    assert large.last_begins_after["tasks that start"] == (50_000 - 100) // 20
    slow = plan_fleet(Fleet(services=130, stacks_at_once=1)).rollout
    assert slow.last_begins_after["stacks that are deployed at once"] == 9 * slow.one_service_seconds


def test_a_higher_quota_lets_more_through():
    fleet = Fleet(services=1000)
    assert {it.quota.id for it in plan_fleet(fleet).requests} == {"fargate-vcpus", "roles"}
    plan = plan_fleet(fleet, quotas={"fargate-vcpus": 4000, "roles": 5000})
    assert plan.requests == ()


def test_both_versions_of_a_service_count_behind_a_load_balancer():
    rolling = plan_fleet(Fleet(services=500, behind_load_balancer_percent=100))
    shift = ShiftSteps(shifts=(TrafficShift(percent=100, bake_seconds=300),))
    both = plan_fleet(Fleet(services=500, behind_load_balancer_percent=100, target_groups=2), deployment=shift)
    assert (rolling.services_per_load_balancer, both.services_per_load_balancer) == (100, 50)
    assert (rolling.load_balancers, both.load_balancers) == (5, 10)
    assert both.rollout.one_service_seconds > rolling.rollout.one_service_seconds + 299


def test_accounts_are_as_many_as_the_ceilings_ask_for():
    plan = plan_fleet(Fleet(services=100_000))
    assert plan.accounts == 20
    assert plan.reasons[-1] == "20 accounts: an account has at most 10,000 IAM roles, but 200,000 are needed"
    with pytest.raises(ConstructError, match=r"fleet\.accounts: too few: an account has at most 10,000 IAM roles"):
        plan_fleet(Fleet(services=100_000, accounts=19))


@pytest.mark.parametrize(
    ("fleet", "options", "message"),
    [
        ({"services": 0}, {}, "fleet.services"),
        ({"services": 1, "zones": 0, "cpu": 0}, {}, "2 problems"),
        ({"services": 1, "behind_load_balancer_percent": 101}, {}, "0–100"),
        ({"services": 1, "resources": 401}, {}, "a single service does not fit into a stack"),
        ({"services": 1, "tasks": 5001}, {}, "at most 5,000 tasks"),
        ({"services": 1, "target_groups": 6}, {}, "at most 5 target groups"),
        ({"services": 1}, {"quotas": {"alb-rule": 1}}, "did you mean 'alb-rules'"),
        ({"services": 1}, {"quotas": {"stack-resources": 501}}, "1 to 500, the AWS maximum"),
        ({"services": 1}, {"quotas": {"alb-rules": 0}}, "1 or more"),
        ({"services": "1"}, {}, "fleet.services"),
    ],
)
def test_wrong_numbers_are_refused_in_words(fleet: dict[str, Any], options: dict[str, Any], message: str):
    with pytest.raises(ConstructError) as caught:
        plan_fleet(Fleet(**fleet), timings=TIMES, **options)
    assert message in str(caught.value)
