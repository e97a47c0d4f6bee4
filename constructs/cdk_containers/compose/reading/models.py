"""Models of compose files in long form.

Converted keys come first. `dropped` keys have no effect on Fargate, or none that an application sees. `refused` keys
have no counterpart on Fargate, and name an alternative.
"""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta
from typing import Any

from cdk_containers.core.frozen import frozen

Texts = dict[str, str]
Words = str | list[str]


def dropped(why: str) -> Any:
    """Return a key that is left out and reported."""
    return field(default=None, metadata={"dropped": why})


def refused(why: str) -> Any:
    """Return a key that stops the conversion of its service."""
    return field(default=None, metadata={"refused": why})


_NO_EFFECT = "tasks on Fargate do not have this setting"
_HOST = "a task on Fargate has no host to share with"
_KERNEL = "Fargate sets the kernel's limits itself"
_DNS = "tasks use the resolver of the network: add the name to a private hosted zone in Route 53"
_BUILD = "set it in your Dockerfile, or build the image in your pipeline and reference it with `image`"


@frozen
class Build:
    """How an image is built."""

    context: str | None = None
    dockerfile: str | None = None
    args: Texts | None = None
    target: str | None = None
    network: str | None = None
    labels: Any = dropped("labels of the image stay in its Dockerfile")
    cache_from: Any = dropped("the build uses Docker's own cache")
    cache_to: Any = dropped("the build uses Docker's own cache")
    tags: Any = dropped("the CDK tags images by their content")
    pull: Any = dropped("the CDK builds an image when its content changes")
    no_cache: Any = dropped("the CDK builds an image when its content changes")
    provenance: Any = dropped("the CDK does not attest builds")
    sbom: Any = dropped("the CDK does not attest builds")
    platforms: Any = dropped("the image is built for the CPU architecture of the task: set `platform` of the service")
    isolation: Any = dropped(_NO_EFFECT)
    shm_size: Any = dropped("builds use Docker's default")
    ulimits: Any = dropped("builds use Docker's default")
    secrets: Any = refused("pass it with `Image.from_asset(build_secrets=…)`, or build the image in your pipeline")
    ssh: Any = refused("pass it with `Image.from_asset(build_ssh=…)`, or build the image in your pipeline")
    dockerfile_inline: Any = refused("write it to a file, and set `dockerfile` to it")
    additional_contexts: Any = refused(_BUILD)
    entitlements: Any = refused(_BUILD)
    extra_hosts: Any = refused(_BUILD)
    privileged: Any = refused(_BUILD)


@frozen
class Port:
    """A port in its long form."""

    target: int | None = None
    published: str | None = None
    protocol: str | None = None
    host_ip: str | None = None
    app_protocol: str | None = None
    name: str | None = None
    mode: Any = dropped("a load balancer is in front of all tasks")


@frozen
class TmpfsOptions:
    """A directory in memory."""

    size: str | None = None
    mode: str | None = None


@frozen
class VolumeOptions:
    """Options of a named volume where it is mounted."""

    nocopy: Any = dropped("a volume on AWS never starts with the files of the image")
    subpath: str | None = None
    labels: Any = dropped("tags are set for the whole stack")


@frozen
class Mount:
    """A volume of a service in its long form."""

    type: str | None = None
    source: str | None = None
    target: str | None = None
    read_only: bool | None = None
    tmpfs: TmpfsOptions | None = None
    volume: VolumeOptions | None = None
    bind: Any = dropped("a bind mount is replaced or rejected")
    consistency: Any = dropped(_NO_EFFECT)
    image: Any = refused("copy the files into the image of the service with `COPY --from`")


@frozen
class EnvFile:
    """A file with settings in its long form."""

    path: str | None = None
    required: bool | None = None
    format: str | None = None


@frozen
class Dependency:
    """A dependency of a service."""

    condition: str | None = None
    required: bool | None = None
    restart: Any = dropped("ECS replaces tasks without restarting those that call them")


@frozen
class HealthCheck:
    """Container health check."""

    test: Words | None = None
    interval: timedelta | None = None
    timeout: timedelta | None = None
    retries: int | None = None
    start_period: timedelta | None = None
    disable: bool | None = None
    start_interval: Any = dropped("ECS checks at one interval")


