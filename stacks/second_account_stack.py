"""A stage in a second account, whose service runs images that the first account keeps."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_containers import BackendService, Cluster, Container, ContainerLogs, Logs, Network, Repository, TaskOptions

from .settings import Settings


class SecondAccountStack(cdk.Stack):
    """A network, a cluster, and a service whose image is pulled from the first account."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings, **kwargs: Any) -> None:  # noqa: A002
        super().__init__(scope, id, **kwargs)
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=settings.removal_policy)
        logs = Logs(encryption_key=key, removal_policy=settings.removal_policy)
        network = Network(self, "Network", nat_gateways=settings.nat_gateways, flow_logs=logs)
        # The policy of the repository lets this account in; the role of the service is let out by its own.
        images = Repository.from_attributes(
            self,
            "Images",
            repository_arn=(
                f"arn:aws:ecr:{settings.first_region}:{settings.first_account}:repository/{settings.shared_repository}"
            ),
            repository_name=settings.shared_repository,
        )
        BackendService(
            self,
            "Partner",
            cluster=Cluster(
                self,
                "Cluster",
                network=network,
                capacity=settings.capacity,
                encryption_key=key,
                execute_command_logs=logs,
            ),
            container=Container(image=images.image(settings.image_tag or "1.0.0")),
            task=TaskOptions(logs=ContainerLogs(encryption_key=key, removal_policy=settings.removal_policy)),
            desired_count=settings.desired_count or 2,
        )


class SecondAccount(cdk.Stage):
    """What one environment has in a second account."""

    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:  # noqa: A002
        super().__init__(scope, id, env=cdk.Environment(account=settings.second_account))
        SecondAccountStack(self, "Partner", settings=settings, stack_name=f"{settings.name}-second-account")
