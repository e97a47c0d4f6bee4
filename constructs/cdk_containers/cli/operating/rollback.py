"""`cdk-containers rollback`: stop a running deployment, and return to the earlier version."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .common import Operation, add_where, add_yes, operate


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `rollback`."""
    parser.add_argument("name", metavar="NAME", help="the path of a service in the code, such as Shop/Web")
    add_yes(parser)
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Roll the deployment back."""
    return operate("rollback", arguments, _roll_back)


def _roll_back(operation: Operation) -> int:
    from cdk_containers.operate.act import roll_back, running_deployment  # noqa: PLC0415
    from cdk_containers.operate.tell_rollouts import revisions  # noqa: PLC0415
    from cdk_containers.operate.words import command  # noqa: PLC0415

    target = operation.finder.one(operation.arguments.name, "service", "express service")
    api = operation.api(target)
    rollout = running_deployment(api, target)
    operation.confirm(
        f"Roll back {operation.where(target)}, {revisions(rollout)}? A stack deployment that waits for it fails and "
        "rolls back as well."
    )
    roll_back(api, rollout)
    operation.print(
        f"{target.name} is being rolled back; `{command('rollout', target.name)}` shows the progress",
        {"name": target.name, "deployment": rollout.arn, "action": "ROLLBACK"},
    )
    return 0
