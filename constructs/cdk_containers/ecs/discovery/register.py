"""Registering the tasks of a service in DNS."""

from __future__ import annotations

from aws_cdk import aws_ecs as ecs

from cdk_containers.core.cdk_modules import servicediscovery
from cdk_containers.core.inputs import in_seconds

from .cloud_map import CloudMap


def register_in_dns(
    service: ecs.BaseService,
    cloud_map: CloudMap,
    *,
    record_type: str,
    container: ecs.ContainerDefinition,
    port: int | None,
) -> None:
    """Let ECS register the addresses of a service's tasks in DNS."""
    srv = record_type == "SRV"
    service.enable_cloud_map(
        cloud_map_namespace=cloud_map.namespace.namespace,
        name=cloud_map.name,
        dns_record_type=servicediscovery.DnsRecordType[record_type],
        dns_ttl=in_seconds(cloud_map.ttl_seconds),
        # An address record has no port, and CDK refuses one.
        container=container if srv else None,
        container_port=port if srv else None,
    )
