"""A web application: a public service, and a backend that it and the public reach."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import (
    AccessLogs,
    Alarms,
    AlarmTopic,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    Cluster,
    ClusterDashboard,
    ClusterEvents,
    Container,
    ContainerLogs,
    EfsVolume,
    ListenerRule,
    Logs,
    Network,
    ServiceDashboard,
    TaskOptions,
    VolumeMount,
    WebService,
)

from .images import application_image
from .registry_stack import RegistryStack
from .settings import THROW_AWAY, Settings

PORT = 8080


class WebApplicationStack(cdk.Stack):
    """`sample/`, deployed: web and backend behind one public load balancer, a table, a file system, a sidecar."""

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
        self._settings = settings
        self._network = network
        self.key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        self.cluster = Cluster(
            self,
            "Cluster",
            network=network,
            capacity=settings.capacity,
            encryption_key=self.key,
            execute_command_logs=Logs(encryption_key=self.key, removal_policy=settings.removal_policy),
        )
        table = dynamodb.Table(
            self,
            "Orders",
            partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=settings.removal_policy,
        )
        alerts = AlarmTopic(self, "Alerts", encryption_key=self.key).topic
        alarms = Alarms(topic=alerts)
        events = ClusterEvents(
            self,
            "Events",
            cluster=self.cluster,
            topic=alerts,
            logs=Logs(encryption_key=self.key, removal_policy=settings.removal_policy),
        )
        self._domain = domain = settings.domain_in(self)
        public = self._load_balancer("Public", internet_facing=True)
        internal = self._load_balancer("Internal", internet_facing=False)

        backend = BackendService(
            self,
            "Backend",
            cluster=self.cluster,
            container=Container(
                image=application_image(settings, registry.backend, "backend"),
                environment={"DATA_DIR": "/data"},
                mounts=[VolumeMount(volume="data", path="/data")],
            ),
            sidecars=[
                Container(
                    name="archivist",
                    image=application_image(settings, registry.backend, "backend"),
                    command=["python", "archive.py"],
                    environment={"DATA_DIR": "/data"},
                    essential=False,
                    depends_on={"app": "START"},
                    memory_limit_mib=128,
                    mounts=[VolumeMount(volume="data", path="/data")],
                )
            ],
            volumes=[EfsVolume(name="data", file_system=self._file_system())],
            task=self._task_options(),
            exposure=[
                AlbExposure(
                    port=PORT,
                    load_balancer=internal,
                    domain=domain.names("internal") if domain else None,
                    health_check_path="/healthz",
                ),
                AlbExposure(
                    port=PORT,
                    load_balancer=public,
                    rule=ListenerRule(hosts=settings.hosts("www"), paths=["/visits", "/visits/*"]),
                    health_check_path="/healthz",
                ),
            ],
            desired_count=settings.desired_count,
            scaling=settings.scaling,
            alarms=alarms,
        )
        web = WebService(
            self,
            "Web",
            cluster=self.cluster,
            container=Container(
                image=application_image(settings, registry.web, "web"),
                environment={"TABLE_NAME": table.table_name, "BACKEND_URL": backend.url},
            ),
            task=self._task_options(),
            exposure=AlbExposure(
                port=PORT,
                load_balancer=public,
                domain=domain.names("www") if domain else None,
                health_check_path="/healthz",
            ),
            desired_count=settings.desired_count,
            scaling=settings.scaling,
            alarms=alarms,
        )
        self.public_load_balancer = public
        table.grant_read_data(web)
        web.connections.allow_to(internal, ec2.Port.tcp(443 if settings.domain else 80), "The web service")
        ServiceDashboard(self, "Dashboard", services=[web, backend])
        ClusterDashboard(self, "ClusterDashboard", cluster=self.cluster, events=events)
        cdk.CfnOutput(self, "Url", value=web.url)

    def _load_balancer(self, name: str, *, internet_facing: bool) -> ApplicationLoadBalancer:
        """Make a load balancer, with the certificate of the domain where the environment has one."""
        throw_away = not self._settings.production
        return ApplicationLoadBalancer(
            self,
            name,
            network=self._network,
            internet_facing=internet_facing,
            certificates=[self._domain.certificate] if self._domain else [],
            https=True if self._domain else THROW_AWAY,
            redirect_http=internet_facing,
            access_logs=THROW_AWAY if throw_away else AccessLogs(),
            deletion_protection=THROW_AWAY if throw_away else True,
        )

    def _file_system(self) -> efs.FileSystem:
        return efs.FileSystem(
            self,
            "Files",
            vpc=self._network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_group=ec2.SecurityGroup(
                self, "FilesAccess", vpc=self._network.vpc, description="Shared files", allow_all_outbound=False
            ),
            encrypted=True,
            kms_key=self.key,
            enable_automatic_backups=True,
            # Only callers that IAM allows get in, and only as far as that goes: a policy that grants nothing takes the
            # place of the one with which AWS lets everybody in. Told to deny anonymous access, CDK would add a
            # statement that lets every principal that may mount also write as root.
            allow_anonymous_access=True,
            file_system_policy=iam.PolicyDocument(
                statements=[
                    iam.PolicyStatement(
                        effect=iam.Effect.DENY,
                        principals=[iam.AnyPrincipal()],
                        actions=["*"],
                        conditions={"Bool": {"aws:SecureTransport": "false"}},
                    )
                ]
            ),
            removal_policy=self._settings.removal_policy,
        )

    def _task_options(self) -> TaskOptions:
        return TaskOptions(logs=ContainerLogs(encryption_key=self.key, removal_policy=self._settings.removal_policy))
