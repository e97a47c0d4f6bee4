"""Public access to the API of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, ip_network

from cdk_containers.core.errors import Problem, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import disabled_problems, field_problems, is_token
from cdk_containers.core.practices import Disabled

_MOST = 40


@frozen
class PublicAccess:
    """Public access to the API of a cluster from the internet.

    Inside the network, traffic still uses the private endpoint.

    Attributes:
        cidrs: IPv4 CIDR blocks with access, such as those of an office; at most 40. `0.0.0.0/0` allows any address.
        reason: Why you need it, for reviewers; it is written to the metadata of the cluster.

    See https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """

    cidrs: Sequence[str]
    reason: str

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        found.extend_anew(disabled_problems(Disabled(self.reason)))
        if found.has("cidrs") or is_token(self.cidrs):
            return list(found)
        if not 1 <= len(self.cidrs) <= _MOST:
            found.add(
                "cidrs",
                "EKS accepts 1–40 CIDR blocks",
                given=list(self.cidrs),
                allowed="CIDR blocks such as 198.51.100.0/24; without public access, None instead of PublicAccess",
                practice="eks-private-endpoint",
            )
        for index, cidr in enumerate(self.cidrs):
            if wrong := _wrong(cidr):
                found.add(
                    f"cidrs[{index}]",
                    wrong,
                    given=cidr,
                    allowed="a public IPv4 CIDR block such as 198.51.100.0/24",
                    practice="eks-private-endpoint",
                )
        return list(found)


_RESERVED = [
    IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16")
]


def _wrong(cidr: str) -> str | None:
    try:
        block = ip_network(cidr)
    except ValueError:
        return "not a CIDR block"
    if not isinstance(block, IPv4Network):
        return "the endpoint of a cluster with IPv4 services has no IPv6 address"
    if any(block.subnet_of(reserved) for reserved in _RESERVED):
        return "these addresses are not public; inside the network, traffic uses the private endpoint"
    return None
