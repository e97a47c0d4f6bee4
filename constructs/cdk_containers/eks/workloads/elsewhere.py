"""Options that workloads have on ECS, and not here: why, and what to do."""

from __future__ import annotations

from cdk_containers.core.inputs.calls import Elsewhere

PODS: Elsewhere = {
    "task": ("a pod is no task of ECS", "pod=PodOptions(…)"),
    "capacity": (
        "a cluster of EKS has no capacity providers: the scheduler takes a node that the pods fit",
        "pod=PodOptions(spot_percent=…, node_selector=…)",
    ),
    "placement_strategies": (
        "the scheduler of Kubernetes chooses nodes; pods are spread over zones and nodes already",
        "nothing; or pod=PodOptions(spread=Disabled(…)) for pods that may crowd",
    ),
    "placement_constraints": (
        "the scheduler of Kubernetes knows labels of nodes, and no attributes of instances",
        "pod=PodOptions(node_selector=…, tolerations=…)",
    ),
    "enable_execute_command": (
        "who may open a shell in a container, the cluster says for all its pods",
        "kubectl exec, and an access entry or a role of RBAC that has pods/exec",
    ),
    "security_groups": (
        "pods are in the security group of the cluster",
        "nothing; `connections` of the workload, or your own SecurityGroupPolicy",
    ),
    "vpc_subnets": ("pods run where nodes and Fargate profiles are", "the subnets of the cluster or of its nodes"),
    "outputs": ("nothing of it is started through AWS", "kubectl create job --from=cronjob/…"),
}

SERVICES: Elsewhere = {
    **PODS,
    "service_connect": (
        "Kubernetes gives each service a name in DNS; nothing there retries, or encrypts between pods",
        "`connect_to`, which needs nothing of the other; a service mesh for retries and TLS",
    ),
    "cloud_map": ("Kubernetes gives each service a name in DNS", "`connect_to`, or `endpoint` of the service"),
    "task_protection": (
        "no pod is protected: one that ends gets the time of its stop_timeout, as long as the work takes",
        "Container(stop_timeout=…)",
    ),
}

JOBS: Elsewhere = {
    **PODS,
    "task_count": ("a run is one pod", "several jobs, or your own Indexed Job"),
    "flexible_window": ("a CronJob starts on the minute", "minutes of its own for each schedule"),
}
