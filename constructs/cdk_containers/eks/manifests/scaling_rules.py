"""Checks of autoscalers and disruption budgets."""

from __future__ import annotations

from .part import Part
from .workload_rules import amount, check_expressions

_METRICS = {
    "ContainerResource": "containerResource",
    "External": "external",
    "Object": "object",
    "Pods": "pods",
    "Resource": "resource",
}


def check_autoscaler(manifest: Part) -> None:
    """Find problems with a HorizontalPodAutoscaler."""
    spec = manifest.part("spec")
    target = spec.part("scaleTargetRef")
    for field in ("kind", "name"):
        target.text(field, required=True)
    if "maxReplicas" not in spec:
        spec.wrong("maxReplicas", "it is missing", "1 or more")
    low, high = spec.number("minReplicas", 1), spec.number("maxReplicas", 1)
    if low is not None and high is not None and low > high:
        spec.wrong("minReplicas", f"more than maxReplicas, which is {high}", f"1 to {high}")
    for metric in spec.parts("metrics"):
        kind = metric.choice("type", tuple(_METRICS))
        if kind is not None and _METRICS[kind] not in metric:
            metric.wrong(_METRICS[kind], f"a metric of type {kind} requires it", "the metric to measure")
        for field in _METRICS.values():
            value = metric.part(field).part("target")
            if value:
                value.choice("type", ("Utilization", "Value", "AverageValue"))
                value.number("averageUtilization", 1)
                value.exactly_one(("averageUtilization", "averageValue", "value"))
    for direction in ("scaleUp", "scaleDown"):
        behaviour = spec.part("behavior").part(direction)
        behaviour.number("stabilizationWindowSeconds", 0, 3600)
        behaviour.choice("selectPolicy", ("Max", "Min", "Disabled"))
        for policy in behaviour.parts("policies"):
            policy.choice("type", ("Pods", "Percent"))
            policy.number("value", 1)
            policy.number("periodSeconds", 1, 1800)


def check_disruption_budget(manifest: Part) -> None:
    """Find problems with a PodDisruptionBudget."""
    spec = manifest.part("spec")
    there = spec.exactly_one(("maxUnavailable", "minAvailable"))
    if there is not None:
        value, percent = amount(spec, there)
        if percent and value is not None and value > 100:
            spec.wrong(there, "more than all pods", "up to 100%")
        if (there == "maxUnavailable" and value == 0) or (there == "minAvailable" and percent and value == 100):
            spec.wrong(there, "no pod may ever be evicted, so no node can be drained", "maxUnavailable of 1 or more")
    selector = spec.part("selector")
    check_expressions(selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        spec.wrong("selector", "without a label it applies to all pods of the namespace", "labels of the pods")
    spec.choice("unhealthyPodEvictionPolicy", ("AlwaysAllow", "IfHealthyBudget"))
