"""Every workload of the reference stacks on EKS, from the same description: what comes along, and what does not."""

from __future__ import annotations

from dataclasses import dataclass

import aws_cdk as cdk
import pytest

from cdk_containers import EventJob, ExpressService, KubernetesService
from cdk_containers.ecs.jobs.job import Job
from cdk_containers.ecs.services.service import Service
from cdk_containers.eks.workloads import KubernetesWorkload
from stacks.reference import add_reference_stacks
from tests.eks.manifest_checks import check
from tests.eks.workloads.twins import Twins
from tests.stacks.conftest import cdk_context

pytestmark = pytest.mark.slow

LOST: dict[str, list[str]] = {
    # Log groups belong to the cluster, which collects what all containers write.
    "web-application/Backend": ["task.logs"],
    "web-application/Web": ["task.logs"],
    "workers/Packer": ["task.logs"],
    "team-shop/Prices": ["task.logs"],
    "team-shop/Reporter": ["task.logs"],
    "second-account/Partner/Partner": ["task.logs"],
    "jobs/Nightly": ["task.logs"],
    "jobs/Heartbeat": ["task.logs"],
    "connections/Web": ["task.logs"],
    "pipeline/Pipeline/Pipeline/staging/Shop/Web": ["task.logs"],
    "pipeline/Pipeline/Pipeline/eu-west-1/Shop/Web": ["task.logs"],
    "pipeline/Pipeline/Pipeline/eu-central-1/Shop/Web": ["task.logs"],
    # Nodes instead of capacity providers, and a network of one kind.
    "instances/Api": ["task.network_mode", "task.logs", "capacity", "placement_strategies"],
    "instances/Tcp": ["task.logs", "capacity"],
    "instances/Inference": ["task.logs", "capacity"],
    "instances/Cache": ["task.logs", "capacity"],
    "platforms/Orders": ["task.logs", "capacity", "placement_constraints"],
    "team-shop/Pages": ["task.network_mode", "task.logs", "capacity"],
    "team-billing/Invoices": ["task.network_mode", "task.logs", "capacity"],
    "team-billing/Ledger": ["task.network_mode", "task.logs", "capacity"],
    "team-billing/Rates": ["task.logs", "capacity"],
    "team-billing/Agent": ["task.network_mode", "task.logs"],
    # Autoscalers of Kubernetes follow targets.
    "workers/Returner": ["task.logs", "scaling.steps"],
    "workers/Prices": ["task.logs", "scaling.predictive"],
    # Services have names in DNS of their own.
    "team-shop/Api": ["task.logs", "cloud_map"],
    "connections/Orders": ["task.logs", "service_connect"],
    "connections/Stock": ["task.logs", "cloud_map"],
    "connections/Prices": ["task.logs", "exposure"],
    "application/Shop/Orders": ["service_connect"],
    # Nothing shifts traffic.
    "deployments/Intranet": ["task.logs", "exposure.test_port", "deployment"],
    "deployments/Orders": ["task.logs", "exposure.test_rule", "deployment"],
    "deployments/Feed": ["task.logs", "exposure.test_port", "deployment"],
    "deployments/Reports": ["task.logs", "exposure.test_port", "deployment"],
    # Collectors are the cluster's.
    "telemetry/Traced": ["task.logs", "task.log_router", "task.telemetry"],
    "telemetry/Archived": ["task.logs", "task.log_router"],
    # Pods that Pod Security refuses.
    "instances/Legacy": [
        "task.network_mode",
        "task.logs",
        "capacity",
        "container.ports[0].host_port",
        "exposure",
    ],
    "instances/Thumbnails": [
        "task.network_mode",
        "task.logs",
        "capacity",
        "placement_strategies",
        "volumes[0].driver_options",
    ],
    "instances/LogCollector": ["task.network_mode", "task.logs", "volumes[0]"],
    "platforms/Collector": ["task.network_mode", "task.logs", "volumes[0]"],
    "platforms/Uploader": ["task.network_mode", "task.logs", "placement_constraints", "volumes[0]"],
}
"""The options that do not come along, as errors name them; what is not here comes along as it is."""

NOT_AT_ALL = {
    "instances/Legacy",
    "instances/Thumbnails",
    "instances/LogCollector",
    "platforms/Collector",
    "platforms/Uploader",
}
"""What the pods themselves cannot be on Kubernetes, with whatever else they are."""

NO_KIND = {"platforms/Preview", "team-billing/Close", "jobs/OnUpload", "jobs/Reimport"}
"""Express Mode, and jobs that events start: neither has a counterpart."""


@dataclass(frozen=True)
class Moved:
    """What came of the reference stacks."""

    made: dict[str, KubernetesWorkload | None]
    lost: dict[str, list[str]]
    without_kind: set[str]
    twins: Twins


@pytest.fixture(scope="module")
def moved() -> Moved:
    app = cdk.App(context=cdk_context(environment="prod"))
    add_reference_stacks(app)
    twins = Twins(app)
    found = Moved(made={}, lost={}, without_kind=set(), twins=twins)
    for construct in app.node.find_all():
        name = construct.node.path.removeprefix("prod-")
        if isinstance(construct, ExpressService | EventJob):
            found.without_kind.add(name)
        elif isinstance(construct, Service | Job):
            found.made[name], lost = twins.make(construct)
            if lost:
                found.lost[name] = lost
    return found


def test_what_does_not_come_along_is_known(moved: Moved):
    assert moved.lost == LOST
    assert {name for name, made in moved.made.items() if made is None} == NOT_AT_ALL
    assert moved.without_kind == NO_KIND


def test_what_comes_along_is_what_a_cluster_takes(moved: Moved):
    files = [(name, file) for cluster in moved.twins.clusters for name, file in cluster.manifests.files.items()]
    kinds = {manifest["kind"] for _, file in files for manifest in file}
    assert {"CronJob", "DaemonSet", "Deployment", "ScaledObject"} <= kinds
    assert {"PersistentVolume", "SecretProviderClass", "TargetGroupBinding"} <= kinds
    for name, file in files:
        if name != "network-policy":
            check(file, complete=False)


def test_every_target_group_of_a_service_has_a_binding(moved: Moved):
    services = [made for made in moved.made.values() if isinstance(made, KubernetesService) and made.routes]
    assert len(services) > 5
    for service in services:
        groups = [manifest for manifest in service.manifests if manifest["kind"] == "TargetGroupBinding"]
        assert len(groups) == len(service.routes)
