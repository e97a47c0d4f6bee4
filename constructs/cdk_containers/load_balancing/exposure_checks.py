"""Problems with exposures, checked together with the containers."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from cdk_containers.core.errors import Problem, Problems, Shown
from cdk_containers.core.inputs import is_token
from cdk_containers.model.workload import Container, Port
from cdk_containers.network import different_networks, public_subnet_problems

from .addresses import default_ip_address_type, ingress_problems
from .alb_exposure import AlbExposure
from .exposure import Exposure
from .network_load_balancer import ANOTHER_PORT_OR_BOTH
from .nlb_exposure import NlbExposure
from .route_ids import told_apart_by_nothing
from .rule_priorities import canonical


def exposure_problems(
    exposures: Sequence[Exposure],
    containers: Sequence[Container],
    *,
    known: Problems,
    needs_exposure: bool,
    open_vpc: ec2.IVpc | None,
    vpc: ec2.IVpc | None = None,
) -> list[Problem]:
    """Find problems with exposures.

    Args:
        exposures: The exposures.
        containers: The containers, the service's own first.
        known: Known problems with the containers.
        needs_exposure: Whether the service requires one.
        open_vpc: The VPC, if load balancers made for the service have public addresses.
        vpc: The VPC; None if the service gets a new one.
    """
    found = Problems()
    if needs_exposure and not exposures:
        found.add(
            "exposure",
            "a web service needs a load balancer",
            allowed="an AlbExposure; or a BackendService if no one calls the service through a load balancer",
            practice="explicit-ingress",
        )
    names = {str(container.name): index for index, container in enumerate(containers)}
    claimed = _Claims()
    for index, exposure in enumerate(exposures):
        option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
        wrong = exposure.problems()
        found.extend(wrong, under=option)
        if wrong:
            continue
        place = names.get(exposure.container) if exposure.container is not None else 0
        if place is None:
            found.add(
                f"{option}.container",
                "there is no such container",
                given=exposure.container,
                allowed=", ".join(names),
                practice="port-mappings",
            )
        elif not known.has(f"sidecars[{place - 1}].ports" if place else "container.ports"):
            found.extend(_port_problems(option, exposure, containers[place]))
            if not known.has("sidecars") and not known.has("container.ports"):
                found.extend(_health_check_port_problems(option, exposure, containers))
        found.extend(claimed.problems(exposure), under=option)
        found.extend(_network_problems(exposure, vpc), under=option)
        if open_vpc is not None and getattr(exposure, "load_balancer", None) is None and not found.has("cluster"):
            found.extend(public_subnet_problems(open_vpc, "cluster"))
        if vpc is not None and not found.has("cluster"):
            found.extend(_address_problems(exposure, vpc), under=option)
    if not known.has("container.name") and not any(problem.root.startswith("exposure") for problem in found):
        found.extend(_name_problems(exposures, containers[0].name))
    return list(found)


def _network_problems(exposure: Exposure, vpc: ec2.IVpc | None) -> list[Problem]:
    """Find a shared load balancer that cannot reach the tasks; `vpc` is None if the service gets a new network."""
    found = Problems()
    shared = exposure.shared_load_balancer
    if shared is not None and (vpc is None or different_networks(shared.vpc, vpc)):
        found.add(
            "load_balancer",
            "it is not in the network of the tasks, so it cannot register them as targets",
            given=Shown(shared.node.path),
            allowed="a load balancer in the network of the cluster"
            + ("; without a cluster the service creates a new network, so pass the cluster" if vpc is None else ""),
            practice="load-balancer-network",
        )
    return list(found)


def _name_problems(exposures: Sequence[Exposure], own_container: str) -> list[Problem]:
    """Find exposures that a later deployment could not tell apart."""
    found = Problems()
    for first, second in told_apart_by_nothing(exposures, own_container=own_container):
        name = exposures[second].name
        found.add(
            f"exposure[{second}].name",
            f"it cannot be distinguished from exposure[{first}], so a later deployment could mix up their resources"
            if name is None
            else f"exposure[{first}] already has this name",
            given=name,
            allowed="a different name for each",
            practice="exposure-names",
        )
    return list(found)


def domain_place_problems(scope: Construct, exposures: Sequence[Exposure]) -> list[Problem]:
    """Find names in a hosted zone that the stack of the service cannot write to."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        names = exposure.names if isinstance(exposure, AlbExposure | NlbExposure) else None
        if names is not None and isinstance(scope, Construct):
            option = "exposure" if len(exposures) == 1 else f"exposure[{index}]"
            found.extend(names.domain.place_problems(scope), under=f"{option}.domain")
    return list(found)


