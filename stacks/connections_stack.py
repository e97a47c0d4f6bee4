"""Services that call each other: by Service Connect, by a name in DNS, and through VPC Lattice."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    BackendService,
    CloudMap,
    Cluster,
    Container,
    ContainerLogs,
    HealthCheck,
    LatticeExposure,
    Logs,
    Namespace,
    Network,
    Port,
    ServiceConnect,
    ServiceNetwork,
    TaskOptions,
)

from .images import application_image
from .registry_stack import RegistryStack
from .settings import Settings

PORT = 8080


class ConnectionsStack(cdk.Stack):
    """Web calls orders, orders calls stock, and both call prices, which other networks may call as well."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        network: Network,
        registry: RegistryStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        logs = Logs(encryption_key=key, removal_policy=settings.removal_policy)
        backend = application_image(settings, registry.backend, "backend")
        common: dict[str, Any] = {
            "cluster": Cluster(
                self,
                "Cluster",
                network=network,
                capacity=settings.capacity,
                encryption_key=key,
                execute_command_logs=logs,
            ),
            "task": TaskOptions(logs=ContainerLogs(encryption_key=key, removal_policy=settings.removal_policy)),
            "desired_count": settings.desired_count or 2,
        }
        namespace = Namespace(self, "Names", name=f"{settings.name}.shop.internal", network=network)
        service_network = ServiceNetwork(
            self,
            "Lattice",
            network=network,
            prefix_list_id=settings.lattice_prefix_list_id,
            access_logs=logs,
        )
        listens = f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 2)"
        healthy = HealthCheck(command=["python", "-c", listens])

        web = BackendService(
            self,
            "Web",
            container=Container(image=application_image(settings, registry.web, "web"), health_check=healthy),
            **common,
        )
        orders = BackendService(
            self,
            "Orders",
            container=Container(
                image=backend,
                ports=[Port(number=PORT, name="orders", app_protocol="http")],
                health_check=healthy,
            ),
            service_connect=ServiceConnect(namespace=namespace),
            **common,
        )
        stock = BackendService(
            self,
            "Stock",
            container=Container(image=backend, ports=[PORT], health_check=healthy),
            cloud_map=CloudMap(namespace=namespace, name="stock"),
            **common,
        )
        prices = BackendService(
            self,
            "Prices",
            container=Container(image=backend),
            exposure=LatticeExposure(port=PORT, service_network=service_network, health_check_path="/healthz"),
            **common,
        )
        web.connect_to(orders, variable="BACKEND_URL")
        orders.connect_to(stock)
        web.connect_to(prices)
        orders.connect_to(prices)
