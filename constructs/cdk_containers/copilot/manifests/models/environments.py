"""An environment: VPC, load balancers, CDN."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Subnet:
    """An existing subnet (`id`), or a new one (`cidr`, `az`)."""

    id: str | None = None
    cidr: str | None = None
    az: str | None = None


@frozen
class Subnets:
    """Subnets with and without a way to the internet."""

    public: list[Subnet] | None = None
    private: list[Subnet] | None = None


@frozen
class SecurityRule:
    """An allowed connection of the environment's security group."""

    cidr: str | None = None
    ports: str | None = None
    ip_protocol: str | None = None


@frozen
class SecurityGroup:
    """Additional rules of the environment's security group."""

    ingress: list[SecurityRule] | None = None
    egress: list[SecurityRule] | None = None


@frozen
class FlowLogs:
    """Retention of flow logs."""

    retention: int | None = None


@frozen
class EnvironmentVpc:
    """An existing VPC (`id`), or a new one."""

    id: str | None = None
    cidr: str | None = None
    subnets: Subnets | None = None
    security_group: SecurityGroup | None = None
    flow_logs: bool | FlowLogs | None = None


@frozen
class EnvironmentNetwork:
    """The network of an environment."""

    vpc: EnvironmentVpc | None = None


@frozen
class EnvironmentObservability:
    """Observability of the cluster."""

    container_insights: bool | None = None


@frozen
class RestrictTo:
    """Allowed sources of the public load balancer."""

    cdn: bool | None = None
    source_ips: list[str] | None = None


@frozen
class OldIngress:
    """The spelling of Copilot before 1.23."""

    restrict_to: RestrictTo | None = None
    from_vpc: bool | None = None


@frozen
class OldSecurityGroups:
    """The spelling of Copilot before 1.23."""

    ingress: OldIngress | None = None


@frozen
class AccessLogs:
    """Access logs of the load balancer."""

    bucket_name: str | None = None
    prefix: str | None = None


@frozen
class PublicHttp:
    """The public load balancer."""

    security_groups: OldSecurityGroups | None = None
    certificates: list[str] | None = None
    access_logs: bool | AccessLogs | None = None
    ingress: RestrictTo | None = None
    ssl_policy: str | None = None


@frozen
class PrivateIngress:
    """Allowed sources of the internal load balancer."""

    vpc: bool | None = None


@frozen
class PrivateHttp:
    """The internal load balancer."""

    subnets: list[str] | None = None
    certificates: list[str] | None = None
    security_groups: OldSecurityGroups | None = None
    ingress: PrivateIngress | None = None
    ssl_policy: str | None = None


@frozen
class EnvironmentHttp:
    """The load balancers of an environment."""

    public: PublicHttp | None = None
    private: PrivateHttp | None = None


@frozen
class StaticAssets:
    """A bucket that CloudFront serves next to the load balancer."""

    location: str | None = None
    alias: str | None = None
    path: str | None = None


@frozen
class Cdn:
    """CloudFront in front of the load balancer."""

    certificate: str | None = None
    terminate_tls: bool | None = None
    static_assets: StaticAssets | None = None


@frozen
class Environment:
    """The manifest of an environment."""

    name: str = ""
    type: str = ""
    network: EnvironmentNetwork | None = None
    observability: EnvironmentObservability | None = None
    http: EnvironmentHttp | None = None
    cdn: bool | Cdn | None = None
