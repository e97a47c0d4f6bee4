"""The stack of a second team over the shared platform, on the same instances and behind the same load balancers."""

from __future__ import annotations

from typing import Any

from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    AlbExposure,
    BackendService,
    Container,
    DaemonService,
    EventJob,
    ListenerRule,
    NlbExposure,
    Port,
)

from .team import FILES, PORT, TeamStack


class TeamBillingStack(TeamStack):
    """Services on the same instances and behind the same load balancers, a job, and an agent on every instance."""

    def add_services(self) -> None:
        """Add what the team runs."""
        platform = self.platform
        common: dict[str, Any] = {
            "cluster": platform.cluster,
            "capacity": [platform.instances.share()],
            "desired_count": self.desired_count,
            "alarms": self.alarms,
        }
        BackendService(
            self,
            "Invoices",
            container=Container(image=self.backend, mounts=FILES),
            volumes=self.files,
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
            container=Container(image=self.backend, mounts=FILES),
            volumes=self.files,
            task=platform.task("bridge"),
            exposure=NlbExposure(
                port=PORT, load_balancer=platform.tcp_load_balancer, listener_port=9000, health_check_path="/healthz"
            ),
            **common,
        )
        BackendService(
            self,
            "Rates",
            container=Container(image=self.backend, secrets={"PARTNER_KEY": platform.api_key}),
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
                image=self.backend,
                command=["python", "archive.py"],
                environment={"DATA_DIR": "/files"},
                secrets={"DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(platform.login, "password")},
                mounts=FILES,
            ),
            volumes=self.files,
            task=platform.task(),
            alarms=self.job_alarms,
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
