"""`cdk-containers continue`: continue a deployment that waits for a decision."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .common import Operation, add_where, add_yes, operate


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `continue`."""
    parser.add_argument("name", metavar="NAME", help="the path of a service in the code, such as Shop/Web")
    add_yes(parser)
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Continue the deployment."""
    return operate("continue", arguments, _continue)


def _continue(operation: Operation) -> int:
    from cdk_containers.operate.act import awaited_decision, continue_deployment  # noqa: PLC0415
    from cdk_containers.operate.tell_rollouts import revisions  # noqa: PLC0415
    from cdk_containers.operate.words import command  # noqa: PLC0415

    target = operation.finder.one(operation.arguments.name, "service", "express service")
    api = operation.api(target)
    rollout, hook = awaited_decision(api, target)
    operation.confirm(
        f"Continue the deployment of {operation.where(target)}, {revisions(rollout)}, at {rollout.stage}?"
    )
    continue_deployment(api, rollout, hook)
    operation.print(
        f"{target.name} continues; follow it with `{command('rollout', target.name)}`",
        {"name": target.name, "deployment": rollout.arn, "hook": hook.id, "action": "CONTINUE"},
    )
    return 0
