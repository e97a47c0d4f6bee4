"""Checks of clusters."""

from __future__ import annotations

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Map, Resource

from .service_parts import ASSOCIATIONS, CLUSTER, SERVICE, capacity_of, cluster_of


@check(
    "container-insights",
    CLUSTER,
    fix="Add {Name: containerInsights, Value: enhanced} to ClusterSettings.",
)
def has_container_insights(cluster: Resource) -> Outcome:
    """Counts of tasks, network and storage are measured."""
    settings = {it.text("Name"): it.text("Value") for it in cluster.maps("ClusterSettings")}
    value = settings.get("containerInsights")
    if value in {"enabled", "enhanced"}:
        return ok(f"Container Insights is {value}")
    return fault("Container Insights is off" if value else "the cluster does not enable Container Insights")


@check(
    "execute-command-audit",
    CLUSTER,
    fix=(
        "In Configuration.ExecuteCommandConfiguration, set Logging to OVERRIDE, a log group or bucket in "
        "LogConfiguration, and KmsKeyId."
    ),
)
def records_exec_sessions(cluster: Resource) -> Outcome | None:
    """ECS Exec sessions are recorded and encrypted."""
    path = ("Configuration", "ExecuteCommandConfiguration")
    logging = cluster.text(*path, "Logging", default="DEFAULT")
    if not cluster.has(*path):
        users = [it.logical_id for it in cluster.template.estate.of_type(SERVICE) if _allows_exec(it, cluster)]
        if users:
            return fault(f"ECS Exec sessions in {', '.join(users)} are neither recorded nor encrypted with a key")
        raise CannotTell("no service in the templates allows ECS Exec, but others may")
    if logging != "OVERRIDE":
        return fault("ECS Exec sessions have no separate log")
    log = cluster.map(*path, "LogConfiguration")
    if not log.has("CloudWatchLogGroupName") and not log.has("S3BucketName"):
        return fault("ECS Exec sessions are not recorded")
    return ok("ECS Exec sessions are recorded")


def _allows_exec(service: Resource, cluster: Resource) -> bool:
    try:
        return service.flag("EnableExecuteCommand") and cluster_of(service) is cluster
    except CannotTell:
        return False


@check(
    "one-kind-per-strategy",
    CLUSTER,
    ASSOCIATIONS,
    SERVICE,
    fix="Use one kind of capacity provider: Fargate, Auto Scaling groups, or Managed Instances.",
)
def strategies_have_one_kind(user: Resource) -> Outcome | None:
    """ECS refuses a mixed strategy."""
    name = "CapacityProviderStrategy" if user.type == SERVICE else "DefaultCapacityProviderStrategy"
    strategy = user.maps(name)
    if not strategy:
        return None
    kinds: set[str] = set()
    unknown: CannotTell | None = None
    for item in strategy:
        try:
            kinds.add(_kind(user, item))
        except CannotTell as error:
            unknown = unknown or error
    clear = kinds - {_INSTANCES}
    if len(clear) > 1:
        return fault(f"the strategy mixes {' and '.join(sorted(clear))}")
    if kinds == {"Fargate", _INSTANCES}:
        return fault("the strategy mixes Fargate and a capacity provider of instances")
    if unknown is not None:
        raise unknown
    if _INSTANCES in kinds and len(strategy) > 1:
        raise CannotTell("the capacity providers are in another stack")
    return ok(f"all capacity has one kind: {next(iter(kinds))}")


_INSTANCES = "instances"
"""Auto Scaling groups or Managed Instances of another stack."""


def _kind(user: Resource, item: Map) -> str:
    provider = item.value("CapacityProvider")
    try:
        return capacity_of(user, provider)
    except CannotTell:
        if isinstance(provider, str):
            return _INSTANCES
        raise
