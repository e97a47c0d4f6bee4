"""Finds deployed resources by their names in the code."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from cdk_containers.checks.live.refused import Refused
from cdk_containers.core.frozen import frozen

from .access import Access
from .deployed import PhysicalIds, stop_without_stack, target_of
from .exits import NOT_FOUND, USAGE, Stop
from .places import places_of_app, places_of_template
from .tagged import tagged_targets
from .targets import Kind, Place, Target

_FEW = 5
"""Up to this number of resources of a stack are looked up one by one. For more, the whole stack is listed."""


@frozen
class Where:
    """Where to look for names.

    Attributes:
        app: Folder of the assembly. Default: `cdk.out`, if it exists.
        stack: Deployed stack whose template has the names. No assembly is needed then.
        application: Only resources of this application, by tag.
        environment: Only resources of this environment, by tag or by the name of a stage.
    """

    app: Path | None = None
    stack: str = ""
    application: str = ""
    environment: str = ""


class Finder:
    """Finds deployed resources by their names in the code.

    Attributes:
        access: The way to AWS.
    """

    def __init__(self, access: Access, where: Where) -> None:
        self.access = access
        self._where = where
        self._known: list[Place] | None = None

    def one(self, name: str, *kinds: Kind) -> Target:
        """Return the target with a name.

        Raises:
            Stop: No target has the name, several have it, or it is not deployed.
            Refused: AWS refuses a call.
        """
        (target,) = self.all([name], kinds)
        return target

    def all(self, names: Sequence[str] = (), kinds: Sequence[Kind] = ()) -> list[Target]:
        """Return the targets with these names, each once. Without names, return all targets.

        Raises:
            Stop: No target has a name, several have it, or it is not deployed.
            Refused: AWS refuses a call.
        """
        if self._by_tags:
            return self._tagged(names, kinds)
        places = [it for it in self._places() if self._fits(it.above, it.tag("application"), it.tag("environment"))]
        if not names:
            return list(self._deployed(places, missing_is_fine=True))
        chosen = {place: None for name in names for place in [_chosen(name, places, kinds)]}
        return list(self._deployed(chosen))

    @property
    def _by_tags(self) -> bool:
        return not self._where.stack and self._where.app is None and not Path("cdk.out").is_dir()

    def _places(self) -> list[Place]:
        if self._known is None:
            stack = self._where.stack
            self._known = self._of_stack(stack) if stack else places_of_app(self._where.app or Path("cdk.out"))
        return self._known

    def _of_stack(self, stack: str) -> list[Place]:
        api = self.access.api()
        try:
            answer = api.call("cloudformation", "get_template", StackName=stack, TemplateStage="Original") or {}
        except Refused as refused:
            raise stop_without_stack(refused, stack, api) from None
        body = answer.get("TemplateBody", {})
        try:
            template = json.loads(body) if isinstance(body, str) else body
        except ValueError:
            raise Stop(USAGE, f"the template of stack {stack} is not JSON, so it is not from CDK") from None
        found = list(places_of_template(template, stack=stack))
        if not found:
            raise Stop(NOT_FOUND, f"stack {stack} has no service, job or cluster")
        return found

    def _fits(self, above: str, application: str, environment: str) -> bool:
        wanted = self._where
        if wanted.application and application != wanted.application:
            return False
        named = {environment, *above.split("/"), above.rpartition("/")[2].partition("-")[0]}
        return not wanted.environment or wanted.environment in named

    def _deployed(self, places: Iterable[Place], *, missing_is_fine: bool = False) -> Iterator[Target]:
        stacks: dict[tuple[str, str, str], list[Place]] = {}
        for place in places:
            stacks.setdefault((place.account, place.region, place.stack), []).append(place)
        stops: list[Stop] = []
        for inside in stacks.values():
            try:
                yield from self._of_one_stack(inside, missing_is_fine=missing_is_fine)
            except Stop as stop:
                if not missing_is_fine:
                    raise
                stops.append(stop)
        if stops and len(stops) == len(stacks):
            raise stops[0]
        self.access.unread.update((stop.problem, None) for stop in stops)

    def _of_one_stack(self, places: Sequence[Place], *, missing_is_fine: bool) -> Iterator[Target]:
        first = places[0]
        api = self.access.api(first.account, first.region, first.lookup_role)
        wanted = {key for it in places for key in (it.logical_id, *(key for _, key in it.starters))}
        ids = PhysicalIds(api, all_at_once=missing_is_fine or len(wanted) > _FEW)
        try:
            for place in places:
                target = target_of(place, api, ids, missing_is_fine=missing_is_fine)
                if target is not None:
                    yield target
        except Refused as refused:
            raise stop_without_stack(refused, first.stack, api) from None

    def _tagged(self, names: Sequence[str], kinds: Sequence[Kind]) -> list[Target]:
        api = self.access.api()
        found = tagged_targets(api, self._where.application, self._where.environment)
        if not names:
            return found
        places = {_as_place(it): it for it in found}
        if not places:
            raise Stop(
                NOT_FOUND,
                f"no resource in {api.name} has a tag `component`, and this folder has no cdk.out",
                "run this in the folder of the assembly, or add --app ASSEMBLY or --stack DEPLOYED_STACK",
            )
        return [places[place] for place in dict.fromkeys(_chosen(name, list(places), kinds) for name in names)]


def _chosen(name: str, places: Sequence[Place], kinds: Sequence[Kind]) -> Place:
    """Return the one place that a name stands for."""
    wanted = name.strip("/")
    low = wanted.lower()
    fitting = (
        [it for it in places if it.whole == wanted],
        [it for it in places if it.path == wanted],
        [it for it in places if it.whole.endswith(f"/{wanted}")],
        [it for it in places if f"/{it.whole}".lower().endswith(f"/{low}")],
    )
    for found in fitting:
        if len(found) > 1:
            raise Stop(
                NOT_FOUND,
                f"{name!r} is ambiguous",
                *(f"{it.whole} ({it.kind})" for it in found),
                candidates=[it.whole for it in found],
            )
        if found:
            if kinds and found[0].kind not in kinds:
                raise Stop(
                    USAGE, f"{found[0].path} has kind {found[0].kind}, but this command supports: {', '.join(kinds)}"
                )
            return found[0]
    raise Stop(NOT_FOUND, f"nothing is named {name!r}", *_near(wanted, places), candidates=[it.whole for it in places])


def _near(name: str, places: Sequence[Place]) -> list[str]:
    names = {it.path: it for it in places} | {it.path.rpartition("/")[2]: it for it in places}
    near = list(dict.fromkeys(names[one].whole for one in get_close_matches(name, names, n=3, cutoff=0.65)))
    if near:
        return [f"did you mean {' or '.join(near)}?"]
    return [f"these names exist: {', '.join(sorted(it.whole for it in places))}"]


def _as_place(target: Target) -> Place:
    return Place(
        path=target.name,
        above=target.environment or target.stack,
        kind=target.kind,
        type="",
        logical_id=target.id,
        stack=target.stack,
    )
