"""Jobs that run every night, with `aws_ecs_patterns`, as its documentation shows it."""

from __future__ import annotations

from aws_cdk import aws_applicationautoscaling as applicationautoscaling
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as ecs_patterns
from constructs import Construct
from subject import IMAGE, NIGHTLY


def add_services(scope: Construct, count: int) -> None:
    """Add a network and a cluster, and jobs that share them."""
    cluster = ecs.Cluster(scope, "Cluster", vpc=ec2.Vpc(scope, "Vpc", max_azs=3))
    for index in range(count):
        ecs_patterns.ScheduledFargateTask(
            scope,
            f"Job{index}",
            cluster=cluster,
            schedule=applicationautoscaling.Schedule.expression(NIGHTLY),
            scheduled_fargate_task_image_options=ecs_patterns.ScheduledFargateTaskImageOptions(
                image=ecs.ContainerImage.from_registry(IMAGE), memory_limit_mib=512
            ),
        )
