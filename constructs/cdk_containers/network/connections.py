"""Connections across stacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2


class Connections(ec2.Connections):
    """Connections whose rules belong to the stack created later, which may depend on the other one.

    CDK adds them to the stack of the construct that you call. A load balancer that allows a caller would then depend on
    the caller's stack, which depends on the load balancer's.
    """

    decided = False
    """Whether a rule of this side is being created, so that calls from CDK do not decide again where it belongs."""

    @cached_property
    def known_groups(self) -> Sequence[ec2.ISecurityGroup]:
        """The security groups, read from CDK once."""
        return self.security_groups

    def add_security_group(self, *security_groups: ec2.ISecurityGroup) -> None:
        """Add security groups to this one."""
        super().add_security_group(*security_groups)
        self.__dict__.pop("known_groups", None)

    def allow_from(self, other: ec2.IConnectable, port_range: ec2.Port, description: str | None = None) -> None:
        """Let another connect to this one."""
        theirs = other.connections
        if not self.decided and _is_later(theirs, self):
            theirs.allow_to(self, port_range, description)
        else:
            with _made_here(self, theirs):
                super().allow_from(other, port_range, description)

    def allow_to(self, other: ec2.IConnectable, port_range: ec2.Port, description: str | None = None) -> None:
        """Let this one connect to another."""
        theirs, asked_by_cdk = other.connections, self.decided
        if not asked_by_cdk and _is_later(theirs, self):
            theirs.allow_from(self, port_range, description)
            return
        groups, own = theirs.security_groups, self.security_groups
        with _made_here(self, theirs):
            if asked_by_cdk or not groups or not all(group.allow_all_outbound for group in own):
                super().allow_to(other, port_range, description)
                return
            # CDK would warn that it ignores an egress rule because all egress is allowed.
            for group in groups:
                for peer in own:
                    group.add_ingress_rule(peer, port_range, description, True)  # noqa: FBT003  (CDK's parameter)


def groups_of(peer: ec2.IConnectable) -> Sequence[ec2.ISecurityGroup]:
    """Return the security groups of a peer."""
    connections = peer.connections
    return connections.known_groups if isinstance(connections, Connections) else connections.security_groups


@contextmanager
def _made_here(*sides: ec2.Connections) -> Iterator[None]:
    """Let CDK do the rest; it also adds the rule of the other side."""
    ours = [side for side in sides if isinstance(side, Connections) and not side.decided]
    for side in ours:
        side.decided = True
    try:
        yield
    finally:
        for side in ours:
            side.decided = False


def _is_later(one: ec2.Connections, other: ec2.Connections) -> bool:
    """Tell whether one is in a stack that was created after the other's."""
    groups = [*one.security_groups[:1], *other.security_groups[:1]]
    if len(groups) < 2:
        return False
    first, second = (Stack.of(group) for group in groups)
    if first == second:
        return False
    # At the point where their paths diverge, the one created later; a nested stack is later than its parent.
    paths = first.node.scopes, second.node.scopes
    for above, (one_part, other_part) in enumerate(zip(*paths, strict=False), start=-1):
        if one_part != other_part:
            begun = paths[0][above].node.children
            return begun.index(one_part) > begun.index(other_part)
    return len(paths[0]) > len(paths[1])
