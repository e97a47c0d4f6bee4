"""The benchmark's web services, with CDK alone: the resources that this library makes, written out.

An author who knows CDK well and has reviewed the template writes it in this way: a construct for the service, L2
constructs in it, what is the same for all services made once, and nothing asked of CDK twice. `run.py` compares the
template with the library's, resource by resource.
"""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct
from handwritten_parts import (
    FARGATE,
    PRIVATE,
    Common,
    add_app,
    add_error_alarm,
    add_health_alarm,
    add_targets,
    add_task_alarms,
    tag,
)
from subject import CERTIFICATE_ARN, host


class Shared(Construct):
    """What the services share: network, cluster, load balancer."""

    def __init__(self, scope: Construct, id: str) -> None:  # noqa: A002
        super().__init__(scope, id)
        self.vpc = self._make_vpc()
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=self.vpc,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
            execute_command_configuration=ecs.ExecuteCommandConfiguration(
                logging=ecs.ExecuteCommandLogging.OVERRIDE,
                log_configuration=ecs.ExecuteCommandLogConfiguration(
                    cloud_watch_log_group=logs.LogGroup(
                        self, "ExecuteCommandLogs", retention=logs.RetentionDays.ONE_YEAR
                    )
                ),
            ),
        )
        self.capacity = ecs.CfnClusterCapacityProviderAssociations(
            self,
            "Capacity",
            cluster=self.cluster.cluster_name,
            capacity_providers=["FARGATE", "FARGATE_SPOT"],
            default_capacity_provider_strategy=[
                ecs.CfnClusterCapacityProviderAssociations.CapacityProviderStrategyProperty(
                    capacity_provider="FARGATE", base=0, weight=1
                )
            ],
        )
        load_balancer = self._make_load_balancer()
        self.common = Common(
            vpc=self.vpc,
            cluster=self.cluster,
            capacity=self.capacity,
            listener=self._listen(load_balancer),
            load_balancer=load_balancer,
        )

    def _make_vpc(self) -> ec2.Vpc:
        vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=3,
            nat_gateways=3,
            restrict_default_security_group=False,
            subnet_configuration=[
                ec2.SubnetConfiguration(
                    name="Public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24, map_public_ip_on_launch=False
                ),
                ec2.SubnetConfiguration(name="Private", subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS),
            ],
        )
        vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        vpc.add_flow_log(
            "FlowLog",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(
                logs.LogGroup(self, "FlowLogs", retention=logs.RetentionDays.ONE_YEAR)
            ),
        )
        return vpc

    def _make_load_balancer(self) -> elbv2.ApplicationLoadBalancer:
        group = ec2.SecurityGroup(
            self, "PublicAccess", vpc=self.vpc, description="Application Load Balancer", allow_all_outbound=False
        )
        for port in (443, 80):
            group.add_ingress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(port), f"Requests on port {port}")
        load_balancer = elbv2.ApplicationLoadBalancer(
            self,
            "LoadBalancer",
            vpc=self.vpc,
            internet_facing=True,
            security_group=group,
            drop_invalid_header_fields=True,
            desync_mitigation_mode=elbv2.DesyncMitigationMode.DEFENSIVE,
            deletion_protection=True,
        )
        self._record_requests(load_balancer)
        return load_balancer

    def _listen(self, load_balancer: elbv2.ApplicationLoadBalancer) -> elbv2.ApplicationListener:
        load_balancer.add_listener(
            "Redirect",
            port=80,
            open=False,
            default_action=elbv2.ListenerAction.redirect(protocol="HTTPS", port="443", permanent=True),
        )
        return load_balancer.add_listener(
            "Https",
            port=443,
            open=False,
            certificates=[acm.Certificate.from_certificate_arn(self, "Certificate", CERTIFICATE_ARN)],
            ssl_policy=elbv2.SslPolicy.TLS13_12_RES_PQ,
            default_action=elbv2.ListenerAction.fixed_response(
                404, content_type="text/plain", message_body="Not found"
            ),
        )

    def _record_requests(self, load_balancer: elbv2.ApplicationLoadBalancer) -> None:
        bucket = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=cdk.Duration.days(365),
                    noncurrent_version_expiration=cdk.Duration.days(30),
                    abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
                )
            ],
        )
        added = bucket.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("logdelivery.elasticloadbalancing.amazonaws.com")],
                actions=["s3:PutObject"],
                resources=[bucket.arn_for_objects(f"AWSLogs/{cdk.Aws.ACCOUNT_ID}/*")],
            )
        )
        if bucket.policy is not None:
            bucket.policy.apply_removal_policy(cdk.RemovalPolicy.RETAIN)
        load_balancer.set_attribute("access_logs.s3.enabled", "true")
        load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
        load_balancer.node.add_dependency(added.policy_dependable)


class WebService(Construct):
    """A service on Fargate behind the shared load balancer, with alarms that roll a deployment back."""

    def __init__(self, scope: Construct, id: str, *, common: Common, host_name: str, priority: int) -> None:  # noqa: A002
        super().__init__(scope, id)
        tag(self, id)
        execution_role = iam.Role(self, "ExecutionRole", assumed_by=common.any_task)
        task_definition = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=256,
            memory_limit_mib=512,
            task_role=iam.Role(self, "TaskRole", assumed_by=common.tasks),
            execution_role=execution_role,
            runtime_platform=common.platform,
        )
        add_app(self, common, task_definition)
        targets = add_targets(self, common, elbv2.TargetType.IP, host_name=host_name, priority=priority)
        dimensions = {
            "LoadBalancer": common.load_balancer_full_name,
            "TargetGroup": targets.target_group_full_name,
        }
        errors = add_error_alarm(self, common, dimensions)
        service = ecs.FargateService(
            self,
            "Service",
            cluster=common.cluster,
            task_definition=task_definition,
            desired_count=2,
            capacity_provider_strategies=[FARGATE],
            platform_version=ecs.FargatePlatformVersion.LATEST,
            assign_public_ip=False,
            vpc_subnets=PRIVATE,
            min_healthy_percent=100,
            max_healthy_percent=200,
            deployment_strategy=ecs.DeploymentStrategy.ROLLING,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            force_new_deployment=ecs.ForceNewDeployment(enabled=True, nonce="1"),
            deployment_alarms=ecs.DeploymentAlarmConfig(
                alarm_names=[errors.alarm_name], behavior=ecs.AlarmBehavior.ROLLBACK_ON_ALARM
            ),
            health_check_grace_period=common.minute,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_execute_command=False,
        )
        cast("cdk.CfnResource", service.node.default_child).node.add_dependency(common.capacity, execution_role)
        service.attach_to_application_target_group(targets)
        add_task_alarms(self, common, service)
        add_health_alarm(self, common, dimensions)


def add_services(scope: Construct, count: int) -> None:
    """Add a network, a cluster and a load balancer, and services that share them."""
    common = Shared(scope, "Shared").common
    for index in range(count):
        WebService(scope, f"Web{index}", common=common, host_name=host(index), priority=index + 1)
