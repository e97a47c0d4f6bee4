"""Error rate of each side of a deployment that shifts traffic. In the total, the errors of a canary would be lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from .api import Api
from .states import Revision, RolloutState

_WINDOW = timedelta(minutes=5)
_COUNTS = {"requests": "RequestCount", "errors": "HTTPCode_Target_5XX_Count"}


def error_shares(api: Api, rollout: RolloutState) -> dict[str, float]:
    """Return the percentage of requests with a server error in the last five minutes, by ARN of the revision.

    A side without requests, or without an Application Load Balancer, has no rate.

    Raises:
        Refused: AWS refuses a call.
    """
    sides = [it for it in (*rollout.sources, *([rollout.target] if rollout.target else [])) if it.target_group]
    if not rollout.runs or len({it.target_group for it in sides}) < 2:
        return {}
    balancers = _balancers(api, [it.target_group for it in sides])
    counts = _counts(api, {it.target_group: balancers[it.target_group] for it in sides if it.target_group in balancers})
    return {it.arn: share for it in sides if (share := _share(it, counts)) is not None}


def _share(it: Revision, counts: Mapping[tuple[str, str], float]) -> float | None:
    requests = counts.get((it.target_group, "requests"), 0.0)
    return 100 * counts.get((it.target_group, "errors"), 0.0) / requests if requests else None


def _balancers(api: Api, groups: Iterable[str]) -> Mapping[str, str]:
    """Return the Application Load Balancers of target groups, by their names in metrics."""
    found = api.pages("elbv2", "describe_target_groups", "TargetGroups", TargetGroupArns=sorted(set(groups)))
    return {
        it["TargetGroupArn"]: arn.partition(":loadbalancer/")[2]
        for it in found
        for arn in it.get("LoadBalancerArns", ())
        if ":loadbalancer/app/" in arn
    }


def _counts(api: Api, balancers: Mapping[str, str]) -> dict[tuple[str, str], float]:
    asked = {f"{name}{number}": (group, name) for number, group in enumerate(balancers) for name in _COUNTS}
    if not asked:
        return {}
    queries = [_query(id_, _COUNTS[name], group, balancers[group]) for id_, (group, name) in asked.items()]
    found = api.pages(
        "cloudwatch",
        "get_metric_data",
        "MetricDataResults",
        MetricDataQueries=queries,
        StartTime=api.now() - _WINDOW,
        EndTime=api.now(),
    )
    return {asked[it["Id"]]: sum(it.get("Values", ())) for it in found}


def _query(id_: str, metric: str, group: str, balancer: str) -> dict[str, Any]:
    dimensions = {"LoadBalancer": balancer, "TargetGroup": group.rpartition(":")[2]}
    return {
        "Id": id_,
        "MetricStat": {
            "Metric": {
                "Namespace": "AWS/ApplicationELB",
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            },
            "Period": 60,
            "Stat": "Sum",
        },
    }
