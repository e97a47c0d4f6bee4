"""An Elastic Beanstalk environment that runs containers on ECS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticbeanstalk as elasticbeanstalk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from cdk_containers.core.cdk_modules import acm, sns
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import argument_problems, disabled_problems
from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, record_opt_out
from cdk_containers.core.practices import Disabled
from cdk_containers.load_balancing import AccessLogs
from cdk_containers.load_balancing.access_logs import ELB_LOG_DELIVERY, allow_log_delivery, make_bucket
from cdk_containers.model.workload import Container, RepositoryImage
from cdk_containers.model.workload.image import as_image
from cdk_containers.network import (
    WHICH_SUBNETS,
    Network,
    NetworkLike,
    public_subnet_problems,
    subnet_ids_of,
    task_subnet_problems,
    task_subnets_of,
    vpc_of,
    which_subnets_problems,
)

from ..tasks.instance_task_definition import as_text
from ..tasks.pulling import allow_pull
from .dockerrun import dockerrun, dockerrun_problems, host_port
from .environment_checks import platform_arn, platform_problems, range_problems

_INSTANCE_POLICIES = ("AWSElasticBeanstalkWebTier", "AWSElasticBeanstalkMulticontainerDocker")
_SERVICE_POLICIES = (
    "service-role/AWSElasticBeanstalkEnhancedHealth",
    "AWSElasticBeanstalkManagedUpdatesCustomerRolePolicy",
)
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"


def _managed(*policies: str) -> Acknowledgement:
    return Acknowledgement(
        "Elastic Beanstalk documents and maintains these managed policies as the permissions that its instances and "
        "its service role need",
        cdk_nag=tuple(
            f"AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{policy}]" for policy in policies
        ),
    )


_REGISTRY_LOGIN = Acknowledgement(
    "ecr:GetAuthorizationToken, with which instances log in to ECR, supports no resource-level permissions",
    cdk_nag=("AwsSolutions-IAM5[Resource::*]",),
)


@jsii.implements(iam.IGrantable, ec2.IConnectable)
class BeanstalkEnvironment(CheckedConstruct):
    """Containers on instances that Elastic Beanstalk manages, behind an Application Load Balancer.

    Each instance runs the containers once, as an ECS task. The environment scales on CPU, deploys in rolling batches
    with an additional batch, updates its platform each week, reports enhanced health, and sends its logs to CloudWatch.

    Attributes:
        application: The application.
        version: The deployed version, from a bundle with a `Dockerrun.aws.json`.
        environment: The environment.
        instance_role: The role of its instances and so of its containers; it receives grants.
        service_role: The role of Elastic Beanstalk.
        security_group: The security group of its load balancer.
        endpoint: The DNS name of its load balancer.

    See https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/create_deploy_docker_ecs.html
    """

    application: elasticbeanstalk.CfnApplication
    version: elasticbeanstalk.CfnApplicationVersion
    environment: elasticbeanstalk.CfnEnvironment
    instance_role: iam.Role
    service_role: iam.Role
    security_group: ec2.SecurityGroup
    endpoint: str

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        containers: Sequence[Container],
        platform: str,
        network: NetworkLike | None = None,
        certificate: acm.ICertificate | None = None,
        https: Literal[True] | Disabled = True,
        internet_facing: bool = False,
        health_check_path: str = "/",
        instance_types: Sequence[str] = ("t3.small",),
        min_instances: int = 2,
        max_instances: int = 4,
        scale_out_cpu_percent: int = 60,
        scale_in_cpu_percent: int = 30,
        root_volume_gib: int = 30,
        managed_updates: Literal[True] | Disabled = True,
        update_window: str = "Sun:02:00",
        log_retention_days: int = 365,
        access_logs: AccessLogs | Disabled | None = None,
        notification_topic: sns.ITopic | None = None,
    ) -> None:
        """Create an environment.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            containers: One to ten containers; the first one receives requests. All their options must be known at
                synthesis, which writes them to a file.
            platform: Platform version: name of a solution stack, `64bit Amazon Linux 2023 v4.… running ECS`, or ARN of
                such a platform. A newer version updates the environment in place. AWS retires versions, so there is no
                default; `aws elasticbeanstalk list-available-solution-stacks` lists them.
            network: The network, as a `Network` or a CDK VPC. Default: a new `Network`.
            certificate: Certificate of the load balancer.
            https: Serves HTTPS; `Disabled(reason="…")` serves plain HTTP. Default: True.
            internet_facing: Whether the load balancer has public addresses and accepts traffic from any address.
                Otherwise let callers in with `environment.connections.allow_default_port_from(…)`. Default: False.
            health_check_path: Path that answers when an instance can accept requests. Default: `/`.
            instance_types: Instance types in order of preference. Default: `t3.small`.
            min_instances: Minimum number of instances. Default: 2, so that one Availability Zone may fail.
            max_instances: Maximum number of instances. Default: 4.
            scale_out_cpu_percent: Average CPU utilization above which Elastic Beanstalk adds an instance, in percent.
                Default: 60.
            scale_in_cpu_percent: Average CPU utilization below which Elastic Beanstalk removes an instance, in percent.
                Default: 30.
            root_volume_gib: Size of the root volume of an instance in GiB. Default: 30.
            managed_updates: Installs minor versions and patches of the platform each week. Default: True.
            update_window: Weekly time for managed updates, in UTC. Default: `Sun:02:00`.
            log_retention_days: Days that CloudWatch Logs keeps logs and health events. Default: 365.
            access_logs: Where access logs go. `Disabled(reason="…")` writes none. Default: a bucket that keeps them for
                a year.
            notification_topic: SNS topic for events of the environment. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(BeanstalkEnvironment.__init__, locals())
        if not found.has("containers"):
            found.extend(dockerrun_problems(scope, containers))
        if not found.has("platform"):
            found.extend(platform_problems(platform))
        found.extend(_https_problems(found, certificate, https))
        found.extend_anew(
            range_problems(
                min_instances=min_instances,
                max_instances=max_instances,
                scale_out_cpu_percent=scale_out_cpu_percent,
                scale_in_cpu_percent=scale_in_cpu_percent,
                root_volume_gib=root_volume_gib,
                log_retention_days=log_retention_days,
                update_window=update_window,
                health_check_path=health_check_path,
                instance_types=instance_types,
            )
            if not found
            else ()
        )
        for option, value in (("managed_updates", managed_updates), ("access_logs", access_logs)):
            found.extend(disabled_problems(value), under=option)
        if isinstance(access_logs, AccessLogs):
            found.extend(access_logs.problems(), under="access_logs")
        if network is not None and not found.has("network"):
            found.extend(task_subnet_problems(network))
            found.extend(which_subnets_problems(network, "network", ask=WHICH_SUBNETS))
            if internet_facing is True:
                found.extend(public_subnet_problems(network, "internet_facing"))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        network = network or Network(self, "Network")
        self._vpc = vpc_of(network)
        self._private = task_subnets_of(network)
        self._https = https is True
        self.security_group = self._make_security_group(internet_facing=internet_facing)
        self.service_role = self._make_service_role()
        self.application = elasticbeanstalk.CfnApplication(self, "Application")
        bundle = self._make_bundle(containers)
        self.instance_role = self._make_instance_role(bundle, containers)
        profile = iam.InstanceProfile(self, "InstanceProfile", role=self.instance_role)
        self.version = elasticbeanstalk.CfnApplicationVersion(
            self,
            "Version",
            application_name=self.application.ref,
            source_bundle=elasticbeanstalk.CfnApplicationVersion.SourceBundleProperty(
                s3_bucket=bundle.s3_bucket_name, s3_key=bundle.s3_object_key
            ),
        )
        settings = {
            **_capacity(instance_types, min_instances, max_instances, scale_out_cpu_percent, scale_in_cpu_percent),
            **_operations(log_retention_days),
            **self._updates(managed_updates, update_window),
            **self._placement(internet_facing=internet_facing),
            **self._load_balancer(certificate, health_check_path, host_port(containers[0].all_ports[0])),
            ("aws:autoscaling:launchconfiguration", "IamInstanceProfile"): profile.instance_profile_name,
            ("aws:autoscaling:launchconfiguration", "RootVolumeSize"): root_volume_gib,
        }
        if notification_topic is not None:
            settings["aws:elasticbeanstalk:sns:topics", "Notification Topic ARN"] = notification_topic.topic_arn
        logs_ready = self._record_requests(access_logs, settings)
        self.environment = elasticbeanstalk.CfnEnvironment(
            self,
            "Environment",
            application_name=self.application.ref,
            version_label=self.version.ref,
            # Not by solution stack name, because a new name would replace the environment.
            platform_arn=platform_arn(platform, partition=cdk.Aws.PARTITION, region=cdk.Aws.REGION),
            option_settings=list(_settings(settings)),
        )
        self.environment.node.add_dependency(self.instance_role, self.service_role, *logs_ready)
        self.endpoint = self.environment.attr_endpoint_url
        for practice_id, value in (
            ("https-listener", https),
            ("beanstalk-managed-updates", managed_updates),
            ("access-logs", access_logs),
        ):
            if isinstance(value, Disabled):
                record_opt_out(self.environment, practice_id, value)

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The principal that receives grants: the role of its instances, which run nothing else."""
        return self.instance_role.grant_principal

    @property
    def connections(self) -> ec2.Connections:
        """Controls inbound connections of its load balancer."""
        port = ec2.Port.tcp(443 if self._https else 80)
        return ec2.Connections(security_groups=[self.security_group], default_port=port)

    def _make_security_group(self, *, internet_facing: bool) -> ec2.SecurityGroup:
        group = ec2.SecurityGroup(self, "LoadBalancer", vpc=self._vpc, description="Load balancer of Elastic Beanstalk")
        if internet_facing:
            group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443 if self._https else 80), "Internet")
            acknowledge(
                group,
                Acknowledgement(
                    "The load balancer is internet-facing as requested; instances are in private subnets",
                    cdk_nag=("AwsSolutions-EC23",),
                    checkov=() if self._https else ("CKV_AWS_260",),
                ),
            )
        return group

    def _make_service_role(self) -> iam.Role:
        role = iam.Role(
            self,
            "ServiceRole",
            assumed_by=iam.ServicePrincipal(
                "elasticbeanstalk.amazonaws.com", conditions={"StringEquals": {"sts:ExternalId": "elasticbeanstalk"}}
            ),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _SERVICE_POLICIES],
        )
        acknowledge(role, _managed(*_SERVICE_POLICIES))
        return role

    def _make_instance_role(self, bundle: s3_assets.Asset, containers: Sequence[Container]) -> iam.Role:
        role = iam.Role(
            self,
            "InstanceRole",
            assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
            managed_policies=[iam.ManagedPolicy.from_aws_managed_policy_name(name) for name in _INSTANCE_POLICIES],
            inline_policies={
                "Bundle": iam.PolicyDocument(
                    statements=[
                        iam.PolicyStatement(
                            actions=["s3:GetObject"], resources=[bundle.bucket.arn_for_objects(bundle.s3_object_key)]
                        )
                    ]
                )
            },
        )
        acknowledge(role, _managed(*_INSTANCE_POLICIES))
        stored = [image for container in containers if isinstance(image := as_image(container.image), RepositoryImage)]
        for image in stored:
            image.repository.grant_pull(role)
        in_ecr = [allow_pull(container.image, role) for container in containers]
        if stored or any(in_ecr):
            acknowledge(role, _REGISTRY_LOGIN)
        return role

    def _make_bundle(self, containers: Sequence[Container]) -> s3_assets.Asset:
        with TemporaryDirectory() as folder:  # the asset is a copy of it
            (Path(folder) / "Dockerrun.aws.json").write_text(dockerrun(self, containers), encoding="utf-8")
            return s3_assets.Asset(self, "Bundle", path=folder)

    def _updates(self, managed_updates: Literal[True] | Disabled, window: str) -> Mapping[tuple[str, str], Any]:
        actions = "aws:elasticbeanstalk:managedactions"
        if isinstance(managed_updates, Disabled):
            return {(actions, "ManagedActionsEnabled"): "false"}
        return {
            (actions, "ManagedActionsEnabled"): "true",
            (actions, "PreferredStartTime"): window,
            (actions, "ServiceRoleForManagedUpdates"): self.service_role.role_arn,
            (f"{actions}:platformupdate", "UpdateLevel"): "minor",
            (f"{actions}:platformupdate", "InstanceRefreshEnabled"): "true",
        }

    def _placement(self, *, internet_facing: bool) -> Mapping[tuple[str, str], Any]:
        private = subnet_ids_of(self._vpc, self._private)
        public = self._vpc.select_subnets(subnet_type=ec2.SubnetType.PUBLIC).subnet_ids if internet_facing else private
        space = "aws:ec2:vpc"
        return {
            (space, "VPCId"): self._vpc.vpc_id,
            (space, "Subnets"): ",".join(private),
            (space, "ELBSubnets"): ",".join(public),
            (space, "ELBScheme"): "public" if internet_facing else "internal",
            (space, "AssociatePublicIpAddress"): "false",
        }

    def _load_balancer(
        self, certificate: acm.ICertificate | None, path: str, port: int
    ) -> Mapping[tuple[str, str], Any]:
        process, balancer = "aws:elasticbeanstalk:environment:process:default", "aws:elbv2:loadbalancer"
        settings: dict[tuple[str, str], Any] = {
            ("aws:elasticbeanstalk:environment", "LoadBalancerType"): "application",
            ("aws:elasticbeanstalk:environment", "ServiceRole"): self.service_role.role_arn,
            (balancer, "SecurityGroups"): self.security_group.security_group_id,
            (balancer, "ManagedSecurityGroup"): self.security_group.security_group_id,
            (process, "Port"): port,
            (process, "Protocol"): "HTTP",
            (process, "HealthCheckPath"): path,
            (process, "DeregistrationDelay"): 30,
            ("aws:elbv2:listener:default", "ListenerEnabled"): "false" if self._https else "true",
        }
        if certificate is not None:
            listener = "aws:elbv2:listener:443"
            settings |= {
                (listener, "ListenerEnabled"): "true",
                (listener, "Protocol"): "HTTPS",
                (listener, "SSLCertificateArns"): certificate.certificate_arn,
                (listener, "SSLPolicy"): _TLS_POLICY,
                (listener, "DefaultProcess"): "default",
            }
        return settings

    def _record_requests(
        self, access_logs: AccessLogs | Disabled | None, settings: dict[tuple[str, str], Any]
    ) -> list[Any]:
        if isinstance(access_logs, Disabled):
            return []
        logs = access_logs or AccessLogs()
        bucket = logs.bucket or make_bucket(self, logs)
        space = "aws:elbv2:loadbalancer"
        settings[space, "AccessLogsS3Enabled"] = "true"
        settings[space, "AccessLogsS3Bucket"] = bucket.bucket_name
        if logs.prefix:
            settings[space, "AccessLogsS3Prefix"] = logs.prefix.rstrip("/")
        policy = allow_log_delivery(bucket, logs, ELB_LOG_DELIVERY)
        return [] if policy is None else [policy]


def _capacity(
    types: Sequence[str], least: int, most: int, scale_out: int, scale_in: int
) -> Mapping[tuple[str, str], Any]:
    group, trigger, update = (
        "aws:autoscaling:asg",
        "aws:autoscaling:trigger",
        "aws:autoscaling:updatepolicy:rollingupdate",
    )
    return {
        ("aws:elasticbeanstalk:environment", "EnvironmentType"): "LoadBalanced",
        ("aws:ec2:instances", "InstanceTypes"): ",".join(types),
        ("aws:autoscaling:launchconfiguration", "DisableIMDSv1"): "true",
        ("aws:autoscaling:launchconfiguration", "RootVolumeType"): "gp3",
        (group, "MinSize"): least,
        (group, "MaxSize"): most,
        (trigger, "MeasureName"): "CPUUtilization",
        (trigger, "Statistic"): "Average",
        (trigger, "Unit"): "Percent",
        (trigger, "UpperThreshold"): scale_out,
        (trigger, "LowerThreshold"): scale_in,
        (update, "RollingUpdateEnabled"): "true",
        (update, "RollingUpdateType"): "Health",
        ("aws:elasticbeanstalk:command", "DeploymentPolicy"): "RollingWithAdditionalBatch",
        ("aws:elasticbeanstalk:command", "BatchSizeType"): "Percentage",
        ("aws:elasticbeanstalk:command", "BatchSize"): 50,
    }


def _operations(days: int) -> Mapping[tuple[str, str], Any]:
    logs, health = "aws:elasticbeanstalk:cloudwatch:logs", "aws:elasticbeanstalk:cloudwatch:logs:health"
    return {
        ("aws:elasticbeanstalk:healthreporting:system", "SystemType"): "enhanced",
        ("aws:elasticbeanstalk:hostmanager", "LogPublicationControl"): "true",
        (logs, "StreamLogs"): "true",
        (logs, "RetentionInDays"): days,
        (logs, "DeleteOnTerminate"): "false",
        (health, "HealthStreamingEnabled"): "true",
        (health, "RetentionInDays"): days,
        (health, "DeleteOnTerminate"): "false",
    }


def _settings(
    settings: Mapping[tuple[str, str], Any],
) -> Iterator[elasticbeanstalk.CfnEnvironment.OptionSettingProperty]:
    for (namespace, name), value in sorted(settings.items(), key=lambda item: item[0]):
        text = value if isinstance(value, str) else as_text(value)
        yield elasticbeanstalk.CfnEnvironment.OptionSettingProperty(namespace=namespace, option_name=name, value=text)


def _https_problems(
    known: Problems, certificate: acm.ICertificate | None, https: Literal[True] | Disabled
) -> list[Problem]:
    found = Problems()
    if known.has("https") or known.has("certificate"):
        return []
    found.extend(disabled_problems(https), under="https")
    if found:
        return list(found)
    if https is True and certificate is None:
        found.add(
            "certificate",
            "HTTPS requires a certificate",
            allowed='an ACM certificate; https=Disabled(reason="…") for HTTP',
            practice="https-listener",
        )
    if isinstance(https, Disabled) and certificate is not None:
        found.add(
            "certificate",
            "HTTP does not use a certificate",
            given=Shown("a certificate"),
            allowed="remove it, or set https=True",
            practice="https-listener",
        )
    return list(found)
