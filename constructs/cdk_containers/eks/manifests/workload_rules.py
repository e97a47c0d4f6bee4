"""Checks of Deployments, DaemonSets, StatefulSets, Jobs and CronJobs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cdk_containers.core.inputs import is_token, time_zone_problem

from .api_versions import minor_of
from .facts import Facts
from .names import LABEL_KEY, LABEL_VALUE, is_label_key, is_label_value
from .part import Part
from .pod_rules import check_pod
from .pods import template_of
from .schedules import ALLOWED, cron_problem

_PERCENT = re.compile(r"\d+%")
_DEFAULT_DEADLINE = 600
_SELECTING = ("DaemonSet", "Deployment", "ReplicaSet", "StatefulSet")
_OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")


def check_workload(manifest: Part, facts: Facts) -> None:
    """Find problems with an object that creates pods, including its pods."""
    kind = str(manifest.get("kind"))
    template = template_of(manifest)
    if template is None:
        return
    claims: list[str] = []
    for claim in manifest.part("spec").parts("volumeClaimTemplates") if kind == "StatefulSet" else []:
        name = claim.part("metadata").text("name", required=True)
        claims += [] if name is None else [name]
    if kind != "Pod":
        check_labels(template.part("metadata"), "labels")
    check_pod(template.part("spec"), kind, facts, frozenset(claims))
    spec = manifest.part("spec")
    if kind in _SELECTING:
        _check_selector(spec, template)
        spec.number("replicas")
        spec.number("minReadySeconds")
        spec.number("revisionHistoryLimit")
    match kind:
        case "Deployment":
            _check_deployment(spec)
        case "DaemonSet":
            _check_daemon_set(spec)
        case "StatefulSet":
            spec.choice("podManagementPolicy", ("OrderedReady", "Parallel"))
            spec.part("updateStrategy").choice("type", ("RollingUpdate", "OnDelete"))
        case "Job":
            check_job(spec, facts)
        case "CronJob":
            _check_cron_job(spec, facts)
        case _:
            pass


def check_labels(metadata: Part, field: str) -> None:
    """Check keys and values of labels, or the keys of annotations."""
    part = metadata.part(field)
    for key, value in part.value.items():
        if not isinstance(key, str) or not is_label_key(key):
            part.wrong(str(key), f"not a valid key for {field}", LABEL_KEY)
        if is_token(value):
            continue
        if not isinstance(value, str):
            part.wrong(key, f"a value of type {type(value).__name__} instead of text", "text")
        elif field == "labels" and not is_label_value(value):
            part.wrong(key, "not a valid label value", LABEL_VALUE)


def selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Tell whether a label selector matches an object with these labels."""
    match_labels = selector.get("matchLabels") or {}
    if any(labels.get(key) != value for key, value in match_labels.items()):
        return False
    for expression in selector.get("matchExpressions") or ():
        key, values = expression.get("key"), expression.get("values") or ()
        there = {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }
        if not there.get(str(expression.get("operator")), False):
            return False
    return True


def check_expressions(selector: Part) -> None:
    """Check a label selector."""
    for key, value in selector.part("matchLabels").value.items():
        if not is_label_key(key) or not isinstance(value, str) or (not is_token(value) and not is_label_value(value)):
            selector.part("matchLabels").wrong(key, "not a label", f"{LABEL_KEY}; {LABEL_VALUE}")
    for expression in selector.parts("matchExpressions"):
        operator = expression.choice("operator", _OPERATORS)
        values = list(expression.entries("values"))
        if operator in ("In", "NotIn") and not values:
            expression.wrong("values", f"{operator} without values", "one or more values")
        if operator in ("Exists", "DoesNotExist") and values:
            expression.wrong("values", f"values with {operator}", "none")


def _check_selector(spec: Part, template: Part) -> None:
    selector, labels = spec.part("selector"), template.part("metadata").part("labels")
    check_expressions(selector)
    if not selector.get("matchLabels") and not selector.get("matchExpressions"):
        spec.wrong("selector", "no label to select pods", "matchLabels with one or more labels of the template")
    elif not selects(selector.value, labels.value):
        spec.wrong("selector", "the pods of the template do not have these labels", f"labels from {labels.value}")


def amount(part: Part, field: str) -> tuple[int | None, bool]:
    """Read a number or a percentage of pods, and tell which it is."""
    value = part.get(field)
    if isinstance(value, str) and not is_token(value):
        if _PERCENT.fullmatch(value):
            return int(value[:-1]), True
        part.wrong(field, "neither a number nor a percentage", "2 or 25%")
        return None, False
    return part.number(field), False


