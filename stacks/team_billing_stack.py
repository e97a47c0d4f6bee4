"""The stack of a second team over the shared platform, on the same instances and behind the same load balancers."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers import (
    Alarms,
    AlbExposure,
    BackendService,
    Container,
    DaemonService,
    EfsVolume,
    EventJob,
    JobAlarms,
    ListenerRule,
    NlbExposure,
    Port,
    VolumeMount,
)

from .images import application_image
from .registry_stack import RegistryStack
from .settings import Settings
from .shared_platform_stack import SharedPlatformStack

PORT = 8080
FILES = [VolumeMount(volume="files", path="/files")]


class TeamBillingStack(cdk.Stack):
    """Services on the same instances and behind the same load balancers, a job, and an agent on every instance."""

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
        common: dict[str, Any] = {
            "cluster": platform.cluster,
            "capacity": [platform.instances.share()],
            "desired_count": settings.desired_count or 2,
            "alarms": alarms,
        }
        files = [EfsVolume(name="files", file_system=platform.files)]
        BackendService(
            self,
            "Invoices",
            container=Container(image=backend, mounts=FILES),
            volumes=files,
            task=platform.task("bridge"),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=platform.load_balancer,
                rule=ListenerRule(paths=["/billing", "/billing/*"]),
                health_check_path="/healthz",
            ),
            **common,
        )
        BackendService(
            self,
            "Ledger",
            container=Container(image=backend, mounts=FILES),
            volumes=files,
            task=platform.task("bridge"),
            exposure=NlbExposure(
                port=PORT, load_balancer=platform.tcp_load_balancer, listener_port=9000, health_check_path="/healthz"
            ),
            **common,
        )
        BackendService(
            self,
            "Rates",
            container=Container(image=backend, secrets={"PARTNER_KEY": platform.api_key}),
            task=platform.task(),
            exposure=NlbExposure(
                port=PORT, load_balancer=platform.tcp_load_balancer, listener_port=9001, health_check_path="/healthz"
            ),
            **common,
        )
        EventJob(
            self,
            "Close",
            cluster=platform.cluster,
            capacity=[platform.instances.share()],
            container=Container(
                image=backend,
                command=["python", "archive.py"],
                environment={"DATA_DIR": "/files"},
                secrets={"DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(platform.login, "password")},
                mounts=FILES,
            ),
            volumes=files,
            task=platform.task(),
            alarms=JobAlarms(topic=platform.alarm_topic),
        )
        DaemonService(
            self,
            "Agent",
            cluster=platform.cluster,
            container=Container(
                image="public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.0", ports=[Port(number=2020)]
            ),
            task=platform.task("bridge"),
            cpu=128,
            memory_limit_mib=128,
        )
