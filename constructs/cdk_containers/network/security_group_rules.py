"""Rules between security groups: EC2 accepts each rule once, and several services may need the same."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal, NamedTuple, cast
from weakref import WeakKeyDictionary, WeakSet

from aws_cdk import Annotations, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct

from cdk_containers.core.asked_once import asked_once
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import is_token
from cdk_containers.core.unchecked import unchecked
from cdk_containers.core.whereabouts import app_of, node_of, stack_of, unique_id_of

_Direction = Literal["from", "to"]
RuleKey = tuple[_Direction, str, str, str, int, int]
"""Direction, id of the group that has the rule, id of the other group, protocol, first and last port."""

_left: WeakSet[ec2.ISecurityGroup] = WeakSet()
"""Groups that allow outbound traffic."""

_rules: WeakKeyDictionary[IConstruct, dict[RuleKey, Construct]] = WeakKeyDictionary()


@frozen
class PortRange:
    """Ports of one protocol.

    Attributes:
        first: The first port.
        last: The last port.
        protocol: `tcp` or `udp`.
    """

    first: int
    last: int
    protocol: str = "tcp"

    @property
    def name(self) -> str:
        """CDK's name for them."""
        first, last = ("{IndirectPort}" if is_token(port) else str(port) for port in (self.first, self.last))
        numbers = first if self.first == self.last else f"{first}-{last}"
        return f"UDP {numbers}" if self.protocol == "udp" else numbers

    @property
    def as_port(self) -> ec2.Port:
        """The same, as a CDK port."""
        return _as_port(self)


@cache
def _as_port(ports: PortRange) -> ec2.Port:
    if ports.first == ports.last:
        return ec2.Port.udp(ports.first) if ports.protocol == "udp" else ec2.Port.tcp(ports.first)
    make = ec2.Port.udp_range if ports.protocol == "udp" else ec2.Port.tcp_range
    return make(ports.first, ports.last)


def rules_of(construct: Construct) -> dict[RuleKey, Construct]:
    """Return the rules between security groups of an app, to look them up and to add others."""
    return _rules.setdefault(app_of(stack_of(construct)), {})


def let_in(
    group: ec2.ISecurityGroup,
    peer: ec2.ISecurityGroup,
    ports: PortRange,
    *,
    user: Construct,
    description: str,
    group_knows_peer: bool = False,
) -> list[Construct]:
    """Let the members of one security group reach those of another, and return what `user` must wait for.

    The rule belongs to the stack of one of the groups, so that a second service does not create it again and it stays
    when you remove the first service. It is the stack of `group` if that is also the user's stack, because a service
    may depend on a load balancer but not the reverse. Otherwise it is the stack of `peer`.

    Args:
        group: The group to reach.
        peer: The group that connects.
        ports: The ports to open.
        user: The service that needs it.
        description: The purpose of the rule.
        group_knows_peer: Whether the stack of `group` already depends on that of `peer`, which rules out the reverse.
    """
    own, of_group = stack_of(user), stack_of(group)
    beside_group = (group_knows_peer or of_group == own) and is_token(_id_of(group))
    home = of_group if beside_group else stack_of(peer)
    sides: list[tuple[_Direction, ec2.ISecurityGroup, ec2.ISecurityGroup]] = [("from", group, peer)]
    if not _lets_all_out(peer):
        sides.append(("to", peer, group))
    rules, found = rules_of(user), dict[Construct, Stack]()
    for direction, first, second in sides:
        wanted = _Rule(direction, first, second, ports, description)
        rule = rules.get(wanted.key)
        if rule is not None:
            found[rule] = stack_of(rule)
            if found[rule] != home:
                _warn_of_borrowed_rule(user, rule)
            continue
        rule = wanted.make() if beside_group and home == stack_of(peer) else None
        if rule is not None:
            found[rule] = home
        else:
            rule = wanted.make_by_cdk(remote=beside_group == (direction == "to"))
            if rule is None:
                continue  # CDK creates none for a group imported with mutable=False
            found[rule] = stack_of(rule)
        rules[wanted.key] = rule
    for other in set(found.values()) - {own}:
        # If groups are imported, no reference between the stacks determines their order.
        if own.nested_stack_parent is None and other.nested_stack_parent is None and own not in other.dependencies:
            own.add_stack_dependency(other, "A rule that lets callers reach its tasks")
    return [rule for rule, stack in found.items() if stack == own]


class _Rule(NamedTuple):
    """A rule of the group `first`, about the group `second`."""

    direction: _Direction
    first: ec2.ISecurityGroup
    second: ec2.ISecurityGroup
    ports: PortRange
    description: str

    @property
    def key(self) -> RuleKey:
        ports = self.ports
        ids = _id_of(self.first), _id_of(self.second)
        return (self.direction, *ids, ports.protocol, ports.first, ports.last)

    def make(self) -> Construct | None:
        """Create the rule as CDK would between two groups of a stack, in one call; None if that is impossible."""
        if not (isinstance(self.first, ec2.SecurityGroup) and isinstance(self.second, ec2.SecurityGroup)):
            return None
        if self.direction == "to" and self.first not in _left:
            _left.add(self.first)
            return None  # with the first rule, CDK removes the placeholder rule that blocks all egress
        options: dict[str, Any] = {
            "group_id": _id_of(self.first),
            "ip_protocol": self.ports.protocol,
            "from_port": self.ports.first,
            "to_port": self.ports.last,
            "description": self.description,
        }
        try:
            if self.direction == "from":
                return unchecked(
                    ec2.CfnSecurityGroupIngress,
                    self.first,
                    self._id,
                    source_security_group_id=_id_of(self.second),
                    **options,
                )
            return unchecked(
                ec2.CfnSecurityGroupEgress,
                self.first,
                self._id,
                destination_security_group_id=_id_of(self.second),
                **options,
            )
        except RuntimeError:  # a caller used CDK's `allow_from` before
            return None

    def make_by_cdk(self, *, remote: bool) -> Construct | None:
        """Let CDK create the rule, if it can; `remote` puts it in the stack of the other group."""
        add = self.first.add_ingress_rule if self.direction == "from" else self.first.add_egress_rule
        add(self.second, self.ports.as_port, self.description, remote)
        found = node_of(self.first).try_find_child(self._id)
        if found is None:
            seen_from_second = "to" if self.direction == "from" else "from"
            id_ = f"{unique_id_of(self.first)}:{self.ports.name} {seen_from_second}"
            found = node_of(self.second).try_find_child(id_)
        return cast("Construct | None", found)

    @property
    def _id(self) -> str:
        """The id that CDK gives it if both groups are in one stack."""
        return f"{self.direction} {unique_id_of(self.second)}:{self.ports.name}"


@asked_once
def _id_of(group: ec2.ISecurityGroup) -> str:
    return group.security_group_id


@asked_once
def _lets_all_out(group: ec2.ISecurityGroup) -> bool:
    return group.allow_all_outbound


def _warn_of_borrowed_rule(user: Construct, rule: Construct) -> None:
    """Warn about a rule of another service if both groups are imported in each of the stacks."""
    Annotations.of(user).add_warning_v2(
        "cdk-containers:borrowed-rule",
        f"The rule that lets a load balancer reach the tasks belongs to stack {Stack.of(rule).node.path}, because EC2 "
        f"accepts it only once, and disappears with that stack. To keep it, import the load balancer in a stack that "
        f"the services share",
    )
