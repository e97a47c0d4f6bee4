"""Usage of each quota by the templates of an estate, by account and region.

For a quota of a resource, the resource with the highest usage counts. For a quota of a region or an account, the total
counts.
Other resources in the account are not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial

from cdk_containers.checks.rules import limits  # noqa: F401  (it registers the measures)
from cdk_containers.checks.rules.listeners import kind
from cdk_containers.checks.rules.measures import MEASURES
from cdk_containers.checks.rules.service_counts import is_daemon, tasks_while_deploying
from cdk_containers.checks.rules.service_parts import LOAD_BALANCER, SERVICE, capacities, strategy_of, task_definition
from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Resource
from cdk_containers.core.frozen import frozen
from cdk_containers.model.limits import Quota, quota

_COUNTED = {
    "AWS::EC2::EIP": "elastic-ips",
    "AWS::EC2::SecurityGroup": "security-groups",
    "AWS::EC2::VPC": "vpcs",
    "AWS::ECS::Cluster": "ecs-clusters",
    "AWS::EKS::Cluster": "eks-clusters",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "target-groups",
    "AWS::Events::Rule": "event-rules",
    "AWS::IAM::OIDCProvider": "oidc-providers",
    "AWS::IAM::Role": "roles",
    "AWS::Logs::ResourcePolicy": "log-resource-policies",
}
_UNITS = 1024


@frozen
class Need:
    """Usage of a quota by the templates.

    Attributes:
        environment: The account and region, as `aws://ACCOUNT/REGION`; empty if no assembly says it.
        quota: The quota.
        amount: How much is needed.
        of: Resource with the highest usage, for quotas of a resource; empty for totals.
        unknown: What could not be counted, so that the amount is a lower bound.
    """

    environment: str
    quota: Quota
    amount: float
    of: str = ""
    unknown: tuple[str, ...] = ()


def needs(estate: Estate) -> tuple[Need, ...]:
    """Return the quota usage of the templates, by environment and by quota id.

    Usage with a `quota.code` can be compared with the value of the account in Service Quotas.
    """
    most: dict[tuple[str, str], tuple[float, str]] = {}
    sums: dict[tuple[str, str], float] = defaultdict(float)
    unknown: dict[tuple[str, str], list[str]] = defaultdict(list)
    for template in estate.templates:
        for resource in (template.whole, *template.resources.values()):
            for id_, amount, of in _asked(resource, unknown):
                place = (template.environment, id_)
                if of:
                    most[place] = max(most.get(place, (0.0, "")), (amount, of))
                else:
                    sums[place] += amount
    found = []
    for environment, id_ in sorted({*most, *sums, *unknown}):
        place = (environment, id_)
        amount, of = most.get(place, (sums.get(place, 0.0), ""))
        why = tuple(unknown.get(place, ()))
        found.append(Need(environment=environment, quota=quota(id_), amount=amount, of=of, unknown=why))
    return tuple(found)


def _asked(resource: Resource, unknown: dict[tuple[str, str], list[str]]) -> Iterator[tuple[str, float, str]]:
    """Yield quota, amount and, for a quota of a resource, the name of the resource."""
    template = resource.template
    name = resource.construct_path or resource.logical_id
    for id_, count, one in _counts(resource):
        try:
            amount = count() if resource.exists else None
        except (CannotTell, Malformed) as why:
            unknown[template.environment, id_].append(f"{name}: {why}")
            continue
        if amount:
            yield id_, amount, name if one else ""


def _counts(resource: Resource) -> Iterator[tuple[str, Callable[[], float | None], bool]]:
    """Yield the quotas that a resource uses, how to count them, and whether each is a quota of a resource."""
    for measure in MEASURES:
        if resource.type in measure.types:
            yield measure.quota.id, partial(measure.count, resource), True
    if resource is resource.template.whole:
        yield "stacks", lambda: 1, False
    elif resource.type in _COUNTED:
        yield _COUNTED[resource.type], lambda: 1, False
    elif resource.type == LOAD_BALANCER:
        yield "albs", lambda: 1 if kind(resource) == "application" else None, False
        yield "nlbs", lambda: 1 if kind(resource) == "network" else None, False
    elif resource.type == SERVICE:
        yield "fargate-vcpus", lambda: _vcpus(resource, "FARGATE"), False
        yield "fargate-spot-vcpus", lambda: _vcpus(resource, "FARGATE_SPOT"), False


def _vcpus(service: Resource, provider: str) -> float | None:
    """Return the vCPUs that a service can use of a kind of Fargate, during a deployment."""
    if is_daemon(service) or capacities(service) != {"Fargate"}:
        return None
    named = {item.text("CapacityProvider") for item in strategy_of(service)} or {"FARGATE"}
    if provider not in named:
        return None
    cpu = task_definition(service).text("Cpu", default="256")
    units = float(cpu.split()[0]) * _UNITS if "vcpu" in cpu.lower() else float(cpu)
    return tasks_while_deploying(service) * units / _UNITS
