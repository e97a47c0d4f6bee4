"""Quota usage of services, clusters and task definitions."""

from __future__ import annotations

from cdk_containers.checks.templates import Resource

from .capacity_parts import NODE_GROUP
from .eks_settings import CLUSTER as EKS_CLUSTER
from .eks_settings import FARGATE_PROFILE, of_cluster
from .job_targets import RULE
from .known_size import least_size
from .logs import LOG_GROUP
from .measures import measures
from .service_counts import is_daemon, task_counts
from .service_parts import ASSOCIATIONS, CLUSTER, SERVICE, TASK_DEFINITION, cluster_of

_NETWORK = ("NetworkConfiguration", "AwsvpcConfiguration")


@measures("service-tasks", SERVICE)
def tasks(service: Resource) -> float | None:
    """Return the maximum desired count of a service. A daemon runs one task on each instance."""
    return None if is_daemon(service) else task_counts(service)[1]


@measures("service-target-groups", SERVICE)
def target_groups(service: Resource) -> float:
    """Count the target groups that a service names."""
    return len([it for it in service.maps("LoadBalancers") if it.has("TargetGroupArn")])


@measures("service-security-groups", SERVICE)
def security_groups(service: Resource) -> float:
    """Count the security groups of the tasks."""
    return len(service.values(*_NETWORK, "SecurityGroups"))


@measures("service-subnets", SERVICE)
def subnets(service: Resource) -> float:
    """Count the subnets of the tasks."""
    return len(service.values(*_NETWORK, "Subnets"))


@measures("cluster-services", CLUSTER)
def services(cluster: Resource) -> float:
    """Count the services in sight."""
    return len([it for it in cluster.referring(SERVICE) if cluster_of(it) is cluster])


@measures("cluster-capacity-providers", CLUSTER)
def capacity_providers(cluster: Resource) -> float:
    """Count the capacity providers, wherever they are written."""
    associated = [len(it.values("CapacityProviders")) for it in cluster.referring(ASSOCIATIONS)]
    return max([len(cluster.values("CapacityProviders")), *associated])


@measures("task-definition-bytes", TASK_DEFINITION)
def definition_size(task: Resource) -> float:
    """Return the minimum length of a task definition."""
    return least_size(task.source)


@measures("event-rule-targets", RULE)
def event_targets(rule: Resource) -> float:
    """Count the targets of a rule."""
    return len(rule.values("Targets"))


@measures("log-group-subscriptions", LOG_GROUP)
def subscriptions(group: Resource) -> float:
    """Count the subscription filters in sight."""
    return len(group.referring("AWS::Logs::SubscriptionFilter"))


@measures("eks-node-groups", EKS_CLUSTER)
def node_groups(cluster: Resource) -> float:
    """Count the managed node groups in sight."""
    return len(of_cluster(cluster, NODE_GROUP))


@measures("eks-fargate-profiles", EKS_CLUSTER)
def fargate_profiles(cluster: Resource) -> float:
    """Count the Fargate profiles in sight."""
    return len(of_cluster(cluster, FARGATE_PROFILE))


@measures("eks-public-cidrs", EKS_CLUSTER)
def public_cidrs(cluster: Resource) -> float:
    """Count the blocks of addresses that reach the public endpoint."""
    return len(cluster.values("ResourcesVpcConfig", "PublicAccessCidrs"))


@measures("eks-group-nodes", NODE_GROUP)
def nodes(group: Resource) -> float | None:
    """Return the maximum number of nodes of a group."""
    return group.number("ScalingConfig", "MaxSize")


@measures("fargate-profile-selectors", FARGATE_PROFILE)
def selectors(profile: Resource) -> float:
    """Count the selectors of a profile."""
    return len(profile.values("Selectors"))