@frozen
class Amounts:
    """Processors and memory."""

    cpus: str | None = None
    memory: str | None = None
    pids: Any = dropped(_KERNEL)
    devices: Any = refused("Fargate has no GPUs: give the cluster `Ec2Capacity` with GPU instances")
    generic_resources: Any = refused("Fargate has no such resources")


@frozen
class Resources:
    """Limits and reservations of a container."""

    limits: Amounts | None = None
    reservations: Amounts | None = None


@frozen
class Update:
    """Deployment settings."""

    order: str | None = None
    parallelism: Any = dropped("ECS replaces as many tasks at once as the deployment allows")
    delay: Any = dropped("ECS continues when tasks are healthy")
    failure_action: Any = dropped("the circuit breaker rolls back")
    monitor: Any = dropped("alarms roll back a deployment")
    max_failure_ratio: Any = dropped("the circuit breaker decides")


@frozen
class Deploy:
    """Number and size of tasks."""

    replicas: int | None = None
    resources: Resources | None = None
    update_config: Update | None = None
    mode: str | None = None
    endpoint_mode: Any = dropped("Service Connect finds tasks")
    labels: Any = dropped("tags are set for the whole stack")
    placement: Any = dropped("Fargate spreads tasks over Availability Zones")
    restart_policy: Any = dropped("ECS replaces stopped tasks, and the circuit breaker stops a failing deployment")
    rollback_config: Any = dropped("the circuit breaker rolls back")


@frozen
class Ulimit:
    """A limit of the operating system."""

    soft: int | None = None
    hard: int | None = None


@frozen
class Grant:
    """A secret or a config in a container."""

    source: str | None = None
    target: str | None = None
    uid: Any = dropped(_NO_EFFECT)
    gid: Any = dropped(_NO_EFFECT)
    mode: Any = dropped(_NO_EFFECT)


@frozen
class NetworkUse:
    """A service in a network."""

    aliases: list[str] | None = None
    ipv4_address: Any = dropped("services find tasks by name, because their addresses change")
    ipv6_address: Any = dropped("services find tasks by name, because their addresses change")
    link_local_ips: Any = dropped(_NO_EFFECT)
    mac_address: Any = dropped(_NO_EFFECT)
    interface_name: Any = dropped(_NO_EFFECT)
    driver_opts: Any = dropped(_NO_EFFECT)
    priority: Any = dropped("a task is in one network")
    gw_priority: Any = dropped("a task is in one network")


@frozen
class Extends:
    """The service that this service extends."""

    service: str | None = None
    file: str | None = None


