"""Reasons why fields of a task definition are ignored locally."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from .plan import Difference

_REASONS = (
    ("ContainerDefinitions.LogConfiguration.*", "logs go to this terminal only"),
    ("ContainerDefinitions.FirelensConfiguration.*", "there is no log router"),
    ("ContainerDefinitions.PortMappings.AppProtocol", "there is no Service Connect proxy"),
    ("ContainerDefinitions.VersionConsistency", "image tags are not resolved to digests"),
    ("ContainerDefinitions.ResourceRequirements.*", "containers get no GPUs or accelerators"),
    ("ContainerDefinitions.EnvironmentFiles.*", "files in S3 are not read; pass their content with --env-file"),
    ("ContainerDefinitions.RepositoryCredentials.*", "log in to the registry with your engine"),
    ("ContainerDefinitions.CredentialSpecs", "there is no Active Directory"),
    ("ContainerDefinitions.LinuxParameters.MaxSwap", "containers have no swap"),
    ("ContainerDefinitions.LinuxParameters.Swappiness", "containers have no swap"),
    ("ContainerDefinitions.LinuxParameters.Devices.*", "this machine does not have the device"),
    ("ContainerDefinitions.DockerSecurityOptions", "this machine does not have the security profiles of the instance"),
    ("ContainerDefinitions.*", "container engines have no equivalent"),
    ("ExecutionRoleArn", "images and secrets are read with your credentials"),
    ("EphemeralStorage.*", "containers use the disk of this machine, without a limit"),
    ("PlacementConstraints.*", "there is only one machine"),
    ("ProxyConfiguration.*", "there is no App Mesh"),
    ("InferenceAccelerators.*", "containers get no GPUs or accelerators"),
    ("EnableFaultInjection", "no faults are injected"),
    ("PidMode", "containers do not see the processes of this machine"),
    ("IpcMode", "containers do not see the shared memory of this machine"),
    ("Tags.*", "containers on this machine have no tags"),
    ("Volumes.EFSVolumeConfiguration.*", "replaced by a folder on this machine"),
    ("Volumes.FSxWindowsFileServerVolumeConfiguration.*", "replaced by a folder on this machine"),
    ("Volumes.S3FilesVolumeConfiguration.*", "replaced by a folder on this machine"),
    ("Volumes.DockerVolumeConfiguration.*", "replaced by a local volume"),
    ("Volumes.ConfiguredAtLaunch", "replaced by a local volume"),
    ("Volumes.Host.SourcePath", "replaced by an empty folder; pass --volume NAME=DIR to use your own"),
)

_UNKNOWN = "this field is unknown"


def left_out(paths: Iterable[str], *, container: str = "") -> Iterator[Difference]:
    """Yield a difference for each ignored field."""
    for path in paths:
        full = f"ContainerDefinitions.{path}" if container else path
        why = next((why for pattern, why in _REASONS if fnmatchcase(full, pattern)), _UNKNOWN)
        yield Difference(what=f"{container}: {path}" if container else path, why=why)


def shown(differences: Iterable[tuple[str, Difference]]) -> list[str]:
    """Return one line for each reason, with all fields that it applies to. The first item of each pair is the task."""
    by_reason: dict[str, dict[str, list[str]]] = {}
    for task, difference in differences:
        place, _, path = difference.what.rpartition(": ")
        places = by_reason.setdefault(difference.why, {}).setdefault(_root(path), [])
        where = task if not place.startswith(_VOLUME) else f"{task} {place}"
        if where not in places:
            places.append(where)
    return [
        f"{', '.join(f'{path} ({_list(places)})' for path, places in paths.items())}: {why}"
        for why, paths in by_reason.items()
    ]


_VOLUME = "volume "


def _root(path: str) -> str:
    """Return the field that contains a path, because lines do not list each option of a log driver."""
    names = path.split(".")
    return ".".join(names[1:2] if names[0] == "Volumes" else names[:1])


def _list(places: list[str]) -> str:
    return ", ".join(place for place in places if place) or "all"
