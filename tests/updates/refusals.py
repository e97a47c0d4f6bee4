"""Updates that ECS refuses, or in which CloudFormation undoes what ECS did; no schema says anything of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .comparison import Resource, Update
from .references import references

_SERVICE = "AWS::ECS::Service"
_ASSOCIATION = "AWS::ECS::ClusterCapacityProviderAssociations"
_RULES = ("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule")
_UPDATED_BY_CODE_DEPLOY = (
    "CapacityProviderStrategy",
    "EnableExecuteCommand",
    "LaunchType",
    "LoadBalancers",
    "NetworkConfiguration",
    "PlatformVersion",
    "ServiceRegistries",
    "TaskDefinition",
)


def refusals(update: Update) -> Iterator[str]:
    """Yield what ECS would answer with an error, in words."""
    for name in update.kept:
        if update.type_of(name) == _SERVICE:
            yield from _controller_refusals(
                *(entry[name].get("Properties", {}) for entry in (update.before, update.after))
            )
    leaving = _providers(update.before) - _providers(update.after)
    if leaving & {provider for service in _of_type(update.before, _SERVICE) for provider in _strategy(service)}:
        yield "a service still uses a capacity provider that leaves the cluster"


def resets_weights(update: Update) -> bool:
    """Whether CloudFormation writes a rule again whose weights are ECS's, so that traffic may go where no task is.

    See https://github.com/aws/aws-cdk/issues/36649
    """
    return any(
        update.type_of(name) in _RULES
        and _is_shifted(update.before[name])
        and update.before[name].get("Properties") != update.after[name].get("Properties")
        for name in update.kept
    )


def _is_shifted(rule: Resource) -> bool:
    properties = rule.get("Properties", {})
    actions = properties.get("Actions") or properties.get("DefaultActions") or ()
    return any(len(action.get("ForwardConfig", {}).get("TargetGroups", ())) > 1 for action in actions)


def _controller_refusals(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the controller refuses.

    See https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    old, new = (entry.get("DeploymentController", {}).get("Type", "ECS") for entry in (before, after))
    if old != "CODE_DEPLOY" and new == "CODE_DEPLOY":
        yield "a service changes to CodeDeploy"
    if old == new == "CODE_DEPLOY":
        yield from (
            f"CodeDeploy deploys {option}"
            for option in _UPDATED_BY_CODE_DEPLOY
            if before.get(option) != after.get(option)
        )


def _providers(resources: Mapping[str, Resource]) -> set[str]:
    """Return the logical ids of the capacity providers that clusters have."""
    listed = [entry["CapacityProviders"] for entry in _of_type(resources, _ASSOCIATION)]
    return set(references(listed))


def _strategy(service: Mapping[str, Any]) -> Sequence[str]:
    return list(references(service.get("CapacityProviderStrategy", ())))


def _of_type(resources: Mapping[str, Resource], type_: str) -> Iterator[Mapping[str, Any]]:
    return (entry.get("Properties", {}) for entry in resources.values() if entry["Type"] == type_)
