"""Services on EC2 instances: every kind of load balancer, a daemon, a GPU, and their own volume."""

from __future__ import annotations

from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AccessLogs,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    ClassicExposure,
    Cluster,
    Container,
    ContainerLogs,
    DaemonService,
    Disabled,
    DockerVolume,
    EbsVolume,
    Ec2Capacity,
    GroupScaling,
    HostVolume,
    InstanceOptions,
    ListenerRule,
    Logs,
    ManagedScaling,
    Network,
    NetworkLoadBalancer,
    NlbExposure,
    PlacementStrategy,
    Port,
    PredictiveScaling,
    SharedVolume,
    Spot,
    TaskOptions,
    VolumeMount,
)

from .images import application_image
from .registry_stack import RegistryStack
from .settings import THROW_AWAY, Settings

PORT = 8080


class InstancesStack(cdk.Stack):
    """A cluster with On-Demand, Spot and GPU instances, and the services that are the reason to have them."""

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
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        logs = ContainerLogs(encryption_key=key, removal_policy=settings.removal_policy)
        bridge = TaskOptions(network_mode="bridge", logs=logs)
        domain = settings.domain_in(self)
        backend = application_image(settings, registry.backend, "backend")
        cluster = Cluster(
            self,
            "Cluster",
            network=network,
            encryption_key=key,
            execute_command_logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
        )
        on_demand = self._capacity("OnDemand", cluster, ["m7i.large"])
        spot = self._capacity("Spot", cluster, ["m7i.large", "m6i.large", "m7i-flex.large"], spot=Spot())
        gpu = self._capacity("Gpu", cluster, ["g5.xlarge"])
        # A group that follows its own load and a forecast of it; ECS places tasks there and manages no instance.
        steady = Ec2Capacity(
            self,
            "Steady",
            cluster=cluster,
            instance_types=["m7i.large"],
            min_instances=2,
            max_instances=6,
            scaling=GroupScaling(
                cpu_percent=60, predictive=PredictiveScaling(cpu_percent=60, forecast_only=not settings.production)
            ),
        )

        cdk.Validations.of(steady).acknowledge(
            cdk.Acknowledgment(
                id="cdk-containers::managed-instance-scaling",
                reason="its load is known: the group follows it and a forecast, with room for the tasks of one service",
            )
        )

        # Several tasks on an instance, each on a port that Docker finds free; the load balancer is another stack's.
        BackendService(
            self,
            "Api",
            cluster=cluster,
            container=Container(image=backend),
            task=bridge,
            capacity=[on_demand.share(base=1), spot.share(weight=3)],
            placement_strategies=[PlacementStrategy.spread_across_zones(), PlacementStrategy.binpack("memory")],
            exposure=AlbExposure(
                port=PORT,
                load_balancer=load_balancer,
                rule=ListenerRule(hosts=settings.hosts("www"), paths=["/instances", "/instances/*"]),
                health_check_path="/healthz",
            ),
            desired_count=settings.desired_count or 3,
        )
        BackendService(
            self,
            "Tcp",
            cluster=cluster,
            container=Container(image=backend),
            task=TaskOptions(logs=logs),
            capacity=[on_demand.share()],
            exposure=NlbExposure(
                port=PORT,
                protocol="TLS" if domain else "TCP",
                domain=domain.names("tcp") if domain else None,
                load_balancer=self._network_load_balancer(network),
                health_check_path="/healthz",
            ),
            desired_count=settings.desired_count or 2,
        )
        BackendService(
            self,
            "Legacy",
            cluster=cluster,
            container=Container(image=backend, ports=[Port(number=PORT, host_port=PORT)]),
            task=bridge,
            capacity=[on_demand.share()],
            exposure=ClassicExposure(
                port=PORT,
                certificate=settings.certificate(self, "LegacyCertificate", host="legacy"),
                https=True if settings.domain else THROW_AWAY,
                health_check_path="/healthz",
                access_logs=AccessLogs() if settings.production else THROW_AWAY,
            ),
            desired_count=settings.desired_count or 2,
        )
        BackendService(
            self,
            "Thumbnails",
            cluster=cluster,
            container=Container(
                image=backend,
                environment={"DATA_DIR": "/scratch"},
                mounts=[VolumeMount(volume="scratch", path="/scratch")],
            ),
            volumes=[
                DockerVolume(
                    name="scratch", driver_options={"type": "tmpfs", "device": "tmpfs", "o": "size=256m,uid=1000"}
                )
            ],
            task=bridge,
            capacity=[steady.share()],
            placement_strategies=[PlacementStrategy.random()],
            desired_count=settings.desired_count or 4,
        )
        DaemonService(
            self,
            "LogCollector",
            cluster=cluster,
            container=Container(
                image=registry.public.image("aws-observability/aws-for-fluent-bit", "2.32.0"),
                mounts=[VolumeMount(volume="host-logs", path="/var/log/host", read_only=True)],
                user=Disabled("logs of the host belong to root, and are mounted read-only"),
            ),
            volumes=[HostVolume(name="host-logs", host_path="/var/log")],
            task=bridge,
            cpu=128,
            memory_limit_mib=128,
        )
        BackendService(
            self,
            "Inference",
            cluster=cluster,
            container=Container(
                image="nvcr.io/nvidia/tritonserver:24.08-py3",
                # The entry point of the image runs what it is given, and without that ends as soon as it has started.
                command=["tritonserver", "--model-repository=/models"],
                mounts=[VolumeMount(volume="models", path="/models", read_only=True)],
                ports=[8000],
                gpus=1,
            ),
            # Empty, which is enough to start; models come from an EFS volume, or from a bucket that the command names.
            volumes=[SharedVolume(name="models")],
            cpu=2048,
            memory_limit_mib=8192,
            task=TaskOptions(logs=logs),
            capacity=[gpu.share()],
            desired_count=1,
        )
        BackendService(
            self,
            "Cache",
            cluster=cluster,
            container=Container(
                image=backend,
                environment={"DATA_DIR": "/data"},
                mounts=[VolumeMount(volume="data", path="/data")],
                user=Disabled("a new EBS volume belongs to root, and the image declares no other owner for /data"),
            ),
            volumes=[EbsVolume(name="data", size_gib=20, encryption_key=key)],
            task=TaskOptions(logs=logs),
            capacity=[on_demand.share()],
            desired_count=settings.desired_count or 2,
        )
        self.cluster = cluster

    def _capacity(self, name: str, cluster: Cluster, types: list[str], *, spot: Spot | None = None) -> Ec2Capacity:
        """Make a capacity; where the environment is thrown away, running instances must not keep its stack."""
        protection: Literal[True] | Disabled = True if self._settings.production else THROW_AWAY
        return Ec2Capacity(
            self,
            name,
            cluster=cluster,
            instance_types=types,
            max_instances=10,
            spot=spot,
            instances=InstanceOptions(root_volume_gib=100 if name == "Gpu" else 50),
            scaling=ManagedScaling(target_capacity_percent=90, termination_protection=protection),
        )

    def _network_load_balancer(self, network: Network) -> NetworkLoadBalancer:
        production = self._settings.production
        return NetworkLoadBalancer(
            self,
            "TcpLoadBalancer",
            network=network,
            internet_facing=False,
            ingress=[ec2.Peer.ipv4("10.0.0.0/16")],
            access_logs=AccessLogs() if production else THROW_AWAY,
            deletion_protection=True if production else THROW_AWAY,
        )
