"""Workers, jobs and services on EC2 with CDK alone: the resources that this library makes, written out."""

from __future__ import annotations

import json
from typing import cast

import aws_cdk as cdk
from aws_cdk import aws_applicationautoscaling as applicationautoscaling
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from handwritten_parts import (
    FARGATE,
    PRIVATE,
    Common,
    add_alarm,
    add_app,
    add_error_alarm,
    add_health_alarm,
    add_queue,
    add_targets,
    add_task_alarms,
    queue_metric,
    tag,
)
from subject import NIGHTLY


class Ec2Service(Construct):
    """A service on container instances behind the shared load balancer, on a port that is found for each task."""

    def __init__(self, scope: Construct, id: str, *, common: Common, host_name: str, priority: int) -> None:  # noqa: A002
        super().__init__(scope, id)
        tag(self, id)
        execution_role = iam.Role(self, "ExecutionRole", assumed_by=common.any_task)
        task_definition = ecs.TaskDefinition(
            self,
            "Task",
            compatibility=ecs.Compatibility.EC2,
            network_mode=ecs.NetworkMode.BRIDGE,
            cpu="256",
            memory_mib="512",
            task_role=iam.Role(self, "TaskRole", assumed_by=common.tasks),
            execution_role=execution_role,
        )
        add_app(self, common, task_definition)
        targets = add_targets(self, common, elbv2.TargetType.INSTANCE, host_name=host_name, priority=priority)
        dimensions = {"LoadBalancer": common.load_balancer_full_name, "TargetGroup": targets.target_group_full_name}
        errors = add_error_alarm(self, common, dimensions)
        service = ecs.Ec2Service(
            self,
            "Service",
            cluster=common.cluster,
            task_definition=task_definition,
            desired_count=2,
            capacity_provider_strategies=[
                ecs.CapacityProviderStrategy(capacity_provider=common.provider or "", base=0, weight=1)
            ],
            placement_strategies=common.spread,
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
        resource = cast("ecs.CfnService", service.node.default_child)
        resource.scheduling_strategy = None
        resource.node.add_dependency(common.capacity, execution_role)
        service.attach_to_application_target_group(targets)
        add_task_alarms(self, common, service)
        add_health_alarm(self, common, dimensions)


class Worker(Construct):
    """A service that reads a queue, and grows with it."""

    def __init__(self, scope: Construct, id: str, *, common: Common) -> None:  # noqa: A002
        super().__init__(scope, id)
        tag(self, id)
        letters = add_queue(self, "DeadLetters", common)
        queue = add_queue(
            self,
            "Queue",
            common,
            retention_period=common.four_days,
            receive_message_wait_time=common.long_poll,
            visibility_timeout=common.five_minutes,
            dead_letter_queue=sqs.DeadLetterQueue(queue=letters, max_receive_count=3),
        )
        for kept in (letters, queue):
            cast("cdk.CfnResource", kept.node.default_child).add_override("UpdateReplacePolicy", "Retain")
        execution_role = iam.Role(self, "ExecutionRole", assumed_by=common.any_task)
        task_role = iam.Role(self, "TaskRole", assumed_by=common.tasks)
        task_definition = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=256,
            memory_limit_mib=512,
            task_role=task_role,
            execution_role=execution_role,
            runtime_platform=common.platform,
        )
        environment = {"QUEUE_URL": queue.queue_url}
        add_app(self, common, task_definition, listens=False, environment=environment, stop_timeout=common.two_minutes)
        queue.grant_consume_messages(task_role)
        service = ecs.FargateService(
            self,
            "Service",
            cluster=common.cluster,
            task_definition=task_definition,
            capacity_provider_strategies=[FARGATE],
            platform_version=ecs.FargatePlatformVersion.LATEST,
            assign_public_ip=False,
            vpc_subnets=PRIVATE,
            min_healthy_percent=100,
            max_healthy_percent=200,
            deployment_strategy=ecs.DeploymentStrategy.ROLLING,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            force_new_deployment=ecs.ForceNewDeployment(enabled=True, nonce="1"),
            availability_zone_rebalancing=ecs.AvailabilityZoneRebalancing.ENABLED,
            enable_ecs_managed_tags=True,
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_execute_command=False,
        )
        resource = cast("ecs.CfnService", service.node.default_child)
        resource.node.add_dependency(common.capacity, execution_role, task_role)
        self._scale(common, service, queue)
        add_task_alarms(self, common, service)
        metric = queue_metric(common, queue, "ApproximateAgeOfOldestMessage")
        description = "A message has been in the queue for too long"
        add_alarm(self, "OldestMessage", description, metric, threshold=900, periods=5, datapoints=3)
        metric = queue_metric(common, letters, "ApproximateNumberOfMessagesVisible")
        add_alarm(self, "DeadLetters", "Messages could not be worked on", metric, periods=1)

    def _scale(self, common: Common, service: ecs.FargateService, queue: sqs.Queue) -> None:
        """Keep ten waiting messages for each task, with L1: CDK has no metric math for target tracking."""
        tasks = service.auto_scale_task_count(min_capacity=1, max_capacity=10)
        policy = applicationautoscaling.CfnScalingPolicy
        of_service = {"ClusterName": common.cluster_name, "ServiceName": service.service_name}

        def measured(
            id: str,  # noqa: A002
            namespace: str,
            name: str,
            statistic: str,
            dimensions: dict[str, str],
        ) -> applicationautoscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty:
            return policy.TargetTrackingMetricDataQueryProperty(
                id=id,
                metric_stat=policy.TargetTrackingMetricStatProperty(
                    metric=policy.TargetTrackingMetricProperty(
                        namespace=namespace,
                        metric_name=name,
                        dimensions=[
                            policy.TargetTrackingMetricDimensionProperty(name=key, value=value)
                            for key, value in dimensions.items()
                        ],
                    ),
                    stat=statistic,
                ),
                return_data=False,
            )

        waiting = {"QueueName": queue.queue_name}
        applicationautoscaling.CfnScalingPolicy(
            tasks,
            "Messages",
            policy_name="Messages",
            policy_type="TargetTrackingScaling",
            scaling_target_id=cast("cdk.CfnResource", tasks.node.find_child("Target").node.default_child).ref,
            target_tracking_scaling_policy_configuration=policy.TargetTrackingScalingPolicyConfigurationProperty(
                customized_metric_specification=policy.CustomizedMetricSpecificationProperty(
                    metrics=[
                        measured("waiting", "AWS/SQS", "ApproximateNumberOfMessagesVisible", "Sum", waiting),
                        measured("running", "ECS/ContainerInsights", "RunningTaskCount", "Average", of_service),
                        policy.TargetTrackingMetricDataQueryProperty(
                            id="result", expression="waiting / running", return_data=True
                        ),
                    ]
                ),
                scale_in_cooldown=300,
                scale_out_cooldown=60,
                target_value=10,
            ),
        )


