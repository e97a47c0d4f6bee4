"""Checks of containers: image, ports, environment, resources, probes and shutdown."""

from __future__ import annotations

import re
from decimal import Decimal

from cdk_containers.core.inputs import is_token

from .api_versions import minor_of
from .facts import Facts
from .names import PORT, is_port_name
from .part import Part
from .quantities import ALLOWED, quantity

_VARIABLE = re.compile(r"[-._a-zA-Z][-._a-zA-Z0-9]*")
_HANDLERS = ("exec", "httpGet", "tcpSocket", "grpc")
_HOOKS = ("exec", "httpGet", "tcpSocket", "sleep")
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_CAPABILITIES = "SYS_ADMIN", "CAP_SYS_ADMIN"


def check_container(container: Part, *, facts: Facts, stays: bool, grace: int) -> None:
    """Find problems with a container; `stays` is true if it runs as long as its pod, as sidecars do."""
    container.text("image", required=True)
    container.choice("imagePullPolicy", ("Always", "IfNotPresent", "Never"))
    for field in ("command", "args"):
        for index, word in container.entries(field):
            if not isinstance(word, str):
                container.wrong(f"{field}[{index}]", "not text", "text", given=word)
    _check_ports(container)
    _check_environment(container)
    check_resources(container.part("resources"))
    _check_probes(container, stays=stays)
    _check_hooks(container, stays=stays, grace=grace)
    _check_restarts(container, facts)
    _check_security(container.part("securityContext"))


def check_port(part: Part, field: str) -> None:
    """Check a port number or port name."""
    value = part.get(field)
    if isinstance(value, str) and not is_token(value):
        if not is_port_name(value):
            part.wrong(field, "neither a port number nor a port name", f"1 to 65535, or {PORT}")
        return
    part.number(field, 1, 65535)


def _check_ports(container: Part) -> None:
    for port in container.parts("ports"):
        if "containerPort" not in port:
            port.wrong("containerPort", "it is missing", "a port")
        port.number("containerPort", 1, 65535)
        port.number("hostPort", 1, 65535)
        port.choice("protocol", ("TCP", "UDP", "SCTP"))
        name = port.text("name")
        if name is not None and not is_port_name(name):
            port.wrong("name", "not a port name", PORT)


def _check_environment(container: Part) -> None:
    names: list[str] = []
    for variable in container.parts("env"):
        name = variable.text("name", required=True)
        if name is not None:
            if not _VARIABLE.fullmatch(name):
                variable.wrong("name", "not a variable name", "letters, digits, _, - and ., not starting with a digit")
            if name in names:
                variable.wrong("name", "another variable already has this name, and the last one wins", "another name")
            names.append(name)
        value = variable.get("value")
        if value is not None and not isinstance(value, str):
            variable.wrong("value", f"a value of type {type(value).__name__} instead of text", "text")
        if value and variable.get("valueFrom") is not None:
            variable.wrong("valueFrom", "both a value and a source", "one of the two")


def check_resources(resources: Part) -> None:
    """Check requests and limits."""
    limits = _quantities(resources.part("limits"))
    requests = _quantities(resources.part("requests"))
    for name, requested in requests.items():
        limit = limits.get(name)
        if limit is not None and requested > limit:
            resources.part("requests").wrong(name, "more than the limit", f"up to {resources.part('limits').get(name)}")
        if "/" in name and limit != requested:
            resources.part("requests").wrong(
                name, "not the same as the limit", "the same value in both, or only a limit"
            )


def _quantities(part: Part) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for name, value in part.value.items():
        if is_token(value):
            continue
        amount = quantity(value)
        if amount is None or amount < 0:
            part.wrong(name, "not a quantity", ALLOWED)
            continue
        if "/" in name and amount != int(amount):
            part.wrong(name, "a fraction of a device", "a whole number")
        if name == "memory" and 0 < amount < 1024**2:
            part.wrong(name, "less than 1 MiB of memory, with which no container starts", "512Mi, for example")
        found[name] = amount
    return found


