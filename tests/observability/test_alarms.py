import json
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_sns as sns

from cdk_containers import (
    Alarms,
    AlbExposure,
    Cluster,
    ClusterDashboard,
    ClusterEvents,
    ConstructError,
    Disabled,
    NlbExposure,
    ServiceDashboard,
)
from tests.toolkit import (
    REASON,
    Template,
    backend,
    capacity,
    certificate,
    cluster,
    network,
    new_stack,
    opt_outs,
    own_cluster,
    properties,
    resources,
    synth,
    web,
)


def watched(alarms: Any = None) -> Template:
    stack = new_stack()
    web(stack, alarms=alarms)
    return synth(stack)


def alarms_of(template: Template) -> dict[str, dict[str, Any]]:
    found = {}
    for name, entry in resources(template, "AWS::CloudWatch::Alarm").items():
        found[name.removeprefix("Web").split("Alarm")[0]] = entry["Properties"]
    return found


@pytest.fixture(scope="module")
def default() -> Template:
    return watched()


def test_what_users_notice_and_what_comes_before_it_sets_off_an_alarm(default: Template):
    found = alarms_of(default)
    assert found.keys() == {"ServerErrors", "Cpu", "Memory", "UnhealthyTasks"}
    assert {name: entry["Threshold"] for name, entry in found.items()} == {
        "ServerErrors": 5,
        "Cpu": 90,
        "Memory": 90,
        "UnhealthyTasks": 1,
    }
    assert {entry["TreatMissingData"] for entry in found.values()} == {"notBreaching"}


def test_server_errors_are_a_share_of_requests(default: Template):
    alarm = alarms_of(default)["ServerErrors"]
    [expression] = [entry["Expression"] for entry in alarm["Metrics"] if "Expression" in entry]
    assert expression == "100 * errors / requests"
    assert (alarm["DatapointsToAlarm"], alarm["EvaluationPeriods"]) == (3, 5)


def test_nobody_is_told_without_a_topic_and_one_topic_hears_begin_and_end(default: Template):
    stack = new_stack()
    web(stack, alarms=Alarms(topic=sns.Topic(stack, "Topic")))
    told = alarms_of(synth(stack)).values()
    assert len(told) == 4
    assert all(len(entry["AlarmActions"]) == len(entry["OKActions"]) == 1 for entry in told)
    assert not [entry for entry in alarms_of(default).values() if "AlarmActions" in entry]


def test_slow_answers_set_off_an_alarm_where_slow_is_known(default: Template):
    found = alarms_of(watched(Alarms(response_time=timedelta(seconds=2))))
    assert found["ResponseTime"]["Threshold"] == 2
    assert found["ResponseTime"]["ExtendedStatistic"] == "p99"
    assert "ResponseTime" not in alarms_of(default)


def test_alarms_can_be_switched_off_with_a_reason_but_for_the_one_that_rolls_back(default: Template):
    template = watched(Disabled(REASON))
    assert alarms_of(template).keys() == {"ServerErrors"}
    assert opt_outs(template) == {"AWS::ECS::Service": {"service-alarms": REASON}}
    assert opt_outs(default) == {}


def test_each_load_balancer_has_its_alarms():
    stack = new_stack()
    web(
        stack,
        exposure=[
            AlbExposure(port=8080, certificate=certificate(stack, "One")),
            AlbExposure(port=9090, certificate=certificate(stack, "Two")),
        ],
    )
    names = set(alarms_of(synth(stack)))
    assert names == {"ServerErrors", "Cpu", "Memory", "UnhealthyTasks"}
    assert len(resources(synth(stack), "AWS::CloudWatch::Alarm")) == 6


def test_a_service_without_a_load_balancer_is_watched_too():
    stack = new_stack()
    service = backend(stack)
    assert service.alarms.keys() == {"Cpu", "Memory"}
    assert len(resources(synth(stack), "AWS::CloudWatch::Alarm")) == 2


def test_tasks_that_are_wanted_and_do_not_run_set_off_an_alarm_where_that_is_measured(default: Template):
    stack = new_stack()
    web(stack, cluster=own_cluster(stack), alarms=Alarms(missing_tasks=2))
    found = alarms_of(synth(stack))
    assert found.keys() - alarms_of(default).keys() == {"MissingTasks"}
    alarm = found["MissingTasks"]
    [expression] = [entry["Expression"] for entry in alarm["Metrics"] if "Expression" in entry]
    stats = [entry["MetricStat"] for entry in alarm["Metrics"] if "MetricStat" in entry]
    assert expression == "desired - running"
    assert {stat["Metric"]["MetricName"] for stat in stats} == {"DesiredTaskCount", "RunningTaskCount"}
    assert {dimension["Name"] for stat in stats for dimension in stat["Metric"]["Dimensions"]} == {
        "ClusterName",
        "ServiceName",
    }
    assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (2, 3)
    assert {stat["Period"] for stat in stats} == {300}


def test_a_cluster_without_container_insights_has_nothing_to_measure_that_with():
    stack = new_stack()
    off = Cluster(stack, "Off", network=network(stack), container_insights=Disabled(REASON))
    assert "MissingTasks" not in backend(stack, cluster=off).alarms
    assert "MissingTasks" in backend(stack, "Other", cluster=own_cluster(stack)).alarms
    assert not cluster(stack).has_container_insights


