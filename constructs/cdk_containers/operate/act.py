"""Deciding on deployments and counts."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .api import Api
from .exits import FAILED, USAGE, Stop
from .read_rollouts import last_rollout, running_rollout
from .read_services import described, read_scaling
from .states import Hook, RolloutState
from .targets import Target
from .tell_rollouts import outcome
from .words import ago, command, many


def awaited_decision(api: Api, target: Target) -> tuple[RolloutState, Hook]:
    """Return the deployment that waits for a decision, and the hook that asks for it.

    Raises:
        Stop: None waits.
        Refused: AWS refuses a call.
    """
    rollout = running_rollout(api, target)
    if rollout is None:
        raise _nothing_runs(api, target)
    if rollout.waiting is None:
        raise Stop(
            FAILED,
            f"the deployment of {target.name} waits for nobody: {outcome(rollout).says}",
            f"`{command('rollout', target.name)}` follows it",
        )
    return rollout, rollout.waiting


def continue_deployment(api: Api, rollout: RolloutState, hook: Hook) -> None:
    """Let a deployment go on.

    Raises:
        Refused: AWS refuses the call.
    """
    api.call(
        "ecs",
        "continue_service_deployment",
        serviceDeploymentArn=rollout.arn,
        hookId=hook.id,
        action="CONTINUE",
    )


def running_deployment(api: Api, target: Target) -> RolloutState:
    """Return the deployment that can be rolled back.

    Raises:
        Stop: None runs, or it is being rolled back already.
        Refused: AWS refuses a call.
    """
    controller = described(api, target).get("deploymentController", {}).get("type", "ECS")
    if controller != "ECS":
        raise Stop(USAGE, f"{target.name} is deployed by {controller}, and is rolled back there")
    rollout = running_rollout(api, target)
    if rollout is None:
        raise _nothing_runs(api, target)
    if rollout.status.startswith("ROLLBACK") or rollout.status == "STOP_REQUESTED":
        raise Stop(FAILED, f"{target.name}: {outcome(rollout).says} already")
    return rollout


def roll_back(api: Api, rollout: RolloutState) -> None:
    """Stop a deployment, and have ECS bring the earlier version back.

    Raises:
        Refused: AWS refuses the call.
    """
    api.call("ecs", "stop_service_deployment", serviceDeploymentArn=rollout.arn, stopType="ROLLBACK")


def _nothing_runs(api: Api, target: Target) -> Stop:
    last = api.if_allowed(lambda: last_rollout(api, target), None)
    ended = ""
    if last is not None:
        at = last.finished or last.created
        ended = f": {outcome(last).says}{f' {ago(at, api.now())}' if at else ''}"
    return Stop(
        FAILED,
        f"no deployment of {target.name} runs{ended}",
        "to go back to an earlier version, deploy the app as it was then: check that version out, and `cdk deploy`",
    )


@frozen
class Scaling:
    """A change of a count.

    Attributes:
        now: The count that is wanted so far.
        wanted: The new one.
        note: What becomes of it.
    """

    now: int
    wanted: int
    note: str = ""


def scaling(api: Api, target: Target, count: int) -> Scaling:
    """Return the change of a count, where a count can be set.

    Raises:
        Stop: Something else owns the count.
        Refused: AWS refuses a call.
    """
    told = described(api, target)
    if told.get("schedulingStrategy") == "DAEMON":
        raise Stop(USAGE, f"{target.name} has one task on each instance: its count is that of the instances")
    bounds = read_scaling(api, target)
    if bounds is not None:
        raise Stop(
            USAGE,
            f"{target.name} is scaled by Application Auto Scaling, between {bounds[0]} and {bounds[1]}: it would set "
            "another count again",
            "change the bounds in the code (`scaling` of the service), and deploy",
            minimum=bounds[0],
            maximum=bounds[1],
        )
    note = (
        f"the next deployment of its stack sets {many(target.desired, 'task')} again"
        if (target.desired not in (None, count))
        else ""
    )
    return Scaling(now=told.get("desiredCount", 0), wanted=count, note=note)


def set_count(api: Api, target: Target, count: int) -> None:
    """Set the count of a service.

    Raises:
        Refused: AWS refuses the call.
    """
    api.call("ecs", "update_service", cluster=target.cluster, service=target.id, desiredCount=count)
