"""Follows a deployment by its id, as often as the API quota allows."""

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
    """Return the deployment to follow: the requested, the running, or the last deployment.

    Args:
        api: API of the account and region.
        target: The service.
        deployment: Id or ARN of a deployment. Default: none.

    Raises:
        Stop: There is none.
        Refused: AWS refuses a call.
    """
    if deployment:
        arn = deployment if deployment.startswith("arn:") else _arn(target, deployment)
        found = rollout(api, arn)
        if found is None:
            raise Stop(NOT_FOUND, f"ECS has no deployment {deployment} of {target.name}; it keeps them for 90 days")
        return found
    found = running_rollout(api, target) or last_rollout(api, target)
    if found is None:
        raise Stop(NOT_FOUND, f"ECS has no deployment of {target.name}; it keeps deployments for 90 days")
    return found


def _arn(target: Target, deployment: str) -> str:
    return f"{target.id.replace(':service/', ':service-deployment/', 1)}/{deployment}"


def watch(api: Api, target: Target, first: RolloutState, *, timeout: timedelta) -> Iterator[RolloutState]:
    """Yield the state of a deployment repeatedly until it has ended.

    Raises:
        Stop: The timeout has passed, or the service was deleted.
        Refused: AWS refuses a call for another reason than throttling.
    """
    ends = api.clock.now() + timeout
    state, pause = first, _SOON
    yield state
    while state.runs:
        if api.clock.now() >= ends:
            raise Stop(
                UNFINISHED,
                f"the deployment of {target.name} is still in progress after {minutes(timeout.total_seconds())}",
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
            raise Stop(FAILED, f"{target.name} was deleted during the deployment")
        pause = _SOON if found != state else min(_LATER, pause * _GROWTH)
        state = found
        yield state
