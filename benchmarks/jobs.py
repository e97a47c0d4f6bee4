"""Jobs that run every night, with this library."""

from __future__ import annotations

from constructs import Construct
from subject import IMAGE, NIGHTLY

from cdk_containers import Cluster, Network, ScheduledJob


def add_services(scope: Construct, count: int) -> None:
    """Add a network and a cluster, and jobs that share them."""
    cluster = Cluster(scope, "Cluster", network=Network(scope, "Network"))
    for index in range(count):
        ScheduledJob(scope, f"Job{index}", cluster=cluster, image=IMAGE, schedule=NIGHTLY)
