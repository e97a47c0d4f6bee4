"""Security groups: their rules from all resources, and what they allow.

The groups of a caller and of a target are values of properties: `Ref` or `Fn::GetAtt` of a group, or an id. Rules of a
group outside the templates are unknown, so a question about them raises `CannotTell`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal, TypeAlias

from cdk_containers.checks.templates import CannotTell, Estate, Malformed, Map, Reference, Resource, Unknown, Value
from cdk_containers.core.frozen import frozen

from .questions import holds_for_any

GROUP = "AWS::EC2::SecurityGroup"
PREFIX_LIST = "AWS::EC2::PrefixList"

Direction: TypeAlias = Literal["Ingress", "Egress"]
Ports: TypeAlias = tuple[int, int]
"""The first and the last port of a range."""

_PEER_GROUP = {"Ingress": "SourceSecurityGroupId", "Egress": "DestinationSecurityGroupId"}
_PEER_PREFIX_LIST = {"Ingress": "SourcePrefixListId", "Egress": "DestinationPrefixListId"}
_PROTOCOLS = {"6": "tcp", "17": "udp"}
_TO_EVERYBODY = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
_PRIVATE = [ip_network(cidr) for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")]


@frozen(kw_only=False)
class Rule:
    """A rule of a group.

    Attributes:
        group: The group that has it.
        direction: Ingress or egress.
        properties: Its properties, from a list of the group or from its own resource.
    """

    group: Resource
    direction: Direction
    properties: Map

    @property
    def protocol(self) -> str:
        """Protocol, such as `tcp`; `-1` means all."""
        given = self.properties.text("IpProtocol", default="-1").lower()
        return _PROTOCOLS.get(given, given)

    @property
    def ports(self) -> Ports:
        """Ports that it allows."""
        if self.protocol not in {"tcp", "udp"}:
            return (0, 65535)
        first, last = self.properties.number("FromPort", default=-1), self.properties.number("ToPort", default=-1)
        return (0, 65535) if first == -1 else (int(first), int(last if last != -1 else first))

    def lets_through(self, ports: Ports, protocol: str = "tcp") -> bool:
        """Tell whether it allows all ports of a range."""
        if self.protocol not in {protocol, "-1"}:
            return False
        first, last = self.ports
        return first <= ports[0] and ports[1] <= last

    @property
    def peer_group(self) -> Value:
        """The peer group, or `MISSING`."""
        return self.properties.value(_PEER_GROUP[self.direction])

    @property
    def cidrs(self) -> list[Value]:
        """The peer addresses; empty for a group or an AWS prefix list."""
        cidrs = [self.properties.value(name) for name in ("CidrIp", "CidrIpv6") if self.properties.has(name)]
        list_ = self.group.template.estate.find(self.properties.value(_PEER_PREFIX_LIST[self.direction]), PREFIX_LIST)
        if list_ is not None:
            cidrs += [entry.value("Cidr") for entry in list_.maps("Entries")]
        return cidrs

    @property
    def is_open(self) -> bool:
        """Whether the peer is the whole internet."""
        return holds_for_any(_is_everybody, self.cidrs)

    def __str__(self) -> str:
        """Describe what it allows, such as `tcp 8080`."""
        first, last = self.ports
        if self.protocol not in {"tcp", "udp"}:
            return "all ports" if self.protocol == "-1" else self.protocol
        return f"{self.protocol} {first}" if first == last else f"{self.protocol} {first}-{last}"


def ingress(group: Resource) -> list[Rule]:
    """Return the ingress rules."""
    return _rules(group, "Ingress")


def egress(group: Resource) -> list[Rule]:
    """Return the egress rules. A group without egress rules in the template can reach everything."""
    rules = _rules(group, "Egress")
    live = bool(group.identifiers)
    return rules if rules or live else [Rule(group, "Egress", Map(_TO_EVERYBODY, group.template))]


def _rules(group: Resource, direction: Direction) -> list[Rule]:
    estate = group.template.estate
    inline = group.maps(f"{GROUP.rpartition('::')[2]}{direction}")
    separate = [rule for rule in group.referring(f"{GROUP}{direction}") if _is_of(estate, rule, group)]
    return [Rule(group, direction, rule) for rule in (*inline, *separate)]


def _is_of(estate: Estate, rule: Resource, group: Resource) -> bool:
    try:
        return estate.find(rule.value("GroupId")) is group
    except CannotTell:
        return False  # the group of another stack


def can_reach(estate: Estate, callers: Sequence[Value], targets: Sequence[Value], ports: Ports) -> bool:
    """Tell whether rules allow TCP from resources with some groups to resources with other groups.

    Raises:
        CannotTell: It depends on rules or addresses that the templates do not show.
    """
    return not obstacle(estate, callers, targets, ports)


def obstacle(estate: Estate, callers: Sequence[Value], targets: Sequence[Value], ports: Ports) -> str:
    """Return which end blocks the connection; empty if both allow it.

    A closed end blocks it even if the other end is unknown.

    Raises:
        CannotTell: It depends on rules or addresses that the templates do not show.
    """
    unknown: CannotTell | None = None
    for said, question, groups in (
        ("the targets do not accept it", partial(_accepts, estate, callers, ports), targets),
        ("the caller is not allowed to send it", partial(_sends, estate, targets, ports), callers),
    ):
        try:
            if not holds_for_any(question, groups):
                return said
        except CannotTell as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return ""


def _accepts(estate: Estate, callers: Sequence[Value], ports: Ports, target: Value) -> bool:
    return holds_for_any(partial(_matches, estate, callers, ports), ingress(_known(estate, target)))


def _sends(estate: Estate, targets: Sequence[Value], ports: Ports, caller: Value) -> bool:
    return holds_for_any(partial(_matches, estate, targets, ports), egress(_known(estate, caller)))


def _known(estate: Estate, group: Value) -> Resource:
    found = estate.find(group, GROUP)
    if found is None:
        raise CannotTell("a security group is not in the templates")
    return found


def _matches(estate: Estate, peers: Sequence[Value], ports: Ports, rule: Rule) -> bool:
    """Tell whether a rule applies to these peers and ports. A known mismatch takes precedence over an unknown part."""
    if not rule.lets_through(ports):
        return False
    properties = rule.properties
    if properties.has(_PEER_GROUP[rule.direction]):
        return holds_for_any(lambda peer: _same(estate, rule.peer_group, peer), peers)
    cidrs = rule.cidrs
    if not cidrs and (properties.has(_PEER_PREFIX_LIST[rule.direction]) or properties.has("SourceSecurityGroupName")):
        raise CannotTell("a rule names a prefix list or a group that is not in the templates")
    return holds_for_any(partial(_covers_network, estate, rule.group), cidrs)


def _same(estate: Estate, one: Value, other: Value) -> bool:
    if isinstance(one, Unknown) and not isinstance(one, Reference):
        return bool(one == other)
    if isinstance(other, Unknown) and not isinstance(other, Reference):
        return bool(other == one)
    found = estate.find(one), estate.find(other)
    return found[0] is found[1] if any(found) else bool(one == other)


def _is_everybody(cidr: Value) -> bool:
    return not isinstance(cidr, Reference) and _network(cidr).prefixlen == 0


def _network(cidr: Value) -> IPv4Network | IPv6Network:
    if isinstance(cidr, Unknown):
        raise CannotTell(f"the addresses of a rule depend on {cidr.why}")
    try:
        return ip_network(str(cidr), strict=False)
    except ValueError:
        raise Malformed("CidrIp", "an address range", cidr) from None


def _covers_network(estate: Estate, group: Resource, cidr: Value) -> bool:
    """Tell whether addresses cover those of the group's VPC. If they cover only a part, the result is unknown."""
    if isinstance(cidr, Reference):
        return cidr.resource.type in {"AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock"} or _network(cidr).prefixlen == 0
    network = _network(cidr)
    if network.prefixlen == 0:
        return True
    if isinstance(network, IPv6Network):
        return False
    vpc = _vpc(estate, group)
    known = vpc.value("CidrBlock") if vpc is not None else None
    if vpc is None or not isinstance(known, str) or vpc.referring("AWS::EC2::VPCCidrBlock"):
        if not any(network.overlaps(private) for private in _PRIVATE):
            return False
        raise CannotTell(f"the template does not show whether {cidr} covers the network")
    addresses = ip_network(known, strict=False)
    if addresses.version == 4 and addresses.subnet_of(network):
        return True
    if addresses.overlaps(network):
        raise CannotTell(f"{cidr} covers part of the network")
    return False


def _vpc(estate: Estate, group: Resource) -> Resource | None:
    try:
        return estate.find(group.value("VpcId"), "AWS::EC2::VPC")
    except CannotTell:
        return None
