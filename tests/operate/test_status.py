"""`status`: is it fine, what is it doing, and what does it want from whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.operate.states import Hook, RolloutState, ServiceState
from cdk_containers.operate.targets import Target
from cdk_containers.operate.tell_rollouts import STAGES, outcome
from cdk_containers.operate.tell_services import service_word, tell_service
from tests.checks.live.answers import SESSION
from tests.cli.command import Shell
from tests.operate import shop
from tests.operate.script import ACCOUNT, NOW, REGION, Error, Script, Told

Aws = Callable[[Told], Script]

CANARY = shop.deployment(
    stage="PRODUCTION_TRAFFIC_SHIFT",
    sourceServiceRevisions=[shop.side(41, requestedProductionTrafficWeight=90.0)],
    targetServiceRevision=shop.side(42, requestedProductionTrafficWeight=10.0),
)
PAUSE = {
    "hookId": "hook-1",
    "targetType": "PAUSE",
    "status": "AWAITING_ACTION",
    "expiresAt": NOW + timedelta(minutes=40),
    "timeoutAction": "ROLLBACK",
}


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return shop.assembly(tmp_path / "cdk.out")


def test_a_service_that_is_well(shell: Shell, aws: Aws):
    aws(shop.steady())
    ran = shell("status", "Shop/Web")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Shop/Web  dev  eu-west-1                                                              STEADY  rev 42",
        "  tasks      2/2 running on FARGATE_SPOT | 2/2 healthy in web-tg",
        "  deployed   just now (15:00 UTC), CANARY, in 12:00",
        "  alarms     none of 1 in alarm",
        "  image      app sha256:3f9c00000000…",
        "  stopped    no task by itself in the last hour",
    ]


def groups_of(parameters: Any) -> dict[str, Any]:
    balancer = f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/web/0123456789abcdef"
    return {
        "TargetGroups": [{"TargetGroupArn": it, "LoadBalancerArns": [balancer]} for it in parameters["TargetGroupArns"]]
    }


def errors(parameters: Any) -> dict[str, Any]:
    """One of a hundred requests to the group `new` fails, and none to the other."""
    found = []
    for it in parameters["MetricDataQueries"]:
        metric = it["MetricStat"]["Metric"]
        failing = {"Name": "TargetGroup", "Value": shop.group_arn("new").rpartition(":")[2]} in metric["Dimensions"]
        values = [50.0, 50.0] if metric["MetricName"] == "RequestCount" else [1.0] if failing else []
        found.append({"Id": it["Id"], "Values": values})
    return {"MetricDataResults": found}


def sides(parameters: Any) -> dict[str, Any]:
    answer = shop.revisions(parameters)
    for it in answer["serviceRevisions"]:
        group = shop.group_arn("new" if it["taskDefinition"].endswith(":42") else "old")
        it["resolvedConfiguration"] = {"loadBalancers": [{"targetGroupArn": group}]}
    return answer


def rolling_out(**changes: Any) -> dict[str, Any]:
    return shop.steady(
        shop.deployed({**CANARY, **changes}),
        shop.tasks([shop.stopped_task(f"t{number}", **shop.OUT_OF_MEMORY) for number in range(2)]),
        {
            "ecs.describe_service_revisions": sides,
            "elbv2.describe_target_groups": groups_of,
            "cloudwatch.get_metric_data": errors,
        },
    )


def test_a_canary_with_the_errors_of_each_side(shell: Shell, aws: Aws):
    aws(rolling_out())
    ran = shell("status", "Shop/Web")
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Shop/Web  dev  eu-west-1                             ROLLING OUT  rev 41 -> 42   6:10 of about 12:00",
        (
            "  stage      CANARY, traffic moves to the new version | next: 100 % 0:10 later than planned | "
            "stops on: 3 alarms, circuit breaker 1/3"
        ),
        "  traffic    rev 41 90 %, 2/2 running, errors 0.0 % | rev 42 10 %, 2/2 running, errors 1.0 %",
        "  waits for  nobody",
        "  image      app sha256:3f9c00000000…",
        "  stopped    2 x out-of-memory: app exit 137 (last 14:58 UTC, `cdk-containers why Shop/Web`)",
    ]


def test_a_deployment_that_waits_says_for_whom_and_until_when(shell: Shell, aws: Aws):
    aws(rolling_out(lifecycleHookDetails=[PAUSE]))
    ran = shell("status", "Shop/Web")
    assert ran.code == 6
    assert "WAITS FOR DECISION  rev 41 -> 42" in ran.out
    assert (
        "  waits for  you until 15:40 UTC, then rolls back: `cdk-containers continue Shop/Web` or `… rollback`\n"
    ) in ran.out
    assert "later than planned" not in ran.out


@pytest.mark.parametrize("told", [shop.steady(), rolling_out()], ids=["steady", "rolling out"])
def test_json_has_the_lines_of_the_screen_by_their_names(shell: Shell, aws: Aws, told: Told):
    aws(told)
    text = shell("status", "Shop/Web").out.splitlines()
    data = shell("status", "Shop/Web", "--json").data
    for line in text[1:]:
        key, said = line[2:12].strip(), line[13:]
        assert data[key]["text"] == said
        assert len(data[key]) > 1
    assert text[0].endswith(data["summary"])
    assert (data["name"], data["account"], data["at"]) == ("Shop/Web", ACCOUNT, "2026-11-28T15:00:00Z")


@pytest.mark.parametrize(
    ("service", "last", "state", "code"),
    [
        ({}, "SUCCESSFUL", "STEADY", 0),
        ({"desiredCount": 0, "runningCount": 0}, "SUCCESSFUL", "SCALED TO ZERO", 0),
        ({"runningCount": 1}, "SUCCESSFUL", "SHORT OF TASKS", 1),
        ({}, "ROLLBACK_SUCCESSFUL", "ROLLED BACK", 1),
        ({}, "ROLLBACK_FAILED", "ROLLBACK FAILED", 1),
        ({}, "STOPPED", "STOPPED", 1),
        ({}, "ROLLBACK_IN_PROGRESS", "ROLLING BACK", 1),
        ({}, "PENDING", "PENDING", 0),
        ({"status": "DRAINING"}, "SUCCESSFUL", "BEING DELETED", 1),
    ],
)
def test_one_word_says_how_it_is(  # noqa: PLR0917
    shell: Shell, aws: Aws, service: dict[str, Any], last: str, state: str, code: int
):
    services = {"ecs.describe_services": {"services": [shop.ecs_service(**service)]}}
    aws(shop.steady(services, shop.deployed(shop.deployment(last))))
    ran = shell("status", "Shop/Web")
    assert f"  {state}  rev " in ran.out.splitlines()[0]
    assert ran.code == code


def test_a_rollback_says_why(shell: Shell, aws: Aws):
    failed = shop.deployment(
        "ROLLBACK_SUCCESSFUL",
        rollback={"reason": "Deployment rolled back due to CloudWatch alarms.", "startedAt": NOW},
        alarms={"status": "TRIGGERED", "alarmNames": ["web-5xx"], "triggeredAlarmNames": ["web-5xx"]},
    )
    aws(shop.steady(shop.deployed(failed)))
    out = shell("status", "Shop/Web").out
    assert "rolled back due to CloudWatch alarms; alarms: web-5xx" in out


def test_targets_that_are_not_healthy_say_why(shell: Shell, aws: Aws):
    bad = {"State": "unhealthy", "Description": "Health checks failed with these codes: [404]"}
    targets = [{"Target": {"Id": f"10.0.0.{number}"}, "TargetHealth": bad} for number in range(2)]
    leaving = {"Target": {"Id": "10.0.0.9"}, "TargetHealth": {"State": "draining"}}
    aws(shop.steady({"elbv2.describe_target_health": {"TargetHealthDescriptions": [*targets, leaving]}}))
    ran = shell("status", "Shop/Web")
    assert ran.code == 1
    assert "UNHEALTHY" in ran.out
    assert "0/2 healthy in web-tg (Health checks failed with these codes: [404])" in ran.out


def test_alarms_and_bounds_are_shown(shell: Shell, aws: Aws):
    bounds = {"ServiceNamespace": "ecs", "ResourceId": "x", "ScalableDimension": "ecs:service:DesiredCount"}
    target = {**bounds, "MinCapacity": 2, "MaxCapacity": 10, "RoleARN": "x", "CreationTime": NOW}
    told = {"application-autoscaling.describe_scalable_targets": {"ScalableTargets": [target]}}
    script = aws(shop.steady(told, shop.alarms(web_5xx="ALARM", web_latency="OK")))
    out = shell("status", "Shop/Web").out
    assert "scales 2 to 10" in out
    assert "alarms     in alarm: web-5xx" in out
    (asked,) = script.asked("application-autoscaling.describe_scalable_targets")
    assert asked["ResourceIds"] == [f"service/{shop.CLUSTER}/dev-application-Web"]


def test_what_is_refused_is_said_and_the_rest_is_shown(shell: Shell, aws: Aws):
    denied = Error("AccessDeniedException", "no")
    aws(shop.steady({"cloudwatch.describe_alarms": denied, "ecs.list_service_deployments": denied}))
    ran = shell("status", "Shop/Web")
    assert ran.code == 0
    assert "STEADY  rev 42" in ran.out
    assert "  not read   cloudwatch:DescribeAlarms: access denied\n" in ran.out
    assert "  not read   ecs:ListServiceDeployments: access denied\n" in ran.out
    assert len(shell("status", "Shop/Web", "--json").data["not_read"]) == 2


def test_five_thousand_stopped_tasks_are_read_as_far_as_they_say_something(shell: Shell, aws: Aws):
    crashed = [shop.stopped_task(f"t{number}") for number in range(5000)]
    pages = [
        {"taskArns": [it["taskArn"] for it in crashed[start : start + 100]], "nextToken": str(start)}
        for start in range(0, 5000, 100)
    ]
    script = aws(shop.steady(shop.tasks(crashed), {"ecs.list_tasks": pages}))
    out = shell("status", "Shop/Web").out
    assert "500 x application-error: app exit 1" in out
    assert len(script.asked("ecs.list_tasks")) <= 6
    assert len(script.asked("ecs.describe_tasks")) == 5


def test_a_service_that_is_gone_is_not_found(shell: Shell, aws: Aws):
    aws(shop.steady({"ecs.describe_services": {"services": [], "failures": [{"reason": "MISSING"}]}}))
    ran = shell("status", "Shop/Web")
    assert (ran.code, "is no longer in cluster shop-cluster" in ran.err) == (3, True)


def test_times_are_by_the_clock_of_aws(shell: Shell, aws: Aws):
    """This machine is ten minutes late: without AWS's clock, the deployment would begin in the future."""
    date = (NOW + timedelta(minutes=10)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answer = {
        "services": [shop.ecs_service()],
        "ResponseMetadata": {"HTTPHeaders": {"date": date}},
    }
    begun = shop.deployment(begun=NOW + timedelta(minutes=4))
    aws(shop.steady(shop.deployed(begun), {"ecs.describe_services": answer}))
    assert "6:00 of about 12:00" in shell("status", "Shop/Web").out


def test_a_service_of_code_deploy_is_not_asked_for_deployments_of_ecs(shell: Shell, aws: Aws):
    service = shop.ecs_service(deploymentController={"type": "CODE_DEPLOY"})
    script = aws(shop.steady({"ecs.describe_services": {"services": [service]}}))
    assert "aws deploy list-deployments" in shell("status", "Shop/Web").out
    assert "ecs.list_service_deployments" not in script.names
    assert "ecs.list_tasks" in script.names


# ---- jobs and EKS


def job(**more: Any) -> dict[str, Any]:
    cluster = f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/jobs"
    definition = {
        "States": {"Run": {"Resource": "arn:aws:states:::ecs:runTask.sync", "Arguments": {"Cluster": cluster}}}
    }
    machine = {
        "stateMachineArn": "x",
        "name": "x",
        "roleArn": "x",
        "type": "STANDARD",
        "creationDate": NOW,
        "definition": json.dumps(definition),
    }
    schedule = {"ScheduleExpression": "cron(0 3 * * ? *)", "ScheduleExpressionTimezone": "UTC", "State": "ENABLED"}
    listed = {"Schedules": [{"Name": "nightly", "GroupName": "jobs"}]}
    starters = {"stepfunctions.describe_state_machine": machine, "scheduler.get_schedule": schedule}
    return shop.steady(starters, {"scheduler.list_schedules": listed, **more})


def test_a_job_says_how_its_last_run_ended(shell: Shell, aws: Aws):
    run = shop.stopped_task("run1", group="family:nightly")
    script = aws(job(**shop.tasks([run])))
    ran = shell("status", "Shop/Nightly")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "Shop/Nightly  eu-west-1                                                       LAST RUN FAILED  rev 7",
        "  starts     cron(0 3 * * ? *) UTC",
        "  cluster    jobs",
        "  running    0 tasks",
        "  last run   14:58 UTC: application-error: app exit 1 (run1)",
        "  stopped    1 run failed in the last hour, `cdk-containers why Shop/Nightly`",
    ]
    assert {it["family"] for it in script.asked("ecs.list_tasks")} == {"nightly"}
    script.told.update(shop.tasks())
    script.told["scheduler.get_schedule"] = {"ScheduleExpression": "rate(1 day)", "State": "DISABLED"}
    ran = shell("status", "Shop/Nightly")
    assert (ran.code, "rate(1 day), switched off" in ran.out) == (0, True)


