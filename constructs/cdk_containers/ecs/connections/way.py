"""A way to reach a service inside the network: its address, and the rules that it needs."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2

from cdk_containers.core.cdk_modules import vpclattice
from cdk_containers.core.frozen import frozen

from ..discovery import Namespace

Ports = tuple[int, int]
"""First and last TCP port."""


@frozen(slots=False)
class Way:
    """A way to reach a service.

    Attributes:
        url: The URL for callers; None if only you know the name on the certificate.
        variable: Suffix of the environment variable for callers.
        groups: Security groups that must let the caller in.
        ports: The ports to open.
        udp: Whether it uses UDP.
        vpc: The VPC from which callers can reach it; None if unknown.
        namespace: The Service Connect namespace that a caller must join.
        invoke: The VPC Lattice service that a caller needs permission to invoke.
    """

    url: str | None
    variable: str = "URL"
    groups: Sequence[ec2.ISecurityGroup] = ()
    ports: Ports | None = None
    udp: bool = False
    vpc: ec2.IVpc | None = None
    namespace: Namespace | None = None
    invoke: vpclattice.CfnService | None = None