class Job(Construct):
    """A task that runs every night, with alarms on runs that fail or do not start."""

    def __init__(self, scope: Construct, id: str, *, common: Common) -> None:  # noqa: A002
        super().__init__(scope, id)
        tag(self, id)
        self._task_role = iam.Role(self, "TaskRole", assumed_by=common.tasks)
        self._execution_role = iam.Role(self, "ExecutionRole", assumed_by=common.any_task)
        task_definition = ecs.FargateTaskDefinition(
            self,
            "Task",
            cpu=256,
            memory_limit_mib=512,
            task_role=self._task_role,
            execution_role=self._execution_role,
            runtime_platform=common.platform,
        )
        log_group = add_app(self, common, task_definition, listens=False)
        letters = add_queue(self, "DeadLetters", common)
        family = f"arn:{common.partition}:ecs:{common.here}:task-definition/{task_definition.family}"
        group = scheduler.CfnScheduleGroup(self, "Group")
        role = self._make_role(common, group, family, letters)
        schedule = self._schedule(common, group, role, task_definition, letters)
        schedule.node.add_dependency(
            common.capacity, role, task_definition, self._execution_role, self._task_role, log_group
        )
        rule = self._keep_failed_runs(common, family)
        metric = cloudwatch.Metric(
            namespace="AWS/Events",
            metric_name="TriggeredRules",
            statistic="Sum",
            period=common.five_minutes,
            dimensions_map={"RuleName": rule.ref},
        )
        add_alarm(self, "FailedRuns", "A run of the job failed", metric, periods=1)
        metric = queue_metric(common, letters, "ApproximateNumberOfMessagesVisible")
        description = "A run of the job could not be started and waits in the dead-letter queue"
        add_alarm(self, "NotStarted", description, metric, periods=1)

    def _make_role(
        self, common: Common, group: scheduler.CfnScheduleGroup, family: str, letters: sqs.Queue
    ) -> iam.Role:
        tasks = f"arn:{common.partition}:ecs:{common.here}:task/*"
        role = iam.Role(
            self,
            "ScheduleRole",
            assumed_by=iam.ServicePrincipal(
                "scheduler.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": common.account},
                    "ArnLike": {
                        "aws:SourceArn": f"arn:{common.partition}:scheduler:{common.here}:schedule-group/{group.ref}"
                    },
                },
            ),
        )
        roles = [self._task_role.role_arn, self._execution_role.role_arn]
        iam.Policy(
            role,
            "StartRuns",
            roles=[role],
            statements=[
                iam.PolicyStatement(
                    actions=["ecs:RunTask"],
                    resources=[f"{family}:*"],
                    conditions={"ArnEquals": {"ecs:cluster": common.cluster_arn}},
                ),
                iam.PolicyStatement(
                    actions=["ecs:TagResource"],
                    resources=[tasks],
                    conditions={"StringEquals": {"ecs:CreateAction": "RunTask"}},
                ),
                iam.PolicyStatement(
                    actions=["iam:PassRole"],
                    resources=roles,
                    conditions={"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
                ),
                iam.PolicyStatement(actions=["sqs:SendMessage"], resources=[letters.queue_arn]),
            ],
        )
        return role

    def _schedule(
        self,
        common: Common,
        group: scheduler.CfnScheduleGroup,
        role: iam.Role,
        task_definition: ecs.FargateTaskDefinition,
        letters: sqs.Queue,
    ) -> scheduler.CfnSchedule:
        access = ec2.SecurityGroup(
            self, "SecurityGroup", vpc=common.vpc, description="Runs of a job, which nobody has to reach"
        )
        told = {"name": "SCHEDULED_TIME", "value": "<aws.scheduler.scheduled-time>"}
        schedule = scheduler.CfnSchedule
        return scheduler.CfnSchedule(
            self,
            "Schedule",
            group_name=group.ref,
            schedule_expression=NIGHTLY,
            schedule_expression_timezone="UTC",
            state="ENABLED",
            flexible_time_window=schedule.FlexibleTimeWindowProperty(mode="OFF"),
            target=schedule.TargetProperty(
                arn=common.cluster_arn,
                role_arn=role.role_arn,
                input=json.dumps({"containerOverrides": [{"name": "app", "environment": [told]}]}),
                dead_letter_config=schedule.DeadLetterConfigProperty(arn=letters.queue_arn),
                retry_policy=schedule.RetryPolicyProperty(maximum_event_age_in_seconds=3600, maximum_retry_attempts=10),
                ecs_parameters=schedule.EcsParametersProperty(
                    task_definition_arn=task_definition.task_definition_arn,
                    task_count=1,
                    capacity_provider_strategy=[
                        schedule.CapacityProviderStrategyItemProperty(capacity_provider="FARGATE", base=0, weight=1)
                    ],
                    platform_version="LATEST",
                    enable_ecs_managed_tags=True,
                    propagate_tags="TASK_DEFINITION",
                    network_configuration=schedule.NetworkConfigurationProperty(
                        awsvpc_configuration=schedule.AwsVpcConfigurationProperty(
                            assign_public_ip="DISABLED",
                            security_groups=[access.security_group_id],
                            subnets=common.private_subnets,
                        )
                    ),
                ),
            ),
        )

    def _keep_failed_runs(self, common: Common, family: str) -> events.CfnRule:
        queue = add_queue(self, "FailedRuns", common)
        rule = events.CfnRule(
            self,
            "FailedRunsRule",
            description="Runs of a job that failed",
            event_pattern={
                "source": ["aws.ecs"],
                "detail-type": ["ECS Task State Change"],
                "detail": {
                    "clusterArn": [common.cluster_arn],
                    "lastStatus": ["STOPPED"],
                    "taskDefinitionArn": [{"prefix": f"{family}:"}],
                    "$or": [
                        {"containers": {"name": ["app"], "exitCode": [{"anything-but": 0}]}},
                        {"stopCode": ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]},
                    ],
                },
            },
            targets=[events.CfnRule.TargetProperty(arn=queue.queue_arn, id="FailedRuns")],
        )
        queue.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AllowRule",
                principals=[common.events],
                actions=["sqs:SendMessage"],
                resources=[queue.queue_arn],
                conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
            )
        )
        return rule
