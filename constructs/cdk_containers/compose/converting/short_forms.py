"""Parses the short and long forms of ports and volumes."""

from __future__ import annotations

import re
from typing import Literal

from cdk_containers.core.frozen import frozen

from ..reading.models import Mount, Port

_PORT = re.compile(r"(?:(?:(\[[0-9a-fA-F:]+\]|[\d.]*):)?(\d*):)?(\d+)(?:/(tcp|udp))?")
_RANGE = re.compile(r".*\d-\d.*")
_WINDOWS_PATH = re.compile(r"[A-Za-z]:(\\|/.*:/)")
_HIGHEST = 65535

MountKind = Literal["volume", "bind", "tmpfs"]


@frozen
class PublishedPort:
    """A port of a container.

    Attributes:
        number: The port in the container.
        protocol: `tcp` or `udp`.
        published: The port outside; None if Docker chooses it, or the port is not published.
        outside: Whether other machines can reach it.
    """

    number: int
    protocol: Literal["tcp", "udp"] = "tcp"
    published: int | None = None
    outside: bool = False


@frozen
class MountedPath:
    """A path of a container.

    Attributes:
        kind: Kind of mount.
        source: The name of a volume or a path outside; empty for none.
        target: The path in the container.
        read_only: Whether it may only be read.
        size: Size of a directory in memory.
        subpath: The directory in the volume.
    """

    kind: MountKind
    source: str
    target: str
    read_only: bool = False
    size: str | None = None
    subpath: str | None = None


def published_port(given: str | Port) -> PublishedPort:
    """Return a port.

    Raises:
        ValueError: The value is invalid.
    """
    if isinstance(given, str):
        match = _PORT.fullmatch(given.strip())
        if match is None or len(given) > 60:
            why = "ranges are not supported: list the ports one by one" if _RANGE.fullmatch(given) else "no port"
            raise ValueError(f"got {given!r}: {why}; allowed: 8080:80, 127.0.0.1:8080:80, 53:53/udp")
        address, published, target, protocol = match.groups()
        # 127.0.0.1::80 publishes on a port that Docker chooses, as "80" alone does.
        return _port(int(target), protocol or "tcp", published or "", address or "")
    if given.target is None:
        raise ValueError("`target` is missing: the port in the container")
    return _port(given.target, given.protocol or "tcp", given.published or "", given.host_ip or "")


def _port(number: int, protocol: str, published: str, address: str) -> PublishedPort:
    if protocol not in ("tcp", "udp"):
        raise ValueError(f"got the protocol {protocol!r}; allowed: tcp, udp")
    if published and not published.isdecimal():
        raise ValueError(f"got {published!r}: ranges are not supported: list the ports one by one")
    outer = int(published) if published and len(published) < 9 else None
    for one in (number, number if outer is None else outer):
        if not 1 <= one <= _HIGHEST or len(published) >= 9:
            raise ValueError(f"got {published or one}; allowed: 1–65535")
    local = address.startswith("127.") or address == "[::1]"
    return PublishedPort(number=number, protocol=protocol, published=outer, outside=not local)  # type: ignore[arg-type]


def mounted_path(given: str | Mount) -> MountedPath:
    """Return a mount.

    Raises:
        ValueError: The value is invalid.
    """
    if isinstance(given, Mount):
        return _long(given)
    if _WINDOWS_PATH.match(given):
        raise ValueError(f"got {given!r}: Windows paths are not supported")
    parts = given.split(":")
    if len(parts) > 3 or not all(parts):
        raise ValueError(f"got {given!r}; allowed: name:/path, ./folder:/path:ro, /path")
    if len(parts) == 1:
        return _checked(MountedPath(kind="volume", source="", target=given))
    options = parts[2].split(",") if len(parts) == 3 else []
    kind: MountKind = "bind" if parts[0][0] in "./~" else "volume"
    return _checked(MountedPath(kind=kind, source=parts[0], target=parts[1], read_only="ro" in options))


def _long(given: Mount) -> MountedPath:
    if given.type not in ("volume", "bind", "tmpfs"):
        raise ValueError(f"got the type {given.type!r}; allowed: volume, bind, tmpfs")
    if given.type == "bind" and not given.source:
        raise ValueError("`source` is missing: the path outside")
    return _checked(
        MountedPath(
            kind=given.type,  # type: ignore[arg-type]  # it is one of the three
            source=given.source or "",
            target=given.target or "",
            read_only=bool(given.read_only),
            size=given.tmpfs.size if given.tmpfs else None,
            subpath=given.volume.subpath if given.volume else None,
        )
    )


def _checked(mount: MountedPath) -> MountedPath:
    if not mount.target.startswith("/"):
        raise ValueError(f"got {mount.target!r} as the path in the container; it must start with /")
    return mount
