"""`cdk-containers scale`: set the number of tasks of a service, if nothing else controls it."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace

from .common import Operation, add_where, add_yes, operate

_MOST = 5000


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `scale`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="the path of a service in the code, such as Shop/Web")
    add("count", type=_count, metavar="COUNT", help="desired number of tasks")
    add_yes(parser)
    add_where(parser)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > _MOST:
        raise ArgumentTypeError(f"{text!r} is not a number of tasks from 0 to {_MOST}")
    return int(text)


def run(arguments: Namespace) -> int:
    """Set the count."""
    return operate("scale", arguments, _scale)


def _scale(operation: Operation) -> int:
    from cdk_containers.operate.act import scaling, set_count  # noqa: PLC0415
    from cdk_containers.operate.words import command, many  # noqa: PLC0415

    arguments = operation.arguments
    target = operation.finder.one(arguments.name, "service")
    api = operation.api(target)
    change = scaling(api, target, arguments.count)
    told = {"name": target.name, "from": change.now, "to": change.wanted, "note": change.note}
    if change.now == change.wanted:
        operation.print(f"{target.name} already has {many(change.now, 'task')}", told)
        return 0
    note = f" Note: {change.note}." if change.note else ""
    operation.confirm(f"Scale {operation.where(target)} from {change.now} to {many(change.wanted, 'task')}?{note}")
    set_count(api, target, change.wanted)
    operation.print(
        f"{target.name}: {change.now} -> {many(change.wanted, 'task')}, see `{command('status', target.name)}`.{note}",
        told,
    )
    return 0
