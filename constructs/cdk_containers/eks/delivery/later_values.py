"""Values in manifests that are known only at deployment: outputs of a stack that kustomize fills in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from functools import cache
from itertools import count
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.errors import Problem
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token, stack_of_reference
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import id_of, outer_stack_of, path_of, stack_of

Path = tuple[str | int, ...]
"""The path to a value in an object: field names and list indexes."""

_SAYS_LITTLE = ("arn", "cidr", "id", "key", "name", "value")


@frozen
class LaterValue:
    """A value that is known only at deployment.

    Attributes:
        output: Name of the output with the value.
        stack: The stack of the output.
        is_number: Whether it is a number.
    """

    output: str
    stack: cdk.Stack
    is_number: bool


@frozen(kw_only=False)
class LaterValues:
    """The values of one cluster that are known only at deployment; each has one output."""

    owner: Construct
    _values: dict[object, LaterValue | None] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return any(self._values.values())

    def stacks(self) -> list[cdk.Stack]:
        """Return the stacks with outputs, each once, in the order of first use."""
        found = {path_of(value.stack): value.stack for value in self._values.values() if value is not None}
        return list(found.values())

    def add(self, name: str, manifest: dict[str, Any]) -> list[Problem]:
        """Create outputs for the values in an object that CDK does not know; return problems with others."""
        found: list[Problem] = []
        for path, token in tokens_in(manifest):
            if token not in self._values and (wrong := self._take(name, manifest, path, token)) is not None:
                found.append(Problem(option=written(path), what=wrong, allowed="a value from only one stack"))
        return found

    def of(self, token: object) -> LaterValue | None:
        """Return the value of a token; None if CDK knows it."""
        return self._values[token]

    def prefix(self, stack: cdk.Stack) -> str:
        """Return the prefix of all output names in a stack."""
        own = stack_of(self.owner)
        inside = path_of(self.owner).removeprefix(f"{path_of(own)}/")
        place = inside if stack is outer_stack_of(own) else f"{id_of(own)}/{inside}"
        return f"{_pascal(place)}Manifests"

    def _take(self, name: str, manifest: dict[str, Any], path: Path, token: Any) -> str | None:
        own = stack_of(self.owner)
        if stack_of_reference(token) is None:
            try:
                known = own.resolve(token)
            except RuntimeError as error:  # CDK's process reports why
                return str(error).splitlines()[0]
            if isinstance(known, str | int):
                self._values[token] = None
                return None
        stacks = {path_of(stack): stack for stack in map(outer_stack_of, _stacks_of(token, self.owner))}
        if len(stacks) > 1:
            stacks.pop(path_of(outer_stack_of(own)), None)  # the cluster's stack never depends on another stack
        if len(stacks) > 1:
            return f"it combines values of several stacks, {' and '.join(sorted(stacks))}"
        stack = next(iter(stacks.values()), outer_stack_of(own))
        output = _make_output(
            stack,
            f"{self.prefix(stack)}{_pascal(name)}{_name_of(manifest, path)}",
            value=token if isinstance(token, str) else cdk.Token.as_string(token),
            description=f"For the manifests of {path_of(self.owner)}: {written(path)} of {_shown(manifest)}",
        )
        self._values[token] = LaterValue(output=output, stack=stack, is_number=not isinstance(token, str))
        return None


def _make_output(stack: cdk.Stack, wanted: str, **options: Any) -> str:
    """Create an output with a name, or with the next free name in the stack, and return it."""
    for number in count(1):
        name = wanted if number == 1 else f"{wanted}{number}"
        try:
            unchecked(cdk.CfnOutput, stack, name, **options)
        except RuntimeError as error:
            if "already a Construct" not in str(error):
                raise
        else:
            break
    return name


def tokens_in(value: object, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path to each token, and the token."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from tokens_in(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from tokens_in(entry, (*path, index))
    elif is_token(value):
        yield path, value


def written(path: Path) -> str:
    """Write a path as in Python code."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")


def _shown(manifest: dict[str, Any]) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def _name_of(manifest: dict[str, Any], path: Path) -> str:
    """Name a value by its field, or by the parent if the field name says little, as with variables."""
    fields = [part for part in path if isinstance(part, str)]
    around: Any = manifest
    for part in path[:-1]:
        around = around[part]
    if fields[-1] == "value" and isinstance(around, dict) and isinstance(around.get("name"), str):
        return _pascal(around["name"].lower())
    return _pascal("-".join(fields[-2:] if fields[-1].lower() in _SAYS_LITTLE else fields[-1:]))


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


def _stacks_of(token: object, scope: Construct) -> list[cdk.Stack]:
    """Return the stacks of everything that a token refers to."""
    if (known := stack_of_reference(token)) is not None:
        return [known]
    reference = cdk.Tokenization.reverse(token, fail_concat=False)
    if isinstance(reference, cdk.Reference):  # most are a single one, and a resolver in Python needs seven calls
        return [stack_of(reference.target)]
    targets, resolver = _collector()
    targets.clear()
    cdk.Tokenization.resolve(token, scope=scope, resolver=resolver, preparing=False)
    return [stack_of(target) for target in targets]


@cache
def _collector() -> tuple[list[Any], Any]:
    targets: list[Any] = []

    class Collector(cdk.DefaultTokenResolver):
        def resolve_token(self, t: cdk.IResolvable, context: cdk.IResolveContext, post_processor: Any) -> Any:
            if isinstance(t, cdk.Reference):
                targets.append(t.target)
            return super().resolve_token(t, context, post_processor)

    return targets, Collector(cdk.StringConcat())
