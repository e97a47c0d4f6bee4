"""All reference stacks of one environment."""

from __future__ import annotations

import aws_cdk as cdk

from .network_stack import NetworkStack
from .registry_stack import RegistryStack
from .settings import read_settings
from .web_application_stack import WebApplicationStack


def add_reference_stacks(app: cdk.App) -> None:
    """Add the stacks of the environment that the context names."""
    settings = read_settings(app)
    cdk.Tags.of(app).add("environment", settings.name)
    network = NetworkStack(app, f"{settings.name}-network", settings=settings)
    registry = RegistryStack(app, f"{settings.name}-registry", settings=settings)
    WebApplicationStack(
        app,
        f"{settings.name}-web-application",
        settings=settings,
        network=network.network,
        registry=registry,
    )
