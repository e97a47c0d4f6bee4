"""What all exposures share."""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import field_problems, is_token

from .existing import ExistingLoadBalancer, warn_of_unknown_egress

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")


class SharedLoadBalancer(CheckedConstruct):
    """A load balancer that several services may share.

    Attributes:
        internet_facing: Whether it has public addresses; None if that is not known.
        imported_arn: Its ARN, if it is not part of this app.
        vpc: Its VPC.
        ip_address_type: Which addresses it has; IPv4 if it is imported without that option.
    """

    vpc: ec2.IVpc
    internet_facing: bool | None = None
    imported_arn: str | None = None
    ip_address_type: elbv2.IpAddressType
    has_hosted_zone: bool = True
    """Whether the hosted zone of its DNS name is known; alias records need it."""

    def _take_over(self, existing: ExistingLoadBalancer) -> None:
        """Represent an existing load balancer."""
        self.vpc = existing.vpc
        self.imported_arn = existing.arn
        self.ip_address_type = existing.ip_address_type
        self.has_hosted_zone = existing.hosted_zone_id is not None
        warn_of_unknown_egress(self, existing.allows_all_outbound)


@frozen
class Exposure:
    """A port of a service, reached through a load balancer or VPC Lattice; see the kinds, such as `AlbExposure`.

    Attributes:
        port: Port in the container, 1–65535. The service's own container gets this port automatically; a sidecar must
            declare it.
        container: Container that listens on the port. Default: the service's own container.
        name: Distinguishes this exposure from others of the service: letters, digits and hyphens, up to 40. A named
            exposure keeps its resources when anything except its load balancer changes. Give names when a service has
            several exposures on one load balancer. Default: none.
    """

    kind: ClassVar[str] = ""
    """Begins the id of its route."""

    port: int
    container: str | None = None
    name: str | None = None

    @property
    def shared_load_balancer(self) -> SharedLoadBalancer | None:
        """The load balancer, if it is shared."""
        return None

    @property
    def outer_port_alone(self) -> int | None:
        """Port of a shared load balancer that belongs to this exposure only; None if there is none or it is a token."""
        return None

    @property
    def breadth(self) -> tuple[int, str]:
        """How specific its share of the traffic is, and which share; equal for exposures that differ only in tokens."""
        return 0, ""

    @property
    def transport(self) -> Literal["tcp", "udp"]:
        """Transport protocol, as ports name it."""
        return "tcp"

    @property
    def port_name(self) -> str | None:
        """Name that the port needs if only the exposure declares it."""
        return None

    def problems(self) -> list[Problem]:
        """Find problems with this exposure by itself."""
        found = Problems()
        found.extend(field_problems(self))
        if not found.has("port") and not is_token(self.port) and not 1 <= self.port <= 65535:
            found.add("port", "not a port", given=self.port, allowed="1–65535", practice="port-mappings")
        if not found.has("name") and self.name is not None and (is_token(self.name) or not _NAME.fullmatch(self.name)):
            found.add(
                "name",
                "not usable in a logical id",
                given=self.name,
                allowed="a letter, then letters, digits and hyphens, up to 40 in all",
                practice="exposure-names",
            )
        return list(found)
