"""Options that workloads have only on ECS: why, and what to do instead."""

from __future__ import annotations

from cdk_containers.core.inputs.calls import Elsewhere

PODS: Elsewhere = {
    "task": ("a pod is not an ECS task", "pod=PodOptions(…)"),
    "capacity": (
        "an EKS cluster has no capacity providers; the scheduler chooses a node on which the pods fit",
        "pod=PodOptions(spot_percent=…, node_selector=…)",
    ),
    "placement_strategies": (
        "the Kubernetes scheduler chooses nodes and already spreads pods over zones and nodes",
        "remove it; or use pod=PodOptions(spread=Disabled(…)) for pods that need no spreading",
    ),
    "placement_constraints": (
        "the Kubernetes scheduler supports labels of nodes, not attributes of instances",
        "pod=PodOptions(node_selector=…, tolerations=…)",
    ),
    "enable_execute_command": (
        "the cluster controls for all its pods who may open a shell in a container",
        "kubectl exec, and an access entry or an RBAC role with pods/exec",
    ),
    "security_groups": (
        "pods use the security group of the cluster",
        "remove it; use `connections` of the workload, or your own SecurityGroupPolicy",
    ),
    "vpc_subnets": (
        "pods run in the subnets of nodes and Fargate profiles",
        "the subnets of the cluster or of its nodes",
    ),
    "outputs": ("AWS does not start the job", "kubectl create job --from=cronjob/…"),
}

SERVICES: Elsewhere = {
    **PODS,
    "service_connect": (
        "Kubernetes gives each service a DNS name; it adds no retries and no encryption between pods",
        "`connect_to`, which needs no options on the other service; a service mesh for retries and TLS",
    ),
    "cloud_map": ("Kubernetes gives each service a DNS name", "`connect_to`, or `endpoint` of the service"),
    "task_protection": (
        "Kubernetes does not protect pods; a terminating pod gets its stop_timeout to finish its work",
        "Container(stop_timeout=…)",
    ),
}

JOBS: Elsewhere = {
    **PODS,
    "task_count": ("a run has only one pod", "several jobs, or your own Indexed Job"),
    "flexible_window": ("a CronJob always starts on the minute", "different minutes for each schedule"),
}
