"""Settings of a one-off task of a service or a job: cluster, capacity and network."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any

from cdk_containers.core.frozen import frozen

from .api import Api
from .exits import NOT_FOUND, USAGE, Stop
from .read_services import described
from .read_starts import read_schedule, states_that_run
from .targets import Target

_TAKEN = (
    "capacityProviderStrategy",
    "enableECSManagedTags",
    "launchType",
    "networkConfiguration",
    "placementConstraints",
    "placementStrategy",
    "platformVersion",
    "propagateTags",
)
"""Fields of a service or a starter that RunTask takes under the same name."""
_PLACE = re.compile(r'(?<!")(<[\w.-]+>)(?!")')


@frozen
class Launch:
    """Settings that start a task.

    Attributes:
        cluster: Name or ARN of the cluster.
        task_definition: ARN of the task definition.
        container: Container whose settings each run of a job overrides; empty if there is none.
        options: Other parameters of RunTask, by their names in the API.
        environment: Environment variables that each run of a job gets, if they are plain text.
        missing: Names of environment variables that the starter of the job sets, such as the time of its schedule.
    """

    cluster: str
    task_definition: str
    container: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


@frozen
class TaskParts:
    """A task definition and its containers.

    Attributes:
        told: The task definition, as ECS returns it.
        tags: Its tags.
    """

    told: Mapping[str, Any]
    tags: Sequence[Mapping[str, str]] = ()

    @property
    def containers(self) -> list[Mapping[str, Any]]:
        """Its containers."""
        return list(self.told.get("containerDefinitions", ()))

    def container(self, name: str = "") -> Mapping[str, Any]:
        """Return a container by its name, or else the first essential one.

        Raises:
            Stop: There is none.
        """
        for it in self.containers:
            if it["name"] == name or (not name and it.get("essential", True)):
                return it
        raise Stop(
            NOT_FOUND,
            f"{self.told.get('family', 'the task')} has no container {name!r}",
            f"its containers: {', '.join(it['name'] for it in self.containers)}",
        )


def family_of(task_definition: str) -> str:
    """Return the family of a revision."""
    return task_definition.rpartition("/")[2].rpartition(":")[0]


def copy_of(family: str) -> str:
    """Return the family of debug copies. A name has at most 255 characters."""
    return f"{family[:249]}-debug"


def launch_of(api: Api, target: Target) -> Launch:
    """Return the settings that start tasks of a service or a job.

    Raises:
        Stop: It no longer exists, or its settings cannot be found.
        Refused: AWS refuses a call.
    """
    return _of_job(api, target) if target.kind == "job" else _of_service(api, target)


def read_parts(api: Api, launch: Launch) -> TaskParts:
    """Return the task definition to start.

    Raises:
        Stop: It no longer exists.
        Refused: AWS refuses the call.
    """
    answer = api.call("ecs", "describe_task_definition", taskDefinition=launch.task_definition, include=["TAGS"])
    if not answer:
        raise Stop(NOT_FOUND, f"{launch.task_definition} no longer exists")
    return TaskParts(told=answer["taskDefinition"], tags=answer.get("tags", ()))


def _of_service(api: Api, target: Target) -> Launch:
    told = described(api, target)
    primary: Mapping[str, Any] = next((it for it in told.get("taskSets", ()) if it.get("status") == "PRIMARY"), {})
    every = {**told, **{key: primary[key] for key in (*_TAKEN, "taskDefinition") if primary.get(key)}}
    options = {key: every[key] for key in _TAKEN if every.get(key) not in (None, "", [], "NONE")}
    volumes = next((it.get("volumeConfigurations") for it in told.get("deployments", ())), None)
    if volumes:
        options["volumeConfigurations"] = volumes
    if options.get("propagateTags") == "SERVICE":
        options["propagateTags"] = "TASK_DEFINITION"  # RunTask has no service to take tags from
    if "capacityProviderStrategy" in options:
        options.pop("launchType", None)  # ECS sometimes returns both, and accepts only one
    return Launch(cluster=target.cluster, task_definition=every["taskDefinition"], options=options)


def _of_job(api: Api, target: Target) -> Launch:
    for type_, id_ in target.starters:
        for cluster, told, given in _starts(api, type_, id_):
            options = {key: value for key, value in _in_camel_case(told).items() if key in _TAKEN and value}
            overrides = _in_camel_case(given).get("containerOverrides", ())
            environment = dict(_environment(overrides))
            return Launch(
                cluster=cluster,
                container=next((it.get("name", "") for it in overrides), ""),
                task_definition=target.id,
                options=options,
                environment={name: value for name, value in environment.items() if not _is_expression(value)},
                missing=tuple(name for name, value in environment.items() if _is_expression(value)),
            )
    raise Stop(
        USAGE,
        f"cannot tell where {target.name} runs: its starter is not known",
        "only the template of its stack shows it: use --app or --stack",
    )


def _starts(api: Api, type_: str, id_: str) -> Iterator[tuple[str, Mapping[str, Any], Any]]:
    """Yield the cluster, the parameters of RunTask, and its overrides."""
    match type_:
        case "AWS::StepFunctions::StateMachine":
            answer = api.call("stepfunctions", "describe_state_machine", stateMachineArn=id_) or {}
            for told in states_that_run(answer.get("definition", "")):
                yield str(told.get("Cluster", "")), told, told.get("Overrides", {})
        case "AWS::Scheduler::Schedule":
            target = read_schedule(api, id_).get("Target", {})
            if "EcsParameters" in target:
                yield target["Arn"], target["EcsParameters"], _json(target.get("Input"))
        case _:
            for target in api.pages("events", "list_targets_by_rule", "Targets", Rule=id_):
                if "EcsParameters" in target:
                    given = target.get("Input") or target.get("InputTransformer", {}).get("InputTemplate")
                    yield target["Arn"], target["EcsParameters"], _json(given)


def _json(text: object) -> Any:
    """Read the input of a target. A placeholder of a template counts as text."""
    try:
        read = json.loads(_PLACE.sub(r'"\1"', text)) if isinstance(text, str) else {}
    except ValueError:
        return {}
    return read if isinstance(read, Mapping) else {}


def _in_camel_case(told: Any) -> Any:
    """Spell keys as ECS does. Step Functions and EventBridge begin them with a capital letter."""
    if isinstance(told, Mapping):
        return {key[:1].lower() + key[1:]: _in_camel_case(value) for key, value in told.items()}
    return [_in_camel_case(it) for it in told] if isinstance(told, list) else told


def _environment(overrides: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for container in overrides:
        for it in container.get("environment", ()):
            yield it.get("name", ""), str(it.get("value", ""))


def _is_expression(value: str) -> bool:
    return value.startswith(("{%", "$.", "<"))
