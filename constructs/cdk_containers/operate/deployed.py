"""Finds the deployed resource for a place in the code."""

from __future__ import annotations

from typing import Any

from cdk_containers.checks.live.refused import Refused

from .api import Api
from .exits import NOT_FOUND, Stop
from .targets import Place, Target


class PhysicalIds:
    """Physical ids of the resources of stacks, by stack and logical id."""

    def __init__(self, api: Api, *, all_at_once: bool) -> None:
        self._api = api
        self._all_at_once = all_at_once
        self._read: dict[str, dict[str, str]] = {}

    def of(self, stack: str, logical_id: str) -> str:
        """Return the physical id of a resource; empty if it does not exist."""
        known = self._read.setdefault(stack, {})
        if self._all_at_once and not known:
            pages = self._api.pages("cloudformation", "list_stack_resources", "StackResourceSummaries", StackName=stack)
            known.update((it["LogicalResourceId"], it.get("PhysicalResourceId", "")) for it in pages)
        elif not self._all_at_once and logical_id not in known:
            known[logical_id] = self._asked(stack, logical_id)
        return known.get(logical_id, "")

    def _asked(self, stack: str, logical_id: str) -> str:
        try:
            answer = self._api.call(
                "cloudformation", "describe_stack_resources", StackName=stack, LogicalResourceId=logical_id
            )
        except Refused as refused:
            if f"Resource {logical_id}" in refused.said:
                return ""
            raise
        resources: list[dict[str, Any]] = (answer or {}).get("StackResources", [])
        return str(resources[0].get("PhysicalResourceId", "")) if resources else ""


def target_of(place: Place, api: Api, ids: PhysicalIds, *, missing_is_fine: bool) -> Target | None:
    """Return the deployed resource of a place; None if it is not deployed and the caller permits that.

    Raises:
        Stop: The deployed stack does not contain it.
        Refused: AWS refuses a call.
    """
    stack = place.stack
    for nested in place.nested:
        stack = ids.of(stack, nested) if stack else ""
    physical = ids.of(stack, place.logical_id) if stack else ""
    if not physical:
        if missing_is_fine:
            return None
        raise Stop(
            NOT_FOUND,
            f"the deployed stack {place.stack} in {api.name} does not contain {place.path} ({place.logical_id})",
            "deploy the stack, or synthesize the version that is deployed",
        )
    return Target(
        name=place.path,
        kind=place.kind,
        id=physical,
        account=api.id,
        region=api.region,
        environment=place.tag("environment"),
        stack=place.stack,
        desired=place.desired,
        starters=tuple((type_, it) for type_, key in place.starters if (it := ids.of(stack, key))),
    )


def stop_without_stack(refused: Refused, stack: str, api: Api) -> Stop | Refused:
    """Return why a stack cannot be read: it does not exist, or the error of AWS."""
    if refused.code == "ValidationError" and "does not exist" in refused.said:
        return Stop(
            NOT_FOUND,
            f"stack {stack} is not deployed in {api.name}",
            f"deploy it with `cdk deploy {stack}`, or choose another --region or --profile",
        )
    return refused
