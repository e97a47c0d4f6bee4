"""Routing of requests: listener rules of an Application Load Balancer, and listeners of a Network Load Balancer."""

from __future__ import annotations

from datetime import timedelta

from cdk_containers.core.frozen import frozen

from .keys import key


@frozen
class HttpHealthCheck:
    """Health check of a target."""

    path: str | None = None
    port: int | None = None
    success_codes: str | None = None
    healthy_threshold: int | None = None
    unhealthy_threshold: int | None = None
    timeout: timedelta | None = None
    interval: timedelta | None = None
    grace_period: timedelta | None = None


@frozen
class Alias:
    """A name in your hosted zone."""

    name: str | None = None
    hosted_zone: str | None = None


Aliases = str | list[str | Alias]


@frozen
class RoutingRule:
    """A routing rule."""

    path: str | None = None
    version: str | None = None
    healthcheck: str | HttpHealthCheck | None = None
    stickiness: bool | None = None
    alias: Aliases | None = None
    deregistration_delay: timedelta | None = None
    target_container: str | None = None
    target_port: int | None = None
    allowed_source_ips: list[str] | None = None
    hosted_zone: str | None = None
    redirect_to_https: bool | None = None

    @property
    def health(self) -> HttpHealthCheck:
        """The health check; a text is its path."""
        if isinstance(self.healthcheck, str):
            return HttpHealthCheck(path=self.healthcheck)
        return self.healthcheck or HttpHealthCheck()

    @property
    def aliases(self) -> list[Alias]:
        """The names, each with its hosted zone if it has one."""
        return aliases(self.alias)


@frozen
class Http(RoutingRule):
    """The main rule and additional rules."""

    alb: str | None = None
    target_container_camel_case: str | None = key("targetContainer")
    additional_rules: list[RoutingRule] | None = None

    @property
    def rules(self) -> list[RoutingRule]:
        """All rules, the main one first."""
        return [self, *(self.additional_rules or [])]


@frozen
class NlbHealthCheck:
    """Health check of a Network Load Balancer."""

    port: int | None = None
    healthy_threshold: int | None = None
    unhealthy_threshold: int | None = None
    timeout: timedelta | None = None
    interval: timedelta | None = None
    grace_period: timedelta | None = None


@frozen
class NlbListener:
    """A listener."""

    port: str | None = None
    healthcheck: NlbHealthCheck | None = None
    target_container: str | None = None
    target_port: int | None = None
    ssl_policy: str | None = None
    stickiness: bool | None = None
    deregistration_delay: timedelta | None = None


@frozen
class Nlb(NlbListener):
    """The main listener and additional listeners."""

    alias: Aliases | None = None
    additional_listeners: list[NlbListener] | None = None

    @property
    def listeners(self) -> list[NlbListener]:
        """All listeners, the main one first."""
        return [self, *(self.additional_listeners or [])]

    @property
    def aliases(self) -> list[Alias]:
        """The names, each with its hosted zone if it has one."""
        return aliases(self.alias)


def aliases(given: Aliases | None) -> list[Alias]:
    """Return names as a list."""
    names = [given] if isinstance(given, str) else given or []
    return [Alias(name=name) if isinstance(name, str) else name for name in names]
