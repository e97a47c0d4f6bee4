"""The rules of services on a listener, indexed by number and by conditions."""

from __future__ import annotations

from collections.abc import Mapping

from constructs import Construct

from .rule_priorities import Conditions, canonical


class RuleClaims:
    """The rules of one listener."""

    def __init__(self) -> None:
        self._owners: dict[int, Construct] = {}
        self._by_conditions: dict[str, dict[int, Construct]] = {}

    @property
    def owners(self) -> Mapping[int, Construct]:
        """The services by the numbers of their rules."""
        return self._owners

    def with_conditions(self, conditions: Conditions) -> list[Construct]:
        """Return the services that have a rule with these conditions."""
        return list(self._by_conditions.get(canonical(conditions), {}).values())

    def take(self, owner: Construct, conditions: Conditions, number: int) -> None:
        """Record the rule of a service."""
        self._owners[number] = owner
        self._by_conditions.setdefault(canonical(conditions), {})[number] = owner
