"""`cdk-containers status`: show the state of a service, a job or an EKS cluster."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from .common import Operation, add_where, operate

if TYPE_CHECKING:
    from cdk_containers.operate.targets import Target
    from cdk_containers.operate.told import Told


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `status`."""
    parser.add_argument("names", nargs="+", metavar="NAME", help="its path in the code, such as Shop/Web")
    add_where(parser)


def run(arguments: Namespace) -> int:
    """Show the screens, and return the worst exit code."""
    return operate("status", arguments, _show)


def _show(operation: Operation) -> int:
    from cdk_containers.operate.show import screen  # noqa: PLC0415  (boto3 may not be installed)

    code = 0
    for number, target in enumerate(operation.finder.all(operation.arguments.names)):
        operation.access.unread.clear()
        told = _told(operation, target)
        unread = list(operation.access.unread)
        if operation.arguments.json:
            print(json.dumps({**told.data, "not_read": unread}))
        else:
            print("\n" if number else "", end="")
            print(screen(told, colour=operation.colour, width=operation.width, unread=unread))
        code = max(code, told.code)
    return code


def _told(operation: Operation, target: Target) -> Told:
    from cdk_containers.operate.read_jobs import read_job  # noqa: PLC0415
    from cdk_containers.operate.read_kubernetes import read_kubernetes  # noqa: PLC0415
    from cdk_containers.operate.read_services import read_service  # noqa: PLC0415
    from cdk_containers.operate.tell_others import tell_job, tell_kubernetes  # noqa: PLC0415
    from cdk_containers.operate.tell_services import tell_service  # noqa: PLC0415

    api = operation.api(target)
    if target.kind == "job":
        return tell_job(read_job(api, target))
    if target.kind == "EKS cluster":
        return tell_kubernetes(read_kubernetes(api, target))
    return tell_service(read_service(api, target))
