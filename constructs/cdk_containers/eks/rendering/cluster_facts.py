"""What a workload needs to know about its cluster."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.frozen import frozen

Compute = Literal["NODES", "AUTO", "FARGATE"]


@frozen
class ClusterFacts:
    """What a workload needs to know about its cluster.

    Attributes:
        version: Kubernetes version, such as `1.36`.
        compute: Compute type of its pods: your own nodes, Auto Mode, or Fargate.
        load_balancer_controller: Whether the AWS Load Balancer Controller is installed; Auto Mode has it built in.
        network_policy: Whether network policies are enforced.
        secrets: What delivers secrets to containers; None if nothing does.
        keda: Whether KEDA is installed, which scales on more than CPU and memory.
        metrics_server: Whether there are metrics to scale on CPU and memory.
        container_insights: Whether pods have metrics in CloudWatch.
    """

    version: str
    compute: Compute = "NODES"
    load_balancer_controller: bool = False
    network_policy: bool = False
    secrets: Literal["SECRETS_STORE", "EXTERNAL_SECRETS"] | None = None
    keda: bool = False
    metrics_server: bool = False
    container_insights: bool = False
