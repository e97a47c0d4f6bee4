"""The stack of a team over the shared platform: it holds what its services need, and the platform nothing of theirs."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers import (
    Alarms,
    AlbExposure,
    BackendService,
    CloudMap,
    Container,
    EfsVolume,
    JobAlarms,
    ListenerRule,
    ScheduledJob,
    VolumeMount,
    WorkerAlarms,
    WorkerService,
)

from .images import application_image, worker_container
from .registry_stack import RegistryStack
from .settings import Settings
from .shared_platform_stack import SharedPlatformStack

PORT = 8080
FILES = [VolumeMount(volume="files", path="/files")]


class TeamShopStack(cdk.Stack):
    """Pages on the shared instances, an API on Fargate that has the login of a database, a job, and a worker."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        platform: SharedPlatformStack,
        registry: RegistryStack,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        alarms = Alarms(topic=platform.alarm_topic)
        backend = application_image(settings, registry.backend, "backend")
        api = BackendService(
            self,
            "Api",
            cluster=platform.cluster,
            container=Container(
                image=backend,
                ports=[PORT],
                secrets={
                    "DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(platform.login, "password"),
                    "PARTNER_KEY": platform.api_key,
                },
                mounts=FILES,
            ),
            volumes=[EfsVolume(name="files", file_system=platform.files)],
            task=platform.task(),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=platform.load_balancer,
                rule=ListenerRule(paths=["/shop/api/*"]),
                health_check_path="/healthz",
            ),
            cloud_map=CloudMap(namespace=platform.names, name="shop-api"),
            desired_count=settings.desired_count or 2,
            alarms=alarms,
        )
        pages = BackendService(
            self,
            "Pages",
            cluster=platform.cluster,
            container=Container(image=application_image(settings, registry.web, "web")),
            task=platform.task("bridge"),
            capacity=[platform.instances.share()],
            exposure=AlbExposure(
                port=PORT,
                load_balancer=platform.load_balancer,
                rule=ListenerRule(paths=["/shop", "/shop/*"]),
                health_check_path="/healthz",
            ),
            desired_count=settings.desired_count or 2,
            alarms=alarms,
        )
        pages.connect_to(api)
        prices = ScheduledJob(
            self,
            "Prices",
            cluster=platform.cluster,
            schedule="cron(0 4 * * ? *)",
            container=Container(image=backend, command=["python", "archive.py"], environment={"DATA_DIR": "/tmp"}),  # noqa: S108
            task=platform.task(),
            alarms=JobAlarms(topic=platform.alarm_topic),
        )
        prices.connect_to(api)
        WorkerService(
            self,
            "Reporter",
            cluster=platform.cluster,
            container=worker_container(),
            task=platform.task(),
            queue=platform.queue,
            alarms=WorkerAlarms(topic=platform.alarm_topic),
        )
