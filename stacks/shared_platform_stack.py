"""What several teams share: network, cluster, instances, load balancers, keys, logins, files, queue and images."""

from __future__ import annotations

import json
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_containers import (
    AccessLogs,
    AlarmTopic,
    ApplicationLoadBalancer,
    Cluster,
    ContainerLogs,
    Disabled,
    Ec2Capacity,
    InstanceOptions,
    Logs,
    ManagedScaling,
    Namespace,
    Network,
    NetworkLoadBalancer,
    Repository,
    TaskOptions,
    WorkQueue,
)
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of
from cdk_containers.model.instances import NetworkMode

from .settings import THROW_AWAY, Settings

NO_ROTATION = Acknowledgement(
    "The owner of the database or the registry rotates its login; this stack only passes it to its readers",
    cdk_nag=("AwsSolutions-SMG4",),
)


class SharedPlatformStack(cdk.Stack):
    """A platform that knows none of the services on it: their stacks need it, and it needs none of them."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        settings: Settings,
        network: Network,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        self._settings = settings
        self.network = network
        self._logs_key = self._key("LogsKey")
        self._data_key = self._key("DataKey")
        self.cluster = Cluster(
            self,
            "Cluster",
            network=network,
            capacity=settings.capacity,
            encryption_key=self._logs_key,
            execute_command_logs=Logs(encryption_key=self._logs_key, removal_policy=settings.removal_policy),
        )
        self.instances = self._instances()
        self.load_balancer = self._load_balancer()
        self.tcp_load_balancer = self._tcp_load_balancer()
        self.names = Namespace(self, "Names", name=f"{settings.name}.platform.internal", network=network)

        self.login = self._secret("DatabaseLogin", template={"username": "shop", "host": "db.example.com"})
        self.api_key = self._secret("ApiKey")
        self.files = self._files()
        self.queue = WorkQueue(self, "Reports", encryption_key=self._data_key, removal_policy=settings.removal_policy)
        self.alarm_topic: sns.ITopic = AlarmTopic(self, "Alerts", encryption_key=self._data_key).topic
        # A name that is known before it is made: services of another account pull from it.
        self.images = Repository(
            self, "Images", repository_name=settings.shared_repository, removal_policy=settings.removal_policy
        )
        self.images.grant_pull(iam.AccountPrincipal(settings.second_account))

    def task(self, network_mode: NetworkMode = "awsvpc") -> TaskOptions:
        """Return what tasks of every team have alike."""
        logs = ContainerLogs(encryption_key=self._logs_key, removal_policy=self._settings.removal_policy)
        return TaskOptions(network_mode=network_mode, logs=logs)

    def _key(self, name: str) -> kms.Key:
        return kms.Key(self, name, enable_key_rotation=True, removal_policy=self._settings.removal_policy)

    def _secret(self, name: str, *, template: dict[str, str] | None = None) -> secretsmanager.Secret:
        generated = secretsmanager.SecretStringGenerator(
            exclude_punctuation=True,
            secret_string_template=None if template is None else json.dumps(template),
            generate_string_key=None if template is None else "password",
        )
        secret = secretsmanager.Secret(
            self,
            name,
            encryption_key=self._data_key,
            generate_secret_string=generated,
            removal_policy=self._settings.removal_policy,
        )
        acknowledge(resource_of(secret), NO_ROTATION)
        return secret

    def _instances(self) -> Ec2Capacity:
        protection: Literal[True] | Disabled = True if self._settings.production else THROW_AWAY
        return Ec2Capacity(
            self,
            "Instances",
            cluster=self.cluster,
            instance_types=["m7i.large"],
            max_instances=10,
            instances=InstanceOptions(root_volume_gib=50),
            scaling=ManagedScaling(target_capacity_percent=90, termination_protection=protection),
        )

    def _load_balancer(self) -> ApplicationLoadBalancer:
        certificate = self._settings.certificate(self, "Certificate", host="platform")
        production = self._settings.production
        return ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            network=self.network,
            internet_facing=False,
            certificates=[] if certificate is None else [certificate],
            https=THROW_AWAY if certificate is None else True,
            access_logs=AccessLogs() if production else THROW_AWAY,
            deletion_protection=True if production else THROW_AWAY,
        )

    def _tcp_load_balancer(self) -> NetworkLoadBalancer:
        production = self._settings.production
        return NetworkLoadBalancer(
            self,
            "TcpLoadBalancer",
            network=self.network,
            internet_facing=False,
            ingress=[ec2.Peer.ipv4("10.0.0.0/16")],
            access_logs=AccessLogs() if production else THROW_AWAY,
            deletion_protection=True if production else THROW_AWAY,
        )

    def _files(self) -> efs.FileSystem:
        return efs.FileSystem(
            self,
            "Files",
            vpc=self.network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            security_group=ec2.SecurityGroup(
                self, "FilesAccess", vpc=self.network.vpc, description="Shared files", allow_all_outbound=False
            ),
            encrypted=True,
            kms_key=self._data_key,
            enable_automatic_backups=True,
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
