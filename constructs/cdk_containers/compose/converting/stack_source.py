"""The source of the stack."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from cdk_containers.model.workload.port import Port
from cdk_containers.model.workload.schemes import scheme_of

from .names import construct_id, container_name, variable
from .plan import Edge, Plan, Unit
from .source import WIDTH, Call, Raw, call, quoted, written

_REASONS = {
    "IMAGE_USER": "The image chooses its user, as it does under Compose",
    "ROOT_USER": "The compose file runs it as root",
    "WRITABLE": "The image may write to its root file system, as it does under Compose",
    "OWN_INIT": "The image has its own init, which insists on being process 1",
    "OWN_FILES": "The image changes the owner of its files when it starts",
    "UNPINNED": "The compose file names no version",
    "PLAIN_HTTP": "There is no certificate yet: deploy with -c certificate=ARN",
}
_CERTIFICATE = 'acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn)'


def stack_source(plan: Plan, *, project_path: str, file: str) -> str:
    """Return the source of the stack.

    Args:
        plan: Plan of the app.
        project_path: Relative path from the app to the project.
        file: Name of the compose file.
    """
    body = re.sub(r"\n{3,}", "\n\n", "\n".join(_body(plan)))
    names = _names(body)
    constants = list(_constants(names, project_path))
    name = construct_id(plan.name)
    lines = [
        f'"""The services of {file}, on AWS."""',
        "",
        "from __future__ import annotations",
        "",
        *_imports(names, constants),
        *constants,
        *(["", ""] if constants else [""]),
        f"class {name}Stack(cdk.Stack):",
        f'    """The services of {file} in one application."""',
        "",
        body,
    ]
    return "\n".join([*lines, ""])


def _body(plan: Plan) -> Iterator[str]:
    certified = any(unit.exposed.web is not None for unit in plan.units.values())
    yield "    def __init__("
    yield "        self,"
    yield "        scope: Construct,"
    yield "        id: str,"
    yield "        *,"
    yield "        environment: Environment,"
    if certified:
        yield "        certificate_arn: str | None = None,"
    yield "        **kwargs: Any,"
    yield "    ) -> None:"
    yield "        super().__init__(scope, id, **kwargs)"
    if certified:
        yield "        certificates = ("
        yield f"            [{_CERTIFICATE}] if certificate_arn else []"
        yield "        )"
    yield _statement(
        call(
            "Application",
            Raw("self"),
            "App",
            environment=Raw("environment"),
            certificates=Raw("certificates") if certified else None,
            https=Raw("True if certificates else PLAIN_HTTP") if certified else None,
        ),
        "app",
    )
    if any("EfsVolume" in str(volume) for unit in plan.units.values() for volume in unit.volumes.values()):
        yield _statement(
            call(
                "efs.FileSystem",
                Raw("self"),
                "Files",
                vpc=Raw("app.cluster.vpc"),
                encrypted=True,
                enable_automatic_backups=True,
                removal_policy=Raw("environment.removal_policy"),
            ),
            "files",
        )
    if plan.secrets:
        yield ""
        yield "        def secret(name: str) -> secretsmanager.ISecret:"
        yield f'            full_name = f"{{environment.name}}/{container_name(plan.name)}/{{name}}"'
        yield '            return secretsmanager.Secret.from_secret_name_v2(self, f"Secret-{name}", full_name)'
        yield ""
        for key in plan.secrets:
            if _uses(plan, key) > 1:
                yield _statement(call("secret", key), _secret(key))
    for unit in plan.units.values():
        if unit.kind not in ("init", "sidecar"):
            yield ""
            yield from _unit(plan, unit)
    calls = list(_calls(plan))
    if calls:
        yield ""
        yield from calls


def _statement(expression: Any, name: str = "") -> str:
    return written(expression, indent=2, before=f"{name} = " if name else "")


def _uses(plan: Plan, key: str) -> int:
    """Return how often the source contains a secret. Init containers of several services are in the task of each."""
    users: list[Unit] = [unit for unit in plan.units.values() if unit.kind not in ("init", "sidecar")]
    users += [one for unit in users for one in unit.options.get("sidecars", [])]
    return sum(secret == key for unit in users for secret in unit.settings.secret.values())


def _secret(key: str) -> str:
    return f"{variable(key)}_secret" if not key.endswith("secret") else variable(key)


def _unit(plan: Plan, unit: Unit) -> Iterator[str]:
    if unit.entrance is not None:
        yield _statement(unit.entrance, "entrance")
    sidecars = [_container(plan, one, name=container_name(one.name)) for one in unit.options.get("sidecars", [])]
    options = {
        "container": _container(plan, unit),
        "sidecars": sidecars or None,
        "volumes": list(unit.volumes.values()) or None,
        **{key: value for key, value in unit.options.items() if key != "sidecars"},
        "service_connect": _service_connect(plan, unit),
    }
    used = any(unit.name in (edge.caller, edge.callee) for edge in [*plan.edges, *plan.backward])
    made = call("app.add", Raw(unit.kind), unit.id, **options)
    yield _statement(made, unit.variable if used else "")


def _container(plan: Plan, unit: Unit, *, name: str | None = None) -> Call:
    own = {edge.variable for edge in plan.edges if edge.caller == unit.name and _connects(plan, edge)}
    environment = {key: value for key, value in unit.settings.plain.items() if key not in own}
    secrets = {
        key: Raw(_secret(secret)) if _uses(plan, secret) > 1 else call("secret", secret)
        for key, secret in unit.settings.secret.items()
    }
    image, *rest = unit.container.items()
    return call(
        "Container",
        **dict([image]),
        name=name,
        essential=False if unit.kind == "init" else None,
        ports=_ports(plan, unit) or None,
        environment=environment or None,
        secrets=secrets or None,
        **dict(rest),
    )


def _ports(plan: Plan, unit: Unit) -> list[Any]:
    tcp, served = unit.tcp_ports, _served(plan, unit)
    made = [call("Port", number=n, name=_port_name(plan, unit, n)) if n in served else n for n in tcp]
    udp = dict.fromkeys(port.number for port in unit.ports if port.protocol == "udp" and port.number not in tcp)
    return made + [call("Port", number=number, protocol="udp") for number in udp]


def _served(plan: Plan, unit: Unit) -> list[int]:
    """Return the ports for service discovery: the ports that are called, or the first port."""
    tcp = unit.tcp_ports
    edges = [edge for edge in [*plan.edges, *plan.backward] if edge.callee == unit.name]
    if not unit.is_service or not (edges or not unit.exposed):
        return []
    called = {edge.port for edge in edges}
    return [number for number in tcp if number in called] or tcp[:1]


def _port_name(plan: Plan, unit: Unit, number: int) -> str:
    name = container_name(unit.host)
    return name if len(_served(plan, unit)) == 1 else f"{name}-{number}"


def _service_connect(plan: Plan, unit: Unit) -> Call | None:
    """Return the discovery options of a service, if the names of its ports are not enough."""
    names = [_port_name(plan, unit, number) for number in _served(plan, unit)]
    host = unit.host.lower()
    if names in ([], [host]):
        return None
    served = [call("ServedPort", name=name, dns_name=host) for name in names]
    return call("ServiceConnect", namespace=Raw("app.namespace"), ports=served)


def _connects(plan: Plan, edge: Edge) -> bool:
    caller, callee = plan.units[edge.caller], plan.units[edge.callee]
    return caller.is_service and callee.is_service and bool(callee.tcp_ports)


def _calls(plan: Plan) -> Iterator[str]:
    for edge in plan.edges:
        caller, callee = plan.units[edge.caller], plan.units[edge.callee]
        if callee.kind in ("init", "sidecar") or caller.kind in ("init", "sidecar"):
            continue
        if not _connects(plan, edge):
            yield _statement(call(f"{caller.variable}.node.add_dependency", Raw(callee.variable)))
            continue
        served = _served(plan, callee)
        port = edge.port if edge.port in served else served[0]
        default = f"{scheme_of(Port(number=port))}://{callee.host.lower()}:{port}"
        name = edge.variable or _free_variable(callee, caller)
        yield _statement(
            call(
                f"{caller.variable}.connect_to",
                Raw(callee.variable),
                port=_port_name(plan, callee, port) if port != served[0] else None,
                variable=name,
                url=edge.address if edge.address not in (None, default) else None,
            )
        )
    for edge in plan.backward:
        caller, callee = plan.units[edge.caller], plan.units[edge.callee]
        if caller.is_service and callee.tcp_ports:
            port = edge.port if edge.port in callee.tcp_ports else callee.tcp_ports[0]
            yield _statement(
                call(
                    f"{callee.variable}.connections.allow_from",
                    Raw(caller.variable),
                    call("ec2.Port.tcp", port),
                    f"{caller.name} to {callee.name}",
                )
            )


def _free_variable(callee: Unit, caller: Unit) -> str:
    name = f"{variable(callee.name).upper()}_ENDPOINT"
    while name in caller.settings.plain or name in caller.settings.secret:
        name += "_"
    return name


def _names(body: str) -> set[str]:
    """Return the names that the source of a method uses."""
    return {node.id for node in ast.walk(ast.parse(f"class Stack:\n{body}")) if isinstance(node, ast.Name)}


def _constants(names: set[str], project_path: str) -> Iterator[str]:
    if names & {"ROOT", "PROJECT"}:
        yield "ROOT = Path(__file__).resolve().parents[1]"
    if "PROJECT" in names:
        yield f"PROJECT = (ROOT / {quoted(project_path)}).resolve()"
    yield from (f"{name} = Disabled({quoted(reason)})" for name, reason in _REASONS.items() if name in names)
    if "ONE_AT_A_TIME" in names:
        yield "ONE_AT_A_TIME = Rolling(min_healthy_percent=0, max_healthy_percent=100)"


def _imports(names: set[str], constants: list[str]) -> Iterator[str]:
    text = " ".join(constants)
    if "Path(" in text:
        yield "from pathlib import Path"
    yield from ("from typing import Any", "", "import aws_cdk as cdk")
    yield from (f"from aws_cdk import {module} as {name}" for module, name in _MODULES if name in names)
    ours = sorted(name for name in _LIBRARY if name in names or f"{name}(" in text)
    line = f"from cdk_containers import {', '.join(ours)}"
    if len(line) <= WIDTH:
        yield line
    else:
        yield from ("from cdk_containers import (", *(f"    {name}," for name in ours), ")")
    yield from ("from constructs import Construct", "")


_MODULES = (
    ("aws_certificatemanager", "acm"),
    ("aws_ec2", "ec2"),
    ("aws_efs", "efs"),
    ("aws_secretsmanager", "secretsmanager"),
)
_LIBRARY = (
    *("AlbExposure", "Application", "BackendService", "Container", "Disabled", "EfsVolume", "Environment", "EventJob"),
    *("HealthCheck", "Image", "LinuxOptions", "ListenerRule", "NetworkLoadBalancer", "NlbExposure", "Port", "Rolling"),
    *("ScheduledJob", "ServedPort", "ServiceConnect", "SharedVolume", "TargetHealthCheck", "TaskOptions", "Tmpfs"),
    *("Ulimit", "VolumeMount", "WebService"),
)