@frozen
class Service:
    """A service."""

    image: str | None = None
    build: Build | None = None
    command: Words | None = None
    entrypoint: Words | None = None
    environment: Texts | None = None
    env_file: list[str | EnvFile] | None = None
    ports: list[str | Port] | None = None
    expose: list[str] | None = None
    volumes: list[str | Mount] | None = None
    depends_on: dict[str, Dependency] | None = None
    links: list[str] | None = None
    healthcheck: HealthCheck | None = None
    deploy: Deploy | None = None
    restart: str | None = None
    user: str | None = None
    working_dir: str | None = None
    read_only: bool | None = None
    init: bool | None = None
    tmpfs: list[str] | None = None
    secrets: list[str | Grant] | None = None
    networks: dict[str, NetworkUse] | None = None
    network_mode: str | None = None
    container_name: str | None = None
    hostname: str | None = None
    cap_add: list[str] | None = None
    cap_drop: list[str] | None = None
    security_opt: list[str] | None = None
    ulimits: dict[str, int | Ulimit] | None = None
    stop_grace_period: timedelta | None = None
    platform: str | None = None
    privileged: bool | None = None
    profiles: list[str] | None = None
    extends: Extends | None = None
    mem_limit: str | None = None
    mem_reservation: str | None = None
    cpus: str | None = None
    scale: int | None = None
    pull_policy: Any = dropped("ECS pulls the image for each task")
    labels: Any = dropped("AWS does not use them: a load balancer replaces routers such as Traefik")
    logging: Any = dropped("logs go to CloudWatch; `log_router` sends them elsewhere")
    annotations: Any = dropped(_NO_EFFECT)
    attach: Any = dropped("it only affects your terminal")
    cgroup_parent: Any = dropped(_NO_EFFECT)
    cpu_count: Any = dropped("`deploy.resources.limits.cpus` sets the size")
    cpu_percent: Any = dropped("`deploy.resources.limits.cpus` sets the size")
    cpu_period: Any = dropped("`deploy.resources.limits.cpus` sets the size")
    cpu_quota: Any = dropped("`deploy.resources.limits.cpus` sets the size")
    cpu_rt_period: Any = dropped(_NO_EFFECT)
    cpu_rt_runtime: Any = dropped(_NO_EFFECT)
    cpu_shares: Any = dropped("a task has its own CPUs")
    cpuset: Any = dropped(_NO_EFFECT)
    develop: Any = dropped("it is for development")
    domainname: Any = dropped("callers use the name of the service")
    isolation: Any = dropped(_NO_EFFECT)
    label_file: Any = dropped("AWS does not use labels")
    mac_address: Any = dropped(_NO_EFFECT)
    mem_swappiness: Any = dropped("tasks on Fargate do not swap")
    memswap_limit: Any = dropped("tasks on Fargate do not swap")
    oom_kill_disable: Any = dropped(_NO_EFFECT)
    oom_score_adj: Any = dropped(_NO_EFFECT)
    pids_limit: Any = dropped(_KERNEL)
    pull_refresh_after: Any = dropped("ECS pulls the image for each task")
    stdin_open: Any = dropped("a task has no interactive terminal")
    storage_opt: Any = dropped("`TaskOptions(ephemeral_storage_gib=…)` sets the disk")
    tty: Any = dropped("a task has no interactive terminal")
    blkio_config: Any = refused(_KERNEL)
    cgroup: Any = refused(_HOST)
    configs: Any = refused("put the file into the image, with `COPY` in a Dockerfile")
    credential_spec: Any = refused("Windows accounts need `Ec2Capacity`")
    device_cgroup_rules: Any = refused(_HOST)
    devices: Any = refused("a task on Fargate has no devices: add `Ec2Capacity` to the cluster")
    dns: Any = refused(_DNS)
    dns_opt: Any = refused(_DNS)
    dns_search: Any = refused(_DNS)
    external_links: Any = refused("set the address in `environment`")
    extra_hosts: Any = refused(_DNS)
    gpus: Any = refused("Fargate has no GPUs: give the cluster `Ec2Capacity` with GPU instances")
    group_add: Any = refused("put the user into the group in the Dockerfile")
    ipc: Any = refused(_HOST)
    models: Any = refused("call the model through its own service, such as Amazon Bedrock")
    pid: Any = refused(_HOST)
    post_start: Any = refused("run it in the entry point of the image")
    pre_stop: Any = refused("run it when the process gets SIGTERM")
    provider: Any = refused("create the resource in the stack, and set its address in `environment`")
    runtime: Any = refused("Fargate chooses the runtime")
    shm_size: Any = refused("Fargate has 64 MiB: remove it if that is enough, or add `Ec2Capacity` to the cluster")
    stop_signal: Any = refused("ECS sends the STOPSIGNAL of the image: set it in the Dockerfile")
    sysctls: Texts | None = None
    use_api_socket: Any = refused("a task has no access to Docker")
    userns_mode: Any = refused(_HOST)
    uts: Any = refused(_HOST)
    volumes_from: Any = refused("use the volume in both services")


@frozen
class Volume:
    """A named volume."""

    external: bool | None = None
    name: str | None = None
    driver: str | None = None
    driver_opts: Any = None
    labels: Any = dropped("tags are set for the whole stack")


@frozen
class Secret:
    """A secret of the project."""

    file: str | None = None
    environment: str | None = None
    external: bool | None = None
    name: str | None = None
    labels: Any = dropped("tags are set for the whole stack")
    driver: Any = refused("the secret is in Secrets Manager")
    driver_opts: Any = refused("the secret is in Secrets Manager")
    template_driver: Any = refused("the secret is in Secrets Manager")


@frozen
class File:
    """A compose file with its includes."""

    name: str | None = None
    services: dict[str, Service] | None = None
    volumes: dict[str, Volume] | None = None
    secrets: dict[str, Secret] | None = None
    networks: Any = dropped("all services are in one network; each accepts connections only from its callers")
    configs: Any = dropped("the services that use them define them")
    version: Any = dropped("Compose no longer reads it")
    models: Any = dropped("the services that use them define them")
