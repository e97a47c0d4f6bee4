"""Schedules, rules, pipes, state machines and functions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from cdk_containers.checks.live.reader import Found, reader
from cdk_containers.checks.live.shape import properties, shaped

from .ecs import TASK, task_definition

if TYPE_CHECKING:
    from cdk_containers.checks.live.account import Account

_SCHEDULE = "FlexibleTimeWindow GroupName Name ScheduleExpression ScheduleExpressionTimezone State Target"
_RULE = "Description EventBusName Name RoleArn ScheduleExpression State"
_PIPE = "Enrichment EnrichmentParameters Name RoleArn Source SourceParameters Target TargetParameters"
_MAPPING = "DestinationConfig EventSourceArn"
_MACHINE = "LoggingConfiguration RoleArn TracingConfiguration"


@reader(
    {"AWS::Scheduler::Schedule": f"{_SCHEDULE} RoleArn", **TASK},
    scheduler=("list_schedules", "get_schedule"),
    ecs=("describe_task_definition",),
)
def schedules(account: Account) -> Iterator[Found]:
    """Find the schedules, and the task definitions that they start."""
    for listed in account.pages("scheduler", "list_schedules", "Schedules"):
        answer = account.call("scheduler", "get_schedule", Name=listed["Name"], GroupName=listed["GroupName"])
        if answer is not None:
            yield Found(
                type="AWS::Scheduler::Schedule",
                name=answer["Arn"],
                properties=properties(answer, _SCHEDULE),
                identifiers=frozenset({answer["Arn"]}),
                physical_id=answer["Name"],
            )
            yield from _tasks(account, [answer.get("Target", {})])


@reader(
    {"AWS::Events::Rule": f"{_RULE} EventPattern Targets", **TASK},
    events=("list_event_buses", "list_rules", "list_targets_by_rule"),
    ecs=("describe_task_definition",),
)
def rules(account: Account) -> Iterator[Found]:
    """Find the rules of the account, without those of AWS services, and the task definitions that they start."""
    for bus in account.pages("events", "list_event_buses", "EventBuses"):
        for it in account.pages("events", "list_rules", "Rules", EventBusName=bus["Name"]):
            if "ManagedBy" in it:
                continue
            targets = list(
                account.pages("events", "list_targets_by_rule", "Targets", Rule=it["Name"], EventBusName=bus["Name"])
            )
            pattern = {"EventPattern": json.loads(it["EventPattern"])} if it.get("EventPattern") else {}
            yield Found(
                type="AWS::Events::Rule",
                name=it["Arn"],
                properties={**properties(it, _RULE), **pattern, "Targets": shaped(targets)},
                identifiers=frozenset({it["Arn"], it["Name"]} if bus["Name"] == "default" else {it["Arn"]}),
                physical_id=f"{bus['Name']}|{it['Name']}",
            )
            yield from _tasks(account, targets)


def _tasks(account: Account, targets: Iterable[dict[str, Any]]) -> Iterator[Found]:
    for target in targets:
        if "EcsParameters" in target:
            yield from task_definition(account, target["EcsParameters"]["TaskDefinitionArn"])


@reader({"AWS::Pipes::Pipe": _PIPE}, pipes=("list_pipes", "describe_pipe"))
def pipes(account: Account) -> Iterator[Found]:
    """Find the pipes."""
    for listed in account.pages("pipes", "list_pipes", "Pipes"):
        it = account.call("pipes", "describe_pipe", Name=listed["Name"])
        if it is not None:
            yield Found(
                type="AWS::Pipes::Pipe",
                name=it["Arn"],
                properties=properties(it, _PIPE),
                identifiers=frozenset({it["Arn"]}),
                physical_id=it["Name"],
            )


@reader(
    {
        "AWS::StepFunctions::StateMachine": (
            f"{_MACHINE} Definition DefinitionS3Location DefinitionString DefinitionSubstitutions StateMachineName"
        )
    },
    stepfunctions=("list_state_machines", "describe_state_machine"),
)
def state_machines(account: Account) -> Iterator[Found]:
    """Find the state machines."""
    for listed in account.pages("stepfunctions", "list_state_machines", "stateMachines"):
        arn = listed["stateMachineArn"]
        it = account.call("stepfunctions", "describe_state_machine", stateMachineArn=arn)
        if it is not None:
            yield Found(
                type="AWS::StepFunctions::StateMachine",
                name=arn,
                properties={
                    **properties(it, _MACHINE),
                    "DefinitionString": it["definition"],
                    "StateMachineName": it["name"],
                },
                identifiers=frozenset({arn}),
            )


@reader(
    {
        "AWS::Lambda::Function": "DeadLetterConfig Description FunctionName Role VpcConfig",
        "AWS::Lambda::EventInvokeConfig": "DestinationConfig FunctionName",
        "AWS::Lambda::EventSourceMapping": f"{_MAPPING} FunctionName",
    },
    lambda_=("list_functions", "list_function_event_invoke_configs", "list_event_source_mappings"),
)
def functions(account: Account) -> Iterator[Found]:
    """Find functions, their failure destinations, and their event sources."""
    for it in account.pages("lambda", "list_functions", "Functions"):
        arn = it["FunctionArn"]
        yield Found(
            type="AWS::Lambda::Function",
            name=arn,
            properties=properties(it, "DeadLetterConfig Description FunctionName Role VpcConfig"),
            identifiers=frozenset({arn}),
            physical_id=it["FunctionName"],
        )
        for number, one in enumerate(
            account.pages(
                "lambda", "list_function_event_invoke_configs", "FunctionEventInvokeConfigs", FunctionName=arn
            )
        ):
            yield Found(
                type="AWS::Lambda::EventInvokeConfig",
                name=f"{arn} event invoke configuration {number + 1}",
                properties={**properties(one, "DestinationConfig"), "FunctionName": arn},
            )
    for it in account.pages("lambda", "list_event_source_mappings", "EventSourceMappings"):
        yield Found(
            type="AWS::Lambda::EventSourceMapping",
            name=it["UUID"],
            properties={**properties(it, _MAPPING), "FunctionName": it.get("FunctionArn", "")},
            identifiers=frozenset({it["UUID"]}),
        )
