"""The API of a cluster, reached from outside its network."""

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
    """The API of a cluster, reached from the internet too.

    Inside the network the private endpoint stays in use.

    Attributes:
        cidrs: Blocks of IPv4 addresses that reach it, such as those of an office; at most 40. `0.0.0.0/0` is everybody.
        reason: Why it is needed, for a reviewer; it is written to the metadata of the cluster.

    See https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """

    cidrs: Sequence[str]
    reason: str

    def problems(self) -> list[Problem]:
        """Find what is wrong with these options."""
        found = Problems()
        found.extend(field_problems(self))
        found.extend_anew(disabled_problems(Disabled(self.reason)))
        if found.has("cidrs") or is_token(self.cidrs):
            return list(found)
        if not 1 <= len(self.cidrs) <= _MOST:
            found.add(
                "cidrs",
                "EKS takes 1 to 40 blocks",
                given=list(self.cidrs),
                allowed="blocks such as 198.51.100.0/24; without public access, None instead of PublicAccess",
                practice="eks-private-endpoint",
            )
        for index, cidr in enumerate(self.cidrs):
            if wrong := _wrong(cidr):
                found.add(
                    f"cidrs[{index}]",
                    wrong,
                    given=cidr,
                    allowed="a block of public IPv4 addresses such as 198.51.100.0/24",
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
        return "not a block of addresses"
    if not isinstance(block, IPv4Network):
        return "the endpoint of a cluster with IPv4 services has no IPv6 address"
    if any(block.subnet_of(reserved) for reserved in _RESERVED):
        return "nobody on the internet has these addresses; inside the network the private endpoint is used"
    return None
