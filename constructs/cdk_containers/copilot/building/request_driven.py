"""Request-driven web services, which ran on App Runner. App Runner no longer accepts new customers.

They become web services on Fargate behind the load balancer of their environment, which routes by host name. Without a
domain they become services of ECS Express Mode, which provides an HTTPS address as App Runner did.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.ecs.services import ExpressService
from cdk_containers.logs import Logs
from cdk_containers.scaling import ServiceScaling

from ..manifests.models import workloads
from ..manifests.models.balancing import Http, HttpHealthCheck
from ..manifests.models.images import ServiceImage
from ..manifests.models.networks import Network, Vpc
from ..manifests.models.scaling import Count
from .containers import plain
from .features import is_private
from .images import image_of
from .making import Making, listed
from .messaging import make_topics
from .secrets import allow_decrypting, allow_reading, known_secrets, other_secrets
from .services import make_service
from .variables import common_variables

_INTERVAL, _TIMEOUT = timedelta(seconds=30), timedelta(seconds=5)
"""Defaults of a load balancer health check; the timeout must be shorter than the interval."""

_CPU, _MEMORY = 1024, 2048
_MOST_TASKS, _CPU_PERCENT = 25, 70
"""App Runner scales up to 25 instances by concurrent requests, for which ECS has no metric."""


def make_request_driven(making: Making, workload: workloads.RequestDrivenWebService) -> Construct:
    """Create the service of a manifest."""
    private = is_private(workload)
    has_name = private or making.setting.domain is not None or (workload.http is not None and workload.http.alias)
    if workload.count is not None:
        making.notes.append(
            f"count: the scaling configuration {workload.count} of App Runner is replaced by 1 to {_MOST_TASKS} tasks "
            f"at {_CPU_PERCENT} % CPU"
        )
    given = (workload.http or workloads.AppRunnerHttp()).health
    if not has_name:
        making.notes.extend(_changed(given, HttpHealthCheck(path=given.path)))
        making.notes.append("without a domain it runs on ECS Express Mode, which gives it an address with HTTPS")
        made: Construct = _make_express(making, workload)
    else:
        making.notes.append("it runs on ECS behind the load balancer of its environment, and no longer on App Runner")
        check = balanced_check(given)
        making.notes.extend(_changed(given, check))
        made = make_service(making, as_service(workload, check, private=private))
    for name, value in (workload.tags or {}).items():
        cdk.Tags.of(making.scope).add(name, value)
    return made


def balanced_check(given: HttpHealthCheck) -> HttpHealthCheck:
    """Return the nearest load balancer health check for one of App Runner. Values that are not set stay unset."""
    interval = _within(given.interval, 5, 300)
    longest = int((interval or _INTERVAL).total_seconds()) - 1
    timeout = _within(given.timeout, 2, longest)
    return HttpHealthCheck(
        path=given.path or "/",
        interval=interval,
        timeout=_within(_TIMEOUT, 2, longest) if timeout is None and interval is not None else timeout,
        healthy_threshold=None if given.healthy_threshold is None else max(2, min(given.healthy_threshold, 10)),
        unhealthy_threshold=None if given.unhealthy_threshold is None else max(2, min(given.unhealthy_threshold, 10)),
    )


def _within(given: timedelta | None, least: int, most: int) -> timedelta | None:
    return None if given is None else timedelta(seconds=max(least, min(int(given.total_seconds()), most)))


def _changed(given: HttpHealthCheck, made: HttpHealthCheck) -> list[str]:
    """Note which values of a health check have changed."""
    notes = []
    for name in ("interval", "timeout", "healthy_threshold", "unhealthy_threshold"):
        before, after = getattr(given, name), getattr(made, name)
        if before is not None and before != after:
            now = "what ECS Express Mode has" if after is None else f"{_said(after)}, the nearest available"
            notes.append(f"http.healthcheck.{name}: {_said(before)} becomes {now}")
    return notes


def _said(value: timedelta | int) -> str:
    return f"{int(value.total_seconds())}s" if isinstance(value, timedelta) else str(value)


def as_service(
    workload: workloads.RequestDrivenWebService, check: HttpHealthCheck, *, private: bool
) -> workloads.LoadBalancedWebService | workloads.BackendService:
    """Return the equivalent manifest of a service on ECS."""
    given = workload.http or workloads.AppRunnerHttp()
    image = workload.image
    placement = workload.network.vpc.placement if workload.network is not None and workload.network.vpc else None
    common: dict[str, Any] = {
        "name": workload.name,
        "type": workload.type,
        "image": None
        if image is None
        else ServiceImage(
            build=image.build,
            location=image.location,
            credentials=image.credentials,
            labels=image.labels,
            port=image.port,
        ),
        "cpu": workload.cpu or _CPU,
        "memory": workload.memory or _MEMORY,
        "platform": workload.platform,
        "variables": workload.variables,
        "secrets": workload.secrets,
        "command": workload.command,
        "publish": workload.publish,
        "observability": workload.observability,
        "network": Network(vpc=Vpc(placement=placement)),
        "count": Count(range=f"1-{_MOST_TASKS}", cpu_percentage=_CPU_PERCENT),
    }
    http = Http(path="/", alias=given.alias, healthcheck=check)
    if private:
        return workloads.BackendService(http=http, **common)
    return workloads.LoadBalancedWebService(http=http, **common)


def _make_express(making: Making, workload: workloads.RequestDrivenWebService) -> ExpressService:
    image, http = workload.image, workload.http or workloads.AppRunnerHttp()
    topics = make_topics(making, workload.publish)
    told = common_variables(making, load_balancer=None, more=topics.told())
    group = aws_logs.LogGroup(
        making.scope,
        "Logs",
        log_group_name=making.resource_name(f"/copilot/{making.full_name}"),
        retention=aws_logs.RetentionDays.ONE_MONTH,
        removal_policy=cdk.RemovalPolicy.RETAIN,
    )
    secrets = workload.secrets or {}
    service = ExpressService(
        making.scope,
        "Service",
        cluster=making.around.cluster,
        image=image_of(making, image.built if image else None, image.location if image else None),
        port=(image.port if image is not None else None) or 8080,
        health_check_path=http.health.path or "/",
        command=listed(workload.command) or None,
        environment={**told, **plain(workload.variables)},
        secrets=known_secrets(making, secrets),
        cpu=workload.cpu or _CPU,
        memory_limit_mib=workload.memory or _MEMORY,
        scaling=ServiceScaling(min_tasks=1, max_tasks=_MOST_TASKS, cpu_percent=_CPU_PERCENT),
        internet_facing=True,
        security_groups=[making.around.security_group],
        logs=Logs(log_group=group),
    )
    topics.allow_publishing(service.task_role)
    if making.setting.compatibility.deny_iam:
        service.task_role.add_to_principal_policy(
            iam.PolicyStatement(effect=iam.Effect.DENY, actions=["iam:*"], resources=["*"])
        )
    if secrets:
        allow_decrypting(making, service.execution_role)
    others = other_secrets(secrets)
    allow_reading(making, service.execution_role, [secrets[name] for name in others])
    before = len(secrets) - len(others)
    entries = [{"Name": name, "ValueFrom": value} for name, value in others.items()]
    if entries and not before:
        service.service.add_property_override("PrimaryContainer.Secrets", entries)
    for place, entry in enumerate(entries if before else []):
        service.service.add_property_override(f"PrimaryContainer.Secrets.{before + place}", entry)
    return service
