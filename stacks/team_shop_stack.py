"""The stack of a team over the shared platform: it holds what its services need, and the platform nothing of theirs."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    AlbExposure,
    BackendService,
    CloudMap,
    Container,
    ListenerRule,
    ScheduledJob,
    WorkerAlarms,
    WorkerService,
)

from .images import application_image, worker_container
from .team import FILES, PORT, TeamStack


class TeamShopStack(TeamStack):
    """Pages on the shared instances, an API on Fargate that has the login of a database, a job, and a worker."""

    def add_services(self) -> None:
        """Add what the team runs."""
        platform = self.platform
        api = BackendService(
            self,
            "Api",
            cluster=platform.cluster,
            container=Container(
                image=self.backend,
                ports=[PORT],
                secrets={
                    "DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(platform.login, "password"),
                    "PARTNER_KEY": platform.api_key,
                },
                mounts=FILES,
            ),
            volumes=self.files,
            task=platform.task(),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=platform.load_balancer,
                rule=ListenerRule(paths=["/shop/api/*"]),
                health_check_path="/healthz",
            ),
            cloud_map=CloudMap(namespace=platform.names, name="shop-api"),
            desired_count=self.desired_count,
            alarms=self.alarms,
        )
        pages = BackendService(
            self,
            "Pages",
            cluster=platform.cluster,
            container=Container(image=application_image(self.settings, self.registry.web, "web")),
            task=platform.task("bridge"),
            capacity=[platform.instances.share()],
            exposure=AlbExposure(
                port=PORT,
                load_balancer=platform.load_balancer,
                rule=ListenerRule(paths=["/shop", "/shop/*"]),
                health_check_path="/healthz",
            ),
            desired_count=self.desired_count,
            alarms=self.alarms,
        )
        pages.connect_to(api)
        prices = ScheduledJob(
            self,
            "Prices",
            cluster=platform.cluster,
            schedule="cron(0 4 * * ? *)",
            container=Container(image=self.backend, command=["python", "archive.py"], environment={"DATA_DIR": "/tmp"}),  # noqa: S108
            task=platform.task(),
            alarms=self.job_alarms,
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
