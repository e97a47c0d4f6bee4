"""Load balanced web services, backend services and workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs

from cdk_containers.core.opt_outs import resource_of
from cdk_containers.core.practices import Disabled
from cdk_containers.ecs.discovery import CloudMap, ServedPort, ServiceConnect
from cdk_containers.ecs.discovery.join import join_namespace
from cdk_containers.ecs.services import BackendService, Service, WebService, WorkerService
from cdk_containers.load_balancing import AlbRoute

from ..manifests.models import workloads
from ..manifests.models.balancing import Http
from ..manifests.models.containers import Exec
from .balancing import Balancing
from .containers import SERVED, allow_tracing, contents_of, has_collector
from .making import REASON, Making
from .messaging import allow_reading_queues, make_queues, make_topics
from .network_balancing import NetworkBalancing
from .networks import groups_of, place_tasks
from .ports import Listening
from .rollback import roll_back, rolling
from .scaling import capacity_of, least_tasks, scale, write_capacity
from .storage import as_volumes
from .tasks import finish_task, make_log_group, platform_of, task_options
from .variables import common_variables

_GRACE_SECONDS = 60


def make_service(making: Making, workload: workloads.TaskWorkload) -> Service:
    """Create the service of a manifest."""
    worker = isinstance(workload, workloads.WorkerService)
    subscribe = workload.subscribe if isinstance(workload, workloads.WorkerService) else None
    count: Any = getattr(workload, "count", None)
    deployment: Any = getattr(workload, "deployment", None)
    listening = Listening(workload)
    http: Any = getattr(workload, "http", None)
    internal = isinstance(workload, workloads.BackendService)
    balanced = isinstance(http, Http) and bool(listening.rules)
    balancing = Balancing(making, http, listening, internal=internal) if balanced else None
    network = NetworkBalancing(making, workload, listening) if listening.listeners else None
    topics = make_topics(making, workload.publish)
    queues = make_queues(making, subscribe) if worker else None
    told = common_variables(
        making,
        # App Runner did not show its load balancer.
        load_balancer=balancing.dns_name if balancing is not None and workload is making.workload else None,
        more={**topics.told(), **(queues.told() if queues is not None else {})},
    )
    contents = contents_of(making, workload, listening, told)
    common: dict[str, Any] = {
        "cluster": making.around.cluster,
        "container": contents.containers[0],
        "sidecars": contents.containers[1:],
        "volumes": as_volumes(workload),
        "cpu": workload.cpu or 256,
        "memory_limit_mib": workload.memory or 512,
        "task": task_options(making, workload, make_log_group(making, workload)),
        "desired_count": least_tasks(count),
        "deployment": rolling(deployment),
        "capacity": capacity_of(count),
        "alarms": Disabled(REASON),
        "enable_execute_command": executes(workload.exec),
        "security_groups": groups_of(making, workload),
    }
    service: Service
    if queues is not None:
        service = WorkerService(
            making.scope,
            "Service",
            queue=queues.main,
            processing_time=timedelta(seconds=queues.main.visibility_timeout or 1),
            **common,
        )
    else:
        exposures = [
            *(balancing.exposures if balancing is not None else []),
            *(network.exposures if network is not None else []),
        ]
        kind = WebService if exposures and isinstance(workload, workloads.LoadBalancedWebService) else BackendService
        grace = (balancing.grace_seconds if balancing is not None else None) or (
            network.grace_seconds if network is not None else None
        )
        service = kind(
            making.scope,
            "Service",
            exposure=exposures,
            health_check_grace_period=timedelta(seconds=grace or _GRACE_SECONDS) if exposures else None,
            service_connect=_service_connect(making, workload, listening),
            cloud_map=_cloud_map(making, listening),
            **common,
        )
    write_capacity(service.service, capacity_of(count))
    _finish(making, workload, service, listening)
    finish_task(making, workload, service.task, contents)
    topics.allow_publishing(service.task_role)
    if queues is not None:
        allow_reading_queues(queues, service.task_role)
    if has_collector(workload):
        allow_tracing(service.task_role)
    if balancing is not None:
        balancing.finish([route for route in service.routes if isinstance(route, AlbRoute)])
    if network is not None:
        network.finish(service)
    routes = [route for route in service.routes if isinstance(route, AlbRoute)]
    scale(
        making,
        service.service,
        count,
        route=routes[0] if routes else None,
        queues={} if queues is None else {name: cast("Any", one.queue) for name, one in queues.all.items()},
    )
    roll_back(making, service.service, deployment, queues)
    return service


def executes(given: bool | Exec | None) -> bool:  # noqa: FBT001  (as manifests have it)
    """Tell whether ECS Exec is on. Copilot reads any map as true."""
    return given if isinstance(given, bool) else given is not None


def _service_connect(making: Making, workload: workloads.TaskWorkload, listening: Listening) -> ServiceConnect | None:
    network = workload.network
    if network is None or not network.connects:
        return None
    alias = getattr(network.connect, "alias", None)
    served = ServedPort(name=SERVED, discovery_name=f"{making.name}-sc", dns_name=alias or making.name)
    return ServiceConnect(
        namespace=making.around.namespace,
        ports=[served] if listening.main is not None else [],
        access_logs=Disabled(REASON),
    )


def _cloud_map(making: Making, listening: Listening) -> CloudMap | None:
    if listening.main is None or not making.setting.compatibility.discovery_names:
        return None
    container = next(
        name for name, ports in listening.ports.items() if any(number == listening.main for number, _ in ports)
    )
    return CloudMap(
        namespace=making.around.namespace,
        name=making.name,
        port=listening.main,
        container=container,
        record_type="SRV",
        ttl=timedelta(seconds=10),
    )


def _finish(making: Making, workload: workloads.TaskWorkload, service: Service, listening: Listening) -> None:
    """Apply settings of the manifest that have no option."""
    resource = cast("ecs.CfnService", resource_of(service.service))
    if workload is making.workload:
        # App Runner's service has this id, and a resource cannot change its type.
        making.name_it("Service", resource)
    place_tasks(making, workload, resource)
    if platform_of(workload)[0] != "LINUX":
        resource.add_property_override("PlatformVersion", "1.0.0")
    for child in service.service.node.find_all():
        if isinstance(child, cdk.CfnResource) and child.cfn_resource_type == "AWS::ServiceDiscovery::Service":
            making.name_it("DiscoveryService", child)
            making.export("DiscoveryServiceARN", child.get_att("Arn").to_string())
            # Callers use both names.
            records = [{"Type": kind, "TTL": 10} for kind in ("A", "SRV")]
            child.add_property_override("DnsConfig.DnsRecords", records)
            registry = {"RegistryArn": child.get_att("Arn"), "Port": listening.main}
            resource.add_property_override("ServiceRegistries", [registry])
    if isinstance(service, WorkerService) and workload.network is not None and workload.network.connects:
        join_namespace(
            making.scope,
            resource,
            ServiceConnect(namespace=making.around.namespace, ports=[], access_logs=Disabled(REASON)),
            served=[],
            task=service.task,
            logs=task_options(making, workload, service.task.log_group).logs,
        )
