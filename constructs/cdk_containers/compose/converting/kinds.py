"""What each service becomes: a service, a job, or a container in the task of another one."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen

from ..reading.models import Service
from .context import Context
from .exposing import Exposed
from .short_forms import PublishedPort

_ONCE = ("no", "on-failure")
_RESTARTS = ("", "always", "unless-stopped", *_ONCE)
_CONDITIONS = (None, "service_started", "service_healthy", "service_completed_successfully")


@frozen(slots=False)
class Kinds:
    """What runs in the task of another service.

    Attributes:
        init_of: Services that run to their end before others, with those.
        sidecar_of: Services in the network of another one, with that.
    """

    init_of: dict[str, list[str]]
    sidecar_of: dict[str, str]


def kinds_of(context: Context, services: dict[str, Service]) -> Kinds:
    """Find out what runs in the task of another service."""
    init_of: dict[str, list[str]] = {}
    for name, service in services.items():
        for other, dependency in (service.depends_on or {}).items():
            condition = dependency.condition if dependency is not None else None
            if condition not in _CONDITIONS:
                message = f"got {condition!r}; allowed: {', '.join(filter(None, _CONDITIONS))}"
                context.refuse(name, "depends_on", other, "condition", message=message)
            if condition == "service_completed_successfully" and other in services:
                init_of.setdefault(other, []).append(name)
    sidecar_of = _sidecars(context, services)
    for name, other in sidecar_of.items():
        if other in sidecar_of or other in init_of or name in init_of:
            context.refuse(
                name, "network_mode", message=(f"{other!r} is not a service that other containers can run beside")
            )
    for name, waiting in init_of.items():
        if name in waiting or any(other in init_of or other in sidecar_of for other in waiting):
            context.refuse(
                name, message=("a service that runs to completion before others cannot wait for such a service itself")
            )
        else:
            many = "each task of " + ", ".join(waiting)
            context.say(name, f"it runs before each of {many}, not only once: it must tolerate that")
    return Kinds(init_of=init_of, sidecar_of=sidecar_of)


def _sidecars(context: Context, services: dict[str, Service]) -> dict[str, str]:
    found = {}
    for name, service in services.items():
        mode = service.network_mode or ""
        kind, _, other = mode.partition(":")
        if kind == "service" and other in services and other != name:
            found[name] = other
        elif mode not in ("", "bridge", "default"):
            message = f"got {mode!r}: a task has its own network; allowed: bridge, or service:NAME"
            context.refuse(name, "network_mode", message=message)
    return found


def kind_of(
    context: Context, name: str, service: Service, *, kinds: Kinds, ports: list[PublishedPort], reached: Exposed
) -> str:
    """Return the class of a service's construct; `init` and `sidecar` for a container of another service."""
    if name in kinds.init_of:
        return "init"
    if name in kinds.sidecar_of:
        return "sidecar"
    if name in context.choices.schedules:
        return "ScheduledJob"
    restart = (service.restart or "").partition(":")[0]
    if restart not in _RESTARTS:
        message = f"got {service.restart!r}; allowed: no, always, unless-stopped, on-failure"
        context.refuse(name, "restart", message=message)
    mode = service.deploy.mode if service.deploy else None
    if mode == "global":
        message = "one task on each machine: not possible on Fargate; with `Ec2Capacity`, use a DaemonService"
        context.refuse(name, "deploy", "mode", message=message)
    elif mode not in (None, "replicated", "replicated-job"):
        context.refuse(name, "deploy", "mode", message=f"got {mode!r}; allowed: replicated, replicated-job")
    if mode == "replicated-job" or (restart in _ONCE and not ports):
        context.say(
            name, f"it runs to completion: an EventJob, which you start manually, or --schedule {name}='rate(1 day)'"
        )
        return "EventJob"
    return "WebService" if reached else "BackendService"
