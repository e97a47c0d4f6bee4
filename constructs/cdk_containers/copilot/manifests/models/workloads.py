"""The six types of workloads."""

from __future__ import annotations

from datetime import timedelta

from cdk_containers.core.frozen import frozen

from .balancing import Http, HttpHealthCheck, Nlb
from .containers import (
    Command,
    Exec,
    Logging,
    Observability,
    Platform,
    Secrets,
    Sidecar,
    TaskDefOverride,
    Variables,
)
from .images import AppRunnerImage, Image, ServiceImage
from .messaging import Publish, Subscribe
from .networks import AppRunnerNetwork, Network
from .scaling import Count, Deployment, WorkerDeployment
from .storage import Storage


@frozen
class Workload:
    """Keys of every workload."""

    name: str = ""
    type: str = ""


@frozen
class TaskWorkload(Workload):
    """Keys of workloads that run as ECS tasks."""

    entrypoint: Command | None = None
    command: Command | None = None
    cpu: int | None = None
    memory: int | None = None
    platform: str | Platform | None = None
    exec: bool | Exec | None = None
    variables: Variables | None = None
    env_file: str | None = None
    secrets: Secrets | None = None
    storage: Storage | None = None
    logging: Logging | None = None
    sidecars: dict[str, Sidecar] | None = None
    network: Network | None = None
    publish: Publish | None = None
    taskdef_overrides: list[TaskDefOverride] | None = None
    observability: Observability | None = None


@frozen
class LoadBalancedWebService(TaskWorkload):
    """A service behind an internet-facing load balancer."""

    image: ServiceImage | None = None
    http: bool | Http | None = None
    nlb: Nlb | None = None
    count: int | Count | None = None
    deployment: Deployment | None = None


@frozen
class BackendService(TaskWorkload):
    """A service that is reachable only in its VPC."""

    image: ServiceImage | None = None
    http: Http | None = None
    count: int | Count | None = None
    deployment: Deployment | None = None


@frozen
class WorkerService(TaskWorkload):
    """A service that processes a queue."""

    image: Image | None = None
    subscribe: Subscribe | None = None
    count: int | Count | None = None
    deployment: WorkerDeployment | None = None


@frozen
class JobTrigger:
    """When a job runs."""

    schedule: str | None = None


@frozen
class ScheduledJob(TaskWorkload):
    """A scheduled job."""

    image: Image | None = None
    on: JobTrigger | None = None
    count: int | None = None
    retries: int | None = None
    timeout: timedelta | None = None


@frozen
class AppRunnerPrivate:
    """An endpoint in the VPC instead of the internet."""

    endpoint: str | None = None


@frozen
class AppRunnerHttp:
    """HTTP settings of a request-driven web service."""

    healthcheck: str | HttpHealthCheck | None = None
    alias: str | None = None
    private: bool | AppRunnerPrivate | None = None

    @property
    def health(self) -> HttpHealthCheck:
        """The health check; a text is its path."""
        if isinstance(self.healthcheck, str):
            return HttpHealthCheck(path=self.healthcheck)
        return self.healthcheck or HttpHealthCheck()


@frozen
class RequestDrivenWebService(Workload):
    """A service that App Runner runs."""

    http: AppRunnerHttp | None = None
    cpu: int | None = None
    memory: int | None = None
    platform: str | Platform | None = None
    image: AppRunnerImage | None = None
    variables: Variables | None = None
    secrets: Secrets | None = None
    command: str | None = None
    tags: dict[str, str] | None = None
    publish: Publish | None = None
    network: AppRunnerNetwork | None = None
    observability: Observability | None = None
    count: str | None = None


@frozen
class StaticSiteHttp:
    """The names of a static site."""

    alias: str | None = None
    certificate: str | None = None


@frozen
class StaticFiles:
    """Files to copy to the site."""

    source: str | None = None
    destination: str | None = None
    recursive: bool | None = None
    exclude: Command | None = None
    reinclude: Command | None = None


@frozen
class StaticSite(Workload):
    """Files behind CloudFront."""

    http: StaticSiteHttp | None = None
    files: list[StaticFiles] | None = None


WORKLOADS: dict[str, type[Workload]] = {
    "Load Balanced Web Service": LoadBalancedWebService,
    "Backend Service": BackendService,
    "Worker Service": WorkerService,
    "Scheduled Job": ScheduledJob,
    "Request-Driven Web Service": RequestDrivenWebService,
    "Static Site": StaticSite,
}
"""The types by their names in manifests."""
