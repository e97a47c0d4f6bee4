"""Quota usage of load balancers, rules and target groups."""

from __future__ import annotations

from cdk_containers.checks.templates import CannotTell, Map, Resource, Unknown, Value

from .listeners import actions_of, groups_of, kind, listeners_on, rules_on
from .measures import measures
from .service_counts import tasks_while_deploying
from .service_parts import LISTENER_RULE, LOAD_BALANCER, TARGET_GROUP, services_behind

_CERTIFICATES = "AWS::ElasticLoadBalancingV2::ListenerCertificate"
_VALUES = ("HostHeaderConfig", "HttpHeaderConfig", "PathPatternConfig", "QueryStringConfig", "SourceIpConfig")


def _is_application(balancer: Resource) -> bool:
    return kind(balancer) == "application"


@measures("alb-rules", LOAD_BALANCER)
def rules(balancer: Resource) -> float | None:
    """Count the rules of all listeners."""
    if not _is_application(balancer):
        return None
    return sum(len(rules_on(listener)) for listener in listeners_on(balancer))


@measures("alb-listeners", LOAD_BALANCER)
def listeners(balancer: Resource) -> float | None:
    """Count the listeners."""
    return len(listeners_on(balancer)) if _is_application(balancer) else None


@measures("alb-target-groups", LOAD_BALANCER)
def target_groups(balancer: Resource) -> float | None:
    """Count the target groups that listeners and rules forward to, each once."""
    return len(_groups_behind(balancer)) if _is_application(balancer) else None


@measures("alb-targets", LOAD_BALANCER)
def targets(balancer: Resource) -> float | None:
    """Count the tasks of all services behind the load balancer, during deployments."""
    if not _is_application(balancer):
        return None
    services = {it.key: it for group in _groups_behind(balancer) for it in services_behind(group)}
    return sum(tasks_while_deploying(it) for it in services.values())


@measures("alb-certificates", LOAD_BALANCER)
def certificates(balancer: Resource) -> float | None:
    """Count the certificates without the default certificates."""
    if not _is_application(balancer):
        return None
    found = 0
    for listener in listeners_on(balancer):
        found += max(len(listener.values("Certificates")) - 1, 0)
        found += sum(len(more.values("Certificates")) for more in listener.referring(_CERTIFICATES))
    return found


@measures("interface-security-groups", LOAD_BALANCER)
def groups(balancer: Resource) -> float:
    """Count the security groups of a load balancer."""
    return len(groups_of(balancer))


@measures("rule-condition-values", LISTENER_RULE)
def values(rule: Resource) -> float:
    """Count the condition values of a rule."""
    found = 0
    for condition in rule.maps("Conditions"):
        lists = [condition.values(name, "Values") for name in _VALUES]
        methods = condition.values("HttpRequestMethodConfig", "Values")
        found += sum(map(len, lists)) + len(methods) + len(condition.values("Values"))
    return found


@measures("rule-target-groups", LISTENER_RULE)
def forwarded_to(rule: Resource) -> float:
    """Count the target groups of an action."""
    return max((len(_groups_of(action)) for action in rule.maps("Actions")), default=0)


@measures("target-group-targets", TARGET_GROUP)
def registered(group: Resource) -> float | None:
    """Count the tasks of a target group, while its services are deployed."""
    services = services_behind(group)
    return sum(map(tasks_while_deploying, services)) if services else None


def _groups_of(action: Map) -> list[Value]:
    listed = [it.value("TargetGroupArn") for it in action.maps("ForwardConfig", "TargetGroups")]
    return listed or ([action.value("TargetGroupArn")] if action.has("TargetGroupArn") else [])


def _groups_behind(balancer: Resource) -> list[Resource]:
    estate = balancer.template.estate
    found: dict[str, Resource] = {}
    for listener in listeners_on(balancer):
        for _, action in actions_of(listener):
            for value in _groups_of(action):
                group = estate.find(value, TARGET_GROUP)
                if group is None:
                    why = value.why if isinstance(value, Unknown) else str(value)
                    raise CannotTell(f"the target group {why} is of another stack")
                found[group.key] = group
    return list(found.values())
