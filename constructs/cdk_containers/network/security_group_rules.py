"""Rules between security groups: EC2 takes each once, and several services may need the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast
from weakref import WeakKeyDictionary

from aws_cdk import Annotations, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct

from ..inputs import is_token

_Direction = Literal["from", "to"]
RuleKey = tuple[_Direction, str, str, str, int, int]
"""Direction, id of the group that has the rule, id of the other group, protocol, first and last port."""

_rules: WeakKeyDictionary[IConstruct, dict[RuleKey, Construct]] = WeakKeyDictionary()


@dataclass(frozen=True, kw_only=True, slots=True)
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
    def as_port(self) -> ec2.Port:
        """The same, as CDK has it."""
        make = ec2.Port.udp_range if self.protocol == "udp" else ec2.Port.tcp_range
        if self.first == self.last:
            return ec2.Port.udp(self.first) if self.protocol == "udp" else ec2.Port.tcp(self.first)
        return make(self.first, self.last)


def rules_of(construct: Construct) -> dict[RuleKey, Construct]:
    """Return the rules between security groups that an app has, to look them up and to add others."""
    return _rules.setdefault(construct.node.root, {})


def let_in(
    group: ec2.ISecurityGroup, peer: ec2.ISecurityGroup, ports: PortRange, *, user: Construct, description: str
) -> list[Construct]:
    """Let the members of one security group reach those of another, and return what `user` has to wait for.

    The rule belongs to the stack of one of the groups, where no second service makes it again, and where it stays when
    the service that came first goes. It is the stack of `group` if that is the user's own: its stack may know that of
    a load balancer, and not the other way round. Otherwise it is the stack of `peer`.

    Args:
        group: Who is reached.
        peer: Who reaches it.
        ports: On which ports.
        user: The service that needs it.
        description: What it is for.
    """
    own = Stack.of(user)
    beside_group = Stack.of(group) == own and is_token(group.security_group_id)
    rules = [_find_or_make("from", group, peer, ports, description, user, beside_first=beside_group)]
    if not peer.allow_all_outbound:
        rules.append(_find_or_make("to", peer, group, ports, description, user, beside_first=not beside_group))
    return [rule for rule in rules if rule is not None and Stack.of(rule) == own]


def _find_or_make(
    direction: _Direction,
    first: ec2.ISecurityGroup,
    second: ec2.ISecurityGroup,
    ports: PortRange,
    description: str,
    user: Construct,
    *,
    beside_first: bool,
) -> Construct | None:
    rules = rules_of(user)
    key = (direction, first.security_group_id, second.security_group_id, ports.protocol, ports.first, ports.last)
    home = Stack.of(first if beside_first else second)
    if key in rules:
        if Stack.of(rules[key]) != home:
            _warn_of_borrowed_rule(user, rules[key])
        return rules[key]
    port = ports.as_port
    if direction == "from":
        first.add_ingress_rule(second, port, description, not beside_first)
    else:
        first.add_egress_rule(second, port, description, not beside_first)
    made = _made_by_cdk(direction, first, second, port.to_string())
    if made is not None:
        rules[key] = made
    return made


def _made_by_cdk(
    direction: _Direction, first: ec2.ISecurityGroup, second: ec2.ISecurityGroup, port: str
) -> Construct | None:
    """Return the rule that CDK made, or had made for somebody else; none where a group is not to be changed."""
    found = first.node.try_find_child(f"{direction} {second.unique_id}:{port}")
    if found is None:
        seen_from_second = "to" if direction == "from" else "from"
        found = second.node.try_find_child(f"{first.unique_id}:{port} {seen_from_second}")
    return cast("Construct | None", found)


def _warn_of_borrowed_rule(user: Construct, rule: Construct) -> None:
    """Tell of a rule that another service has, where both groups are imported in each of the stacks."""
    other, own = Stack.of(rule), Stack.of(user)
    own.add_dependency(other, "A rule of a security group that both need")
    Annotations.of(user).add_warning_v2(
        "cdk-containers:borrowed-rule",
        f"The rule that lets a load balancer reach the tasks is in stack {other.node.path}, since EC2 takes it once, and "
        "goes with it. Import the load balancer in a stack of its own that the services share, and the rule is there",
    )
