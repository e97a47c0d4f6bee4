"""EKS without nodes: every pod on Fargate."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    Container,
    EfsStorage,
    EksCluster,
    FargateProfile,
    FargateSelector,
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


class EksFargateStack(cdk.Stack):
    """A cluster whose CoreDNS, controller and applications are on Fargate, with files on EFS."""

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
            compute="FARGATE",
            admins=administrators(self),
            **cluster_options(settings, key),
        )
        FargateProfile(self, "System", cluster=cluster, selectors=[FargateSelector(namespace="kube-system")])
        FargateProfile(self, "Shop", cluster=cluster, selectors=[FargateSelector(namespace="shop")])
        LoadBalancerController(self, "LoadBalancerController", cluster=cluster)
        EfsStorage(self, "Files", cluster=cluster, encryption_key=key, removal_policy=settings.removal_policy)
        KubernetesService(
            self,
            "Web",
            cluster=cluster,
            container=Container(image=application_image(settings, registry.web, "web")),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=load_balancer,
                rule=ListenerRule(hosts=settings.hosts("eks-fargate"), paths=["/eks-fargate", "/eks-fargate/*"]),
                health_check_path="/healthz",
            ),
            desired_count=settings.desired_count or 2,
            namespace="shop",
        )
