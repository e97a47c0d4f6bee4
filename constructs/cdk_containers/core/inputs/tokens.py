"""Recognizes values that are known only at deployment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, cast
from weakref import WeakValueDictionary

_STRING_MARKER = "${Token["
_LIST_MARKER = "#{Token["
_NUMBER_LIMIT = -1e280


def is_token(value: object) -> bool:
    """Tell whether a value holds a CDK token, without a call to CDK.

    CDK hides a token in a string (`${Token[…]}`), in a huge negative number, or in a list of one marked string;
    a resolvable object such as `Fn.ref` stands for itself. The answer of `Token.is_unresolved` costs a call of
    about a millisecond into the CDK process for each value, and is the same.
    """
    if isinstance(value, str):
        return _STRING_MARKER in value or _LIST_MARKER in value
    if isinstance(value, int | float):
        return value < _NUMBER_LIMIT
    if isinstance(value, Mapping):
        entries = cast("Mapping[object, object]", value)
        return any(is_token(item) for item in entries.values())
    if isinstance(value, Sequence):
        return any(is_token(item) for item in cast("Sequence[object]", value))
    return hasattr(type(value), "resolve") and hasattr(type(value), "creation_stack")


REFERENCE = "⟨reference⟩"
"""Placeholder of `written_out` for the name or an attribute of a resource, or a parameter."""

HIDDEN = "⟨hidden⟩"
"""Placeholder for a parameter that CloudFormation does not show (`NoEcho`)."""

LATER = "⟨later⟩"
"""Placeholder for a value that CDK composes at synthesis."""


def remember_reference(text: str, stack: Any = None) -> str:
    """Cache that a text refers to a resource, and its stack, to avoid a call to CDK."""
    _references.add(text)
    if stack is not None:
        _stacks[text] = stack
    return text


def stack_of_reference(token: object) -> Any:
    """Return the stack of the resource that a token refers to; None if it is not known without a call to CDK."""
    return _stacks.get(token) if isinstance(token, str) else None


_references: set[str] = set()
_stacks: WeakValueDictionary[str, Any] = WeakValueDictionary()


@lru_cache(maxsize=4096)
def written_out(text: str) -> str:
    """Return a text with its tokens as in the template, as far as they are known; functions are flat.

    Nothing is asked for its final value: a reference would tie stacks together, and what is lazy would be fixed early.
    """
    if not is_token(text):
        return text
    if text in _references:
        return REFERENCE
    from aws_cdk import Tokenization  # noqa: PLC0415  (this module is read without CDK)

    scope, resolver = _resolver()
    try:
        given = [text] if _LIST_MARKER in text else text
        return _flat(Tokenization.resolve(given, scope=scope, resolver=resolver, preparing=False))
    except RuntimeError:  # unknown here; CDK reports it at synthesis
        return REFERENCE


@cache
def _resolver() -> tuple[Any, Any]:
    """Return a scope outside all stacks, and the resolver for its tokens."""
    import aws_cdk as cdk  # noqa: PLC0415

    class Reader(cdk.DefaultTokenResolver):
        def resolve_token(self, t: cdk.IResolvable, context: cdk.IResolveContext, post_processor: Any) -> str:
            if isinstance(t, cdk.Reference):
                target = t.target
                return HIDDEN if isinstance(target, cdk.CfnParameter) and target.no_echo else REFERENCE
            parts: Sequence[object] = getattr(t, "_delegates", ()) or (t,)
            # A join is not an intrinsic of CDK, and is recognized by the name of its token.
            if any(isinstance(part, cdk.Intrinsic) for part in parts) or "Fn::Join" in cdk.Token.as_string(t):
                return _flat(super().resolve_token(t, context, post_processor))
            return LATER

    return cdk.App(auto_synth=False, analytics_reporting=False), Reader(cdk.StringConcat())


def _flat(value: object) -> str:
    match value:
        case {"Ref": _} | {"Fn::GetAtt": _} | {"Fn::ImportValue": _}:
            return REFERENCE
        case {"Fn::Join": [str() as delimiter, [*parts]]}:
            return delimiter.join(_flat(part) for part in parts)
        case {"Fn::Sub": [str() as text, Mapping() as variables]}:
            for name, part in cast("Mapping[str, object]", variables).items():
                text = text.replace(f"${{{name}}}", _flat(part))
            return text
        case Mapping():
            return " ".join(_flat(part) for part in cast("Mapping[object, object]", value).values())
        case [*parts]:
            return " ".join(_flat(part) for part in parts)
        case _:
            return str(value)
