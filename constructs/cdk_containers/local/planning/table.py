"""The flag table: fields of a container definition, as flags of an engine and as keys of a compose file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from cdk_containers.core.frozen import frozen

from .dialect import Dialect

_PERMISSIONS = {"read": "r", "write": "w", "mknod": "m"}


@frozen(kw_only=False)
class Row:
    """A field.

    Attributes:
        field: Path in a container definition.
        flags: Returns the flags for a value, in the dialect of an engine.
        compose: Returns the keys of a compose file for a value.
        of: Owner of the flags: the container, or the network that the containers of a task share.
    """

    field: str
    flags: Callable[[Any, Dialect], Sequence[str]]
    compose: Callable[[Any], Mapping[str, Any]]
    of: Literal["container", "network"] = "container"


def flags_of(settings: Mapping[str, Any], dialect: Dialect) -> list[str]:
    """Return the flags for settings, in the order of the table."""
    return [flag for row in TABLE if row.field in settings for flag in row.flags(settings[row.field], dialect)]


def compose_of(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keys of a compose file for settings, in the order of the table."""
    merged: dict[str, Any] = {}
    for row in TABLE:
        if row.field in settings:
            merged |= row.compose(settings[row.field])
    return merged


def _plain(
    field: str, flag: str, key: str, *, suffix: str = "", of: Literal["container", "network"] = "container"
) -> Row:
    return Row(field, lambda value, _: [flag, f"{value}{suffix}"], lambda value: {key: _number(value, suffix)}, of)


def _number(value: Any, suffix: str) -> Any:
    return f"{value}{suffix}" if suffix else value


def _switch(field: str, flag: str, key: str) -> Row:
    return Row(field, lambda value, _: [flag] if value else [], lambda value: {key: True} if value else {})


def _each(flag: str, values: Iterable[str]) -> list[str]:
    return [part for value in values for part in (flag, value)]


def _devices(value: Any) -> list[str]:
    return [
        ":".join(
            (
                it["HostPath"],
                it.get("ContainerPath") or it["HostPath"],
                "".join(_PERMISSIONS[one] for one in it.get("Permissions") or _PERMISSIONS),
            )
        )
        for it in value
    ]


def _tmpfs(value: Any, dialect: Dialect | None) -> list[str]:
    return [f"{it['ContainerPath']}:{','.join(_tmpfs_options(it, dialect))}" for it in value]


def _tmpfs_options(tmpfs: Mapping[str, Any], dialect: Dialect | None) -> list[str]:
    options = [*(tmpfs.get("MountOptions") or ()), f"size={tmpfs['Size']}m"]
    if dialect is None or dialect.tmpfs_owner:
        return options
    kept = [option for option in options if not option.startswith(("uid=", "gid="))]
    return kept if len(kept) == len(options) else [*kept, "U"]


def _ulimits(value: Any) -> list[str]:
    return [f"{it['Name']}={it['SoftLimit']}:{it['HardLimit']}" for it in value]


def _hosts(value: Any) -> list[str]:
    return [f"{it['Hostname']}:{it['IpAddress']}" for it in value]


def _sysctls(value: Any) -> list[str]:
    return [f"{it['Namespace']}={it['Value']}" for it in value]


def _labels(value: Any) -> list[str]:
    return [f"{name}={text}" for name, text in value.items()]


def _list(
    field: str,
    flag: str,
    key: str,
    texts: Callable[[Any], list[str]],
    of: Literal["container", "network"] = "container",
) -> Row:
    return Row(field, lambda value, _: _each(flag, texts(value)), lambda value: {key: texts(value)}, of)


TABLE: tuple[Row, ...] = (
    Row("EntryPoint", lambda value, _: ["--entrypoint", value[0]], lambda value: {"entrypoint": list(value)}),
    Row("Command", lambda _value, _: [], lambda value: {"command": list(value)}),  # it follows the image
    _plain("User", "--user", "user"),
    _plain("WorkingDirectory", "--workdir", "working_dir"),
    _plain("Cpu", "--cpu-shares", "cpu_shares"),
    _plain("Cpus", "--cpus", "cpus"),
    Row(
        "Memory",  # ECS gives a container no swap
        lambda value, _: ["--memory", f"{value}m", "--memory-swap", f"{value}m"],
        lambda value: {"mem_limit": f"{value}m", "memswap_limit": f"{value}m"},
    ),
    _plain("MemoryReservation", "--memory-reservation", "mem_reservation", suffix="m"),
    Row(
        "ReadonlyRootFilesystem",
        lambda value, dialect: dialect.read_only if value else [],
        lambda value: {"read_only": True} if value else {},
    ),
    Row(
        "LinuxParameters.Tmpfs",
        lambda value, dialect: _each("--tmpfs", _tmpfs(value, dialect)),
        lambda value: {"tmpfs": _tmpfs(value, None)},
    ),
    _switch("LinuxParameters.InitProcessEnabled", "--init", "init"),
    _plain("LinuxParameters.SharedMemorySize", "--shm-size", "shm_size", suffix="m"),
    _list("LinuxParameters.Capabilities.Add", "--cap-add", "cap_add", list),
    _list("LinuxParameters.Capabilities.Drop", "--cap-drop", "cap_drop", list),
    _list("LinuxParameters.Devices", "--device", "devices", _devices),
    _switch("Privileged", "--privileged", "privileged"),
    _list("DockerSecurityOptions", "--security-opt", "security_opt", list),
    Row(
        "Ulimits",
        lambda value, _: _each("--ulimit", _ulimits(value)),
        lambda value: {"ulimits": {it["Name"]: {"soft": it["SoftLimit"], "hard": it["HardLimit"]} for it in value}},
    ),
    _list("SystemControls", "--sysctl", "sysctls", _sysctls),
    _list("DockerLabels", "--label", "labels", _labels),
    _switch("Interactive", "--interactive", "stdin_open"),
    _switch("PseudoTerminal", "--tty", "tty"),
    Row(
        "StopTimeout",
        lambda value, _: ["--stop-timeout", f"{value}"],
        lambda value: {"stop_grace_period": f"{value}s"},
    ),
    _plain("Hostname", "--hostname", "hostname", of="network"),
    _list("ExtraHosts", "--add-host", "extra_hosts", _hosts, "network"),
    _list("DnsServers", "--dns", "dns", list, "network"),
    _list("DnsSearchDomains", "--dns-search", "dns_search", list, "network"),
    _list("SystemControls.net", "--sysctl", "sysctls", _sysctls, "network"),
)
"""The fields of a container definition that have a flag. The runner implements the others."""