def _check_probes(container: Part, *, stays: bool) -> None:
    for name in _PROBES:
        if name not in container:
            continue
        if not stays:
            container.wrong(
                name, "an init container that exits supports no probes", "restartPolicy: Always, or no probe"
            )
            continue
        probe = container.part(name)
        probe.exactly_one(_HANDLERS)
        _check_handler(container, probe)
        for field in ("failureThreshold", "periodSeconds", "successThreshold", "timeoutSeconds"):
            probe.number(field, 1)
        probe.number("initialDelaySeconds")
        if name != "readinessProbe" and probe.get("successThreshold") not in (None, 1):
            probe.wrong("successThreshold", f"a {name} must succeed the first time", "1")


def _check_handler(container: Part, handler: Part) -> None:
    declared = {port.get("name") for port in container.parts("ports")}
    for kind in ("httpGet", "tcpSocket", "grpc"):
        if kind not in handler:
            continue
        target = handler.part(kind)
        if "port" not in target:
            target.wrong("port", "it is missing", "a port number or port name")
        check_port(target, "port")
        port = target.get("port")
        if isinstance(port, str) and is_port_name(port) and port not in declared:
            target.wrong(
                "port", "the container has no port with this name", "the name of one of its ports, or a number"
            )
        path = target.text("path")
        if path is not None and not path.startswith("/"):
            target.wrong("path", "not a URL path", "a path such as /health")
    if "exec" in handler and not list(handler.part("exec").entries("command")):
        handler.part("exec").wrong("command", "no command", "a program and its arguments")


def _check_hooks(container: Part, *, stays: bool, grace: int) -> None:
    if "lifecycle" not in container:
        return
    if not stays:
        container.wrong(
            "lifecycle", "an init container that exits supports no hooks", "restartPolicy: Always, or no hooks"
        )
        return
    for name in ("postStart", "preStop"):
        hook = container.part("lifecycle").part(name)
        if not hook:
            continue
        hook.exactly_one(_HOOKS)
        _check_handler(container, hook)
        seconds = hook.part("sleep").number("seconds")
        if name == "preStop" and seconds is not None and seconds >= grace:
            hook.part("sleep").wrong(
                "seconds",
                f"the pod is killed after {grace} seconds, before the container gets the signal to stop",
                "less than terminationGracePeriodSeconds",
            )


def _check_restarts(container: Part, facts: Facts) -> None:
    is_init = "initContainers[" in container.path
    minor = minor_of(facts.version)
    if "restartPolicyRules" in container and minor < 35:
        container.wrong("restartPolicyRules", f"Kubernetes {facts.version} ignores it", "Kubernetes 1.35 or later")
    policy = container.choice("restartPolicy", ("Always", "Never", "OnFailure"))
    if policy is not None and minor < 35 and not (is_init and policy == "Always"):
        container.wrong(
            "restartPolicy",
            f"in Kubernetes {facts.version} only sidecars support it",
            "Always, on an init container",
        )
    if "restartPolicyRules" in container and policy is None:
        container.wrong("restartPolicy", "rules without a policy", "Always, Never, OnFailure")


def _check_security(context: Part) -> None:
    context.number("runAsUser")
    context.number("runAsGroup")
    if context.get("runAsNonRoot") is True and context.get("runAsUser") == 0:
        context.wrong("runAsUser", "root, but runAsNonRoot forbids it", "1 or more")
    if context.get("allowPrivilegeEscalation") is False:
        if context.get("privileged") is True:
            context.wrong("privileged", "privileged, but without permission to gain privileges", "one of the two")
        for index, added in context.part("capabilities").entries("add"):
            if added in _CAPABILITIES:
                context.part("capabilities").wrong(
                    f"add[{index}]", "a privilege that allowPrivilegeEscalation forbids", "another", given=added
                )
