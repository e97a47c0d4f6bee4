"""`cdk-containers policy`: print the IAM policy that commands need."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace

from cdk_containers.operate.needs import NEEDS
from cdk_containers.operate.policy import policy_of


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `policy`."""
    add = parser.add_argument
    add("command_names", nargs="+", choices=tuple(NEEDS), metavar="COMMAND", help=", ".join(NEEDS))
    add("--role", default="", metavar="ARN", help="the role that the commands assume with --role")
    parser.epilog = "It allows only the calls of the commands: any other call is stopped before it is sent."


def run(arguments: Namespace) -> int:
    """Print the policy."""
    print(json.dumps(policy_of(arguments.command_names, role=arguments.role), indent=2))
    return 0
