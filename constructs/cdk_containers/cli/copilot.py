"""`cdk-containers copilot`: convert and adopt AWS Copilot applications. Each action has its own module."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from importlib import import_module

ACTIONS = {
    "package": "write the CloudFormation template of a manifest",
    "convert": "write a Python CDK app that replaces the manifests",
    "check": "show what happens to each deployed resource",
}
"""The actions by name, each with its line of help. An action is the module `copilot_<name>`."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the actions of `copilot`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    for name, summary in ACTIONS.items():
        action = actions.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        import_module(f".copilot_{name}", __package__).add_arguments(action)


def run(arguments: Namespace) -> int:
    """Run an action, and return its exit code."""
    code: int = import_module(f".copilot_{arguments.action}", __package__).run(arguments)
    return code
