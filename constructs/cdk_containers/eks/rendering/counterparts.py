"""Kubernetes counterparts of each option of a workload.

Three readers use the table: the losses of a workload, the docs page, and a test that covers all options.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from typing import Any, Literal

from cdk_containers.core.frozen import frozen
from cdk_containers.core.practices import Disabled
from cdk_containers.model.workload import (
    AssetImage,
    Container,
    DockerOptions,
    DockerVolume,
    EbsVolume,
    EfsVolume,
    EnvironmentFile,
    HealthCheck,
    HostVolume,
    HttpCheck,
    LinuxOptions,
    LogDriver,
    NotSecret,
    Port,
    PortRange,
    Privileged,
    RegistryImage,
    RepositoryImage,
    RestartPolicy,
    SharedVolume,
    Tmpfs,
    Ulimit,
    VolumeMount,
    Workload,
)
from cdk_containers.model.workload.image import as_image

from .facts import PodFacts
from .losses import Losses
from .rendered import Loss

Meaning = Literal["same", "approximated", "refused", "platform"]


@frozen
class Counterpart:
    """Counterpart of an option.

    Attributes:
        kubernetes: Its counterpart, or what is lost.
        meaning: Whether it is equal, approximated, refused, or handled by the platform.
        instead: What to do about a loss.
        applies: Tells whether a value is lost. Default: every value but the option's default is.
    """

    kubernetes: str
    meaning: Meaning = "same"
    instead: str = ""
    applies: Callable[[Any], bool] | None = None


def _same(kubernetes: str) -> Counterpart:
    return Counterpart(kubernetes=kubernetes)


def _refused(what: str, instead: str, applies: Callable[[Any], bool] | None = None) -> Counterpart:
    return Counterpart(kubernetes=what, meaning="refused", instead=instead, applies=applies)


def _nearly(what: str, instead: str, applies: Callable[[Any], bool] | None = None) -> Counterpart:
    return Counterpart(kubernetes=what, meaning="approximated", instead=instead, applies=applies)


def _platform(what: str, instead: str, applies: Callable[[Any], bool] | None = None) -> Counterpart:
    return Counterpart(kubernetes=what, meaning="platform", instead=instead, applies=applies)


def _elsewhere(_: object) -> bool:
    """Leave it to the module that renders the option, which knows more than the value."""
    return False


def _is_on(value: object) -> bool:
    return not isinstance(value, Disabled)


_NO_DOCKER = _refused("Kubernetes does not use Docker", "names of services, and environment variables")
_BUILT = _same("part of the build, which does not change")
_FILE = _refused("nothing reads the file", "`environment`, or your own ConfigMap")
_LOGGING = _refused(
    "nodes collect what containers write to stdout", "a log collector in the cluster, such as the CloudWatch add-on"
)

COUNTERPARTS: Mapping[type, Mapping[str, Counterpart]] = {
    Workload: {
        "containers": _same("`containers` and `initContainers` of the pod"),
        "volumes": _same("`volumes` of the pod"),
        "cpu": _same("`limits.cpu` of each container, and `requests.cpu` of those without their own"),
        "memory_limit_mib": _same("`limits.memory` of the container without its own; several share it in equal parts"),
        "shared_address": _nearly(
            "the containers of a pod share one address, as with awsvpc",
            "a different port for each",
            lambda value: not value,
        ),
    },
    Container: {
        "image": _same("`image`, with `imagePullPolicy: Always`"),
        "name": _same("`name`, with hyphens for underscores and in lowercase"),
        "ports": _same("`ports`"),
        "environment": _same("`env`; `$(` becomes `$$(`, because the kubelet reads it as a variable"),
        "secrets": _nearly(
            "`secretKeyRef`; the operator or driver reads the secret, not ECS",
            "the Secrets Store CSI driver or External Secrets in the cluster",
            _elsewhere,
        ),
        "command": _same("`args`"),
        "entry_point": _same("`command`"),
        "working_directory": _same("`workingDir`"),
        "user": _same("`runAsUser` and `runAsGroup`, only numbers"),
        "readonly_root_filesystem": _same("`readOnlyRootFilesystem`"),
        "tmpfs": _same("`emptyDir` in memory, which counts toward the container's memory"),
        "init_process": _platform(
            "Kubernetes starts no init process: the application is process 1", "`tini` in the image", _is_on
        ),
        "cpu": _same("`requests.cpu`"),
        "memory_limit_mib": _same("`limits.memory`, and `requests.memory` unless the reservation is lower"),
        "memory_reservation_mib": _same("`requests.memory`"),
        "essential": _same("Kubernetes restarts a container in place when it exits"),
        "depends_on": _same("a native sidecar for START and HEALTHY, an init container for SUCCESS"),
        "health_check": _same("`livenessProbe` and `startupProbe`"),
        "restart": _same("Kubernetes always restarts containers"),
        "stop_timeout": _same("part of `terminationGracePeriodSeconds`"),
        "mounts": _same("`volumeMounts`"),
        "log_driver": _LOGGING,
        "privileged": _same("`privileged`, in a namespace that allows it"),
        "gpus": _same("`nvidia.com/gpu`, with the toleration of such nodes"),
        "neuron_devices": _same("`aws.amazon.com/neuron`"),
        "version_consistency": _nearly(
            "each pod resolves the tag when it starts", "an image by digest, or an image built here", _is_on
        ),
        "ulimits": _refused("the container runtime sets them for the whole node", "settings of the nodes"),
        "linux": _same("capabilities and `/dev/shm`"),
        "docker": _NO_DOCKER,
        "port_ranges": _platform("containers may listen on any port", "remove it; network policies contain the range"),
        "docker_labels": _refused("containers have no labels", "labels and annotations of the pod"),
        "environment_files": _FILE,
        "system_controls": _same("`sysctls` of the pod, of which Pod Security allows a few"),
        "start_timeout": _nearly("a pod waits without a limit", "an alarm on pods that are not ready"),
    },
    Port: {
        "number": _same("`containerPort`"),
        "protocol": _same("`protocol`"),
        "name": _same("`name`, up to 15 characters"),
        "host_port": _refused("Pod Security forbids ports of the node", "a load balancer, or the Service"),
        "app_protocol": _nearly("`appProtocol` of the Service, which adds no retries", "a service mesh"),
    },
    PortRange: {
        "first": _same("`port` in the network policy"),
        "last": _same("`endPort` in the network policy"),
        "protocol": _same("`protocol` in the network policy"),
    },
    HealthCheck: {
        "command": _same("`exec.command`"),
        "interval": _same("`periodSeconds`"),
        "timeout": _same("`timeoutSeconds`"),
        "retries": _same("`failureThreshold`"),
        "start_period": _same("`startupProbe`"),
    },
    HttpCheck: {
        "path": _same("`httpGet.path`"),
        "port": _same("`httpGet.port`"),
        "https": _same("`httpGet.scheme`"),
        "interval": _same("`periodSeconds`"),
        "timeout": _same("`timeoutSeconds`"),
        "retries": _same("`failureThreshold`"),
        "start_period": _same("`startupProbe`"),
    },
    RestartPolicy: {
        "ignored_exit_codes": _refused(
            "Kubernetes restarts a container of a running pod after every exit", "a job, which may exit"
        ),
        "attempt_period": _nearly(
            "the kubelet waits 10 s after the first exit, and doubles the delay each time, up to 5 minutes", "nothing"
        ),
    },
    Tmpfs: {
        "path": _same("`mountPath`"),
        "size_mib": _same("`sizeLimit`"),
        "uid": _nearly("everyone in the container may write to it", "a subdirectory that the application creates"),
        "gid": _nearly("everyone in the container may write to it", "a subdirectory that the application creates"),
        "mode": _nearly("its permissions are 0777, without the sticky bit", "a subdirectory with mode 0700"),
        "exec": _platform("programs may always run from it", "nothing", lambda value: value is False),
        "options": _nearly("the kubelet chooses the mount options", "nothing"),
    },
    VolumeMount: {
        "volume": _same("`name`"),
        "path": _same("`mountPath`"),
        "read_only": _same("`readOnly`"),
    },
    LogDriver: {"name": _LOGGING, "options": _LOGGING, "secret_options": _LOGGING},
    LinuxOptions: {
        "add_capabilities": _same("`capabilities.add`, of which Pod Security allows NET_BIND_SERVICE"),
        "drop_capabilities": _same("`capabilities.drop`, which is ALL in any case"),
        "shared_memory_mib": _same("`emptyDir` in memory at `/dev/shm`"),
        "max_swap_mib": _refused("swap is a setting of nodes", "more memory"),
        "swappiness": _refused("swap is a setting of nodes", "more memory"),
    },
    Ulimit: {
        "name": _refused("a setting of nodes", "settings of the nodes"),
        "soft": _refused("a setting of nodes", "settings of the nodes"),
        "hard": _refused("a setting of nodes", "settings of the nodes"),
    },
    DockerOptions: dict.fromkeys(
        ("hostname", "links", "extra_hosts", "dns_servers", "dns_search_domains", "security_options"), _NO_DOCKER
    ),
    EnvironmentFile: {"bucket": _FILE, "key": _FILE},
    Privileged: {"reason": _same("the reason in checkers' annotations")},
    NotSecret: {"value": _same("the value in `env`"), "reason": _same("the reason in checkers' annotations")},
    RegistryImage: {
        "reference": _same("`image`"),
        "credentials": _refused(
            "a manifest would have to contain the credentials as a Secret",
            "`PullThroughCache`, which keeps it in Secrets Manager",
        ),
        "pinned": _same("checked when you create the image"),
    },
    AssetImage: dict.fromkeys((field.name for field in fields(AssetImage)), _BUILT),
    RepositoryImage: {
        "repository": _same("`image`; nodes pull with their own role"),
        "tag": _same("`image`"),
        "digest": _same("`image`"),
        "pinned": _same("checked when you create the image"),
        "cached": _nearly(
            "nodes need permission to import the image into ECR",
            "`ecr:BatchImportUpstreamImage` for the role of the nodes",
        ),
    },
    SharedVolume: {"name": _same("`emptyDir`, to which the containers' group may write")},
    EfsVolume: {
        "name": _same("a PersistentVolume and its claim"),
        "file_system": _nearly(
            "nodes mount it for all their pods, so permissions of roles do not apply",
            "a separate access point for each",
            _elsewhere,
        ),
        "access_point": _same("`volumeHandle`"),
        "path": _same("`volumeHandle`, of the new access point"),
        "user": _same("`volumeHandle`, of the new access point"),
    },
    EbsVolume: {
        "name": _same("an ephemeral volume with its own StorageClass"),
        "size_gib": _same("`resources.requests.storage`"),
        "volume_type": _same("`type`"),
        "iops": _same("`iops`"),
        "throughput_mib": _same("`throughput`"),
        "snapshot_id": _nearly("a VolumeSnapshotContent", "the snapshot controller in the cluster", _elsewhere),
        "file_system": _same("`csi.storage.k8s.io/fstype`"),
        "encryption_key": _same("`kmsKeyId`; the role of the driver needs the key"),
    },
    HostVolume: {
        "name": _same("`name`"),
        "host_path": _refused(
            "Pod Security forbids directories of the node", "a namespace with `pod_security='privileged'`", _elsewhere
        ),
    },
    DockerVolume: {
        "name": _same("`emptyDir`"),
        "driver": _same("only `local`"),
        "scope": _same("only `task`"),
        "autoprovision": _NO_DOCKER,
        "driver_options": _NO_DOCKER,
        "labels": _NO_DOCKER,
    },
}
"""Counterpart of each option. If more than its own value matters, the module that renders it reports the loss."""


def field_losses(workload: Workload, *, options: PodFacts, losses: Losses) -> None:
    """Report losses of single options."""
    _part_losses(workload, "", losses)
    for index, container in enumerate(workload.containers):
        option = f"containers[{index}]"
        image = as_image(container.image)
        container_skips: set[str] = (
            set() if _moves(image, options.images.get(container.name)) else {"version_consistency"}
        )
        if isinstance(image, RepositoryImage) and image.tag is not None and container.version_consistency is True:
            container_skips.add("version_consistency")
            losses.leave(
                f"{option}.version_consistency",
                "each pod resolves the tag when it starts, and the tags of a Repository are immutable",
                instead="a digest, if the repository has mutable tags",
            )
        if options.operating_system != "LINUX":
            container_skips |= {"init_process", "tmpfs"}
        _part_losses(container, option, losses, skip=container_skips)
        parts: list[tuple[str, object]] = [
            *((f"ports[{number}]", port) for number, port in enumerate(container.all_ports)),
            *((f"mounts[{number}]", mount) for number, mount in enumerate(container.mounts)),
            *((name, getattr(container, name)) for name in ("health_check", "restart", "linux")),
            ("image", image),
        ]
        if options.operating_system == "LINUX":
            parts += [(f"tmpfs[{number}]", entry) for number, entry in enumerate(container.all_tmpfs)]
        for name, part in parts:
            _part_losses(part, f"{option}.{name}", losses)
    for index, volume in enumerate(workload.volumes):
        _part_losses(volume, f"volumes[{index}]", losses)


def _part_losses(part: object, option: str, losses: Losses, *, skip: set[str] | frozenset[str] = frozenset()) -> None:
    for field in fields(part) if type(part) in COUNTERPARTS else ():  # type: ignore[arg-type]  # they are dataclasses
        counterpart = COUNTERPARTS[type(part)][field.name]
        meaning, value = counterpart.meaning, getattr(part, field.name)
        if meaning == "same" or field.name in skip:
            continue
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        given = counterpart.applies(value) if counterpart.applies is not None else value != default
        if given:
            name = f"{option}.{field.name}".removeprefix(".")
            losses.add(Loss(option=name, kind=meaning, what=counterpart.kubernetes, instead=counterpart.instead))


def _moves(image: object, address: str | None) -> bool:
    """Tell whether an image address may refer to another image later."""
    if isinstance(image, AssetImage) or (isinstance(image, RepositoryImage) and image.digest is not None):
        return False
    return "@" not in (image.reference if isinstance(image, RegistryImage) else address or "")
