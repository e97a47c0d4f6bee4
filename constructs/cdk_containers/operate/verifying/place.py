"""The templates for one account and region, and the deployed resources that they refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cdk_containers.checks.live.refused import Refused
from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.reading.assembly import StackFile, stacks_of
from cdk_containers.checks.templates import Estate, Resource, Template

from ..access import Access
from ..api import Api
from ..deployed import PhysicalIds
from ..exits import USAGE, Stop

_SUFFIXES = {"aws-cn": "amazonaws.com.cn"}


class Place:
    """The stacks of an assembly for one account and region.

    Attributes:
        api: API of the account and region.
        estate: All templates of the assembly, with values for this account and region.
        environments: Names of this account and region in the assembly.
    """

    def __init__(self, api: Api, estate: Estate, stacks: Sequence[StackFile]) -> None:
        self.api = api
        self.estate = estate
        self.environments = {it.place for it in stacks}
        self._stacks = {it.path.resolve(): it.stack_name for it in stacks}
        self._ids = PhysicalIds(api, all_at_once=False)

    def resources(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types in these stacks. Without types, yield all resources."""
        for template in self.estate.templates:
            if _outermost(template) in self._stacks:
                yield from (it for it in template.resources.values() if (not types or it.type in types) and it.exists)

    def physical(self, resource: Resource) -> str:
        """Return the physical id of a resource; empty if it is not deployed or is in a nested stack."""
        stack = self._stacks.get(_outermost(resource.template), "")
        if not stack or resource.template.nested_in is not None:
            return ""
        try:
            return self._ids.of(stack, resource.logical_id)
        except Refused as refused:
            if refused.code == "ValidationError":
                return ""
            raise


def places_of(folder: Path, access: Access, only: Sequence[str]) -> Iterator[Place]:
    """Yield the accounts and regions of the stacks of an assembly.

    Args:
        folder: The assembly.
        access: Access to AWS.
        only: Names of stacks. Default: all stacks, if it is empty.

    Raises:
        Stop: The folder is not an assembly, it has no stack with that name, or the credentials belong to none of its
        accounts. `access.unread` lists the accounts that were left out.
        Refused: AWS refuses a call.
    """
    skipped: list[str] = []
    stacks = stacks_of(folder, skipped) if folder.is_dir() else None
    if stacks is None:
        why = skipped[0] if skipped else f"{folder}: there is no such folder"
        raise Stop(USAGE, why, "run `cdk synth`, and name the folder of the assembly")
    missing = sorted(set(only) - {it.stack_name for it in stacks})
    if missing:
        known = ", ".join(sorted(it.stack_name for it in stacks))
        raise Stop(USAGE, f"{folder} has no stack {' or '.join(missing)}", f"it has: {known}")
    groups: dict[tuple[str, str], list[StackFile]] = {}
    for stack in stacks:
        if not only or stack.stack_name in only:
            account, _, region = stack.place.removeprefix("aws://").partition("/")
            place = "" if account.startswith("unknown") else account, "" if region.startswith("unknown") else region
            groups.setdefault(place, []).append(stack)
    reachable, stops = [], []
    for (account, region), inside in groups.items():
        try:
            reachable.append((access.api(account, region, inside[0].lookup_role), inside))
        except Stop as stop:
            stops.append(stop)
    if stops and not reachable:
        raise stops[0]
    access.unread.update((stop.problem, None) for stop in stops)
    for api, inside in reachable:
        estate = Estate(assume_defaults=True, pseudo_parameters=_pseudo_parameters(api))
        read_estate([folder], estate)
        yield Place(api, estate, inside)


def _pseudo_parameters(api: Api) -> Mapping[str, str]:
    return {
        "AWS::AccountId": api.id,
        "AWS::Partition": api.partition,
        "AWS::Region": api.region,
        "AWS::URLSuffix": _SUFFIXES.get(api.partition, "amazonaws.com"),
    }


def _outermost(template: Template) -> Path:
    while template.nested_in is not None:
        template = template.nested_in.template
    return Path(template.name).resolve()
