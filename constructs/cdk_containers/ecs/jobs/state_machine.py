"""A state machine that waits for the end of a run, for jobs with timeout, retries or multiple inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import sfn
from cdk_containers.core.frozen import frozen
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.logs import Logs, delivered_log_group

from .paths import as_jsonata
from .task_run import TaskRun, service_role

_WITHOUT_RESOURCE = Acknowledgement(
    "The actions with which Step Functions sets up log delivery and writes traces support no resource-level "
    "permissions; ECS actions are limited to the task definition and the cluster",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
)
_SECONDS_BEFORE_RETRY = 60
_NOT_STARTED = ("AmazonECS.Unknown", "ECS.AmazonECSException", "ECS.ServerException", "ECS.ThrottlingException")
"""Step Functions errors if RunTask finds no capacity, is throttled, or fails in AWS."""


@frozen(slots=False)
class Runs:
    """How a state machine runs a task.

    Attributes:
        timeout: Timeout of one attempt in seconds.
        retries: Retries after a failed run.
        start_attempts: Retries after a run that could not start.
        environment: Environment variables of the container, as JSONata expressions.
        for_each: Path to the list of inputs; None for one run.
        max_concurrency: Maximum number of concurrent runs.
        skip_overlap: Whether to skip a run while another execution is running.
        timeout_of_all_tries: Timeout of all attempts together in seconds.
        retried: Step Functions errors to retry.
    """

    timeout: int | None
    retries: int
    start_attempts: int
    environment: Mapping[str, str]
    for_each: str | None = None
    max_concurrency: int = 1
    skip_overlap: bool = False
    timeout_of_all_tries: int | None = None
    retried: tuple[str, ...] = ("States.TaskFailed",)


def make_state_machine(scope: Construct, run: TaskRun, runs: Runs, logs: Logs) -> sfn.StateMachine:
    """Create the state machine, with a role that may run only this task, and a log group."""
    role = service_role(scope, "RunRole", "states", "stateMachine:*")
    for statement in run.watch_statements():
        role.add_to_policy(statement)
    run.let_start(role)
    definition = cdk.Stack.of(scope).to_json_string(_definition(run, runs))
    machine = sfn.StateMachine(
        scope,
        "StateMachine",
        definition_body=sfn.DefinitionBody.from_string(definition),
        role=role,
        logs=sfn.LogOptions(
            destination=delivered_log_group(scope, "RunLogs", logs, prefix="/aws/vendedlogs/states/"),
            level=sfn.LogLevel.ALL,
            include_execution_data=True,
        ),
        tracing_enabled=True,
    )
    acknowledge(role, _WITHOUT_RESOURCE)
    if runs.skip_overlap:
        _let_count_executions(role, machine)
    return machine


def _let_count_executions(role: iam.Role, machine: sfn.StateMachine) -> None:
    """Let the state machine list its executions, with a separate policy, because it depends on the first one."""
    iam.Policy(
        machine,
        "OverlapPolicy",
        roles=[role],
        statements=[
            iam.PolicyStatement(actions=["states:ListExecutions"], resources=[machine.state_machine_arn]),
        ],
    )


def _definition(run: TaskRun, runs: Runs) -> dict[str, Any]:
    work = _one(run, runs) if runs.for_each is None else _many(run, runs, runs.for_each)
    start = "Run" if runs.for_each is None else "RunEach"
    if runs.skip_overlap:
        work |= _alone(start)
        start = "OtherExecutions"
    whole = {} if runs.timeout_of_all_tries is None else {"TimeoutSeconds": runs.timeout_of_all_tries}
    return {"QueryLanguage": "JSONata", **whole, "StartAt": start, "States": work}


def _one(run: TaskRun, runs: Runs) -> dict[str, Any]:
    return {"Run": _run(run, runs) | {"End": True}}


def _run(run: TaskRun, runs: Runs) -> dict[str, Any]:
    arguments = run.arguments()
    if runs.environment:
        environment = [{"Name": name, "Value": f"{{% {value} %}}"} for name, value in runs.environment.items()]
        arguments["Overrides"] = {"ContainerOverrides": [{"Name": run.container, "Environment": environment}]}
    state: dict[str, Any] = {
        "Type": "Task",
        "Resource": f"arn:{cdk.Aws.PARTITION}:states:::ecs:runTask.sync",
        "Arguments": arguments,
    }
    if runs.timeout is not None:
        state["TimeoutSeconds"] = runs.timeout
    # ECS could not start the task; all other failures come from the task.
    retries = [(_NOT_STARTED, runs.start_attempts), (runs.retried, runs.retries)]
    state["Retry"] = [
        {
            "ErrorEquals": list(errors),
            "IntervalSeconds": _SECONDS_BEFORE_RETRY,
            "BackoffRate": 2,
            "MaxDelaySeconds": 5 * 60,
            "JitterStrategy": "FULL",
            "MaxAttempts": attempts,
        }
        for errors, attempts in retries
        if attempts
    ]
    return state


def _many(run: TaskRun, runs: Runs, path: str) -> dict[str, Any]:
    """Run all inputs and fail at the end if any failed, so that one bad input does not stop the others.

    Each keeps only whether it failed, because full ECS results would soon exceed the size limit of an execution.
    """
    return {
        "RunEach": {
            "Type": "Map",
            "Items": f"{{% {as_jsonata(path)} %}}",
            "MaxConcurrency": runs.max_concurrency,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "Run",
                "States": {
                    "Run": _run(run, runs)
                    | {
                        "Output": {"failed": False},
                        "Catch": [{"ErrorEquals": ["States.ALL"], "Output": {"failed": True}, "Next": "Note"}],
                        "End": True,
                    },
                    "Note": {"Type": "Pass", "End": True},
                },
            },
            "Output": {
                "inputs": "{% $count($states.result) %}",
                "failed": "{% $count($states.result[failed]) %}",
            },
            "Next": "AllWell",
        },
        "AllWell": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.failed > 0 %}", "Next": "SomeFailed"}],
            "Default": "Done",
        },
        "Done": {"Type": "Succeed"},
        "SomeFailed": {
            "Type": "Fail",
            "Error": "SomeInputsFailed",
            "Cause": "{% $string($states.input.failed) & ' of ' & $string($states.input.inputs) & ' inputs failed' %}",
        },
    }


def _alone(then: str) -> dict[str, Any]:
    others = "$states.result.Executions[ExecutionArn != $states.context.Execution.Id]"
    return {
        "OtherExecutions": {
            "Type": "Task",
            "Resource": f"arn:{cdk.Aws.PARTITION}:states:::aws-sdk:sfn:listExecutions",
            "Arguments": {
                "StateMachineArn": "{% $states.context.StateMachine.Id %}",
                "StatusFilter": "RUNNING",
                "MaxResults": 2,
            },
            "Assign": {"others": f"{{% $count({others}) %}}"},
            "Output": "{% $states.input %}",
            "Next": "Alone",
        },
        "Alone": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $others > 0 %}", "Next": "Skipped"}],
            "Default": then,
        },
        "Skipped": {"Type": "Succeed"},
    }


def let_start(role: iam.Role, state_machine: sfn.StateMachine) -> str:
    """Let a role start one state machine, and return its ARN."""
    arn = state_machine.state_machine_arn
    role.add_to_policy(iam.PolicyStatement(actions=["states:StartExecution"], resources=[arn]))
    return arn


def wait_for_execution(start: str) -> str:
    """Return a shell command that starts an execution, waits for its end, and fails if the execution failed."""
    describe = 'aws stepfunctions describe-execution --execution-arn "$run" --query status --output text'
    return (
        f"( run=$({start} --query executionArn --output text); "
        f'while state=$({describe}) && [ "$state" = RUNNING ]; do sleep 10; done; '
        '[ "$state" = SUCCEEDED ] )'
    )
