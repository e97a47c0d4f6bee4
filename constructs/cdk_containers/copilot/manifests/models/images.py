"""Images of containers."""

from __future__ import annotations

from datetime import timedelta

from cdk_containers.core.frozen import frozen


@frozen
class Build:
    """How an image is built."""

    context: str | None = None
    dockerfile: str | None = None
    args: dict[str, str] | None = None
    target: str | None = None
    cache_from: list[str] | None = None


@frozen
class HealthCheck:
    """Container health check."""

    command: list[str] | None = None
    interval: timedelta | None = None
    retries: int | None = None
    timeout: timedelta | None = None
    start_period: timedelta | None = None


@frozen
class Image:
    """The image of a worker or a job: built, or from a registry."""

    build: str | Build | None = None
    location: str | None = None
    credentials: str | None = None
    labels: dict[str, str] | None = None
    depends_on: dict[str, str] | None = None
    healthcheck: HealthCheck | None = None

    @property
    def built(self) -> Build | None:
        """How it is built; a text is the Dockerfile."""
        return Build(dockerfile=self.build) if isinstance(self.build, str) else self.build


@frozen
class ServiceImage(Image):
    """The image of a service with a port."""

    port: int | None = None


@frozen
class AppRunnerImage:
    """The image of a request-driven web service."""

    build: str | Build | None = None
    location: str | None = None
    credentials: str | None = None
    labels: dict[str, str] | None = None
    depends_on: dict[str, str] | None = None
    port: int | None = None

    @property
    def built(self) -> Build | None:
        """How it is built; a text is the Dockerfile."""
        return Build(dockerfile=self.build) if isinstance(self.build, str) else self.build
