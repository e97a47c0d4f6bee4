"""Workers, each with its own queue, with `aws_ecs_patterns`, as its documentation shows it."""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as ecs_patterns
from constructs import Construct
from subject import IMAGE


def add_services(scope: Construct, count: int) -> None:
    """Add a network and a cluster, and workers that share them."""
    cluster = ecs.Cluster(scope, "Cluster", vpc=ec2.Vpc(scope, "Vpc", max_azs=3))
    for index in range(count):
        ecs_patterns.QueueProcessingFargateService(
            scope, f"Worker{index}", cluster=cluster, image=ecs.ContainerImage.from_registry(IMAGE)
        )
