"""The templates of one account and region, and what is deployed there of what they refer to."""

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
    """The stacks of an assembly that go to one account and region.

    Attributes:
        api: The way there.
        estate: All templates of the assembly, as they are there.
        environments: What the assembly calls this account and region.
    """

    def __init__(self, api: Api, estate: Estate, stacks: Sequence[StackFile]) -> None:
        self.api = api
        self.estate = estate
        self.environments = {it.place for it in stacks}
        self._stacks = {it.path.resolve(): it.stack_name for it in stacks}
        self._ids = PhysicalIds(api, all_at_once=False)

    def resources(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of some types in the stacks that go here; of all types where none is named."""
        for template in self.estate.templates:
            if _outermost(template) in self._stacks:
                yield from (it for it in template.resources.values() if (not types or it.type in types) and it.exists)

    def physical(self, resource: Resource) -> str:
        """Return what CloudFormation calls a resource; empty if it is not deployed, or in a nested stack."""
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
    """Yield the places that the stacks of an assembly go to.

    Args:
        folder: The assembly.
        access: The way to AWS.
        only: The names of stacks. Default: all of them, if it is empty.

    Raises:
        Stop: The folder is no assembly, a name is none of its stacks, or the credentials are of none of its accounts;
            of those of some of them, `access.unread` tells.
        Refused: AWS refuses a call.
    """
    skipped: list[str] = []
    stacks = stacks_of(folder, skipped) if folder.is_dir() else None
    if stacks is None:
        why = skipped[0] if skipped else f"{folder}: there is no such folder"
        raise Stop(USAGE, why, "make the assembly with `cdk synth`, and name its folder")
    missing = sorted(set(only) - {it.stack_name for it in stacks})
    if missing:
        known = ", ".join(sorted(it.stack_name for it in stacks))
        raise Stop(USAGE, f"{folder} has no stack {' or '.join(missing)}", f"there is: {known}")
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
