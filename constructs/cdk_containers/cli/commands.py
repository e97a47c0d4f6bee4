"""The subcommands by name, each with its line of help.

A subcommand is the module with its name, with `_` instead of `-`. Commands for deployed resources are in `operating`. A
module is imported when its command is called. It has two functions: `add_arguments(parser)`, and `run(arguments)`,
which returns the exit code.
"""

from __future__ import annotations

OPERATING = {
    "list": "list services, jobs and EKS clusters with their state",
    "status": "show the state of a service, job or EKS cluster in six lines",
    "rollout": "follow a deployment until it ends",
    "why": "explain why tasks stopped, or why a service does not start",
    "logs": "show the logs of services and jobs",
    "events": "show the ECS events of services and jobs",
    "continue": "continue a deployment that waits for a decision",
    "rollback": "roll back a running deployment",
    "scale": "set the number of tasks of a service",
    "exec": "open a shell in a running task, or run a command there",
    "debug": "open a shell in a copy of a task, which is removed afterwards",
    "forward": "forward a port into a task, or through it",
    "verify": "check before a deployment that its prerequisites exist",
    "policy": "print the IAM policy for commands",
}
"""Commands that read and change deployed resources."""

COMMANDS = {
    "init": "write a small starter app",
    "check": "check templates and CDK apps against the practices",
    "environments": "compare environments, find collisions, bootstrap accounts",
    "compose": "convert compose files to CDK apps",
    "cost": "estimate the monthly cost of templates, and of a change",
    "diagram": "draw the resources of an app's stacks",
    "practices": "list the practices, or show one",
    "copilot": "convert and adopt AWS Copilot applications",
    "run": "run a one-off task, or an app on this machine",
    "completion": "print the completion script for a shell",
    **OPERATING,
}


def module_of(name: str) -> str:
    """Return the module of a subcommand, relative to this package."""
    module = name.replace("-", "_")
    if name not in OPERATING:
        return f".{module}"
    return (
        f".operating.{module}_" if name in ("continue", "exec") else f".operating.{module}"
    )  # Python keywords or built-ins
