"""EKS Auto Mode: AWS runs nodes, load balancers and disks."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    AutoMode,
    Container,
    EbsStorage,
    EksCluster,
    KubernetesService,
    ListenerRule,
    LoadBalancerController,
    Network,
)

from .eks_settings import acknowledge_differences, administrators, cluster_options
from .images import application_image
from .registry_stack import RegistryStack
from .settings import Settings

PORT = 8080


class EksAutoStack(cdk.Stack):
    """A cluster in Auto Mode, with a class of disks, a class of load balancers and a web service."""

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
        acknowledge_differences(self)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        self.cluster = cluster = EksCluster(
            self,
            "Cluster",
            network=network,
            auto_mode=AutoMode(),
            admins=administrators(self),
            **cluster_options(settings, key),
        )
        LoadBalancerController(self, "IngressClass", cluster=cluster, default_ingress_class=True)
        EbsStorage(self, "Disks", cluster=cluster, default_class=True, encryption_key=key)
        KubernetesService(
            self,
            "Web",
            cluster=cluster,
            container=Container(image=application_image(settings, registry.web, "web")),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=load_balancer,
                rule=ListenerRule(hosts=settings.hosts("eks-auto"), paths=["/eks-auto", "/eks-auto/*"]),
                health_check_path="/healthz",
            ),
            desired_count=settings.desired_count or 2,
            namespace="shop",
        )