class _Claims:
    """What the exposures of one service take from load balancers that they share."""

    def __init__(self) -> None:
        self._taken: set[tuple[int, object]] = set()

    def problems(self, exposure: Exposure) -> list[Problem]:
        """Find conflicts with earlier exposures, and claim what this one needs."""
        found = Problems()
        found.extend(self._name_problems(exposure))
        if isinstance(exposure, AlbExposure) and exposure.load_balancer is not None:
            conditions = canonical(exposure.rule.conditions)
            found.extend(self._test_problems(exposure))
            if self._take(exposure.load_balancer, (None, conditions)):
                found.add(
                    "rule",
                    "another exposure of this service already takes exactly these requests",
                    given=conditions.replace("\n", ", "),
                    allowed="other paths, hosts, headers or addresses",
                    practice="listener-rule-priority",
                )
            number = exposure.rule.priority
            if number is not None and self._take(exposure.load_balancer, (None, number)) and not found:
                found.add(
                    "rule.priority",
                    "another exposure of this service already has this number",
                    given=number,
                    allowed="another number",
                    practice="listener-rule-priority",
                )
        if isinstance(exposure, NlbExposure) and exposure.load_balancer is not None:
            for option, port in (("listener_port", exposure.outer_port), ("test_port", exposure.test_port)):
                if port is None:
                    continue
                transport = exposure.outer_transport
                same = self._take(exposure.load_balancer, (port, transport))
                if self._take(exposure.load_balancer, port):
                    found.add(
                        option,
                        "another exposure of this service already has this port of the load balancer",
                        given=Shown(f"{port}/{transport}"),
                        allowed="another port" if same else ANOTHER_PORT_OR_BOTH,
                        practice="listener-rule-priority",
                    )
        return list(found)

    def _name_problems(self, exposure: Exposure) -> list[Problem]:
        found = Problems()
        names = exposure.names if isinstance(exposure, AlbExposure | NlbExposure) else None
        for name in () if names is None else (*names.served, *names.redirected):
            if self._take(None, name):
                found.add(
                    "domain",
                    "another exposure of this service already has this name",
                    given=name,
                    allowed=f'another name; or, for some of its paths, rule=ListenerRule(hosts=["{name}"], paths=[…])',
                    practice="domain-names",
                )
        return list(found)

    def _test_problems(self, exposure: AlbExposure) -> list[Problem]:
        found = Problems()
        traffic = exposure.test_traffic
        if exposure.test_rule is None or traffic is None:
            return []  # the production rule on another listener, whose problems are reported there
        wanted = [canonical(traffic.conditions), *([] if traffic.priority is None else [traffic.priority])]
        taken = [self._take(exposure.load_balancer, (exposure.test_port, claim)) for claim in wanted]
        if any(taken):
            found.add(
                "test_rule",
                "another exposure of this service already takes exactly these requests, or has this number",
                given=canonical(traffic.conditions).replace("\n", ", "),
                allowed="other conditions, or another number",
                practice="listener-rule-priority",
            )
        return list(found)

    def _take(self, load_balancer: object, what: object) -> bool:
        claim = (id(load_balancer), what)
        taken = claim in self._taken
        self._taken.add(claim)
        return taken


def _address_problems(exposure: Exposure, network: ec2.IVpc) -> list[Problem]:
    """Find peers that the service's own load balancer has no address for."""
    if not isinstance(exposure, AlbExposure | NlbExposure) or exposure.load_balancer is not None:
        return []
    if isinstance(exposure, NlbExposure) and exposure.outer_transport != "tcp":
        return ingress_problems(elbv2.IpAddressType.IPV4, exposure.ingress)
    return ingress_problems(default_ip_address_type(network), exposure.ingress)


def _health_check_port_problems(option: str, exposure: Exposure, containers: Sequence[Container]) -> list[Problem]:
    found = Problems()
    checked = getattr(exposure, "health_check_port", None)
    ports = {port.number: None for container in containers for port in container.all_ports if port.protocol == "tcp"}
    if checked is not None and not is_token([checked, *ports]) and checked not in ports:
        found.add(
            f"{option}.health_check_port",
            "no container of the task listens on this TCP port",
            given=checked,
            allowed=f"{', '.join(str(port) for port in ports)}; or Container(ports=[…, {checked}])"
            if ports
            else f"Container(ports=[…, {checked}])",
            practice="target-health-check",
        )
    return list(found)


def _port_problems(option: str, exposure: Exposure, target: Container) -> list[Problem]:
    found = Problems()
    ports = [port.number for port in target.all_ports if port.protocol == exposure.transport]
    if exposure.port not in ports:
        found.add(
            f"{option}.port",
            f"container {target.name} does not listen on this {exposure.transport.upper()} port",
            given=Shown("a token") if is_token(exposure.port) else exposure.port,
            allowed=", ".join(str(port) for port in ports) or "it declares none",
            practice="port-mappings",
        )
    return list(found)


def exposed_ports(exposures: Sequence[Exposure], container: str) -> tuple[Port, ...]:
    """Return the ports on which a service's own container must listen, in an order independent of the exposures."""
    ports: dict[tuple[int, str], Port] = {}
    for exposure in exposures:
        if exposure.container not in (None, container):
            continue
        port = Port(number=exposure.port, protocol=exposure.transport, name=exposure.port_name)
        if not port.problems() and (port.name is not None or (port.number, port.protocol) not in ports):
            ports[port.number, port.protocol] = port
    return tuple(sorted(ports.values(), key=_port_order))


def _port_order(port: Port) -> tuple[bool, int, str]:
    token = is_token(port.number)
    return token, 0 if token else port.number, port.protocol


def unused_test_problems(exposures: Sequence[Exposure]) -> list[Problem]:
    """Find test traffic in deployments without a separate new version."""
    found = Problems()
    for index, exposure in enumerate(exposures):
        for option in ("test_port", "test_ingress", "test_rule", "test_headers"):
            value = getattr(exposure, option, None)
            if value is not None:
                found.add(
                    f"{_place(exposures, index)}.{option}",
                    "a rolling deployment never runs the new version separately, so there is nothing to test",
                    given=value if isinstance(value, int) else Shown(type(value).__name__),
                    allowed="remove it; or use a deployment that shifts traffic, such as BlueGreen",
                    practice="test-traffic",
                )
    return list(found)


def _place(exposures: Sequence[Exposure], index: int) -> str:
    return "exposure" if len(exposures) == 1 else f"exposure[{index}]"
