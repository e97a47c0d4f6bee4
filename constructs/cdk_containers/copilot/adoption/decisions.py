"""Decides what happens to each resource of a Copilot stack when you deploy a stack of this library over it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

from .machinery import ROLES_OF_COPILOT, WHEN_IT_GOES, is_own
from .plain import PlainTemplate, is_known
from .registry import FIXED, IDENTIFIERS

Action = Literal["kept", "imported", "made", "replaced", "left", "removed", "refused"]

HAS_DATA = {
    "AWS::DynamoDB::Table": "a table",
    "AWS::EFS::FileSystem": "a file system",
    "AWS::ElastiCache::ReplicationGroup": "a cache",
    "AWS::KMS::Key": "a key, without which its encrypted data cannot be read",
    "AWS::Logs::LogGroup": "logs",
    "AWS::RDS::DBCluster": "a database",
    "AWS::RDS::DBInstance": "a database",
    "AWS::S3::Bucket": "a bucket",
    "AWS::SNS::Topic": "a topic with its subscribers",
    "AWS::SQS::Queue": "messages",
    "AWS::SecretsManager::Secret": "a secret",
    "AWS::CloudFormation::Stack": "a nested stack with all its resources",
}
"""Types with data that is lost when a resource is deleted."""

_KNOWN = {
    "AWS::AppRunner::Service": "an address that others call, which App Runner no longer gives to new customers",
    "AWS::EC2::VPC": "the VPC",
    "AWS::EC2::Subnet": "a subnet",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "an address that others call",
    "AWS::CloudFront::Distribution": "an address that others call",
    "AWS::Route53::HostedZone": "a zone that others delegate to",
    "AWS::ServiceDiscovery::PrivateDnsNamespace": "the names of services",
    "AWS::ECS::Cluster": "the cluster",
}
"""Types that other systems refer to, so deleting one must be reported."""

_BY_ITSELF = {
    ("AWS::ECS::Service", "SchedulingStrategy"): "REPLICA",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Scheme"): "internet-facing",
    ("AWS::ElasticLoadBalancingV2::LoadBalancer", "Type"): "application",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "IpAddressType"): "ipv4",
    ("AWS::ElasticLoadBalancingV2::TargetGroup", "ProtocolVersion"): "HTTP1",
    ("AWS::EFS::FileSystem", "PerformanceMode"): "generalPurpose",
    ("AWS::StepFunctions::StateMachine", "StateMachineType"): "STANDARD",
    ("AWS::IAM::Role", "Path"): "/",
}
"""Default values of properties."""

_RETAIN = "give it DeletionPolicy: Retain first"
_MISSING = object()


@frozen
class Decision:
    """The action for a resource.

    Attributes:
        stack: Its stack.
        logical_id: Its logical id, in the template that contains it.
        type: Its type.
        action: The action.
        why: Reason and consequence.
        changes: Properties that change in place.
        danger: Whether it deletes data, or something that other systems refer to.
    """

    stack: str
    logical_id: str
    type: str
    action: Action
    why: str
    changes: tuple[str, ...] = ()
    danger: bool = False


def decide(before: PlainTemplate, after: PlainTemplate) -> Iterator[Decision]:
    """Yield the action for each resource of a stack, from the templates before and after."""
    gone = {name: one for name, one in before.resources.items() if name not in after.resources}
    new = {name: one for name, one in after.resources.items() if name not in before.resources}
    stays = dict(_imports(gone, new))
    for name, one in before.resources.items():
        if name in gone:
            yield _going(before.stack, name, one, stays.get(name))
        else:
            yield _staying(before.stack, name, one, after.resources[name])
    for name, one in new.items():
        imported = next((old for old, now in stays.items() if now == name), None)
        yield _coming(before.stack, name, one, imported)


def is_known_to_others(kind: str) -> bool:
    """Tell whether deleting a resource loses data, or breaks callers."""
    return kind in HAS_DATA or kind in _KNOWN


def _imports(gone: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield resources that leave a stack and return with another id: the only resource of a type on both sides."""
    for kind in dict.fromkeys(one["Type"] for one in gone.values()):
        old = [name for name, one in gone.items() if one["Type"] == kind and not is_own(name, kind)]
        now = [name for name, one in new.items() if one["Type"] == kind]
        if is_known_to_others(kind) and kind in IDENTIFIERS and len(old) == len(now) == 1:
            yield old[0], now[0]