def test_an_eks_cluster_says_what_aws_knows_of_it(shell: Shell, aws: Aws):
    issue = {"code": "AsgInstanceLaunchFailures", "message": "You have reached your quota"}
    told = {
        "eks.list_nodegroups": {"nodegroups": ["main"]},
        "eks.describe_nodegroup": {
            "nodegroup": {"status": "DEGRADED", "scalingConfig": {"desiredSize": 3}, "health": {"issues": [issue]}}
        },
        "eks.list_addons": {"addons": ["coredns"]},
        "eks.describe_addon": {"addon": {"addonName": "coredns", "status": "ACTIVE", "addonVersion": "v1"}},
    }
    aws(shop.steady(told))
    ran = shell("status", "Kubernetes")
    assert ran.code == 1
    assert "ISSUES  Kubernetes 1.36" in ran.out
    assert "main DEGRADED (3 nodes): AsgInstanceLaunchFailures: You have reached your quota" in ran.out
    assert "add-ons    1 active" in ran.out
    aws(shop.steady(told, {"eks.list_nodegroups": {"nodegroups": []}}))
    assert shell("status", "Kubernetes").code == 0


# ---- every state has a sentence and an exit code

TARGET = Target(name="Web", kind="service", id=shop.service_arn("Web"), account=ACCOUNT, region=REGION)
ECS = SESSION.get_service_model("ecs")
STATUSES = ECS.shape_for("ServiceDeploymentStatus").enum
LIFE = ["", *ECS.shape_for("ServiceDeploymentLifecycleStage").enum]
HOOKS = ["", *ECS.shape_for("ServiceDeployment").members["lifecycleHookDetails"].member.members["status"].enum]


def test_every_state_of_ecs_has_a_sentence_and_an_exit_code():
    assert len(STATUSES) * len(LIFE) * len(HOOKS) > 500
    for status, stage, hook in product(STATUSES, LIFE, HOOKS):
        hooks = (Hook(id="h", kind="PAUSE", status=hook),) if hook else ()
        rollout = RolloutState(arn="a/b", status=status, stage=stage, hooks=hooks)
        state = ServiceState(target=TARGET, at=NOW, status="ACTIVE", desired=1, running=1, pending=0, rollout=rollout)
        word, code = service_word(state)
        told = tell_service(state)
        assert "new here" not in outcome(rollout).says
        assert word == told.state
        assert code in (0, 1, 6)
        assert len(told.lines) == 5
        assert all(line.text for line in told.lines)
    assert set(LIFE) - {""} <= set(STAGES)
