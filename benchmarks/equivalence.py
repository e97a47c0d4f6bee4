"""Whether two templates make the same resources, whatever these are called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Set
from typing import Any

Template = Mapping[str, Any]

# CDK derives these from the path of the construct, except for the priority and the nonce, which the writer is free to
# choose.
_NAMES = {
    "AWS::EC2::SecurityGroup": "GroupDescription",
    "AWS::ECS::TaskDefinition": "Family",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "Priority",
    "AWS::IAM::Policy": "PolicyName",
}
_SAYS_NOTHING = '"Capabilities": {}, '
"""CDK's class for Linux parameters writes it where no capability was asked for."""
_RULES = ("AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress")
"""The comparison ignores who waits for these: the library makes services wait for them."""

_COMPARED = ("Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy")
_ROUNDS = 8
"""How far a resource is followed along its references; no template here has longer chains."""


def differences(one: Template, other: Template) -> Iterator[str]:
    """Say what only one template makes (`-`) and what only the other makes (`+`). Metadata makes nothing."""
    mine, yours = _by_fingerprint(one), _by_fingerprint(other)
    for mark, these, those in (("-", mine, yours), ("+", yours, mine)):
        for fingerprint, resources in these.items():
            for resource in resources[len(those.get(fingerprint, ())) :]:
                yield f"{mark} {json.dumps(resource, sort_keys=True)}"


def _by_fingerprint(template: Template) -> dict[str, list[Any]]:
    """Return the resources by what they are and what they refer to, without names.

    The fingerprint of a resource starts as its type. In each round, what it refers to is replaced by the fingerprints
    of the round before, so that it comes to tell the whole neighbourhood of a resource.
    """
    resources: Mapping[str, Mapping[str, Any]] = _without_families(template)["Resources"]
    types = {name: resource["Type"] for name, resource in resources.items()}
    waited_for = {name for name, kind in types.items() if kind not in _RULES}
    fingerprints = types
    for _ in range(_ROUNDS):
        fingerprints = {
            name: hashlib.sha256(
                json.dumps(_nameless(resource, fingerprints, waited_for), sort_keys=True).encode()
            ).hexdigest()
            for name, resource in resources.items()
        }
    found: dict[str, list[Any]] = {}
    for name, resource in resources.items():
        found.setdefault(fingerprints[name], []).append(_nameless(resource, types, waited_for))
    return found


def _without_families(template: Template) -> Template:
    """Call all task definitions the same: their names are in ARNs that policies and rules match. Drop what is empty."""
    text = json.dumps(template).replace(_SAYS_NOTHING, "")
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::ECS::TaskDefinition":
            text = text.replace(f"task-definition/{resource['Properties']['Family']}:", "task-definition/family:")
    found: Template = json.loads(text)
    return found


def _nameless(resource: Mapping[str, Any], labels: Mapping[str, str], waited_for: Set[str]) -> dict[str, Any]:
    compared = {key: resource[key] for key in _COMPARED if key in resource}
    properties = dict(resource.get("Properties", {}))
    properties.pop(_NAMES.get(resource["Type"], ""), None)
    if resource["Type"] == "AWS::EC2::LaunchTemplate":  # its tags are names
        properties.pop("TagSpecifications", None)
        data = {key: value for key, value in properties["LaunchTemplateData"].items() if key != "TagSpecifications"}
        properties["LaunchTemplateData"] = data
    if "ForceNewDeployment" in properties:
        properties["ForceNewDeployment"] = sorted(properties["ForceNewDeployment"])
    tags = [tag for tag in properties.pop("Tags", []) if tag["Key"] != "Name"]
    if tags:
        properties["Tags"] = tags
    depends_on = resource.get("DependsOn", [])
    names = [depends_on] if isinstance(depends_on, str) else depends_on
    compared |= {
        "Properties": _relabelled(properties, labels),
        "DependsOn": sorted(labels[name] for name in names if name in waited_for),
    }
    return compared


def _relabelled(value: Any, labels: Mapping[str, str]) -> Any:
    """Replace logical ids in references."""
    match value:
        case {"Ref": str(name)}:
            return {"Ref": labels.get(name, name)}
        case {"Fn::GetAtt": [str(name), attribute]}:
            return {"Fn::GetAtt": [labels.get(name, name), attribute]}
        case {"Resource": list(resources), **rest}:  # of a policy, in which the order has no meaning
            found = [_relabelled(item, labels) for item in resources]
            return {**_relabelled(rest, labels), "Resource": sorted(found, key=str)}
        case dict():
            return {key: _relabelled(item, labels) for key, item in value.items()}
        case list():
            return [_relabelled(item, labels) for item in value]
        case _:
            return value
