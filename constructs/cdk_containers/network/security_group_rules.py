"""Rules between security groups: EC2 takes each once, and several services may need the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast
from weakref import WeakKeyDictionary

from aws_cdk import Annotations, Stack
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, IConstruct

from cdk_containers.core.inputs import is_token

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
    group: ec2.ISecurityGroup,
    peer: ec2.ISecurityGroup,
    ports: PortRange,
    *,
    user: Construct,
    description: str,
    group_knows_peer: bool = False,
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
        group_knows_peer: Whether the stack of `group` needs that of `peer` already, which then must not need it.
    """
    # Asked once each: every answer of CDK costs a call.
    own, of_group = Stack.of(user), Stack.of(group)
    group_id, peer_id, port = group.security_group_id, peer.security_group_id, ports.as_port
    beside_group = (group_knows_peer or of_group == own) and is_token(group_id)
    home = of_group if beside_group else Stack.of(peer)
    sides: list[tuple[_Direction, ec2.ISecurityGroup, ec2.ISecurityGroup]] = [("from", group, peer)]
    if not peer.allow_all_outbound:
        sides.append(("to", peer, group))
    rules, found = rules_of(user), dict[Construct, Stack]()
    for direction, first, second in sides:
        ids = (group_id, peer_id) if direction == "from" else (peer_id, group_id)
        key: RuleKey = (direction, *ids, ports.protocol, ports.first, ports.last)
        made_earlier = key in rules
        if not made_earlier:
            add = first.add_ingress_rule if direction == "from" else first.add_egress_rule
            add(second, port, description, beside_group == (direction == "to"))
            made = _made_by_cdk(direction, first, second, port.to_string())
            if made is None:
                continue  # CDK makes none for a group that was imported as one that must not change
            rules[key] = made
        rule = rules[key]
        found[rule] = Stack.of(rule)
        if made_earlier and found[rule] != home:
            _warn_of_borrowed_rule(user, rule)
    for other in set(found.values()) - {own}:
        # Where groups are imported, nothing that the stacks refer to says which comes first.
        if own.nested_stack_parent is None and other.nested_stack_parent is None and own not in other.dependencies:
            own.add_stack_dependency(other, "A rule that lets callers reach its tasks")
    return [rule for rule, stack in found.items() if stack == own]


def _made_by_cdk(
    direction: _Direction, first: ec2.ISecurityGroup, second: ec2.ISecurityGroup, port: str
) -> Construct | None:
    """Return the rule that CDK made now, or earlier when somebody called it."""
    found = first.node.try_find_child(f"{direction} {second.unique_id}:{port}")
    if found is None:
        seen_from_second = "to" if direction == "from" else "from"
        found = second.node.try_find_child(f"{first.unique_id}:{port} {seen_from_second}")
    return cast("Construct | None", found)


def _warn_of_borrowed_rule(user: Construct, rule: Construct) -> None:
    """Tell of a rule that another service has, where both groups are imported in each of the stacks."""
    Annotations.of(user).add_warning_v2(
        "cdk-containers:borrowed-rule",
        f"The rule that lets a load balancer reach the tasks is in stack {Stack.of(rule).node.path}, since EC2 takes "
        "it once, and goes with it. Import the load balancer in a stack that the services share, and the rule is there",
    )
