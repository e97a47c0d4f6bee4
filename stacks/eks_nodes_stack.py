"""EKS on EC2: managed nodes, self-managed Spot nodes, and every kind of workload on them."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AccessEntry,
    AccessPolicy,
    AlbExposure,
    ApplicationLoadBalancer,
    CloudWatchObservability,
    Container,
    EksCluster,
    KubernetesDaemon,
    KubernetesJob,
    KubernetesRole,
    KubernetesService,
    KubernetesWorker,
    ListenerRule,
    LoadBalancerController,
    Logs,
    ManagedNodeGroup,
    Network,
    NodeOptions,
    PodOptions,
    RoleRule,
    SelfManagedNodes,
    ServiceScaling,
    Spot,
    Taint,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge

from .eks_settings import acknowledge_differences, administrators, cluster_options
from .images import application_image, worker_container
from .registry_stack import RegistryStack
from .settings import Settings

_KEY = Acknowledgement(
    "CDK writes these actions of KMS with a wildcard; they are for one key",
    cdk_nag=("AwsSolutions-IAM5[Action::kms:GenerateDataKey*]", "AwsSolutions-IAM5[Action::kms:ReEncrypt*]"),
)

PORT = 8080
INTERRUPTIBLE = "shop/interruptible"


class EksNodesStack(cdk.Stack):
    """A cluster with nodes of two kinds; a web service, a worker, a job and a daemon on them."""

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
            self, "Cluster", network=network, admins=administrators(self), **cluster_options(settings, key)
        )
        ManagedNodeGroup(
            self,
            "Nodes",
            cluster=cluster,
            instance_types=["m7g.large"],
            min_nodes=2,
            max_nodes=6,
            nodes=NodeOptions(encryption_key=key),
        )
        SelfManagedNodes(
            self,
            "SpotNodes",
            cluster=cluster,
            instance_types=["m7i.large", "m6i.large", "m7i-flex.large"],
            min_nodes=1,
            max_nodes=10,
            spot=Spot(on_demand_base=1),
            nodes=NodeOptions(
                machine_image="BOTTLEROCKET",
                encryption_key=key,
                labels={INTERRUPTIBLE: "true"},
                taints=[Taint(key=INTERRUPTIBLE, value="true")],
            ),
        )
        LoadBalancerController(self, "LoadBalancerController", cluster=cluster)
        CloudWatchObservability(
            self,
            "Observability",
            cluster=cluster,
            logs=Logs(encryption_key=key, removal_policy=settings.removal_policy),
        )

        table = dynamodb.Table(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            deletion_protection=settings.production,
            removal_policy=settings.removal_policy,
        )
        graviton = PodOptions(architecture="ARM64")
        backend = KubernetesService(
            self,
            "Backend",
            cluster=cluster,
            container=Container(
                image=application_image(settings, registry.backend, "backend"),
                environment={"TABLE_NAME": table.table_name},
                ports=[PORT],
            ),
            pod=graviton,
            desired_count=settings.desired_count or 2,
            namespace="shop",
        )
        table.grant_read_write_data(backend)
        acknowledge(backend.identity.role, _KEY)
        web = KubernetesService(
            self,
            "Web",
            cluster=cluster,
            container=Container(image=application_image(settings, registry.web, "web")),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=load_balancer,
                rule=ListenerRule(hosts=settings.hosts("eks"), paths=["/eks", "/eks/*"]),
                health_check_path="/healthz",
            ),
            pod=graviton,
            scaling=ServiceScaling(min_tasks=2, max_tasks=6, cpu_percent=60),
            namespace="shop",
        )
        web.connect_to(backend)
        KubernetesWorker(
            self,
            "Packer",
            cluster=cluster,
            container=worker_container(),
            # A message whose worker is interrupted is received again, so it may run on Spot.
            pod=PodOptions(tolerations=[{"key": INTERRUPTIBLE, "operator": "Exists"}]),
            desired_count=1,
            namespace="shop",
        )
        KubernetesJob(
            self,
            "Nightly",
            cluster=cluster,
            image="public.ecr.aws/docker/library/busybox:1.37.0",
            schedule="cron(0 3 * * ? *)",
            pod=graviton,
            time_zone="Europe/Berlin",
            namespace="shop",
        )
        KubernetesDaemon(
            self,
            "Heartbeat",
            cluster=cluster,
            image="public.ecr.aws/docker/library/busybox:1.37.0",
            pod=graviton,
            namespace="shop",
        )

        # People of a team: what they see is said by AWS's policy, what they may restart by a role of Kubernetes.
        AccessEntry(
            self,
            "TeamAccess",
            cluster=cluster,
            principal=f"arn:aws:iam::{self.account}:role/shop-team",
            policies=[AccessPolicy(name="AmazonEKSViewPolicy", namespaces=["shop"])],
            kubernetes_groups=["shop-team"],
        )
        KubernetesRole(
            self,
            "TeamRole",
            cluster=cluster,
            name="restart",
            groups=["shop-team"],
            rules=[RoleRule(api_groups=["apps"], resources=["deployments"], verbs=["get", "patch"])],
            namespace="shop",
        )
