"""The subcommands by name, each with its line of help.

A subcommand is the module of its name, with `-` as `_`. It is imported when it is called, and has two functions:
`add_arguments(parser)` and `run(arguments)`, which returns the exit code.
"""

from __future__ import annotations

COMMANDS = {
    "init": "write a small app to begin with",
    "check": "check templates and CDK apps against the practices",
    "environments": "compare environments, find collisions, bootstrap accounts",
    "compose": "convert compose files to CDK apps",
    "cost": "tell what templates cost in a month, and what a change adds",
    "diagram": "draw what the stacks of an app make",
    "practices": "list the practices, or show one",
    "copilot": "bring applications of AWS Copilot here",
    "run": "run what an app deploys: on this machine",
    "completion": "print the completion script of a shell",
}
