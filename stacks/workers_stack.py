"""A worker with a queue that a topic fills, and services that scale by steps, by the clock and by a forecast."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from cdk_containers import (
    AlarmTopic,
    BackendService,
    Cluster,
    ContainerLogs,
    Logs,
    Network,
    PredictiveServiceScaling,
    ScalingStep,
    ScheduledScaling,
    ServiceScaling,
    StepScaling,
    TaskOptions,
    TopicSubscription,
    WorkerAlarms,
    WorkerService,
    WorkQueue,
)

from .images import worker_container
from .settings import Settings

TIME_ZONE = "Europe/Berlin"


class WorkersStack(cdk.Stack):
    """A topic of orders, a worker that packs the large ones, and two services with scaling of other kinds."""

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
        production, removal_policy = settings.production, settings.removal_policy
        key = kms.Key(self, "Key", enable_key_rotation=True, removal_policy=removal_policy)
        task = TaskOptions(logs=ContainerLogs(encryption_key=key, removal_policy=removal_policy))
        cluster = Cluster(
            self,
            "Cluster",
            network=network,
            capacity=settings.capacity,
            encryption_key=key,
            execute_command_logs=Logs(encryption_key=key, removal_policy=removal_policy),
        )
        worker = worker_container()
        alarm_topic = AlarmTopic(self, "AlarmTopic", encryption_key=key).topic

        orders = sns.Topic(self, "Orders", master_key=key, enforce_ssl=True)
        queue = WorkQueue(
            self,
            "LargeOrders",
            visibility_timeout=timedelta(minutes=2),
            encryption_key=key,
            subscriptions=[
                TopicSubscription(topic=orders, filter_policy={"size": ["large"], "price": [{"numeric": [">", 100]}]})
            ],
            removal_policy=removal_policy,
        )
        WorkerService(
            self,
            "Packer",
            cluster=cluster,
            container=worker,
            task=task,
            queue=queue,
            scaling=ServiceScaling(min_tasks=1 if production else 0, max_tasks=20 if production else 2),
            alarms=WorkerAlarms(topic=alarm_topic),
        )

        # Steps: returns come in bursts that a target would follow too slowly.
        returns = WorkQueue(self, "Returns", encryption_key=key, removal_policy=removal_policy)
        WorkerService(
            self,
            "Returner",
            cluster=cluster,
            container=worker,
            # Graviton: the image is published for both architectures.
            task=replace(task, architecture="ARM64"),
            queue=returns,
            scaling=ServiceScaling(
                min_tasks=1,
                max_tasks=10,
                steps=[
                    StepScaling(
                        metric=returns.queue.metric_approximate_number_of_messages_visible(
                            period=cdk.Duration.minutes(1)
                        ),
                        steps=[
                            ScalingStep(upper=0, change=-1),
                            ScalingStep(lower=100, upper=1000, change=1),
                            ScalingStep(lower=1000, change=5),
                        ],
                        evaluation_periods=3,
                        datapoints_to_alarm=2,
                    )
                ],
            ),
            alarms=WorkerAlarms(topic=alarm_topic),
        )

        # The clock and a forecast: prices are asked for in the morning, from Monday to Friday.
        BackendService(
            self,
            "Prices",
            cluster=cluster,
            image="public.ecr.aws/nginx/nginx-unprivileged:1.29.0",
            task=task,
            scaling=ServiceScaling(
                min_tasks=2 if production else 1,
                max_tasks=20,
                cpu_percent=60,
                predictive=PredictiveServiceScaling(cpu_percent=60, forecast_only=not production),
                schedules=[
                    ScheduledScaling(schedule="cron(30 6 ? * MON-FRI *)", time_zone=TIME_ZONE, min_tasks=6),
                    ScheduledScaling(
                        schedule="cron(0 19 ? * MON-FRI *)", time_zone=TIME_ZONE, min_tasks=2 if production else 1
                    ),
                ],
            ),
        )
