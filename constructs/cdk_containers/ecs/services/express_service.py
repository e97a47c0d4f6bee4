"""A web application on ECS Express Mode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems, usable_arguments
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge
from cdk_containers.logs import Logs, owned_log_group
from cdk_containers.model.workload import ImageLike, NotSecret
from cdk_containers.model.workload.secrets import plain_value
from cdk_containers.network import subnet_ids_of
from cdk_containers.registry import warn_of_empty_repository
from cdk_containers.scaling import ServiceScaling

from ..clusters import Cluster
from ..tasks.instance_task_definition import as_text
from ..tasks.roles import make_execution_role, make_task_role
from ..tasks.secrets import ecs_secrets
from .checks.express import express_problems
from .express_image import image_for_express

_POLICY = "AmazonECSInfrastructureRoleforExpressGatewayServices"
_MANAGED_POLICY = Acknowledgement(
    "AWS documents and maintains this managed policy as the permissions that Express Mode needs to create load "
    "balancers, certificates, security groups and scaling; it is limited to resources with the ECS tag",
    cdk_nag=(f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/{_POLICY}]",),
)
_REGISTRY_LOGIN = Acknowledgement(
    "ecr:GetAuthorizationToken, with which ECS logs in to ECR, supports no resource-level permissions; all other "
    "permissions of this role are limited to the repository, secret or log group",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
)
_DEFAULT_SCALING = ServiceScaling(min_tasks=2, max_tasks=4)


@jsii.implements(iam.IGrantable)
class ExpressService(CheckedConstruct):
    """One container on Fargate with an HTTPS address from AWS (ECS Express Mode).

    ECS creates the load balancer, certificate, security groups, scaling and alarms, and shares the load balancer
    between services of a VPC. A deployment shifts a share of traffic first, and rolls back on errors. For several
    containers, volumes, a user, Spot or other deployments, use a `WebService`.

    Attributes:
        service: The CDK service.
        cluster: Its cluster.
        endpoint: Its URL.
        service_arn: Its ARN.
        task_role: The role of the application; it receives grants.
        execution_role: The role with which ECS starts its tasks.
        infrastructure_role: The role with which ECS creates the load balancer and other resources.
        log_group: Its log group.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-overview.html
    """

    service: ecs.CfnExpressGatewayService
    cluster: Cluster
    endpoint: str
    service_arn: str
    task_role: iam.Role
    execution_role: iam.Role
    infrastructure_role: iam.Role
    log_group: aws_logs.ILogGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        image: ImageLike,
        cluster: Cluster | None = None,
        port: int = 8080,
        health_check_path: str = "/",
        command: Sequence[str] | None = None,
        environment: Mapping[str, str | NotSecret] | None = None,
        secrets: Mapping[str, Any] | None = None,
        cpu: int = 256,
        memory_limit_mib: int = 512,
        scaling: ServiceScaling | None = None,
        internet_facing: bool = False,
        security_groups: Sequence[ec2.ISecurityGroup] = (),
        logs: Logs | None = None,
        service_name: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        """Create a service.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            image: Image of the container, for X86_64.
            cluster: Cluster. Default: a new `Cluster` in a new `Network`.
            port: Port on which the container listens for HTTP. Default: 8080.
            health_check_path: Path that answers when a task can accept requests. Default: `/`.
            command: Overrides the image's `CMD`. Default: the image's.
            environment: Environment variables. Values that look like secrets are refused. Default: none.
            secrets: Environment variables from Secrets Manager or SSM. Default: none.
            cpu: CPU units of a task; 1024 are one vCPU. Default: 256, the smallest.
            memory_limit_mib: Memory of a task in MiB; Fargate supports only certain combinations with `cpu`. Default:
                512.
            scaling: Number of tasks, and the one metric to scale on. Default: 2 to 4 tasks, at 60 % CPU.
            internet_facing: Whether the service is reachable from the internet, which gives its tasks public addresses.
                Default: False, which uses the private subnets of the cluster and an internal load balancer.
            security_groups: Security groups of its tasks for outbound connections. Default: those that ECS creates.
            logs: Log group of the container. Default: a log group that keeps logs for a year.
            service_name: Name of the service, which is part of its address. A new name replaces the service and changes
                the address. Default: a name that ECS generates.
            tags: Tags of the service. Express Mode accepts them only at creation, so changing them replaces the service
                and its address. `cdk.Tags` does not apply to it for this reason. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(ExpressService.__init__, locals())
        found.extend_anew(express_problems(usable_arguments(ExpressService.__init__, locals(), found)))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        self.cluster = cluster or Cluster(self, "Cluster")
        self.task_role = make_task_role(self)
        self.execution_role = make_execution_role(self)
        self.infrastructure_role = iam.Role(
            self,
            "InfrastructureRole",
            assumed_by=iam.ServicePrincipal("ecs.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(f"service-role/{_POLICY}")],
        )
        acknowledge(self.infrastructure_role, _MANAGED_POLICY)
        acknowledge(self.execution_role, _REGISTRY_LOGIN)
        self.log_group = owned_log_group(self, "Logs", logs or Logs())
        self.log_group.grant_write(self.execution_role)
        express = ecs.CfnExpressGatewayService
        pulled = image_for_express(self, image, self.execution_role)
        warn_of_empty_repository(self, [image])
        self.service = express(
            self,
            "Service",
            cluster=self.cluster.cluster.cluster_name,
            service_name=service_name,
            cpu=as_text(cpu),
            memory=as_text(memory_limit_mib),
            execution_role_arn=self.execution_role.role_arn,
            infrastructure_role_arn=self.infrastructure_role.role_arn,
            task_role_arn=self.task_role.role_arn,
            health_check_path=health_check_path,
            primary_container=express.ExpressGatewayContainerProperty(
                image=pulled.uri,
                repository_credentials=pulled.credentials,
                container_port=port,
                command=None if command is None else list(command),
                environment=[
                    express.KeyValuePairProperty(name=name, value=plain_value(value))
                    for name, value in (environment or {}).items()
                ]
                or None,
                secrets=self._secrets(secrets or {}),
                aws_logs_configuration=express.ExpressGatewayServiceAwsLogsConfigurationProperty(
                    log_group=self.log_group.log_group_name, log_stream_prefix="ecs"
                ),
            ),
            scaling_target=_scaling_target(scaling or _DEFAULT_SCALING),
            network_configuration=express.ExpressGatewayServiceNetworkConfigurationProperty(
                subnets=self._subnets(internet_facing=internet_facing),
                security_groups=[group.security_group_id for group in security_groups] or None,
            ),
        )
        self._fix_tags(tags or {})
        self.service.node.add_dependency(
            *self.cluster.capacity_ready, self.execution_role, self.infrastructure_role, self.task_role
        )
        self.endpoint = self.service.attr_endpoint
        self.service_arn = self.service.attr_service_arn

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: this service's own task role."""
        return self.task_role.grant_principal

    def _fix_tags(self, tags: Mapping[str, str]) -> None:
        """Overwrite the tags from aspects, because CloudFormation replaces the service when a tag changes."""
        if tags:
            listed = [{"Key": key, "Value": value} for key, value in sorted(tags.items())]
            self.service.add_property_override("Tags", listed)
        else:
            self.service.add_property_deletion_override("Tags")

    def _secrets(self, secrets: Mapping[str, Any]) -> list[ecs.CfnExpressGatewayService.SecretProperty] | None:
        found = ecs_secrets(self, secrets, self.execution_role) or {}
        for secret in found.values():
            secret.grant_read(self.execution_role)
        return [
            ecs.CfnExpressGatewayService.SecretProperty(name=name, value_from=secret.arn)
            for name, secret in found.items()
        ] or None

    def _subnets(self, *, internet_facing: bool) -> list[str]:
        if internet_facing:
            return self.cluster.vpc.select_subnets(subnet_type=ec2.SubnetType.PUBLIC).subnet_ids
        return subnet_ids_of(self.cluster.vpc, self.cluster.task_subnets)


def _scaling_target(scaling: ServiceScaling) -> ecs.CfnExpressGatewayService.ExpressGatewayScalingTargetProperty:
    metric, target = next(
        (name, value)
        for name, value in (
            ("AVERAGE_MEMORY", scaling.memory_percent),
            ("REQUEST_COUNT_PER_TARGET", scaling.requests_per_target),
            ("AVERAGE_CPU", scaling.cpu_target),
        )
        if value is not None
    )
    return ecs.CfnExpressGatewayService.ExpressGatewayScalingTargetProperty(
        min_task_count=scaling.min_tasks,
        max_task_count=scaling.max_tasks,
        auto_scaling_metric=metric,
        auto_scaling_target_value=target,
    )
