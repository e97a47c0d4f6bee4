"""DNS names of services."""

from __future__ import annotations

from typing import Literal

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, field_problems, is_token, seconds

from .names import cloud_map_name_problems
from .namespace import Namespace

_TTL = 15


@frozen
class CloudMap:
    """A DNS name for the tasks of a service, which ECS keeps current. A service has at most one.

    Attributes:
        namespace: Namespace of the name; it must have a network.
        name: Name in the namespace: `orders` in `shop.internal` becomes `orders.shop.internal`.
        port: Port in the container for callers. Default: the first port of the container.
        container: Container that listens on it. Default: the service's own container.
        record_type: `A` for addresses of tasks, or `SRV` for address and port, which callers must query. Default: `A`
            with awsvpc networking; otherwise `SRV`, because tasks share the address of their instance.
        ttl: How long callers may cache an answer, including addresses of stopped tasks. Default: 15 s.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
    """

    namespace: Namespace
    name: str
    port: int | None = None
    container: str | None = None
    record_type: Literal["A", "SRV"] | None = None
    ttl: DurationLike | None = None

    @property
    def ttl_seconds(self) -> int:
        """How long callers may cache an answer, in seconds."""
        return _TTL if self.ttl is None else seconds(self.ttl)

    @property
    def full_name(self) -> str:
        """The DNS name."""
        return f"{self.name}.{self.namespace.name}"

    def problems(self) -> list[Problem]:
        """Find problems with these options by themselves."""
        found = Problems()
        found.extend(field_problems(self))
        if found:
            return list(found)
        found.extend(cloud_map_name_problems(self.name))
        if self.namespace.vpc is None:
            found.add(
                "namespace",
                "an HTTP namespace has no DNS names",
                given=self.namespace.node.path,
                allowed="Namespace(…, network=…), or service_connect instead of cloud_map",
                practice="cloud-map-record",
            )
        if self.port is not None and not is_token(self.port) and not 1 <= self.port <= 65535:
            found.add("port", "not a port", given=self.port, allowed="1–65535", practice="port-mappings")
        if not is_token(self.ttl_seconds) and not 0 <= self.ttl_seconds <= 2147483647:
            found.add(
                "ttl",
                "out of range",
                given=Shown(f"{self.ttl_seconds} s"),
                allowed="0 s or more",
                practice="cloud-map-ttl",
            )
        return list(found)
