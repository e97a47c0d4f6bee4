"""All reference stacks of one environment."""

from __future__ import annotations

import aws_cdk as cdk

from .application_stack import ApplicationStack
from .audit_stack import AuditStack
from .connections_stack import ConnectionsStack
from .delivery_roles_stack import DeliveryAccounts
from .deployments_stack import DeploymentsStack
from .eks_auto_stack import EksAutoStack
from .eks_fargate_stack import EksFargateStack
from .eks_hybrid_stack import EksHybridStack
from .eks_nodes_stack import EksNodesStack
from .eks_regions import EksRegions
from .eks_storage_stack import EksStorageStack
from .instances_stack import InstancesStack
from .jobs_stack import JobsStack
from .network_stack import NetworkStack
from .pipeline_stack import PipelineAccount
from .platforms_stack import PlatformsStack
from .registry_stack import RegistryStack
from .second_account_stack import SecondAccount
from .settings import THROW_AWAY, read_settings
from .shared_platform_stack import SharedPlatformStack
from .team_billing_stack import TeamBillingStack
from .team_shop_stack import TeamShopStack
from .telemetry_stack import TelemetryStack
from .web_application_stack import WebApplicationStack
from .workers_stack import WorkersStack

STACKS = {
    "deployments": DeploymentsStack,
    "jobs": JobsStack,
    "connections": ConnectionsStack,
    "telemetry": TelemetryStack,
    "application": ApplicationStack,
}
"""Stacks that need only the network and the images."""

CLUSTERS = {"eks-nodes": EksNodesStack, "eks-fargate": EksFargateStack, "eks-auto": EksAutoStack}
"""EKS clusters with applications, which share the public load balancer with those on ECS."""

SAVES_MONEY = ("several-tasks", "nat-gateway-per-az", "beanstalk-capacity")
"""Practices that a temporary environment does not need to follow."""

TEAMS = {"team-shop": TeamShopStack, "team-billing": TeamBillingStack}
"""Stacks of teams on the shared platform."""


def add_reference_stacks(app: cdk.App) -> None:
    """Add the stacks of the environment that the context names."""
    settings = read_settings(app)
    cdk.Tags.of(app).add("environment", settings.name)
    network = NetworkStack(app, f"{settings.name}-network", settings=settings)
    registry = RegistryStack(app, f"{settings.name}-registry", settings=settings)
    web_application = WebApplicationStack(
        app,
        f"{settings.name}-web-application",
        settings=settings,
        network=network.network,
        registry=registry,
    )
    InstancesStack(
        app,
        f"{settings.name}-instances",
        settings=settings,
        network=network.network,
        registry=registry,
        load_balancer=web_application.public_load_balancer,
    )
    AuditStack(
        app,
        f"{settings.name}-audit",
        settings=settings,
        cluster=web_application.cluster,
        session_key=web_application.key,
    )
    WorkersStack(app, f"{settings.name}-workers", settings=settings, network=network.network)
    PlatformsStack(
        app,
        f"{settings.name}-platforms",
        settings=settings,
        network=network.network,
        registry=registry,
        load_balancer=web_application.public_load_balancer,
    )
    platform = SharedPlatformStack(app, f"{settings.name}-shared-platform", settings=settings, network=network.network)
    for name, team in TEAMS.items():
        team(app, f"{settings.name}-{name}", settings=settings, platform=platform, registry=registry)
    SecondAccount(app, f"{settings.name}-second-account", settings=settings)
    DeliveryAccounts(app, f"{settings.name}-delivery", settings=settings)
    PipelineAccount(app, "pipeline", settings=settings)
    for name, clusters in CLUSTERS.items():
        clusters(
            app,
            f"{settings.name}-{name}",
            settings=settings,
            network=network.network,
            registry=registry,
            load_balancer=web_application.public_load_balancer,
        )
    EksStorageStack(app, f"{settings.name}-eks-storage", settings=settings, network=network.network)
    EksHybridStack(app, f"{settings.name}-eks-hybrid", settings=settings, network=network.network)
    EksRegions(app, f"{settings.name}-eks-regions", settings=settings)
    for name, stack in STACKS.items():
        stack(app, f"{settings.name}-{name}", settings=settings, network=network.network, registry=registry)
    if not settings.production:
        _accept_what_saves_money(app)


def _accept_what_saves_money(app: cdk.App) -> None:
    """Accept for every stack that nothing of it stays up when a zone, a task or an instance is lost."""
    entries = [cdk.Acknowledgment(id=f"cdk-containers::{it}", reason=THROW_AWAY.reason) for it in SAVES_MONEY]
    for construct in app.node.find_all():
        if isinstance(construct, cdk.Stack):
            cdk.Validations.of(construct).acknowledge(*entries)
