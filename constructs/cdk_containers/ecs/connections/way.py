"""A way on which a service is reached inside the network: where it is, and what has to be opened."""

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
        url: What a caller writes; None if only somebody who knows the name on the certificate can say.
        variable: End of the name of the setting that tells a caller.
        groups: Security groups that have to let the caller in.
        ports: On which ports.
        udp: Whether by UDP.
        vpc: From where it can be reached; None if that is not known.
        namespace: The namespace of Service Connect that a caller has to be in.
        invoke: The service of VPC Lattice that a caller needs permission to invoke.
    """

    url: str | None
    variable: str = "URL"
    groups: Sequence[ec2.ISecurityGroup] = ()
    ports: Ports | None = None
    udp: bool = False
    vpc: ec2.IVpc | None = None
    namespace: Namespace | None = None
    invoke: vpclattice.CfnService | None = None
