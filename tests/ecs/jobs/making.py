"""Jobs for tests, and reading what was synthesized of them."""

from __future__ import annotations

import json
from typing import Any

from constructs import Construct

from cdk_containers import EventJob, ScheduledJob
from tests.toolkit import IMAGE, Template, cluster, properties, statements

PATTERN = {"source": ["aws.s3"], "detail-type": ["Object Created"]}


def scheduled(scope: Construct, id: str = "Job", **options: Any) -> ScheduledJob:  # noqa: A002
    """Make a job that runs every night, in a cluster that exists."""
    if "cluster" not in options:
        options["cluster"] = cluster(scope)
    if "container" not in options:
        options.setdefault("image", IMAGE)
    options.setdefault("schedule", "cron(0 3 * * ? *)")
    return ScheduledJob(scope, id, **options)


def on_event(scope: Construct, id: str = "Job", **options: Any) -> EventJob:  # noqa: A002
    """Make a job that runs when something is uploaded, in a cluster that exists."""
    if "cluster" not in options:
        options["cluster"] = cluster(scope)
    if "container" not in options:
        options.setdefault("image", IMAGE)
    options.setdefault("event_pattern", PATTERN)
    return EventJob(scope, id, **options)


def definition(template: Template) -> dict[str, Any]:
    """Return the definition of the only state machine, with references as `<LogicalId>`."""
    parts = properties(template, "AWS::StepFunctions::StateMachine")["DefinitionString"]["Fn::Join"][1]
    text = "".join(part if isinstance(part, str) else f"<{part.get('Ref') or part['Fn::GetAtt'][0]}>" for part in parts)
    read: dict[str, Any] = json.loads(text)
    return read


def by_action(template: Template, role: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a role's policies by action."""
    return {
        action: statement
        for statement in statements(template, role)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }


def text_of(value: Any) -> str:
    """Return a joined value as text, with references as `<Name>`."""
    parts = value["Fn::Join"][1] if isinstance(value, dict) and "Fn::Join" in value else [value]
    return "".join(part if isinstance(part, str) else f"<{part.get('Ref') or part['Fn::GetAtt'][0]}>" for part in parts)


def outputs(template: Template) -> dict[str, str]:
    return {name: text_of(output["Value"]) for name, output in template.get("Outputs", {}).items()}
