"""`cdk-containers list`: list services, jobs and EKS clusters, with the state that batched calls show."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from .common import Operation, add_where, operate

if TYPE_CHECKING:
    from cdk_containers.operate.api import Api
    from cdk_containers.operate.targets import Target

_HEADER = ("NAME", "KIND", "ENVIRONMENT", "STATE", "TASKS", "REGION", "STACK")


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `list`."""
    add_where(parser)


def run(arguments: Namespace) -> int:
    """List the resources."""
    return operate("list", arguments, _list)


def _list(operation: Operation) -> int:
    from cdk_containers.operate.exits import NOT_FOUND, Stop  # noqa: PLC0415
    from cdk_containers.operate.show import table  # noqa: PLC0415

    targets = operation.finder.all()
    rows = sorted(_rows(operation, targets))
    if operation.arguments.json:
        named = [dict(zip((it.lower() for it in _HEADER), row, strict=True)) for row in rows]
        print(json.dumps({"resources": named, "not_read": list(operation.access.unread)}))
        return 0
    if not rows:
        operation.print_unread()
        raise Stop(NOT_FOUND, "found no deployed resources", "see --app, --stack and --region")
    print(table(rows, _HEADER))
    operation.print_unread()
    return 0


def _rows(operation: Operation, targets: Sequence[Target]) -> Iterator[tuple[str, ...]]:
    from cdk_containers.operate.read_services import describe_services, summary_of  # noqa: PLC0415
    from cdk_containers.operate.tell_services import service_word  # noqa: PLC0415

    places: dict[tuple[str, str], list[Target]] = {}
    for target in targets:
        places.setdefault((target.account, target.region), []).append(target)
    for inside in places.values():
        api = operation.api(inside[0])
        services = [it for it in inside if "service" in it.kind]
        told = api.if_allowed(partial(describe_services, api, services), None) or {}
        for it in inside:
            state, tasks = "", ""
            if it.id in told:
                summary = summary_of(it, told[it.id], api)
                state, tasks = service_word(summary)[0], f"{summary.running}/{summary.desired}"
            elif it.kind == "EKS cluster":
                state = _kubernetes_state(api, it)
            elif it in services:
                state = "GONE" if told else "?"
            yield it.name, it.kind, it.environment, state, tasks, it.region, it.stack


def _kubernetes_state(api: Api, target: Target) -> str:
    from cdk_containers.operate.exits import Stop  # noqa: PLC0415
    from cdk_containers.operate.read_kubernetes import read_kubernetes  # noqa: PLC0415

    try:
        found = api.if_allowed(partial(read_kubernetes, api, target, closely=False), None)
    except Stop:
        return "GONE"
    return found.status if found else "?"