def _staying(stack: str, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Decision:
    kind = str(old["Type"])
    if new["Type"] != kind:
        why = f"it becomes {new['Type']}, but CloudFormation cannot change a type: it must leave the stack first"
        return Decision(stack=stack, logical_id=name, type=kind, action="refused", why=why, danger=True)
    if kind == "AWS::ECS::TaskDefinition":
        why = "a new revision under the same family; tasks are replaced one after the other"
        return Decision(stack=stack, logical_id=name, type=kind, action="kept", why=why)
    before, after = old["Properties"], new["Properties"]
    fixed, doubtful = [], []
    for path in FIXED.get(kind, ()):
        one, other = (_at(properties, path, kind) for properties in (before, after))
        if one == other:
            continue
        if is_known(one) and is_known(other):
            fixed.append(f"{path} {_shown(one)} becomes {_shown(other)}")
        else:
            doubtful.append(path)
    if fixed:
        why = (
            f"{'; '.join(fixed)}: CloudFormation cannot change that, so it creates a new resource and deletes this one"
        )
        lost = HAS_DATA.get(kind) or _KNOWN.get(kind)
        why += f". It is {lost}" if lost else ""
        return Decision(
            stack=stack, logical_id=name, type=kind, action="replaced", why=why, danger=is_known_to_others(kind)
        )
    changes = tuple(
        sorted(
            one
            for one in {*before, *after}
            if one not in FIXED.get(kind, ()) and _as_texts(before.get(one)) != _as_texts(after.get(one))
        )
    )
    why = "same logical id, updated in place" if changes else "same logical id, nothing changes"
    if doubtful:
        why += f"; {', '.join(doubtful)} must not change, but the templates do not show it: check `cdk diff`"
    return Decision(stack=stack, logical_id=name, type=kind, action="kept", why=why, changes=changes)


def _going(stack: str, name: str, one: Mapping[str, Any], imported: str | None) -> Decision:
    kind = str(one["Type"])
    stays = one.get("DeletionPolicy") in ("Retain", "RetainExceptOnCreate")
    if name in ROLES_OF_COPILOT:
        why = "only Copilot's own deployments need it: delete it when you no longer use Copilot"
        return Decision(stack=stack, logical_id=name, type=kind, action="left" if stays else "removed", why=why)
    if kind in WHEN_IT_GOES and not stays:
        why = f"when it is deleted, Copilot's function {WHEN_IT_GOES[kind]}: {_RETAIN}, so that it is not called"
        return Decision(stack=stack, logical_id=name, type=kind, action="removed", why=why, danger=True)
    if is_own(name, kind):
        why = "belongs to Copilot; synthesis or AWS itself now does its work"
        return Decision(stack=stack, logical_id=name, type=kind, action="removed", why=why)
    danger = is_known_to_others(kind)
    lost = HAS_DATA.get(kind) or _KNOWN.get(kind)
    if imported is not None:
        first = "" if stays else f"{_RETAIN}, or it is deleted; "
        why = f"{first}it leaves the stack and returns as {imported} with `cdk import`"
        return Decision(stack=stack, logical_id=name, type=kind, action="imported", why=why, danger=not stays)
    if stays:
        why = "it leaves the stack and stays in the account (DeletionPolicy: Retain), where no stack manages it"
        return Decision(stack=stack, logical_id=name, type=kind, action="left", why=why)
    why = f"it is {lost}: {_RETAIN}, or it is deleted" if danger else "no longer needed"
    return Decision(stack=stack, logical_id=name, type=kind, action="removed", why=why, danger=danger)


def _coming(stack: str, name: str, one: Mapping[str, Any], imported: str | None) -> Decision:
    kind = str(one["Type"])
    if imported is not None:
        why = f"it is {imported} of Copilot's stack: import it, so that CloudFormation does not create a second one"
        return Decision(stack=stack, logical_id=name, type=kind, action="imported", why=why)
    beside = " beside what there is" if is_known_to_others(kind) else ""
    return Decision(
        stack=stack, logical_id=name, type=kind, action="made", why=f"new{beside}: Copilot has none of these"
    )


def _at(properties: Any, path: str, kind: str) -> Any:
    node = properties
    for step in path.split("/"):
        node = node[0] if isinstance(node, list) and node else node
        node = node.get(step, _MISSING) if isinstance(node, Mapping) else _MISSING
    found = _BY_ITSELF.get((kind, path)) if node is _MISSING else node
    return _as_texts(found)


def _as_texts(value: Any) -> Any:
    """Return a value with numbers as text, because CloudFormation accepts both."""
    if isinstance(value, Mapping):
        return {key: _as_texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_as_texts(one) for one in value]
    return str(value).lower() if isinstance(value, bool) else str(value) if isinstance(value, int | float) else value


def _shown(value: Any) -> str:
    text = "nothing" if value is None else str(value)
    return text if len(text) < 60 else f"{text[:57]}..."
