"""Settings of containers: variables, secrets, size, logs and sidecars."""

from __future__ import annotations

from typing import Any

from cdk_containers.core.frozen import frozen

from .images import Build, HealthCheck
from .keys import key


@frozen
class FromCfn:
    """The export of a CloudFormation stack."""

    from_cfn: str | None = None


@frozen
class Secret:
    """A secret: an export that names it, or a secret of Secrets Manager. A plain text is a parameter of SSM."""

    from_cfn: str | None = None
    secretsmanager: str | None = None


Variables = dict[str, str | FromCfn]
Secrets = dict[str, str | Secret]
Command = str | list[str]


@frozen
class Platform:
    """Operating system and processor."""

    osfamily: str | None = None
    architecture: str | None = None


@frozen
class Exec:
    """Whether ECS Exec is on."""

    enable: bool | None = None


@frozen
class MountPoint:
    """A volume of the task in a sidecar."""

    source_volume: str | None = None
    path: str | None = None
    read_only: bool | None = None


@frozen
class SidecarImage:
    """Image of a sidecar with a build."""

    build: str | Build | None = None
    location: str | None = None

    @property
    def built(self) -> Build | None:
        """How to build it; a text is the Dockerfile."""
        return Build(dockerfile=self.build) if isinstance(self.build, str) else self.build


@frozen
class Sidecar:
    """A sidecar."""

    port: str | None = None
    image: str | SidecarImage | None = None
    essential: bool | None = None
    credentials: str | None = key("credentialsParameter")
    variables: Variables | None = None
    env_file: str | None = None
    secrets: Secrets | None = None
    mount_points: list[MountPoint] | None = None
    labels: dict[str, str] | None = None
    depends_on: dict[str, str] | None = None
    healthcheck: HealthCheck | None = None
    entrypoint: Command | None = None
    command: Command | None = None


@frozen
class Logging:
    """Log settings. Any key except `retention` adds a FireLens sidecar."""

    retention: int | None = None
    image: str | None = None
    destination: dict[str, str] | None = None
    enable_metadata: bool | None = key("enableMetadata")
    secret_options: Secrets | None = key("secretOptions")
    config_file_path: str | None = key("configFilePath")
    variables: Variables | None = None
    secrets: Secrets | None = None
    env_file: str | None = None


@frozen
class Observability:
    """Tracing."""

    tracing: str | None = None


@frozen
class TaskDefOverride:
    """A change of the task definition that the manifest has no key for."""

    path: str | None = None
    value: Any = None
