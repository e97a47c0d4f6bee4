"""A job that runs to its end before a new version takes over."""

from __future__ import annotations

import sys
import types
from datetime import timedelta
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_lambda as lambda_

from cdk_containers import (
    AlbExposure,
    BlueGreen,
    ConstructError,
    Container,
    DeploymentHook,
    Disabled,
    EventJob,
    WebService,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    backend,
    cluster,
    containers,
    hook_function,
    new_stack,
    properties,
    resources,
    statements,
    synth,
    web,
)

PAGE = Path(__file__).parents[2] / "docs/migrations.md"


def migration(stack: cdk.Stack, id: str = "Migrate", **options: Any) -> EventJob:  # noqa: A002
    return EventJob(stack, id, cluster=cluster(stack), image=IMAGE, **{"timeout": timedelta(hours=1)} | options)


def hooked(stack: cdk.Stack, job: EventJob, function: lambda_.IFunction | None = None) -> WebService:
    hook = DeploymentHook(function=function or hook_function(stack), stages=["PRE_SCALE_UP"], job=job)
    return web(stack, deployment=BlueGreen(hooks=[hook]))


def own_function(stack: cdk.Stack) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    return lambda_.Function(stack, "Hook", runtime=lambda_.Runtime.PYTHON_3_13, handler="index.handler", code=code)


def test_the_function_is_told_of_the_job_and_may_start_and_watch_it():
    stack = new_stack()
    hooked(stack, migration(stack), own_function(stack))
    template = synth(stack)
    [machine] = resources(template, "AWS::StepFunctions::StateMachine")
    [hook] = properties(template, "AWS::ECS::Service")["DeploymentConfiguration"]["LifecycleHooks"]
    assert hook["HookDetails"] == {"stateMachineArn": {"Ref": machine}}
    assert {statement["Action"] for statement in statements(template, "HookServiceRole")} == {
        "states:StartExecution",
        "states:DescribeExecution",
    }


def test_a_job_of_whose_end_nobody_knows_is_refused():
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        hooked(stack, migration(stack, timeout=None))
    [problem] = error.value.problems
    assert problem.option == "deployment.hooks[0].job"
    assert "timeout" in problem.allowed


def test_what_the_job_says_is_not_said_twice():
    stack = new_stack()
    details = {"stateMachineArn": "arn:aws:states:eu-west-1:111111111111:stateMachine:other"}
    hook = DeploymentHook(function=hook_function(stack), stages=["PRE_SCALE_UP"], job=migration(stack), details=details)
    with pytest.raises(ConstructError) as error:
        web(stack, deployment=BlueGreen(hooks=[hook]))
    assert [problem.option for problem in error.value.problems] == ["deployment.hooks[0].details['stateMachineArn']"]


@pytest.mark.parametrize("far", [False, True], ids=["near", "far"])
def test_a_migration_that_waits_for_its_service_is_refused(*, far: bool):
    stack = new_stack()
    job = migration(stack)
    service = hooked(stack, job)
    between = cdk.CfnResource(stack, "Between", type="AWS::CloudFormation::WaitConditionHandle")
    if far:
        between.node.add_dependency(service)
        job.node.add_dependency(between)
    else:
        job.node.add_dependency(service.service)
    with pytest.raises(RuntimeError, match=r"(?s)Shop/Migrate waits for Shop/.*neither can start"):
        synth(stack)


def test_a_migration_is_not_connected_to_its_service():
    stack = new_stack()
    job = migration(stack)
    hook = DeploymentHook(function=hook_function(stack), stages=["PRE_SCALE_UP"], job=job)
    exposure = AlbExposure(port=8080, https=Disabled(REASON))
    service = backend(stack, "Api", image=IMAGE, exposure=exposure, deployment=BlueGreen(hooks=[hook]))
    with pytest.raises(ConstructError) as error:
        job.connect_to(service)
    [problem] = error.value.problems
    assert "wait for each other" in problem.what
    assert problem.given == "Shop/Migrate → Shop/Api → Shop/Migrate"
    other = migration(stack, id="Import")
    other.connect_to(service)
    assert "API_URL" in str(synth(stack))


