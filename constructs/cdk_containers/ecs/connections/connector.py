"""Connects services: rule, order, namespace and address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field  # noqa: TID251  (connectors change)
from typing import Protocol

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IDependable

from cdk_containers.core.cdk_modules import vpclattice
from cdk_containers.core.errors import ConstructError, Problem, Problems, Shown
from cdk_containers.core.hashes import short_hash
from cdk_containers.core.inputs import is_token
from cdk_containers.core.opt_outs import acknowledge_wildcards
from cdk_containers.model.workload.schemes import (
    as_variable,
    empty_url_problems,
    scheme_problems,
    variable_problems,
    with_scheme,
)
from cdk_containers.network import RuleKey, different_networks, rules_of

from ..discovery import Namespace
from ..tasks import TaskDefinition
from .way import Way

_INVOKE = "vpc-lattice-svcs:Invoke"
_PATHS = "The wildcard covers the paths of one VPC Lattice service to which the caller is connected"


@dataclass(eq=False, repr=False, kw_only=True)
class Connector:
    """What a connection needs to know about a service.

    Attributes:
        owner: The service.
        ways: The ways to reach it, best first.
        vpc: The VPC of its tasks.
        ready: What a caller must wait for.
    """

    owner: Construct
    ways: Mapping[str, Way]
    vpc: ec2.IVpc
    ready: CfnResource | None = None
    callees: dict[Connector, None] = field(default_factory=dict["Connector", None])
    is_called: bool = False

    def calls(self, other: Connector) -> None:
        """Remember that this service calls another."""
        self.callees[other] = None
        other.is_called = True

    def reaches(self, other: Connector) -> list[Connector]:
        """Return the services on the path from this one to another, both included; none if there is no path."""
        if self is other:
            return [self]
        if not other.is_called:
            return []  # it was just created, as most callers are
        came_from: dict[Connector, Connector] = {}
        waiting = [self]
        while waiting:
            here = waiting.pop()
            if here is other:
                path = [here]
                while path[0] is not self:
                    path.insert(0, came_from[path[0]])
                return path
            for callee in here.callees:
                if callee is not self and callee not in came_from:
                    came_from[callee] = here
                    waiting.append(callee)
        return []


@dataclass(eq=False, repr=False, kw_only=True)
class CallingConnector(Connector):
    """The same for a service or a job that calls services.

    Attributes:
        waiting: What is created after everything it needs.
        task: Its task.
        environment: The names of the environment variables of its container.
        security_groups: The security groups of its tasks.
        host_networking: Whether its tasks cannot have a proxy.
        external: Whether its tasks are outside AWS.
        namespace: Its Service Connect namespace.
        join: Adds it to a namespace as a client; None for tasks without a service.
    """

    waiting: CfnResource
    task: TaskDefinition
    environment: set[str]
    security_groups: Sequence[ec2.ISecurityGroup]
    host_networking: bool
    external: bool
    namespace: Namespace | None
    join: Callable[[Namespace], None] | None

    def connect_to(
        self,
        other: Connector,
        *,
        port: str | None,
        variable: str | None,
        url: str | None,
        scheme: str | None = None,
    ) -> None:
        """Set up everything that this service needs to call another."""
        found = Problems()
        if self.external:
            found.add(
                "other",
                "machines outside AWS are not in an AWS network in which they could reach it",
                given=Shown(other.owner.node.path),
                allowed="your own connection to it, and the address in environment",
                practice="external-tasks",
            )
            raise ConstructError(f"{self.owner.node.path}.connect_to", found)
        way = self._find_way(other, port, found)
        if path := other.reaches(self):
            found.add(
                "other",
                "the services would wait for each other, so none could start",
                given=Shown(" → ".join(connector.owner.node.path for connector in [self, *path])),
                allowed="one direction; for the other, connections.allow_to(…) and an address in environment",
                practice="connect-services",
            )
        if way is not None:
            found.extend(self._way_problems(way))
            found.extend(scheme_problems(scheme, url=url, known=way.url))
            if way.url is None and url is None:
                found.add(
                    "url",
                    "the certificate does not cover the DNS name of the load balancer",
                    allowed='url="https://…" with a name on the certificate that points to the load balancer',
                    practice="connect-services",
                )
            else:
                found.extend(empty_url_problems(url))
        default = f"{as_variable(other.owner.node.id)}_{'URL' if way is None else way.variable}"
        name = default if variable is None else variable
        found.extend(variable_problems(name, self.environment))
        if found or way is None:
            raise ConstructError(f"{self.owner.node.path}.connect_to", found)
        self._connect(other, way, name, with_scheme(way.url or "", scheme) if url is None else url)

    def _find_way(self, other: Connector, port: str | None, found: Problems) -> Way | None:
        # A task without a service has no proxy and cannot use Service Connect.
        ways = {name: way for name, way in other.ways.items() if self.join is not None or way.namespace is None}
        served = {name: way for name, way in ways.items() if way.namespace is not None}
        way = next(iter(ways.values()), None) if port is None else served.get(port)
        if way is None and other.ways and not ways:
            found.add(
                "other",
                f"{other.owner.node.path} is available only through Service Connect, which only services can use",
                allowed="cloud_map=CloudMap(…) on it; a LatticeExposure; or an exposure with an internal load balancer",
                practice="connect-services",
            )
        elif way is None and port is not None and other.ways:
            found.add(
                "port",
                "the service serves no port with this name through Service Connect",
                given=port,
                allowed=", ".join(served) or "none, because it serves no ports this way",
                practice="service-connect-named-port",
            )
        elif way is None:
            found.add(
                "other",
                f"{other.owner.node.path} has no address inside the network",
                allowed="service_connect=ServiceConnect(…) on it and a port with a name, or cloud_map=CloudMap(…) and "
                "a port; a LatticeExposure; or an exposure with an internal load balancer",
                practice="connect-services",
            )
        return way

    def _way_problems(self, way: Way) -> Iterable[Problem]:
        found = Problems()
        if way.vpc is not None and different_networks(way.vpc, self.vpc):
            found.add(
                "other",
                "it is not reachable from the network of this service",
                given=Shown(way.vpc.vpc_id if not is_token(way.vpc.vpc_id) else way.vpc.node.path),
                allowed="services in one network; a LatticeExposure reaches further",
                practice="connect-services",
            )
        if way.namespace is not None and self.namespace is not None and not _same(way.namespace, self.namespace):
            found.add(
                "other",
                "it serves in another namespace, and a service can be in only one",
                given=Shown(way.namespace.node.path),
                allowed=f"{self.namespace.node.path}; or cloud_map on the other service",
                practice="connect-services",
            )
        if way.namespace is not None and self.host_networking:
            found.add(
                "other",
                "it serves through Service Connect, whose proxy does not support tasks with host networking",
                given=Shown("network_mode host"),
                allowed="network_mode awsvpc or bridge; or cloud_map on the other service",
                practice="service-connect-network-mode",
            )
        return found

    def _connect(self, other: Connector, way: Way, name: str, url: str) -> None:
        self.calls(other)
        if way.namespace is not None and self.namespace is None and self.join is not None:
            self.namespace = way.namespace
            self.join(way.namespace)
        self.environment.add(name)
        self.task.add_environment(name, url)
        waits_for: list[IDependable] = [] if other.ready is None else [other.ready]
        if way.invoke is not None:
            waits_for.append(self._let_invoke(other, way.invoke))
        self.waiting.node.add_dependency(*waits_for, *self._open(other, way))

    def _let_invoke(self, other: Connector, invoked: vpclattice.CfnService) -> iam.Policy:
        policy = iam.Policy(
            self.owner,
            _free(self.owner, f"Invoke{other.owner.node.id}"),
            roles=[self.task.task_role],
            statements=[iam.PolicyStatement(actions=[_INVOKE], resources=[f"{invoked.attr_arn}/*"])],
        )
        acknowledge_wildcards(policy, _PATHS)
        return policy

    def _open(self, other: Connector, way: Way) -> list[Construct]:
        """Let this service in, with rules in its own stack, so that the stacks do not depend on each other."""
        made: list[Construct] = []
        # Services behind one load balancer, or on instances of one group, need the same rule; EC2 accepts it once.
        rules = rules_of(self.owner)
        protocol = "udp" if way.udp else "tcp"
        low, high = way.ports or (0, 0)
        for group in way.groups if way.ports else ():
            for own in self.security_groups:
                key: RuleKey = ("from", group.security_group_id, own.security_group_id, protocol, low, high)
                if key in rules:
                    if Stack.of(rules[key]) == Stack.of(self.owner):
                        made.append(rules[key])
                    continue
                rules[key] = ec2.CfnSecurityGroupIngress(
                    *self._place_of_rule(other, group, own, f"{protocol}{low}"),
                    group_id=group.security_group_id,
                    ip_protocol=protocol,
                    from_port=low,
                    to_port=high,
                    source_security_group_id=own.security_group_id,
                    description=_description(self.owner, other.owner),
                )
                made.append(rules[key])
                if not own.allow_all_outbound:
                    peer = ec2.Peer.security_group_id(group.security_group_id)
                    make = ec2.Port.udp_range if way.udp else ec2.Port.tcp_range
                    own.add_egress_rule(peer, make(low, high), _description(self.owner, other.owner))
        return made

    def _place_of_rule(
        self, other: Connector, group: ec2.ISecurityGroup, own: ec2.ISecurityGroup, port: str
    ) -> tuple[Construct, str]:
        """Return the parent and the id of a rule, independent of other connections and their order.

        A group that several services share is the parent or part of the id. If the first service were the parent,
        removing it would create the rule again for the second one, and EC2 accepts it only once.
        """
        owner, callee = self.owner.node, other.owner.node
        if not group.node.path.startswith(f"{callee.path}/"):
            place = Stack.of(group)
            identity = f"{place.node.path} {place.resolve(group.security_group_id)}"
            name = f"To{short_hash(identity)}"
        elif owner.path.rpartition("/")[0] == callee.path.rpartition("/")[0]:
            name = f"To{callee.id}"
        else:
            name = f"To{callee.id}{callee.addr[-8:]}"
        if own.node.path.startswith(f"{owner.path}/"):
            parent: Construct = self.owner
        elif isinstance(own, Construct):
            parent = own
        else:
            # CDK represents an imported group as the interface, which cannot be a parent.
            parent, name = Stack.of(own), f"{own.node.id}{name}"
        return parent, _free(parent, f"{name}:{port}")


class Callee(Protocol):
    """A service to connect to: a service of this library, created or `from_attributes`."""

    @property
    def _connector(self) -> Connector: ...


def connect(
    caller: CallingConnector,
    found: Problems,
    *,
    other: object,
    port: str | None,
    variable: str | None,
    url: str | None,
    scheme: str | None = None,
) -> None:
    """Connect a service or a job to a service, if the value has the right type."""
    callee = getattr(other, "_connector", None)
    if not isinstance(callee, Connector):
        found.add(
            "other",
            "not a service",
            given=Shown("None" if other is None else f"a value of type {type(other).__name__}"),
            allowed="a service of this library, created or from_attributes",
            practice="connect-services",
        )
    if found or not isinstance(callee, Connector):
        raise ConstructError(f"{caller.owner.node.path}.connect_to", found)
    caller.connect_to(callee, port=port, variable=variable, url=url, scheme=scheme)


def _same(one: Namespace, other: Namespace) -> bool:
    return one is other or one.namespace.namespace_arn == other.namespace.namespace_arn


def _free(scope: Construct, name: str) -> str:
    """Return a name that no child of the scope has."""
    number, free = 1, name
    while scope.node.try_find_child(free) is not None:
        number += 1
        free = f"{name}{number}"
    return free


def _description(caller: Construct, callee: Construct) -> str:
    return re.sub(r"[^A-Za-z0-9 ._/-]", "", f"{caller.node.id} to {callee.node.id}")[:255]