def test_a_load_balancer_that_counts_no_errors_tells_that_nobody_answers(default: Template):
    stack = new_stack()
    web(stack, exposure=NlbExposure(port=8080))
    found = alarms_of(synth(stack))
    assert found.keys() == {"Cpu", "Memory", "UnhealthyTasks", "NoHealthyTasks"}
    alarm = found["NoHealthyTasks"]
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/NetworkELB", "HealthyHostCount")
    assert (alarm["Threshold"], alarm["ComparisonOperator"]) == (1, "LessThanThreshold")
    assert alarm["TreatMissingData"] == "breaching"
    assert "NoHealthyTasks" not in alarms_of(default)


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"server_error_percent": 0}, "server_error_percent", "1–100"),
        ({"cpu_percent": 101}, "cpu_percent", "1–100"),
        ({"memory_percent": 0}, "memory_percent", "1–100"),
        ({"response_time": timedelta(0)}, "response_time", "more than 0 s"),
        ({"missing_tasks": 0}, "missing_tasks", "1 or more"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        web(stack, alarms=Alarms(**options))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (f"alarms.{option}", "service-alarms")
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Web") is None


def test_false_is_answered_with_the_word_that_is_wanted():
    with pytest.raises(ConstructError, match=r'to turn it off, write Disabled\(reason="…"\)'):
        web(new_stack(), alarms=False)


# ---- the dashboard


def test_the_dashboard_has_a_row_for_each_service():
    stack = new_stack()
    ServiceDashboard(stack, "Dashboard", services=[web(stack), backend(stack)])
    body = json.dumps(properties(synth(stack), "AWS::CloudWatch::Dashboard")["DashboardBody"])
    for text in (
        "Web: CPU and memory, percent",
        "Web: Running tasks",
        "Web: Requests on port 8080",
        "Web: Response time on port 8080, seconds",
        "Backend: CPU and memory, percent",
    ):
        assert text in body
    assert "Backend: Requests" not in body


@pytest.mark.parametrize("services", [[], "Web", [5]])
def test_a_dashboard_shows_services(services: Any):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        ServiceDashboard(stack, "Dashboard", services=services)
    assert [problem.option[:8] for problem in raised.value.problems] == ["services"]
    assert stack.node.try_find_child("Dashboard") is None


def body_of(stack: Any) -> str:
    return json.dumps(properties(synth(stack), "AWS::CloudWatch::Dashboard")["DashboardBody"])


def test_the_dashboard_of_a_service_shows_running_tasks_beside_the_wanted_ones():
    stack = new_stack()
    ServiceDashboard(stack, "Dashboard", services=[backend(stack)])
    body = body_of(stack)
    assert "RunningTaskCount" in body
    assert "DesiredTaskCount" in body


# ---- the dashboard of a cluster


def test_the_dashboard_of_a_cluster_shows_every_service_on_it():
    stack = new_stack()
    ClusterDashboard(stack, "Dashboard", cluster=own_cluster(stack))
    body = body_of(stack)
    for text in ("RunningTaskCount", "PendingTaskCount", "DeploymentCount", "CpuReserved", "MemoryUtilized"):
        assert text in body
    assert body.count("SEARCH('{ECS/ContainerInsights,ClusterName,ServiceName}") == 3
    assert "Instances" not in body
    assert "SOURCE" not in body


@pytest.mark.parametrize("make", [own_cluster, cluster], ids=["with instances", "imported"])
def test_instances_show_where_there_may_be_some(make: Any):
    stack = new_stack()
    capacity(stack)
    ClusterDashboard(stack, "Dashboard", cluster=make(stack))
    body = body_of(stack)
    for text in ("ContainerInstanceCount", "CPUReservation", "MemoryUtilization"):
        assert text in body


def test_the_latest_events_show_where_they_are_stored():
    stack = new_stack()
    events = ClusterEvents(stack, "Events", cluster=cluster(stack))
    ClusterDashboard(stack, "Dashboard", cluster=cluster(stack), events=events)
    body = body_of(stack)
    assert "SOURCE '" in body
    assert "EventsLogs" in body


def test_the_events_of_another_cluster_are_refused():
    stack = new_stack()
    events = ClusterEvents(stack, "Events", cluster=own_cluster(stack))
    with pytest.raises(ConstructError) as raised:
        ClusterDashboard(stack, "Dashboard", cluster=cluster(stack), events=events)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("events", "cluster-dashboard")


@pytest.mark.parametrize(
    ("options", "option"), [({"cluster": "shop"}, "cluster"), ({"events": "all of them"}, "events")]
)
def test_a_dashboard_of_a_cluster_shows_a_cluster(options: dict[str, Any], option: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        ClusterDashboard(stack, "Dashboard", **{"cluster": cluster(stack)} | options)
    assert [problem.option for problem in raised.value.problems] == [option]
    assert stack.node.try_find_child("Dashboard") is None


def test_a_service_is_no_cluster():
    stack = new_stack()
    service = backend(stack)
    for make in (ClusterDashboard, ClusterEvents):
        with pytest.raises(ConstructError, match="instead of Cluster"):
            make(stack, "Wrong", cluster=service)
