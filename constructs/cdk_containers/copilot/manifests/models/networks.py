"""Where tasks are placed, and who finds them."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from .containers import FromCfn


@frozen
class TaggedSubnets:
    """Subnets that are found by their tags."""

    from_tags: dict[str, str | list[str]] | None = None


@frozen
class Placement:
    """Subnets by name, or by their tags."""

    subnets: list[str] | TaggedSubnets | None = None


@frozen
class SecurityGroups:
    """Security groups beside, or instead of, the environment's own."""

    groups: list[str | FromCfn] | None = None
    deny_default: bool | None = None


@frozen
class Vpc:
    """The place of tasks in the VPC."""

    placement: str | Placement | None = None
    security_groups: list[str | FromCfn] | SecurityGroups | None = None

    @property
    def groups(self) -> list[str | FromCfn]:
        """The security groups that are added."""
        if isinstance(self.security_groups, SecurityGroups):
            return self.security_groups.groups or []
        return self.security_groups or []

    @property
    def denies_default(self) -> bool:
        """Whether the environment's own security group is left out."""
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
    """The way of a request-driven web service into the VPC."""

    placement: str | Placement | None = None


@frozen
class AppRunnerNetwork:
    """The network of a request-driven web service."""

    vpc: AppRunnerVpc | None = None
