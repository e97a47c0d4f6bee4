"""Checks of deployments."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from cdk_containers.checks.engine import Outcome, check, fault, ok, worst
from cdk_containers.checks.templates import CannotTell, Map, Reference, Resource

from .service_parts import SERVICE, TARGET_GROUP, services_behind, target_groups_of
from .services import is_daemon

DEPLOYMENT_GROUP = "AWS::CodeDeploy::DeploymentGroup"

_CONFIGURATION = "DeploymentConfiguration"
_MOST_BAKE_MINUTES = 33 * 60
_SHIFTS = ("BLUE_GREEN", "LINEAR", "CANARY")
_SLOW_SECONDS = 60


def controller(service: Resource) -> str:
    """Return the deployment controller of a service: `ECS`, `CODE_DEPLOY` or `EXTERNAL`."""
    return service.text("DeploymentController", "Type", default="ECS")


def strategy(service: Resource) -> str:
    """Return the deployment strategy of a service: `ROLLING`, `BLUE_GREEN`, `LINEAR` or `CANARY`."""
    return service.text(_CONFIGURATION, "Strategy", default="ROLLING")


@check(
    "deployment-circuit-breaker",
    SERVICE,
    fix="Set DeploymentConfiguration.DeploymentCircuitBreaker to {Enable: true, Rollback: true}.",
)
def breaks_and_rolls_back(service: Resource) -> Outcome | None:
    """A version that does not start is replaced by the last good one."""
    if controller(service) != "ECS" or strategy(service) in _SHIFTS:
        return None
    breaker = (_CONFIGURATION, "DeploymentCircuitBreaker")
    if not service.flag(*breaker, "Enable"):
        return fault("no circuit breaker stops a failing deployment")
    if not service.flag(*breaker, "Rollback"):
        return fault("the circuit breaker does not roll back")
    return ok("the circuit breaker rolls back")


@check(
    "deployment-alarms",
    SERVICE,
    fix="Add alarms to DeploymentConfiguration.Alarms, with Enable and Rollback set to true.",
)
def alarms_roll_back(service: Resource) -> Outcome | None:
    """A version that answers with errors is replaced by the last good one."""
    if controller(service) != "ECS":
        return None
    alarms = service.map(_CONFIGURATION, "Alarms")
    if alarms.has("AlarmNames") and alarms.flag("Enable"):
        return (
            ok("alarms roll back")
            if alarms.flag("Rollback")
            else fault("alarms fail a deployment, but do not roll it back")
        )
    if not any(group.text("Protocol").startswith("HTTP") for group in target_groups_of(service)):
        return None
    return fault("no alarm stops a deployment whose tasks return errors")


@check(
    "full-capacity-during-deployment",
    SERVICE,
    fix="Set DeploymentConfiguration.MinimumHealthyPercent to 100, and MaximumPercent to more.",
)
def keeps_all_tasks(service: Resource) -> Outcome | None:
    """Old tasks stay until new ones are healthy."""
    if is_daemon(service) or controller(service) != "ECS":
        return None
    least = service.number(_CONFIGURATION, "MinimumHealthyPercent", default=100)
    if least < 100:
        return fault(f"a deployment can reduce the tasks to {least:g}% (MinimumHealthyPercent)")
    most = service.number(_CONFIGURATION, "MaximumPercent", default=200)
    if most <= 100 and strategy(service) == "ROLLING":
        return fault("ECS can neither stop an old task nor start a new one (MaximumPercent is 100)")
    return ok("all tasks keep running until their replacements are healthy")


@check("early-success", SERVICE, fix="Set the healthy percentage to at least MinimumHealthyPercent.")
def succeeds_with_enough_tasks(service: Resource) -> Outcome | None:
    """A deployment does not count as successful with less than it keeps running."""
    criteria = service.map(_CONFIGURATION, "EarlySuccessCriteria")
    if not criteria.flag("Enable"):
        return None
    enough = criteria.number("HealthyPercent", default=100)
    least = service.number(_CONFIGURATION, "MinimumHealthyPercent", default=100)
    if enough < least:
        return fault(f"a deployment succeeds with {enough:g}% of the tasks, but must keep {least:g}% running")
    return ok(f"a deployment succeeds with {enough:g}% of the tasks")


@check("bake-time", SERVICE, fix="Set DeploymentConfiguration.BakeTimeInMinutes to the time that alarms need.")
def keeps_old_version(service: Resource) -> Outcome | None:
    """While the old version runs, a rollback takes seconds."""
    if strategy(service) not in _SHIFTS:
        return None
    minutes = service.number(_CONFIGURATION, "BakeTimeInMinutes")
    if minutes is None:
        raise CannotTell("BakeTimeInMinutes is not set, so ECS decides how long the old version stays")
    if minutes == 0:
        return fault("the old version stops as soon as the new one has all traffic")
    whole = minutes + _minutes_of_steps(service)
    if whole > _MOST_BAKE_MINUTES:
        return fault(
            f"a deployment bakes for {whole / 60:g} hours, but CloudFormation allows at most 33",
            fix="Set the bake time to at most 33 hours.",
        )
    return ok(f"the old version stays for {minutes:g} minutes")


def _minutes_of_steps(service: Resource) -> float:
    if strategy(service) == "CANARY":
        return service.number(_CONFIGURATION, "CanaryConfiguration", "CanaryBakeTimeInMinutes", default=0)
    if strategy(service) == "LINEAR":
        percent = service.number(_CONFIGURATION, "LinearConfiguration", "StepPercent", default=10)
        steps = ceil(100 / percent) - 1 if percent > 0 else 0
        return steps * service.number(_CONFIGURATION, "LinearConfiguration", "StepBakeTimeInMinutes", default=0)
    return 0


@check(
    "traffic-shift",
    SERVICE,
    DEPLOYMENT_GROUP,
    fix="Shift a tenth of the traffic first: use a canary or linear deployment.",
)
def shifts_a_share_first(shifted: Resource) -> Outcome | None:
    """A faulty version affects few users."""
    if shifted.type == DEPLOYMENT_GROUP:
        return _code_deploy_shift(shifted)
    name, key = {
        "CANARY": ("CanaryConfiguration", "CanaryPercent"),
        "LINEAR": ("LinearConfiguration", "StepPercent"),
    }.get(strategy(shifted), ("", ""))
    if not name:
        return None
    percent = shifted.number(_CONFIGURATION, name, key)
    if percent is None:
        return ok("the share is the ECS default")
    if percent >= 100:
        return fault(f"{key} is {percent:g}: all users get the new version at once")
    if round(percent * 10, 6) % 1:
        return fault(f"{key} is {percent:g}, but ECS accepts only steps of 0.1 percent")
    return ok(f"{percent:g}% of the traffic goes to a new version first")


def _code_deploy_shift(group: Resource) -> Outcome | None:
    if not group.has("ECSServices"):
        return None
    name = group.text("DeploymentConfigName", default="CodeDeployDefault.ECSAllAtOnce")
    if name.endswith("AllAtOnce"):
        return fault("all users get a new version at once")
    return ok(f"traffic shifts by {name}")


@check("deployment-hooks", SERVICE, fix="Let the hook role trust ecs.amazonaws.com and invoke the function.")
def hooks_can_be_called(service: Resource) -> Outcome | None:
    """ECS can invoke the hooks."""
    hooks = [it for it in service.maps(_CONFIGURATION, "LifecycleHooks") if it.has("HookTargetArn")]
    return worst(lambda hook: _hook_outcome(service, hook), hooks)


def _hook_outcome(service: Resource, hook: Map) -> Outcome:
    if not hook.has("RoleArn"):
        return fault("a hook has no role that can invoke its function")
    role = service.template.estate.find(hook.value("RoleArn"), "AWS::IAM::Role")
    if role is None:
        raise CannotTell("the hook role is in another stack")
    trusted = [
        name
        for statement in role.maps("AssumeRolePolicyDocument", "Statement")
        for name in statement.texts("Principal", "Service")
    ]
    if "ecs.amazonaws.com" not in trusted:
        return fault(f"ECS cannot assume {role.logical_id}, the role of a hook")
    return ok("ECS can assume the roles of the hooks")


@check("test-traffic", SERVICE, fix="Set TestListenerRule to a separate listener or rule.")
def test_traffic_is_apart(service: Resource) -> Outcome | None:
    """Users do not reach a version under test."""
    return worst(_test_outcome, _advanced(service))


def _test_outcome(advanced: Map) -> Outcome | None:
    if not advanced.has("TestListenerRule"):
        return None
    test, production = advanced.value("TestListenerRule"), advanced.value("ProductionListenerRule")
    if isinstance(test, Reference) and isinstance(production, Reference):
        same = test.resource is production.resource
    else:
        same = test == production
    if same:
        return fault("test traffic uses the same rule as user traffic")
    return ok("test traffic uses its own rule")


def _advanced(service: Resource) -> Iterator[Map]:
    for entry in service.maps("LoadBalancers"):
        if entry.has("AdvancedConfiguration"):
            yield entry.map("AdvancedConfiguration")


@check(
    "traffic-source",
    SERVICE,
    fix="Set AdvancedConfiguration on the target group of the service, or use the rolling strategy.",
)
def traffic_can_be_shifted(service: Resource) -> Outcome | None:
    """A load balancer or proxy can shift the traffic."""
    by_code_deploy = controller(service) == "CODE_DEPLOY"
    if not by_code_deploy and strategy(service) not in _SHIFTS:
        return None
    entries = service.maps("LoadBalancers")
    if any(entry.has("LoadBalancerName") for entry in entries):
        return fault("a Classic Load Balancer has no target groups to shift traffic between")
    if entries:
        if by_code_deploy or any(entry.has("AdvancedConfiguration", "AlternateTargetGroupArn") for entry in entries):
            return ok("traffic shifts at the load balancer")
        return fault("there is no second target group to shift traffic to")
    if not by_code_deploy and service.flag("ServiceConnectConfiguration", "Enabled"):
        return ok("traffic shifts at Service Connect")
    return fault("nothing routes traffic to the service, so no traffic shifts")


@check("code-deploy", SERVICE, fix="Use ECS deployments: set DeploymentConfiguration.Strategy to BLUE_GREEN.")
def code_deploy_can(service: Resource) -> Outcome | None:
    """The service uses only options that CodeDeploy supports."""
    if controller(service) != "CODE_DEPLOY":
        return None
    missing = []
    if service.flag("ServiceConnectConfiguration", "Enabled"):
        missing.append("Service Connect")
    if service.flag(_CONFIGURATION, "DeploymentCircuitBreaker", "Enable"):
        missing.append("a circuit breaker")
    if len(service.values("LoadBalancers")) > 1:
        missing.append("several target groups")
    if missing:
        return fault(f"CodeDeploy does not support these options of the service: {', '.join(missing)}")
    return ok("CodeDeploy supports all options of the service")


@check(
    "quick-rollouts",
    TARGET_GROUP,
    fix="Set HealthCheckIntervalSeconds to 10 and HealthyThresholdCount to 2 or 3.",
)
def targets_are_healthy_soon(target_group: Resource) -> Outcome | None:
    """A task gets requests within a minute."""
    if not services_behind(target_group):
        return None
    interval = target_group.number("HealthCheckIntervalSeconds", default=30)
    threshold = target_group.number("HealthyThresholdCount", default=5)
    seconds = interval * threshold
    if seconds > _SLOW_SECONDS:
        return fault(f"a ready task waits {seconds:g} s for its first request")
    return ok(f"a task receives requests {seconds:g} s after it is ready")
