"""Placement of tasks and service discovery."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .containers import FromCfn


@frozen
class TaggedSubnets:
    """Subnets by tags."""

    from_tags: dict[str, str | list[str]] | None = None


@frozen
class Placement:
    """Subnets by name or by tags."""

    subnets: list[str] | TaggedSubnets | None = None


@frozen
class SecurityGroups:
    """Security groups in addition to, or instead of, that of the environment."""

    groups: list[str | FromCfn] | None = None
    deny_default: bool | None = None


@frozen
class Vpc:
    """The place of tasks in the VPC."""

    placement: str | Placement | None = None
    security_groups: list[str | FromCfn] | SecurityGroups | None = None

    @property
    def groups(self) -> list[str | FromCfn]:
        """Additional security groups."""
        if isinstance(self.security_groups, SecurityGroups):
            return self.security_groups.groups or []
        return self.security_groups or []

    @property
    def denies_default(self) -> bool:
        """Whether to leave out the security group of the environment."""
        return isinstance(self.security_groups, SecurityGroups) and bool(self.security_groups.deny_default)


@frozen
class ServiceConnect:
    """The name of a service in Service Connect."""

    alias: str | None = None


@frozen
class Network:
    """The network of a workload."""

    vpc: Vpc | None = None
    connect: bool | ServiceConnect | None = None

    @property
    def connects(self) -> bool:
        """Whether Service Connect is on."""
        return self.connect is True or isinstance(self.connect, ServiceConnect)


@frozen
class AppRunnerVpc:
    """VPC connection of a request-driven web service."""

    placement: str | Placement | None = None


@frozen
class AppRunnerNetwork:
    """The network of a request-driven web service."""

    vpc: AppRunnerVpc | None = None
