"""Following a deployment by its id, as often as the quota of AWS allows."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from cdk_containers.checks.live.refused import Refused

from .api import Api
from .exits import FAILED, NOT_FOUND, UNFINISHED, Stop
from .read_rollouts import last_rollout, rollout, running_rollout
from .states import RolloutState
from .targets import Target
from .words import command, minutes

_SOON, _LATER = 5.0, 15.0
_GROWTH = 1.3


def first_state(api: Api, target: Target, deployment: str = "") -> RolloutState:
    """Return the deployment to follow: the one that is named, the one that runs, or the last one.

    Args:
        api: The way to AWS.
        target: The service.
        deployment: The id or the ARN of a deployment. Default: none.

    Raises:
        Stop: There is none.
        Refused: AWS refuses a call.
    """
    if deployment:
        arn = deployment if deployment.startswith("arn:") else _arn(target, deployment)
        found = rollout(api, arn)
        if found is None:
            raise Stop(NOT_FOUND, f"ECS knows no deployment {deployment} of {target.name}; it keeps them for 90 days")
        return found
    found = running_rollout(api, target) or last_rollout(api, target)
    if found is None:
        raise Stop(NOT_FOUND, f"ECS knows no deployment of {target.name}; it keeps them for 90 days")
    return found


def _arn(target: Target, deployment: str) -> str:
    return f"{target.id.replace(':service/', ':service-deployment/', 1)}/{deployment}"


def watch(api: Api, target: Target, first: RolloutState, *, timeout: timedelta) -> Iterator[RolloutState]:
    """Yield a deployment again and again until it has ended.

    Raises:
        Stop: The time is up, or the service was deleted meanwhile.
        Refused: AWS refuses a call for another reason than throttling.
    """
    ends = api.clock.now() + timeout
    state, pause = first, _SOON
    yield state
    while state.runs:
        if api.clock.now() >= ends:
            raise Stop(
                UNFINISHED,
                f"the deployment of {target.name} goes on after {minutes(timeout.total_seconds())}",
                f"`{command('rollout', target.name)}` follows it again",
            )
        api.clock.sleep(pause * random.uniform(0.8, 1.2))  # noqa: S311  (so that many do not ask at once)
        try:
            found = rollout(api, state.arn)
        except Refused as refused:
            if not refused.throttled:
                raise
            pause = _LATER
            continue
        if found is None:
            raise Stop(FAILED, f"{target.name} was deleted while it was deployed")
        pause = _SOON if found != state else min(_LATER, pause * _GROWTH)
        state = found
        yield state
