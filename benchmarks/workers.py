"""Workers, each with its own queue, with this library."""

from __future__ import annotations

from constructs import Construct
from subject import IMAGE

from cdk_containers import Cluster, Network, WorkerService


def add_services(scope: Construct, count: int) -> None:
    """Add a network and a cluster, and workers that share them."""
    cluster = Cluster(scope, "Cluster", network=Network(scope, "Network"))
    for index in range(count):
        WorkerService(scope, f"Worker{index}", cluster=cluster, image=IMAGE)
