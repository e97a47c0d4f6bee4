"""An application in a few lines: what `Application` makes of a web service, two backends, a worker and a job."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    Application,
    BackendService,
    Container,
    Environment,
    HealthCheck,
    Network,
    Port,
    ScheduledJob,
    WebService,
    WorkerService,
)

from .images import application_image, worker_container
from .registry_stack import RegistryStack
from .settings import THROW_AWAY, Settings

PORT = 8080


class ApplicationStack(cdk.Stack):
    """Web calls orders; a worker and a nightly job do the rest. Everything else comes from the application."""

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
        certificate = settings.certificate(self, "Certificate", host="app")
        web_image = application_image(settings, registry.web, "web")
        image = application_image(settings, registry.backend, "backend")
        shop = Application(
            self,
            "Shop",
            environment=Environment(name="prod") if settings.production else Environment.development("dev"),
            network=network,
            certificates=[certificate] if certificate is not None else [],
            https=True if certificate is not None else THROW_AWAY,
            email_addresses=["team@example.com"] if settings.production else [],
        )
        web = shop.add(
            WebService,
            "Web",
            image=web_image,
            exposure=AlbExposure(port=PORT, health_check_path="/healthz"),
            desired_count=settings.desired_count,
        )
        orders = shop.add(
            BackendService,
            "Orders",
            container=Container(
                image=image,
                ports=[Port(number=PORT, name="orders", app_protocol="http")],
                health_check=HealthCheck(
                    command=["python", "-c", f"import socket; socket.create_connection(('127.0.0.1', {PORT}), 2)"]
                ),
            ),
            desired_count=settings.desired_count,
        )
        mailer = shop.add(WorkerService, "Mailer", container=worker_container())
        shop.add(
            ScheduledJob,
            "Nightly",
            container=Container(image=image, command=["python", "-c", "print('the report of the day')"]),
            schedule="cron(0 3 * * ? *)",
            time_zone="Europe/Berlin",
            timeout=cdk.Duration.hours(1),
        )
        web.connect_to(orders, variable="BACKEND_URL")
        mailer.queue.grant_send_messages(web)
