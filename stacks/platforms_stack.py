"""The other ways to run containers: Managed Instances, Express Mode, machines outside AWS, Elastic Beanstalk."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AccessLogs,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    BeanstalkEnvironment,
    Cluster,
    Container,
    ContainerLogs,
    Disabled,
    ExpressService,
    ExternalDaemonService,
    ExternalInstances,
    ExternalService,
    HostVolume,
    InstanceRequirements,
    ListenerRule,
    Logs,
    ManagedInstancesCapacity,
    Network,
    PlacementConstraint,
    ServiceScaling,
    TaskOptions,
    VolumeMount,
)

from .images import application_image
from .registry_stack import RegistryStack
from .settings import THROW_AWAY, Settings

PORT = 8080
COLLECTOR = "public.ecr.aws/aws-observability/aws-for-fluent-bit:2.32.0"


class PlatformsStack(cdk.Stack):
    """One application on each platform other than Fargate and self-managed instances."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        network: Network,
        registry: RegistryStack,
        load_balancer: ApplicationLoadBalancer,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._settings = settings
        self._network = network
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        self._logs = ContainerLogs(encryption_key=key, removal_policy=settings.removal_policy)
        self.cluster = Cluster(
            self,
            "Cluster",
            network=network,
            encryption_key=key,
            execute_command_logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
        )
        self._add_managed_instances(registry, load_balancer)
        self._add_express(registry, key)
        self._add_external_instances()
        self._add_beanstalk()

    def _add_managed_instances(self, registry: RegistryStack, load_balancer: ApplicationLoadBalancer) -> None:
        wanted = InstanceRequirements(architecture="X86_64", max_vcpus=16, excluded_instance_types=["t*"])
        on_demand = ManagedInstancesCapacity(self, "OnDemand", cluster=self.cluster, requirements=wanted)
        spot = ManagedInstancesCapacity(self, "Spot", cluster=self.cluster, requirements=wanted, capacity_option="SPOT")
        BackendService(
            self,
            "Orders",
            cluster=self.cluster,
            container=Container(image=application_image(self._settings, registry.backend, "backend")),
            task=TaskOptions(logs=self._logs),
            capacity=[on_demand.share(base=1), spot.share(weight=3)],
            placement_constraints=[PlacementConstraint.distinct_instance()],
            exposure=AlbExposure(
                port=PORT,
                load_balancer=load_balancer,
                rule=ListenerRule(hosts=self._settings.hosts("www"), paths=["/orders", "/orders/*"]),
                health_check_path="/healthz",
            ),
            desired_count=self._settings.desired_count or 3,
        )

    def _add_express(self, registry: RegistryStack, key: kms.IKey) -> None:
        ExpressService(
            self,
            "Preview",
            cluster=self.cluster,
            image=application_image(self._settings, registry.backend, "backend"),
            port=PORT,
            health_check_path="/healthz",
            environment={"LOG_LEVEL": "info"},
            scaling=ServiceScaling(min_tasks=2, max_tasks=6, requests_per_target=1000),
            logs=Logs(encryption_key=key, removal_policy=self._settings.removal_policy),
        )

    def _add_external_instances(self) -> None:
        ExternalInstances(self, "Machines", cluster=self.cluster, registration_limit=20)
        bridge = TaskOptions(network_mode="bridge", logs=self._logs)
        ExternalDaemonService(
            self,
            "Collector",
            cluster=self.cluster,
            container=Container(
                image=COLLECTOR,
                mounts=[VolumeMount(volume="host-logs", path="/var/log/host", read_only=True)],
                user=Disabled("logs of the machine belong to root, and are mounted read-only"),
            ),
            volumes=[HostVolume(name="host-logs", host_path="/var/log")],
            task=bridge,
            cpu=128,
            memory_limit_mib=128,
        )
        ExternalService(
            self,
            "Uploader",
            cluster=self.cluster,
            container=Container(
                image=COLLECTOR,
                mounts=[VolumeMount(volume="scans", path="/scans", read_only=True)],
            ),
            volumes=[HostVolume(name="scans", host_path="/srv/scans")],
            task=bridge,
            placement_constraints=[PlacementConstraint.member_of("attribute:site == hamburg")],
            desired_count=self._settings.external_tasks,
        )

    def _add_beanstalk(self) -> None:
        production = self._settings.production
        BeanstalkEnvironment(
            self,
            "Intranet",
            network=self._network,
            # AWS retires versions: `aws elasticbeanstalk list-available-solution-stacks` has those that are there.
            platform="64bit Amazon Linux 2023 v4.3.0 running ECS",
            containers=[
                Container(
                    name="web",
                    image="public.ecr.aws/nginx/nginx-unprivileged:1.29.1",
                    ports=[PORT],
                    memory_limit_mib=512,
                )
            ],
            certificate=self._settings.certificate(self, "IntranetCertificate", host="intranet-beanstalk"),
            https=True if self._settings.domain else THROW_AWAY,
            min_instances=2 if production else 1,
            max_instances=6 if production else 2,
            access_logs=AccessLogs() if production else THROW_AWAY,
        )
