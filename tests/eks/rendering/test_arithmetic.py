"""Order, time and numbers: what decides whether a pod starts, ends and is replaced as a task is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdk_containers import Container, Disabled, HealthCheck
from cdk_containers.eks.rendering import Exposure
from cdk_containers.eks.rendering.losses import Losses
from cdk_containers.eks.rendering.rollout import rolling_update
from cdk_containers.eks.rendering.schedules import five_fields
from cdk_containers.eks.rendering.shutdown import shutdown
from cdk_containers.eks.rendering.start_order import start_order

from .making import container, containers_of, job, losses_of, pod_spec, service, the_container, workload

# ---- shutdown

TIMES = st.integers(0, 600)


@given(
    stop=TIMES,
    flush=TIMES,
    deregistration=st.none() | TIMES,
    drain=TIMES,
    listens=st.booleans(),
    short=st.booleans(),
)
def test_a_container_has_its_time_after_sigterm(
    *, stop: int, flush: int, deregistration: int | None, drain: int, listens: bool, short: bool
):
    found = shutdown(
        stop_seconds=stop,
        flush_seconds=flush,
        listens=listens,
        deregistration_seconds=deregistration,
        drain_seconds=drain,
        ends_requests_on_sigterm=short,
    )
    assert found.grace_seconds - found.pre_stop_seconds >= stop + flush
    if deregistration is not None:
        assert found.pre_stop_seconds >= drain
        assert found.grace_seconds >= drain + deregistration + flush
        if not short:
            assert found.pre_stop_seconds == drain + deregistration
    elif not listens:
        assert found.pre_stop_seconds == 0


@pytest.mark.parametrize(
    ("options", "pre_stop", "grace"),
    [
        ({"exposures": [Exposure(port=8080)]}, 40, 70),
        ({"exposures": [Exposure(port=8080)], "ends_requests_on_sigterm": True}, 10, 40),
        ({"exposures": [Exposure(port=8080, deregistration_delay=120)]}, 130, 160),
        ({}, 5, 35),
    ],
)
def test_how_a_service_ends(options: dict[str, Any], pre_stop: int, grace: int):
    rendered = service(workload(container(ports=[8080])), **options)
    assert containers_of(rendered)["app"]["lifecycle"] == {"preStop": {"sleep": {"seconds": pre_stop}}}
    assert pod_spec(rendered)["terminationGracePeriodSeconds"] == grace


def test_a_worker_gets_sigterm_at_once_and_as_much_time_as_it_wants():
    rendered = service(workload(container(stop_timeout=timedelta(minutes=14))))
    assert "lifecycle" not in containers_of(rendered)["app"]
    assert pod_spec(rendered)["terminationGracePeriodSeconds"] == 840
    assert losses_of(rendered) == {}
    longer = service(workload(container(stop_timeout=timedelta(minutes=16))))
    assert losses_of(longer) == {"containers[0].stop_timeout": "approximated"}


def test_sidecars_have_time_after_the_others():
    beside = container(name="b", essential=False, memory_limit_mib=64, stop_timeout=timedelta(seconds=20))
    default = container(name="c", essential=False, memory_limit_mib=64)
    assert pod_spec(service(workload(container(), beside)))["terminationGracePeriodSeconds"] == 50
    assert pod_spec(service(workload(container(), beside, default)))["terminationGracePeriodSeconds"] == 55


def test_a_stop_timeout_below_nothing():
    wrong = workload(container(stop_timeout=timedelta(seconds=-1)))
    assert losses_of(service(wrong)) == {"containers[0].stop_timeout": "refused"}


def test_spot_leaves_two_minutes():
    slow = workload(container(stop_timeout=timedelta(seconds=111)))
    assert losses_of(service(slow, spot_percent=50))["spot_percent"] == "refused"
    assert losses_of(service(slow, spot_percent=0)) == {}
    assert losses_of(service(workload(), spot_percent=100)) == {}


def test_there_is_no_agent_to_leave_the_stop_timeout_to():
    left = workload(container(stop_timeout=Disabled("the agent knows better")))
    assert losses_of(service(left)) == {"containers[0].stop_timeout": "approximated"}


# ---- roll-outs


@pytest.mark.parametrize("replicas", range(1, 51))
def test_as_many_pods_run_as_tasks_would(replicas: int):
    for low in range(101):
        for high in (100, 110, 125, 133, 150, 175, 200):
            losses = Losses()
            found = rolling_update(replicas=replicas, min_percent=low, max_percent=high, losses=losses)
            least, most = -(-replicas * low // 100), replicas * high // 100  # as ECS rounds
            assert replicas - int(found["maxUnavailable"]) == least
            assert replicas + int(found["maxSurge"]) == most
            assert losses.has_refused("min_healthy_percent") is (least == most == replicas)


@pytest.mark.parametrize("replicas", range(1, 51))
def test_with_an_autoscaler_there_may_be_one_pod_more(replicas: int):
    for low in range(101):
        for high in range(101, 201):
            found = rolling_update(replicas=None, min_percent=low, max_percent=high, losses=Losses())
            missing, more = int(str(found["maxUnavailable"])[:-1]), int(str(found["maxSurge"])[:-1])
            assert replicas - replicas * missing // 100 == -(-replicas * low // 100)
            assert -(-replicas * more // 100) - (replicas * high // 100 - replicas) in (0, 1)


LATER = -1.888154589709081e289
"""A number that is known at deployment, as CDK writes it."""


def test_numbers_that_are_known_at_deployment():
    rendered = service(workload(), replicas=LATER)
    assert rendered.manifests[-1]["spec"]["replicas"] == LATER
    assert rendered.manifests[-1]["spec"]["strategy"]["rollingUpdate"] == {"maxUnavailable": "0%", "maxSurge": "100%"}
    assert losses_of(rendered) == {}
    for option in ("min_healthy_percent", "startup_seconds", "drain_seconds", "spot_percent", "ephemeral_storage_gib"):
        assert losses_of(service(workload(), **{option: LATER}))[option] == "refused"
    assert losses_of(job(workload(), schedule="cron(0 8 * * ? *)", timeout_seconds=LATER)) == {}
    assert losses_of(job(workload(), start_within_seconds=LATER)) == {"start_within_seconds": "refused"}


# ---- schedules


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        ("cron(0 8 ? * MON-FRI *)", "0 8 * * MON-FRI"),
        ("cron(0 8 ? * 2-6 *)", "0 8 * * 1-5"),
        ("cron(0 8 ? * 1 *)", "0 8 * * 0"),
        ("cron(0 8 ? * 7,1 *)", "0 8 * * 6,0"),
        ("cron(0/15 8 1 * ? *)", "0/15 8 1 * *"),
        ("cron(*/5 * * JAN-MAR ? *)", "*/5 * * JAN-MAR *"),
        ("rate(1 minute)", "*/1 * * * *"),
        ("rate(15 minutes)", "*/15 * * * *"),
        ("rate(60 minutes)", "0 * * * *"),
        ("rate(1 hour)", "0 */1 * * *"),
        ("rate(6 hours)", "0 */6 * * *"),
        ("rate(24 hours)", "0 0 * * *"),
        ("rate(1 day)", "0 0 * * *"),
    ],
)
def test_schedules_that_kubernetes_has(schedule: str, expected: str):
    losses = Losses()
    assert five_fields(schedule, losses=losses) == expected
    assert [loss.kind for loss in losses] == ([] if schedule.startswith("cron") else ["approximated"])


@pytest.mark.parametrize(
    "schedule",
    [
        "rate(7 minutes)",
        "rate(90 minutes)",
        "rate(5 hours)",
        "rate(2 days)",
        "at(2027-01-31T08:00:00)",
        "cron(0 8 L * ? *)",
        "cron(0 8 1W * ? *)",
        "cron(0 8 ? * 6L *)",
        "cron(0 8 ? * MON#1 *)",
        "cron(0 8 1 1 ? 2027)",
        "cron(0 22-2 * * ? *)",
        "cron(0 8 ? * FRI-MON *)",
        "cron(0 8 1 NOV-FEB ? *)",
        "0 8 * * *",
        "${Token[Shop.Schedule.5]}",
    ],
)
def test_schedules_that_it_has_not(schedule: str):
    losses = Losses()
    five_fields(schedule, losses=losses)
    assert [(loss.option, loss.kind) for loss in losses] == [("schedule", "refused")]


def test_a_time_zone_that_is_none():
    assert losses_of(job(workload(), schedule="rate(1 day)", time_zone="Mars/Base"))["time_zone"] == "refused"


# ---- order

CONDITIONS = st.sampled_from(["START", "SUCCESS", "HEALTHY"])


@st.composite
def orders(draw: st.DrawFn) -> list[Container]:
    """Containers that wait for others without a circle, in any order but for the first."""
    count = draw(st.integers(1, 6))
    place = draw(st.permutations(range(count)))
    found = []
    for number in range(count):
        earlier = [other for other in range(count) if place[other] < place[number]]
        names = draw(st.sets(st.sampled_from(earlier))) if earlier else set()
        found.append(
            container(
                name=f"c{number}",
                essential=number == 0,
                health_check=HealthCheck(command="true"),
                depends_on={f"c{other}": draw(CONDITIONS) for other in sorted(names)},
            )
        )
    return found


@given(given_containers=orders(), ends=st.booleans())
def test_containers_start_after_those_they_wait_for(*, given_containers: list[Container], ends: bool):
    losses = Losses()
    order = start_order(given_containers, ends=ends, losses=losses)
    started = [*order.first, *order.then]
    assert sorted(started) == list(range(len(given_containers)))
    assert 0 in order.then
    assert not ends or order.then == (0,)
    for index, one in enumerate(given_containers):
        for name, condition in one.depends_on.items():
            target = int(name[1:])
            lost = any(loss.option == f"containers[{index}].depends_on" for loss in losses)
            refused = losses.has_refused(f"containers[{index}].depends_on")
            assert refused or started.index(target) < started.index(index)
            if condition == "SUCCESS" and not refused:
                assert order.roles[target] == "init"
            elif condition == "HEALTHY" and not lost:
                assert order.roles[target] in ("sidecar", "init")


def test_what_is_waited_for_is_a_sidecar_or_an_init_container():
    rendered = service(
        workload(
            container(name="app", depends_on={"a": "START", "b": "HEALTHY", "c": "SUCCESS"}),
            container(name="a", essential=False, memory_limit_mib=64),
            container(
                name="b", essential=False, memory_limit_mib=64, health_check=HealthCheck(command=["CMD", "ready"])
            ),
            container(name="c", essential=False, memory_limit_mib=64),
        )
    )
    a, b, c = pod_spec(rendered)["initContainers"]
    assert [one.get("restartPolicy") for one in (a, b, c)] == ["Always", "Always", None]
    assert b["startupProbe"]["exec"]["command"] == ["ready"]
    assert "startupProbe" not in a
    assert "startupProbe" not in c


def test_conditions_that_are_lost():
    def condition(condition: str, **options: Any) -> dict[str, str]:
        one = container(name="app", depends_on={"b": condition})
        other = container(name="b", memory_limit_mib=64, health_check=HealthCheck(command="true"), **options)
        return losses_of(service(workload(one, other)))

    assert condition("COMPLETE", essential=False)["containers[0].depends_on"] == "refused"
    assert condition("SUCCESS", essential=False) == {}
    assert condition("HEALTHY") == {"containers[1].essential": "approximated"}
    behind = container(name="b", memory_limit_mib=64, depends_on={"app": "HEALTHY"})
    first = container(name="app", health_check=HealthCheck(command="true"))
    assert losses_of(service(workload(first, behind))) == {"containers[1].depends_on": "approximated"}
    assert losses_of(job(workload(first, behind)))["containers[1].depends_on"] == "refused"


# ---- probes


def test_failures_do_not_count_while_the_application_starts():
    check = HealthCheck(command="x", interval=timedelta(seconds=20), start_period=timedelta(seconds=50), retries=4)
    startup = the_container(workload(container(health_check=check)))["startupProbe"]
    assert (startup["periodSeconds"], startup["failureThreshold"]) == (20, 7)
    slow = the_container(workload(container(ports=[8080])), startup_seconds=300)["startupProbe"]
    assert slow["periodSeconds"] * slow["failureThreshold"] >= 300


def test_only_the_application_has_its_time_to_start():
    check = HealthCheck(command="x", start_period=timedelta(0), retries=4)
    sidecar = container(name="sidecar", memory_limit_mib=64, essential=False, health_check=check)
    given = workload(container(name="app", ports=[8080], health_check=check), sidecar)
    found = containers_of(service(given, startup_seconds=60))
    assert found["app"]["startupProbe"]["failureThreshold"] == 60 / 10 + 4
    assert found["sidecar"]["startupProbe"]["failureThreshold"] == 4


def test_times_that_no_probe_has():
    for option, value, said in (
        ("interval", timedelta(0), "0 s: out of range"),
        ("timeout", timedelta(0), "0 s: out of range"),
        ("start_period", timedelta(seconds=-1), "-1 s: out of range"),
        ("retries", 0, "0: out of range"),
    ):
        check = HealthCheck(command="x", **{option: value})
        losses = {loss.option: loss for loss in service(workload(container(health_check=check))).losses}
        assert losses[f"containers[0].health_check.{option}"].what == said


def test_a_deployment_waits_longer_than_a_pod_may_take():
    slow = HealthCheck(command="x", start_period=timedelta(minutes=20))
    rendered = service(workload(container(health_check=slow)), min_ready_seconds=60)
    assert rendered.manifests[-1]["spec"]["progressDeadlineSeconds"] == 20 * 60 + 3 * 10 + 60 + 300
    assert service(workload()).manifests[-1]["spec"]["progressDeadlineSeconds"] == 600
