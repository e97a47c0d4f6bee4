"""The benchmark's web services, with CDK alone: the resources that this library makes, written out.

This is how somebody writes it who knows CDK well and has reviewed the template: a construct for the service, L2
constructs in it, what is the same for all services made once, and nothing asked of CDK twice. `run.py` compares the
template with the library's, resource by resource.
"""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct
from subject import CERTIFICATE_ARN, IMAGE, PORT, host

PRIVATE = ec2.SubnetSelection(subnet_group_name="Private")


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
        self.listener = self._make_load_balancer()
        here = f"{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}"
        self.tasks = iam.ServicePrincipal(
            "ecs-tasks.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
                "ArnLike": {"aws:SourceArn": f"arn:{cdk.Aws.PARTITION}:ecs:{here}:*"},
            },
        )
        self.any_task = iam.ServicePrincipal("ecs-tasks.amazonaws.com")
        self.minute = cdk.Duration.minutes(1)
        self.five_minutes = cdk.Duration.minutes(5)
        self.buffer = cdk.Size.mebibytes(25)
        self.health_check = elbv2.HealthCheck(
            path="/",
            port="traffic-port",
            protocol=elbv2.Protocol.HTTP,
            interval=cdk.Duration.seconds(10),
            timeout=cdk.Duration.seconds(5),
            healthy_threshold_count=2,
            unhealthy_threshold_count=3,
            healthy_http_codes="200",
        )
        self.platform = ecs.RuntimePlatform(
            cpu_architecture=ecs.CpuArchitecture.X86_64, operating_system_family=ecs.OperatingSystemFamily.LINUX
        )
        self.half_a_minute = cdk.Duration.seconds(30)

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

    def _make_load_balancer(self) -> elbv2.ApplicationListener:
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
        self.load_balancer_full_name = load_balancer.load_balancer_full_name
        self._record_requests(load_balancer)
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
    """A service behind the shared load balancer, with alarms that roll a deployment back."""

    def __init__(self, scope: Construct, id: str, *, shared: Shared, host_name: str, priority: int) -> None:  # noqa: A002
        super().__init__(scope, id)
        execution_role = iam.Role(self, "ExecutionRole", assumed_by=shared.any_task)
        task_definition = self._make_task_definition(shared, execution_role)
        targets = elbv2.ApplicationTargetGroup(
            self,
            "Targets",
            vpc=shared.vpc,
            port=80,
            protocol=elbv2.ApplicationProtocol.HTTP,
            protocol_version=elbv2.ApplicationProtocolVersion.HTTP1,
            target_type=elbv2.TargetType.IP,
            deregistration_delay=shared.half_a_minute,
            health_check=shared.health_check,
        )
        elbv2.ApplicationListenerRule(
            self,
            "Rule",
            listener=shared.listener,
            priority=priority,
            conditions=[elbv2.ListenerCondition.host_headers([host_name])],
            target_groups=[targets],
        )
        dimensions = {
            "LoadBalancer": shared.load_balancer_full_name,
            "TargetGroup": targets.target_group_full_name,
        }
        errors = self._make_error_alarm(shared, dimensions)
        service = ecs.FargateService(
            self,
            "Service",
            cluster=shared.cluster,
            task_definition=task_definition,
            desired_count=2,
            capacity_provider_strategies=[ecs.CapacityProviderStrategy(capacity_provider="FARGATE", base=0, weight=1)],
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
            health_check_grace_period=shared.minute,
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_execute_command=False,
        )
        cast("cdk.CfnResource", service.node.default_child).node.add_dependency(shared.capacity, execution_role)
        service.attach_to_application_target_group(targets)
        self._make_usage_alarm("Cpu", "CPUUtilization", service.metric_cpu_utilization(period=shared.five_minutes))
        self._make_usage_alarm(
            "Memory", "MemoryUtilization", service.metric_memory_utilization(period=shared.five_minutes)
        )
        cloudwatch.Alarm(
            self,
            "UnhealthyTasksAlarm",
            metric=_metric(shared, dimensions, "UnHealthyHostCount", "Maximum"),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=5,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="A task fails the health check of its load balancer",
        )
        tasks = {"ClusterName": service.cluster.cluster_name, "ServiceName": service.service_name}
        cloudwatch.Alarm(
            self,
            "MissingTasksAlarm",
            metric=cloudwatch.MathExpression(
                expression="desired - running",
                using_metrics={
                    name: cloudwatch.Metric(
                        namespace="ECS/ContainerInsights",
                        metric_name=f"{name.capitalize()}TaskCount",
                        statistic="Average",
                        period=shared.five_minutes,
                        dimensions_map=tasks,
                    )
                    for name in ("desired", "running")
                },
                label="Tasks that are wanted and do not run",
                period=shared.five_minutes,
            ),
            threshold=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="Fewer tasks run than are wanted",
        )

    def _make_task_definition(self, shared: Shared, execution_role: iam.Role) -> ecs.FargateTaskDefinition:
        task_definition = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=256,
            memory_limit_mib=512,
            task_role=iam.Role(self, "TaskRole", assumed_by=shared.tasks),
            execution_role=execution_role,
            runtime_platform=shared.platform,
        )
        linux = ecs.LinuxParameters(self, "Linux", init_process_enabled=True)
        linux.add_tmpfs(
            ecs.Tmpfs(
                container_path="/tmp",  # noqa: S108  (in the container)
                size=64,
                mount_options=[ecs.TmpfsMountOption.RW, ecs.TmpfsMountOption.NOSUID, ecs.TmpfsMountOption.NODEV],
            )
        )
        # CDK knows `uid` and `gid` without a value only.
        cast("cdk.CfnResource", task_definition.node.default_child).add_property_override(
            "ContainerDefinitions.0.LinuxParameters.Tmpfs.0.MountOptions",
            ["rw", "nosuid", "nodev", "noexec", "uid=1000", "gid=1000"],
        )
        task_definition.add_container(
            "app",
            image=ecs.ContainerImage.from_registry(IMAGE),
            port_mappings=[ecs.PortMapping(container_port=PORT, protocol=ecs.Protocol.TCP)],
            user="1000:1000",
            readonly_root_filesystem=True,
            linux_parameters=linux,
            memory_limit_mib=512,
            essential=True,
            stop_timeout=shared.half_a_minute,
            version_consistency=ecs.VersionConsistency.ENABLED,
            logging=ecs.LogDrivers.aws_logs(
                stream_prefix="app",
                log_group=logs.LogGroup(self, "Logs", retention=logs.RetentionDays.ONE_YEAR),
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,
                max_buffer_size=shared.buffer,
            ),
        )
        return task_definition

    def _make_error_alarm(self, shared: Shared, dimensions: dict[str, str]) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            "ServerErrorsAlarm",
            metric=cloudwatch.MathExpression(
                expression="100 * errors / requests",
                using_metrics={
                    "errors": _metric(shared, dimensions, "HTTPCode_Target_5XX_Count", "Sum"),
                    "requests": _metric(shared, dimensions, "RequestCount", "Sum"),
                },
                label="Server errors, percent of requests",
                period=shared.minute,
            ),
            threshold=5,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description="Requests are answered with 5xx",
        )

    def _make_usage_alarm(self, name: str, metric_name: str, metric: cloudwatch.Metric) -> None:
        cloudwatch.Alarm(
            self,
            f"{name}Alarm",
            metric=metric,
            threshold=90,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            evaluation_periods=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=f"{metric_name} is high",
        )


def _metric(shared: Shared, dimensions: dict[str, str], name: str, statistic: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/ApplicationELB",
        metric_name=name,
        statistic=statistic,
        period=shared.minute,
        dimensions_map=dimensions,
    )


def add_services(scope: Construct, count: int) -> None:
    """Add a network, a cluster and a load balancer, and services that share them."""
    shared = Shared(scope, "Shared")
    for index in range(count):
        WebService(scope, f"Web{index}", shared=shared, host_name=host(index), priority=index + 1)
