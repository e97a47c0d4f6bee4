"""The subcommands by name, each with its line of help.

A subcommand is the module of its name, with `-` as `_`; those that operate what is deployed are in `operating`. It is
imported when it is called, and has two functions: `add_arguments(parser)` and `run(arguments)`, which returns the exit
code.
"""

from __future__ import annotations

OPERATING = {
    "list": "list services, jobs and EKS clusters, and how they are",
    "status": "show how a service, job or EKS cluster is, in six lines",
    "rollout": "follow a deployment until it ends",
    "why": "say why tasks stopped, or why a service does not come up",
    "logs": "show the logs of services and jobs",
    "events": "show what ECS said of services and jobs",
    "continue": "let a deployment go on that waits for a decision",
    "rollback": "roll a running deployment back",
    "scale": "set the number of tasks of a service",
    "exec": "open a shell in a running task, or run a command there",
    "debug": "open a shell in a copy of a task, which is removed afterwards",
    "forward": "forward a port into a task, or through it",
    "verify": "look up before a deployment whether what it needs is there",
    "policy": "print the IAM policy that commands need",
}
"""What reads and changes what is deployed."""

COMMANDS = {
    "init": "write a small app to begin with",
    "check": "check templates and CDK apps against the practices",
    "environments": "compare environments, find collisions, bootstrap accounts",
    "compose": "convert compose files to CDK apps",
    "cost": "tell what templates cost in a month, and what a change adds",
    "diagram": "draw what the stacks of an app make",
    "practices": "list the practices, or show one",
    "copilot": "bring applications of AWS Copilot here",
    "run": "run a one-off task, or an app on this machine",
    "completion": "print the completion script of a shell",
    **OPERATING,
}


def module_of(name: str) -> str:
    """Return the module of a subcommand, from this package on."""
    module = name.replace("-", "_")
    if name not in OPERATING:
        return f".{module}"
    return f".operating.{module}_" if name in ("continue", "exec") else f".operating.{module}"  # words of Python