def _check_rolling_update(strategy: Part, *, surge: int, unavailable: int) -> None:
    update = strategy.part("rollingUpdate")
    most, _ = amount(update, "maxSurge") if "maxSurge" in update else (surge, False)
    fewest, percent = amount(update, "maxUnavailable") if "maxUnavailable" in update else (unavailable, False)
    if most == 0 and fewest == 0:
        update.wrong(
            "maxUnavailable", "no pod may stop, and no additional pod may start", "1 or more in one of the two"
        )
    if percent and fewest is not None and fewest > 100:
        update.wrong("maxUnavailable", "more than all pods", "up to 100%")


def _check_deployment(spec: Part) -> None:
    strategy = spec.part("strategy")
    kind = strategy.choice("type", ("RollingUpdate", "Recreate"))
    if kind == "Recreate" and "rollingUpdate" in strategy:
        strategy.wrong("rollingUpdate", "settings of a rolling update with Recreate", "none, or RollingUpdate")
    _check_rolling_update(strategy, surge=1, unavailable=1)
    ready = spec.number("minReadySeconds") or 0
    deadline = spec.number("progressDeadlineSeconds") if "progressDeadlineSeconds" in spec else _DEFAULT_DEADLINE
    if deadline is not None and deadline <= ready:
        spec.wrong(
            "progressDeadlineSeconds",
            f"the deployment fails after {deadline} seconds, before a pod counts as ready after {ready}",
            f"more than {ready}",
            given=deadline,
        )


def _check_daemon_set(spec: Part) -> None:
    strategy = spec.part("updateStrategy")
    strategy.choice("type", ("RollingUpdate", "OnDelete"))
    update = strategy.part("rollingUpdate")
    _check_rolling_update(strategy, surge=0, unavailable=1)
    most, _ = amount(update, "maxSurge")
    fewest, _ = amount(update, "maxUnavailable") if "maxUnavailable" in update else (1, False)
    if most and fewest:
        update.wrong("maxSurge", "a DaemonSet supports only one of maxSurge and maxUnavailable", "0 in one of the two")


def check_job(spec: Part, facts: Facts) -> None:
    """Check the spec of a Job."""
    for field in ("backoffLimit", "completions", "parallelism", "ttlSecondsAfterFinished", "maxFailedIndexes"):
        spec.number(field)
    spec.number("activeDeadlineSeconds", 1)
    mode = spec.choice("completionMode", ("NonIndexed", "Indexed"))
    if mode == "Indexed" and "completions" not in spec:
        spec.wrong("completions", "an indexed Job requires a number of runs", "1 or more")
    replacement = spec.choice("podReplacementPolicy", ("Failed", "TerminatingOrFailed"))
    if "podFailurePolicy" not in spec:
        return
    if spec.part("template").part("spec").get("restartPolicy") != "Never":
        spec.wrong("podFailurePolicy", "pods restart in place before Kubernetes evaluates it", "restartPolicy: Never")
    if replacement == "TerminatingOrFailed":
        spec.wrong("podReplacementPolicy", "not together with podFailurePolicy", "Failed")
    for rule in spec.part("podFailurePolicy").parts("rules"):
        rule.choice("action", ("FailJob", "FailIndex", "Ignore", "Count"))
        rule.exactly_one(("onExitCodes", "onPodConditions"))
        for condition in rule.parts("onPodConditions"):
            if "status" not in condition and minor_of(facts.version) < 35:
                condition.wrong("status", f"Kubernetes {facts.version} requires it", '"True"')


def _check_cron_job(spec: Part, facts: Facts) -> None:
    schedule = spec.text("schedule", required=True)
    if schedule is not None and (wrong := cron_problem(schedule)) is not None:
        spec.wrong("schedule", wrong, ALLOWED)
    zone = spec.text("timeZone")
    if zone is not None and (zone == "Local" or (wrong := time_zone_problem(zone)) is not None):
        spec.wrong("timeZone", "unknown time zone", "a name such as Europe/Berlin")
    spec.choice("concurrencyPolicy", ("Allow", "Forbid", "Replace"))
    spec.number("startingDeadlineSeconds", 10)  # the controller runs every ten seconds, and misses shorter deadlines
    spec.number("successfulJobsHistoryLimit")
    spec.number("failedJobsHistoryLimit")
    job = spec.part("jobTemplate").part("spec")
    check_job(job, facts)
    if "ttlSecondsAfterFinished" in job:
        job.wrong("ttlSecondsAfterFinished", "the CronJob manages the history of its Jobs itself", "the history limits")
