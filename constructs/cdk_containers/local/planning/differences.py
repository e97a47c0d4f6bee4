"""Why fields of a task definition are left out here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from .plan import Difference

_REASONS = (
    ("ContainerDefinitions.LogConfiguration.*", "logs are printed here, and go to no log group, router or file"),
    ("ContainerDefinitions.FirelensConfiguration.*", "ECS writes the configuration of the log router; here is none"),
    ("ContainerDefinitions.PortMappings.AppProtocol", "no proxy of Service Connect looks into the protocol"),
    ("ContainerDefinitions.VersionConsistency", "an image is what its tag means on this machine"),
    ("ContainerDefinitions.ResourceRequirements.*", "no GPU or accelerator is handed to a container"),
    ("ContainerDefinitions.EnvironmentFiles.*", "files in S3 are not read; give their settings with --env-file"),
    ("ContainerDefinitions.RepositoryCredentials.*", "the engine logs in to the registry; run its `login` yourself"),
    ("ContainerDefinitions.CredentialSpecs", "there is no Active Directory here"),
    ("ContainerDefinitions.LinuxParameters.MaxSwap", "a container has no swap here"),
    ("ContainerDefinitions.LinuxParameters.Swappiness", "a container has no swap here"),
    ("ContainerDefinitions.LinuxParameters.Devices.*", "this machine does not have the device"),
    ("ContainerDefinitions.DockerSecurityOptions", "profiles of the instance are not on this machine"),
    ("ContainerDefinitions.*", "this field has no counterpart here"),
    ("ExecutionRoleArn", "images and secrets are read with your credentials"),
    ("EphemeralStorage.*", "containers write to the disk of this machine, without a limit"),
    ("PlacementConstraints.*", "there is one machine"),
    ("ProxyConfiguration.*", "there is no App Mesh"),
    ("InferenceAccelerators.*", "no GPU or accelerator is handed to a container"),
    ("EnableFaultInjection", "no faults are injected"),
    ("PidMode", "the processes of this machine stay hidden"),
    ("IpcMode", "the shared memory of this machine stays hidden"),
    ("Tags.*", "there is nothing to tag"),
    ("Volumes.EFSVolumeConfiguration.*", "a folder on this machine takes the place of the file system"),
    ("Volumes.FSxWindowsFileServerVolumeConfiguration.*", "a folder takes the place of the file system"),
    ("Volumes.S3FilesVolumeConfiguration.*", "a folder on this machine takes the place of the bucket"),
    ("Volumes.DockerVolumeConfiguration.*", "an ordinary volume takes the place of the driver's"),
    ("Volumes.ConfiguredAtLaunch", "an ordinary volume takes the place of the EBS volume"),
    ("Volumes.Host.SourcePath", "a folder of its own takes the place of the instance's; --volume NAME=DIR names one"),
)

_UNKNOWN = "this field is not known here"


def left_out(paths: Iterable[str], *, container: str = "") -> Iterator[Difference]:
    """Yield a difference for each field that is left out."""
    for path in paths:
        full = f"ContainerDefinitions.{path}" if container else path
        why = next((why for pattern, why in _REASONS if fnmatchcase(full, pattern)), _UNKNOWN)
        yield Difference(what=f"{container}: {path}" if container else path, why=why)


def shown(differences: Iterable[tuple[str, Difference]]) -> list[str]:
    """Return one line for each reason, with all that it is the reason for; the first of each pair is the task."""
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
    """Return the field that a path is in: a reader need not know each option of a log driver."""
    names = path.split(".")
    return ".".join(names[1:2] if names[0] == "Volumes" else names[:1])


def _list(places: list[str]) -> str:
    return ", ".join(place for place in places if place) or "all"
