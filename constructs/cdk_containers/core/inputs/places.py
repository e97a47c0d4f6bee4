"""Accounts and regions: those of the resources that you pass, and those of the stack that uses them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, Literal, NamedTuple, TypeAlias, cast
from weakref import WeakKeyDictionary

from ..errors import Problem, Problems
from ..frozen import frozen
from .arns import is_arn
from .members import has_members
from .tokens import is_token


@frozen
class _Kind:
    """A kind of AWS resource that constructs receive.

    Attributes:
        noun: Its name in messages.
        same_region: Whether AWS accepts it only from the same region.
        same_account: Whether AWS accepts it only from the same account.
        way: Alternative to a resource that is elsewhere.
        by_name: Whether a stack can use a resource of another account or region if it has a physical name.
    """

    noun: str
    same_region: bool = False
    same_account: bool = False
    way: str
    by_name: bool = False


_KINDS: Mapping[str, _Kind] = {
    "certificate_arn": _Kind(
        noun="certificate", same_region=True, same_account=True, way="an ACM certificate in {here}, for the same name"
    ),
    "key_arn": _Kind(
        noun="key",
        same_region=True,
        way="a key in {here}, or kms.Key.from_key_arn(…) with one of this region whose policy lets this account use it",
    ),
    "topic_arn": _Kind(
        noun="topic",
        same_region=True,
        way="a topic in {here}; alarms cannot publish to another region",
        by_name=True,
    ),
    "queue_arn": _Kind(
        noun="queue",
        same_region=True,
        same_account=True,
        way="a WorkQueue in {here} with a TopicSubscription; the metrics that scale a worker are where its queue is",
    ),
    "log_group_arn": _Kind(noun="log group", same_account=True, way="a log group in {here}"),
    "function_arn": _Kind(noun="function", same_region=True, way="a function in {here}"),
    "load_balancer_arn": _Kind(
        noun="load balancer", same_region=True, same_account=True, way="a load balancer in {here}"
    ),
    "event_bus_arn": _Kind(noun="event bus", same_region=True, same_account=True, way="an event bus in {here}"),
    "file_system_arn": _Kind(noun="file system", same_region=True, same_account=True, way="a file system in {here}"),
    "role_arn": _Kind(noun="role", same_account=True, way="a role in {here}"),
    "namespace_arn": _Kind(noun="namespace", same_region=True, way="a namespace in {here}"),
    "bucket_arn": _Kind(
        noun="bucket", way=("a bucket in {here}, or s3.Bucket.from_bucket_name(…) for an existing bucket")
    ),
    "vpc_id": _Kind(noun="VPC", way="a VPC in {here}, or Network.from_attributes(…) for a shared VPC"),
    "secret_arn": _Kind(
        noun="secret",
        way=(
            "Secret.from_secret_attributes(…) with its complete ARN and its key; the policies of both must allow the "
            "execution role"
        ),
    ),
    "parameter_arn": _Kind(noun="parameter", way="a parameter in {here}"),
    "repository_arn": _Kind(
        noun="repository", way="a repository in {here}, or Repository.from_attributes(…)", by_name=True
    ),
}
"""The kinds, by the member that identifies them."""

_ARNS: Mapping[str, str] = {
    "acm": "certificate_arn",
    "kms": "key_arn",
    "logs": "log_group_arn",
    "elasticloadbalancing": "load_balancer_arn",
    "servicediscovery": "namespace_arn",
    "iam": "role_arn",
}
"""The kind of a plain ARN, by its service; resources of other services may be elsewhere."""

_Place = tuple[str, str]
"""Account and region; either may be a token."""

_stacks: WeakKeyDictionary[object, Any] = WeakKeyDictionary()
_stages: WeakKeyDictionary[object, Any] = WeakKeyDictionary()
_places: WeakKeyDictionary[object, _Place] = WeakKeyDictionary()
_arns: WeakKeyDictionary[object, str] = WeakKeyDictionary()


def place_problems(scope: object, arguments: Mapping[str, object]) -> list[Problem]:
    """Find what a stack cannot use: resources of another account or region, and text that should be an ARN."""
    found = Problems()
    things = [thing for name, value in arguments.items() for thing in _things(name, value)]
    stack = _stack_of(scope) if things else None
    if stack is None:
        return []
    for thing in things:
        if isinstance(thing.value, str):
            found.extend(_of_text(thing.option, thing.value, stack))
        else:
            found.extend(_of_object(thing, stack))
    return list(found)


_Use: TypeAlias = Literal["", "subscribed", "near"]


class _Thing(NamedTuple):
    """A value with a place: a construct, or text that should be an ARN.

    Attributes:
        option: The option that holds it.
        value: The construct or text.
        use: `subscribed` for a topic that delivers, for which its own place does not matter; `near` for what must be in
            the region where it is used, although others of its kind can be elsewhere.
    """

    option: str
    value: Any
    use: _Use = ""


_USES: Mapping[tuple[str, str], _Use] = {
    ("TopicSubscription", "topic"): "subscribed",
    # ContainerLogs includes a region for containers; AWS services get only the name of the group.
    ("Logs", "log_group"): "near",
}
"""Fields of value classes that have a place."""


_WITHOUT_PLACE = (str, int, float, Enum, type(None))


def _things(option: str, value: object, use: _Use = "") -> Iterator[_Thing]:
    """Yield the values that have a place."""
    if isinstance(value, str) and option.endswith("_arn") and not is_token(value):
        yield _Thing(option, value)
    elif isinstance(value, _WITHOUT_PLACE):
        return
    elif isinstance(value, Mapping):
        for key, item in cast("Mapping[object, object]", value).items():
            yield from _things(f"{option}[{key!r}]", item)
    elif isinstance(value, Sequence):
        for index, item in enumerate(cast("Sequence[object]", value)):
            yield from _things(f"{option}[{index}]", item)
    elif is_dataclass(value) and not isinstance(value, type):
        for name in _fields(type(value)):
            part_use = _USES.get((type(value).__name__, name), "")
            yield from _things(f"{option}.{name}", getattr(value, name), part_use)
    elif has_members(value, "node"):
        yield _Thing(option, value, use)


@cache
def _fields(owner: type) -> Sequence[str]:
    return [field.name for field in fields(owner)]


def _of_text(option: str, arn: str, stack: Any) -> list[Problem]:
    if not is_arn(arn):
        return []  # the check of the option reports it
    service = arn.split(":")[2]
    kind = _KINDS.get(_ARNS.get(service, ""))
    return [] if kind is None else _elsewhere(option, arn, kind, _place_of_arn(arn), stack)


def _of_object(given: _Thing, stack: Any) -> list[Problem]:  # noqa: PLR0911  (one for each answer)
    option, thing, subscribed = given.option, given.value, given.use == "subscribed"
    member = next((member for member in _KINDS if has_members(thing, member)), None)
    if member is None:
        return [] if has_members(thing, "env") else _of_ours(option, thing, stack)
    kind = replace(_KINDS[member], same_region=True) if given.use == "near" else _KINDS[member]
    arn = _known_arn(thing, member)
    if arn and not is_arn(arn):
        return [
            Problem(
                option=option,
                what=f"the {kind.noun} has no ARN",
                given=repr(arn),
                allowed="arn:partition:service:region:account:resource",
            )
        ]
    if arn:
        return [] if subscribed else _elsewhere(option, arn, kind, _place_of_arn(arn), stack)
    place = _places.get(thing)
    if place is None:
        place = _places[thing] = (thing.env.account, thing.env.region)
    own = _place_of(stack)
    if place == own and not _in_another_stage(thing, stack):
        return []
    if _is_imported(thing):
        return [] if subscribed else _elsewhere(option, "", kind, place, stack)
    if (
        kind.by_name
        and (subscribed or not (kind.same_region and _differ(place[1], own[1])))
        and _is_named(thing, member, stack)
    ):
        return []
    way = kind.way
    if kind.by_name:
        way = (
            f"{kind.noun}_name='…' or cdk.PhysicalName.GENERATE_IF_NEEDED where it is created, so that its ARN is known"
        )
    return [_made_elsewhere(option, kind.noun, place, own, way)]


def _known_arn(thing: Any, member: str) -> str:
    """Return the ARN of a resource, or an empty text if it is known at deployment only; CDK is asked once."""
    if thing not in _arns:
        arn = "" if member == "vpc_id" else getattr(thing, member)
        _arns[thing] = "" if is_token(arn) else arn
    return _arns[thing]


def _of_ours(option: str, thing: Any, stack: Any) -> list[Problem]:
    """Find a construct of this library in a stack that is elsewhere: its resources cannot be used here."""
    its_stack, own = _stack_of(thing), _place_of(stack)
    if its_stack is None or its_stack is stack:
        return []
    place = _place_of(its_stack)
    if place == own and not _in_another_stage(thing, stack):
        return []
    if not (_differ(place[0], own[0]) or _differ(place[1], own[1])) and _is_imported(thing):
        return []
    name = type(thing).__name__.lstrip("_")
    way = f"a {name} in {{here}}"
    if has_members(thing, "from_attributes"):
        way += f", or {name}.from_attributes(…) in this stack for an existing resource there"
    return [_made_elsewhere(option, name, place, own, way)]


def _made_elsewhere(option: str, noun: str, place: _Place, own: _Place, way: str) -> Problem:
    if place == own:
        return Problem(
            option=option,
            what=f"the {noun} belongs to a stack outside this stage, and CDK cannot refer to it",
            given=_said(place),
            allowed=f"a {noun} of a stack in the same cdk.Stage, or one imported in this stack",
        )
    if any(is_token(one) != is_token(other) for one, other in zip(place, own, strict=True)):
        return Problem(
            option=option,
            what=f"the stack of the {noun} and this stack have different settings for their account and region",
            given=f"{_said(place)}; this stack: {_said(own)}",
            allowed="the same env=cdk.Environment(account=…, region=…) for both stacks, or no env for both",
        )
    return Problem(
        option=option,
        what=f"the {noun} belongs to a stack of another {_difference(place, own)}",
        given=_said(place),
        allowed=way.format(here=_said(own)),
    )


def _elsewhere(option: str, arn: str, kind: _Kind, place: _Place, stack: Any) -> list[Problem]:
    own = _place_of(stack)
    account = kind.same_account and _differ(place[0], own[0])
    region = kind.same_region and _differ(place[1], own[1])
    if not (account or region):
        return []
    return [
        Problem(
            option=option,
            what=f"the {kind.noun} is in another {'account' if account else 'region'} than the stack",
            given=arn or _said(place),
            allowed=kind.way.format(here=_said(own)),
        )
    ]


def _is_named(thing: Any, member: str, stack: Any) -> bool:
    """Tell whether the name of a resource of another account, region or stage is known before it is created."""
    try:
        return "Fn::GetAtt" not in str(stack.resolve(getattr(thing, member)))
    except RuntimeError as error:
        if "physical name" not in str(error):
            raise
        return False


def _is_imported(thing: Any) -> bool:
    """Tell whether a resource already exists, so that CDK does not create it."""
    return not any(has_members(part, "cfn_resource_type") for part in thing.node.find_all())


def _in_another_stage(thing: Any, stack: Any) -> bool:
    its_stack = _stack_of(thing)
    return its_stack is not None and its_stack is not stack and _stage_of(its_stack) is not _stage_of(stack)


def _stage_of(stack: Any) -> Any:
    if stack not in _stages:
        scope = stack.node.scope
        while scope is not None and not has_members(scope, "parent_stage"):
            scope = scope.node.scope
        _stages[stack] = scope
    return _stages[stack]


def _differ(one: str, other: str) -> bool:
    return bool(one and other) and not is_token([one, other]) and one != other


def _difference(place: _Place, own: _Place) -> str:
    return "account" if _differ(place[0], own[0]) else "region"


def _said(place: _Place) -> str:
    account, region = ("" if is_token(part) else part for part in place)
    return f"account {account or 'not set'}, region {region or 'not set'}"


def _place_of_arn(arn: str) -> _Place:
    _, _, _, region, account, _ = arn.split(":", 5)
    return account, region


def _place_of(stack: Any) -> _Place:
    place = _places.get(stack)
    if place is None:
        place = _places[stack] = (stack.account, stack.region)
    return place


def remember_stack(construct: object, scope: object) -> None:
    """Cache the stack of a construct if that of its parent is known, to avoid a call to CDK."""
    if scope in _stacks or has_members(scope, "template_options"):
        _stacks[construct] = _stack_of(scope)


def known_stack_of(construct: object) -> Any:
    """Return the stack of a construct if it is known without a call to CDK, or else None."""
    return _stacks.get(construct)


def _stack_of(construct: Any) -> Any:
    """Return the stack of a construct; None outside of stacks."""
    climbed: list[Any] = []
    while construct is not None and has_members(construct, "node") and construct not in _stacks:
        climbed.append(construct)
        if has_members(construct, "template_options"):
            _stacks[construct] = construct
            break
        construct = construct.node.scope
    stack = _stacks.get(construct) if construct is not None else None
    for passed in climbed:
        if passed is not stack:
            _stacks[passed] = stack
    return stack
