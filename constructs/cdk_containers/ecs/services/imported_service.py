"""An existing service."""

from __future__ import annotations

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.network import Connections

from ..clusters import Cluster
from ..discovery import Namespace
from .connections import endpoint_of, make_imported_connector


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class ImportedService(CheckedConstruct):
    """An existing service; see `WebService.from_attributes`."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        service_arn: str,
        cluster: Cluster,
        security_group_id: str,
        task_role_arn: str,
        endpoint: str | None,
        namespace: Namespace | None,
    ) -> None:
        super().__init__(scope, id)
        self.service = ecs.FargateService.from_fargate_service_attributes(
            self, "Service", cluster=cluster.cluster, service_arn=service_arn
        )
        self.task_role = iam.Role.from_role_arn(self, "TaskRole", task_role_arn)
        group = ec2.SecurityGroup.from_security_group_id(self, "SecurityGroup", security_group_id)
        self._connections = Connections(security_groups=[group])
        self._connector = make_imported_connector(
            self, endpoint=endpoint, namespace=namespace, group=group, vpc=cluster.vpc
        )

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: this service's task role."""
        return self.task_role.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound and outbound connections of its tasks."""
        return self._connections

    @property
    def endpoint(self) -> str:
        """Its address for services connected to it."""
        return endpoint_of(self._connector)