def test_a_migration_that_waits_for_something_else_is_fine():
    stack = new_stack()
    job = migration(stack)
    hooked(stack, job)
    database = cdk.CfnResource(stack, "Database", type="AWS::CloudFormation::WaitConditionHandle")
    job.node.add_dependency(database)
    waiting = [name for name, entry in synth(stack)["Resources"].items() if "Database" in entry.get("DependsOn", ())]
    assert any(name.startswith("Migrate") for name in waiting)


def test_a_container_that_ends_holds_up_the_others_and_nothing_else():
    stack = new_stack()
    web(
        stack,
        container=Container(image=IMAGE, ports=[8080], depends_on={"migrate": "SUCCESS"}),
        sidecars=[Container(name="migrate", image=IMAGE, command=["migrate"], essential=False)],
    )
    found = containers(synth(stack))
    assert found["migrate"]["Essential"] is False
    waiting = next(container for name, container in found.items() if name != "migrate")
    assert waiting["DependsOn"] == [{"Condition": "SUCCESS", "ContainerName": "migrate"}]
    assert waiting["Essential"] is True


class _Steps:
    """Step Functions, as far as the function on the page asks it."""

    def __init__(self, ends: str) -> None:
        self.ends, self.started, self.asked = ends, 0, 0

    def start_execution(self, **given: str) -> dict[str, str]:
        assert given["stateMachineArn"].startswith("arn:")
        self.started += 1
        return {"executionArn": "arn:run"}

    def describe_execution(self, **given: str) -> dict[str, str]:
        assert given["executionArn"] == "arn:run"
        self.asked += 1
        return {"status": "RUNNING" if self.asked < 3 else self.ends}


@pytest.mark.parametrize(
    ("ends", "status"), [("SUCCEEDED", "SUCCEEDED"), ("FAILED", "FAILED"), ("TIMED_OUT", "FAILED")]
)
def test_the_function_of_the_page_starts_one_run_and_waits_for_it(
    ends: str, status: str, monkeypatch: pytest.MonkeyPatch
):
    steps = _Steps(ends)
    boto3 = types.ModuleType("boto3")
    boto3.client = lambda _: steps  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "boto3", boto3)
    code = PAGE.read_text().split('MIGRATE = """\n')[1].split('"""')[0]
    names: dict[str, Any] = {}
    exec(code, names)  # noqa: S102
    details: dict[str, str] = {"stateMachineArn": "arn:machine"}
    for _ in range(10):
        answer = names["handler"]({"hookDetails": details, "lifecycleStage": "PRE_SCALE_UP"}, None)
        if answer["hookStatus"] != "IN_PROGRESS":
            break
        details = answer["hookDetails"]
    assert answer["hookStatus"] == status
    assert (steps.started, steps.asked) == (1, 3)


def test_ecs_gives_a_function_up_that_never_says_how_a_run_ended():
    def rendered(**options: Any) -> Any:
        stack = new_stack()
        hook = DeploymentHook(function=hook_function(stack), stages=["PRE_SCALE_UP"], **options)
        web(stack, deployment=BlueGreen(hooks=[hook]))
        return properties(synth(stack), "AWS::ECS::Service")["DeploymentConfiguration"]["LifecycleHooks"][0]

    assert "TimeoutConfiguration" not in rendered()
    limited = rendered(timeout=timedelta(hours=2))
    assert limited["TimeoutConfiguration"] == {"TimeoutInMinutes": 120, "Action": "ROLLBACK"}
    assert rendered(on_timeout="CONTINUE")["TimeoutConfiguration"] == {"Action": "CONTINUE"}
    with pytest.raises(ConstructError) as error:
        rendered(timeout=timedelta(seconds=30))
    assert [problem.option for problem in error.value.problems] == ["deployment.hooks[0].timeout"]
