"""What docs/one-description.md shows: options, times and numbers on Kubernetes beside those on ECS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cdk_containers.eks.rendering.counterparts import COUNTERPARTS, Counterpart
from cdk_containers.eks.rendering.losses import Losses
from cdk_containers.eks.rendering.rollout import rolling_update
from cdk_containers.eks.rendering.shutdown import shutdown

Row = Sequence[str]

_MEANINGS = {"same": "same", "approximated": "nearly", "refused": "refused", "platform": "left to the platform"}
_DEREGISTRATION, _STOP, _DRAIN, _FLUSH = 30, 30, 10, 5


def counterparts() -> Iterator[tuple[str, Sequence[str], Iterable[Row]]]:
    """Yield a table for each part of a workload: its name, the headings and the rows."""
    for kind, options in COUNTERPARTS.items():
        listed = list(options.items())
        if len(listed) > 1 and all(counterpart is listed[0][1] for _, counterpart in listed):
            listed = [("all of its options", listed[0][1])]
        yield (
            kind.__name__,
            ("Option", "On Kubernetes", "Means", "Instead"),
            [_row(name, counterpart) for name, counterpart in listed],
        )


def _row(name: str, counterpart: Counterpart) -> Row:
    option = name if " " in name else f"`{name}`"
    return option, counterpart.kubernetes, _MEANINGS[counterpart.meaning], counterpart.instead


def endings() -> tuple[Sequence[str], list[Row]]:
    """Return how pods end, with the defaults of the library."""
    cases = (
        ("behind a load balancer", _DEREGISTRATION, True, False, 0),
        ("… with a sidecar", _DEREGISTRATION, True, False, _FLUSH),
        ("… whose application ends requests itself", _DEREGISTRATION, True, True, 0),
        ("called in the cluster only", None, True, False, 0),
        ("a worker without callers", None, False, False, 0),
    )
    rows: list[Row] = []
    for title, deregistration, listens, ends_requests, flush in cases:
        found = shutdown(
            stop_seconds=_STOP,
            flush_seconds=flush,
            listens=listens,
            deregistration_seconds=deregistration,
            drain_seconds=_DRAIN,
            ends_requests_on_sigterm=ends_requests,
        )
        ecs = (deregistration or 0) + _STOP
        rows.append((title, str(found.pre_stop_seconds), str(found.grace_seconds), str(ecs)))
    return ("A pod", "SIGTERM after", "SIGKILL after", "SIGKILL on ECS after"), rows


def rollouts() -> tuple[Sequence[str], list[Row]]:
    """Return what the two numbers of a rolling deployment become."""
    rows: list[Row] = []
    for low, high in ((100, 200), (50, 100), (50, 150), (100, 150)):
        for replicas in (None, 1, 3, 10):
            losses = Losses()
            found = rolling_update(replicas=replicas, min_percent=low, max_percent=high, losses=losses)
            stuck = losses.has_refused("min_healthy_percent")
            rows.append(
                (
                    f"{low} / {high}",
                    "an autoscaler's" if replicas is None else str(replicas),
                    "refused" if stuck else str(found["maxUnavailable"]),
                    "refused" if stuck else str(found["maxSurge"]),
                )
            )
    return ("min / max healthy percent", "Pods", "`maxUnavailable`", "`maxSurge`"), rows
