"""Changes of deployments and task counts."""

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
    """Return the deployment that waits for a decision, and the hook that requests it.

    Raises:
        Stop: No deployment waits for a decision.
        Refused: AWS refuses a call.
    """
    rollout = running_rollout(api, target)
    if rollout is None:
        raise _nothing_runs(api, target)
    if rollout.waiting is None:
        raise Stop(
            FAILED,
            f"the deployment of {target.name} does not wait for a decision: {outcome(rollout).says}",
            f"`{command('rollout', target.name)}` follows it",
        )
    return rollout, rollout.waiting


def continue_deployment(api: Api, rollout: RolloutState, hook: Hook) -> None:
    """Continue a deployment.

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
    """Return the deployment to roll back.

    Raises:
        Stop: No deployment is in progress, or it is already being rolled back.
        Refused: AWS refuses a call.
    """
    controller = described(api, target).get("deploymentController", {}).get("type", "ECS")
    if controller != "ECS":
        raise Stop(USAGE, f"{controller} deploys {target.name}; roll it back there")
    rollout = running_rollout(api, target)
    if rollout is None:
        raise _nothing_runs(api, target)
    if rollout.status.startswith("ROLLBACK") or rollout.status == "STOP_REQUESTED":
        raise Stop(FAILED, f"{target.name}: {outcome(rollout).says} already")
    return rollout


def roll_back(api: Api, rollout: RolloutState) -> None:
    """Stop a deployment, so that ECS rolls back to the earlier version.

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
        f"no deployment of {target.name} is in progress{ended}",
        "to return to an earlier version, check it out and run `cdk deploy`",
    )


@frozen
class Scaling:
    """A change of a task count.

    Attributes:
        now: Current desired count.
        wanted: New desired count.
        note: What happens to the new count later.
    """

    now: int
    wanted: int
    note: str = ""


def scaling(api: Api, target: Target, count: int) -> Scaling:
    """Return the change of a task count.

    Raises:
        Stop: Something else controls the count.
        Refused: AWS refuses a call.
    """
    told = described(api, target)
    if told.get("schedulingStrategy") == "DAEMON":
        raise Stop(USAGE, f"{target.name} runs one task on each instance, so its count follows the number of instances")
    bounds = read_scaling(api, target)
    if bounds is not None:
        raise Stop(
            USAGE,
            f"Application Auto Scaling keeps {target.name} between {bounds[0]} and {bounds[1]} tasks, and would "
            "change the count again",
            "change the bounds in the code (`scaling` of the service) and deploy",
            minimum=bounds[0],
            maximum=bounds[1],
        )
    note = (
        f"the next deployment of its stack sets it back to {many(target.desired, 'task')}"
        if (target.desired not in (None, count))
        else ""
    )
    return Scaling(now=told.get("desiredCount", 0), wanted=count, note=note)


def set_count(api: Api, target: Target, count: int) -> None:
    """Set the desired count of a service.

    Raises:
        Refused: AWS refuses the call.
    """
    api.call("ecs", "update_service", cluster=target.cluster, service=target.id, desiredCount=count)
