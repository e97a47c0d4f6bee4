"""The benchmark's web services, with `aws_ecs_patterns`, as its documentation shows it.

Each service has its own load balancer, for plain HTTP: an image and a port are all that the pattern asks for.
"""

from __future__ import annotations

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as ecs_patterns
from constructs import Construct
from subject import IMAGE, PORT


def add_services(scope: Construct, count: int) -> None:
    """Add a network and a cluster, and services that share them."""
    cluster = ecs.Cluster(scope, "Cluster", vpc=ec2.Vpc(scope, "Vpc", max_azs=3))
    for index in range(count):
        ecs_patterns.ApplicationLoadBalancedFargateService(
            scope,
            f"Web{index}",
            cluster=cluster,
            task_image_options=ecs_patterns.ApplicationLoadBalancedTaskImageOptions(
                image=ecs.ContainerImage.from_registry(IMAGE), container_port=PORT
            ),
        )
