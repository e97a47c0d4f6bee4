"""What the hand-written workloads have in common, as an author who knows CDK well writes it.

A construct for each kind of workload, L2 constructs in it, what is the same for all of them made once, and nothing
asked of CDK twice.
"""

from __future__ import annotations

from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IDependable
from subject import IMAGE, PORT

PRIVATE = ec2.SubnetSelection(subnet_group_name="Private")
FARGATE = ecs.CapacityProviderStrategy(capacity_provider="FARGATE", base=0, weight=1)


class Common:
    """What workloads are made with."""

    def __init__(
        self,
        *,
        vpc: ec2.IVpc,
        cluster: ecs.ICluster | None = None,
        capacity: IDependable | None = None,
        provider: str | None = None,
        listener: elbv2.IApplicationListener | None = None,
        load_balancer: elbv2.ApplicationLoadBalancer | None = None,
    ) -> None:
        self.vpc, self.listener, self.capacity, self.provider = vpc, listener, capacity, provider
        self.load_balancer_full_name = "" if load_balancer is None else load_balancer.load_balancer_full_name
        if cluster is not None:
            self.cluster = cluster
            self.cluster_name, self.cluster_arn = cluster.cluster_name, cluster.cluster_arn
        self.partition, self.region, self.account = cdk.Aws.PARTITION, cdk.Aws.REGION, cdk.Aws.ACCOUNT_ID
        self.here = f"{self.region}:{self.account}"
        self.tasks = iam.ServicePrincipal(
            "ecs-tasks.amazonaws.com",
            conditions={
                "StringEquals": {"aws:SourceAccount": self.account},
                "ArnLike": {"aws:SourceArn": f"arn:{self.partition}:ecs:{self.here}:*"},
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
        self.private_subnets = vpc.select_subnets(subnet_group_name="Private").subnet_ids
        self.events = iam.ServicePrincipal("events.amazonaws.com")
        self.spread = [
            ecs.PlacementStrategy.spread_across("attribute:ecs.availability-zone"),
            ecs.PlacementStrategy.spread_across_instances(),
        ]
        self.long_poll = cdk.Duration.seconds(20)
        self.four_days = cdk.Duration.days(4)
        self.two_minutes = cdk.Duration.minutes(2)
        self.two_weeks = cdk.Duration.days(14)


def tag(construct: Construct, component: str) -> None:
    """Tag the service and the task definition of a workload."""
    types = ["AWS::ECS::Service", "AWS::ECS::TaskDefinition"]
    cdk.Tags.of(construct).add("component", component, include_resource_types=types)


def add_app(
    scope: Construct,
    common: Common,
    task_definition: ecs.TaskDefinition,
    *,
    listens: bool = True,
    environment: dict[str, str] | None = None,
    stop_timeout: cdk.Duration | None = None,
) -> logs.LogGroup:
    """Add the container of the application, with its logs."""
    linux = ecs.LinuxParameters(scope, "Linux", init_process_enabled=True)
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
    group = logs.LogGroup(scope, "Logs", retention=logs.RetentionDays.ONE_YEAR)
    task_definition.add_container(
        "app",
        image=ecs.ContainerImage.from_registry(IMAGE),
        port_mappings=[ecs.PortMapping(container_port=PORT, protocol=ecs.Protocol.TCP)] if listens else None,
        environment=environment,
        user="1000:1000",
        readonly_root_filesystem=True,
        linux_parameters=linux,
        memory_limit_mib=512,
        essential=True,
        stop_timeout=stop_timeout or common.half_a_minute,
        version_consistency=ecs.VersionConsistency.ENABLED,
        logging=ecs.LogDrivers.aws_logs(
            stream_prefix="app",
            log_group=group,
            mode=ecs.AwsLogDriverMode.NON_BLOCKING,
            max_buffer_size=common.buffer,
        ),
    )
    return group


def add_targets(
    scope: Construct, common: Common, target_type: elbv2.TargetType, *, host_name: str, priority: int
) -> elbv2.ApplicationTargetGroup:
    """Add a target group, and the rule of the shared listener that sends requests to it."""
    targets = elbv2.ApplicationTargetGroup(
        scope,
        "Targets",
        vpc=common.vpc,
        port=80,
        protocol=elbv2.ApplicationProtocol.HTTP,
        protocol_version=elbv2.ApplicationProtocolVersion.HTTP1,
        target_type=target_type,
        deregistration_delay=common.half_a_minute,
        health_check=common.health_check,
    )
    assert common.listener is not None  # noqa: S101
    elbv2.ApplicationListenerRule(
        scope,
        "Rule",
        listener=common.listener,
        priority=priority,
        conditions=[elbv2.ListenerCondition.host_headers([host_name])],
        target_groups=[targets],
    )
    return targets


def add_queue(scope: Construct, id: str, common: Common, **options: object) -> sqs.Queue:  # noqa: A002
    """Add a queue that is encrypted and takes messages over TLS only."""
    return sqs.Queue(
        scope,
        id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        removal_policy=cdk.RemovalPolicy.DESTROY,
        **{"retention_period": common.two_weeks, **options},  # type: ignore[arg-type]
    )


def add_alarm(
    scope: Construct,
    name: str,
    description: str,
    metric: cloudwatch.IMetric,
    *,
    threshold: int = 1,
    periods: int = 3,
    datapoints: int | None = None,
) -> cloudwatch.Alarm:
    """Add an alarm that does not set how it treats missing data."""
    return cloudwatch.Alarm(
        scope,
        f"{name}Alarm",
        metric=metric,
        threshold=threshold,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluation_periods=periods,
        datapoints_to_alarm=datapoints,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        alarm_description=description,
    )


def add_error_alarm(scope: Construct, common: Common, dimensions: dict[str, str]) -> cloudwatch.Alarm:
    """Add the alarm on requests that are answered with 5xx."""
    metric = cloudwatch.MathExpression(
        expression="100 * errors / requests",
        using_metrics={
            "errors": requests_metric(common, dimensions, "HTTPCode_Target_5XX_Count", "Sum"),
            "requests": requests_metric(common, dimensions, "RequestCount", "Sum"),
        },
        label="Server errors, percent of requests",
        period=common.minute,
    )
    return add_alarm(
        scope, "ServerErrors", "Requests are answered with 5xx", metric, threshold=5, periods=5, datapoints=3
    )


def add_health_alarm(scope: Construct, common: Common, dimensions: dict[str, str]) -> None:
    """Add the alarm on tasks that fail the health check."""
    add_alarm(
        scope,
        "UnhealthyTasks",
        "A task fails the health check of its load balancer",
        requests_metric(common, dimensions, "UnHealthyHostCount", "Maximum"),
        periods=5,
    )


def add_task_alarms(scope: Construct, common: Common, service: ecs.BaseService) -> None:
    """Add the alarms on tasks that are busy, and on tasks that are missing."""
    for name, metric_name, metric in (
        ("Cpu", "CPUUtilization", service.metric_cpu_utilization(period=common.five_minutes)),
        ("Memory", "MemoryUtilization", service.metric_memory_utilization(period=common.five_minutes)),
    ):
        add_alarm(scope, name, f"{metric_name} is high", metric, threshold=90)
    tasks = {"ClusterName": common.cluster_name, "ServiceName": service.service_name}
    missing = cloudwatch.MathExpression(
        expression="desired - running",
        using_metrics={
            name: cloudwatch.Metric(
                namespace="ECS/ContainerInsights",
                metric_name=f"{name.capitalize()}TaskCount",
                statistic="Average",
                period=common.five_minutes,
                dimensions_map=tasks,
            )
            for name in ("desired", "running")
        },
        label="Tasks that are wanted and do not run",
        period=common.five_minutes,
    )
    add_alarm(scope, "MissingTasks", "Fewer tasks run than are wanted", missing)


def requests_metric(common: Common, dimensions: dict[str, str], name: str, statistic: str) -> cloudwatch.Metric:
    """Return a metric of the load balancer."""
    return cloudwatch.Metric(
        namespace="AWS/ApplicationELB",
        metric_name=name,
        statistic=statistic,
        period=common.minute,
        dimensions_map=dimensions,
    )


def queue_metric(common: Common, queue: sqs.Queue, name: str) -> cloudwatch.Metric:
    """Return a metric of a queue."""
    return cloudwatch.Metric(
        namespace="AWS/SQS",
        metric_name=name,
        statistic="Maximum",
        period=common.minute,
        dimensions_map={"QueueName": queue.queue_name},
    )
