"""What a run prints before it starts: differences from AWS, and the addresses of the tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdk_containers.local.engines import Published
from cdk_containers.local.planning import Difference, shown

from .console import Console
from .images import differences_of_machine
from .tasks import Cloud, Planned

_OF_SERVICES = (
    (
        "ServiceConnectConfiguration",
        "Service Connect",
        "names resolve directly to containers: no TLS, retries or metrics",
    ),
    ("LoadBalancers", "load balancer", "replaced by a local port: no rules, no TLS, one target"),
    ("VpcLatticeConfigurations", "VPC Lattice", "names resolve directly to containers: no TLS or policies"),
    ("NetworkConfiguration", "security groups and subnets", "every task can reach every other task and the internet"),
    ("DesiredCount", "desired count", "one task runs, and it is not replaced"),
    ("VolumeConfigurations", "EBS volume", "replaced by a local volume"),
)


def tell(
    console: Console,
    planned: Sequence[Planned],
    cloud: Cloud,
    ports: Mapping[str, Sequence[Published]],
    *,
    native: bool,
) -> None:
    """Print what differs from AWS, and the ports of this machine."""
    console.say("What differs from AWS:")
    for line in shown(differences(planned, cloud, native=native)):
        console.say(f"- {line}")
    for name, published in ports.items():
        for port in published:
            what = f"port {port.number}" + (f" ({port.name})" if port.name else "")
            console.say(f"{what} is 127.0.0.1:{port.host}", source=name)


def differences(planned: Sequence[Planned], cloud: Cloud, *, native: bool) -> list[tuple[str, Difference]]:
    """Return all differences from AWS, each with its task."""
    found = [(one.plan.name, difference) for one in planned for difference in one.plan.differences]
    for one in planned:
        found += [(one.plan.name, difference) for difference in _of_service(one)]
    found += differences_of_machine([one.plan for one in planned], native=native)
    if cloud.account is None:
        found.append(("", Difference(what="credentials", why=f"not available: {cloud.trouble}")))
    if cloud.emulator is not None:
        made = ", ".join(cloud.emulator.made) or "no resources of the app"
        found.append(("", Difference(what="AWS", why=f"replaced by an emulator with {made}")))
    return found


def _of_service(one: Planned) -> list[Difference]:
    if one.is_job:
        return [Difference(what="schedule, input and retries", why="the job runs once, immediately")]
    found = [Difference(what=what, why=why) for field, what, why in _OF_SERVICES if field in one.properties]
    why = "Service Connect does not translate the port"
    return found + [Difference(what=text, why=why) for text in one.untranslated]
