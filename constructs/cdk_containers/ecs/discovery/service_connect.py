"""Service Connect options of a service."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from aws_cdk import aws_iam as iam

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, arn_problems, disabled_problems, field_problems, is_token, seconds
from cdk_containers.core.practices import Disabled

from .names import alias_problems, discovery_name_problems
from .namespace import Namespace

_LONGEST = 2147483647


@frozen
class ServedPort:
    """A port that other services reach through Service Connect.

    Attributes:
        name: Name of the port in its container (`Port.name`).
        discovery_name: Its name in the namespace, which must be unique. Default: the name of the port.
        dns_name: Name that callers use. Default: the discovery name.
        client_port: Port that callers use, 1–65535. Default: the port in the container.
    """

    name: str
    discovery_name: str | None = None
    dns_name: str | None = None
    client_port: int | None = None

    @property
    def found_as(self) -> str:
        """Its name in the namespace."""
        return self.discovery_name or self.name

    @property
    def called_as(self) -> str:
        """Name that callers use."""
        return self.dns_name or self.found_as

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(discovery_name_problems(self.discovery_name))
        found.extend(alias_problems(self.dns_name))
        port = self.client_port
        if port is not None and not is_token(port) and not 1 <= port <= 65535:
            found.add("client_port", "not a port", given=port, allowed="1–65535", practice="port-mappings")
        return list(found)


@frozen
class ServiceConnectAccessLogs:
    """Access logs of the Service Connect proxy, in the log group of the task.

    Attributes:
        format: `JSON` or `TEXT`. Default: `JSON`, which CloudWatch Logs Insights reads.
        query_parameters: Whether access logs contain query strings, which may contain secrets. Default: False.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-envoy-access-logs.html
    """

    format: Literal["JSON", "TEXT"] = "JSON"
    query_parameters: bool = False

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        return field_problems(self)


@frozen
class ServiceConnectTls:
    """TLS between Service Connect proxies, with certificates that ECS requests and renews every five days.

    Attributes:
        authority_arn: ARN of the private certificate authority; it must have the tag `AmazonECSManaged` = `true`.
        encryption_key: KMS key for the private keys of the certificates. Default: an AWS owned key.
        role: Role with which ECS requests certificates. Default: a new role.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html
    """

    authority_arn: str = ""
    encryption_key: kms.IKey | None = None
    role: iam.IRole | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        if not self.authority_arn:
            found.add(
                "authority_arn",
                "TLS needs an authority that signs the certificates",
                allowed="the ARN of a private certificate authority",
                practice="service-connect-tls",
            )
        else:
            found.extend(arn_problems(found, authority_arn=self.authority_arn))
        return list(found)


@frozen
class ServiceConnect:
    """Service Connect: a proxy in each task finds other services, balances and retries requests, and reports metrics.

    Attributes:
        namespace: The namespace; a service can be in only one.
        ports: Ports for other services, by name or as `ServedPort`. A service without ports only calls others. Default:
            all TCP ports that have a name.
        idle_timeout: Time that a connection may be idle; 0 means no limit. Default: as in ECS, five minutes for HTTP
            and an hour for TCP.
        per_request_timeout: Time for a response; 0 means no limit. A shorter `idle_timeout` ends a request first if no
            data is sent. Not supported for TCP. Default: 15 s, as in ECS.
        tls: TLS between the proxies. Default: none.
        access_logs: Access logs in the log group of the task. `Disabled(reason="…")` writes none. Default:
            `ServiceConnectAccessLogs()`.
        log_level: Log level of the proxy: `info`, or `debug` while you investigate failing connections. Default:
            `info`, because `debug` writes far more.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect.html
    """

    namespace: Namespace
    ports: Sequence[str | ServedPort] | None = None
    idle_timeout: DurationLike | None = None
    per_request_timeout: DurationLike | None = None
    tls: ServiceConnectTls | None = None
    access_logs: ServiceConnectAccessLogs | Disabled | None = None
    log_level: Literal["info", "debug"] = "info"

    def problems(self) -> list[Problem]:
        """Find problems with these options by themselves."""
        found = Problems()
        found.extend(field_problems(self))
        found.extend(disabled_problems(self.access_logs), under="access_logs")
        if not found.has("ports"):
            for index, port in enumerate(self.ports or ()):
                if isinstance(port, ServedPort):
                    found.extend(port.problems(), under=f"ports[{index}]")
        if self.tls is not None and not found.has("tls"):
            found.extend(self.tls.problems(), under="tls")
        if isinstance(self.access_logs, ServiceConnectAccessLogs):
            found.extend(self.access_logs.problems(), under="access_logs")
        times = {
            option: seconds(value)
            for option, value in (
                ("idle_timeout", self.idle_timeout),
                ("per_request_timeout", self.per_request_timeout),
            )
            if value is not None and not found.has(option)
        }
        for option, time in times.items():
            if not is_token(time) and not 0 <= time <= _LONGEST:
                found.add(
                    option,
                    "out of range",
                    given=Shown(f"{time} s"),
                    allowed="0 s or more; 0 is forever",
                    practice="service-connect-timeouts",
                )
        return list(found)
