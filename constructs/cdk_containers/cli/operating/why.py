"""`cdk-containers why`: explain why tasks stopped, or why a service does not start."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from .common import Operation, add_since, add_where, operate


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `why`."""
    add = parser.add_argument
    add("name", metavar="NAME", help="its path in the code, such as Shop/Web")
    add("--task", default="", metavar="ID", help="this task only")
    add_since(parser, "1h", "ECS shows an hour, stored events show more")
    add("--lines", type=int, default=10, metavar="COUNT", help="how many lines of the log to show; 10 by default")
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Say why."""
    return operate("why", arguments, _why)


def _why(operation: Operation) -> int:
    from cdk_containers.operate.reasons import find_reasons, reasons_text  # noqa: PLC0415  (boto3 may not be installed)

    arguments = operation.arguments
    target = operation.finder.one(arguments.name, "service", "express service", "job")
    api = operation.api(target)
    found = find_reasons(
        api,
        target,
        since=api.now() - arguments.since,
        task=arguments.task.rpartition("/")[2],
        lines=arguments.lines,
    )
    operation.print(reasons_text(found), {**found.data, "not_read": list(operation.access.unread)})
    if not arguments.json:
        operation.print_unread()
    return 0
