"""Reads a project: merges its files into one model."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from cdk_containers.core.documents import Items, Map, Node, Scalar, nearest, structure
from cdk_containers.core.frozen import frozen
from cdk_containers.core.secret_texts import is_secret_name

from .env_files import env_values
from .files import NAMES, Files, text_of
from .interpolation import Interpolation
from .models import File, Service
from .problems import Found

_URL_WITH_LOGIN = re.compile(r"://[^/\s]*\$\{?\w[^/\s]*@")


@frozen(slots=False)
class Project:
    """A parsed project.

    Attributes:
        folder: Folder to which its paths are relative.
        name: Name of the project.
        model: Its content.
        root: Its nodes, with their positions in the file.
        found: Its problems. The conversion adds more.
    """

    folder: Path
    name: str
    model: File
    root: Map
    found: Found

    @property
    def services(self) -> dict[str, Service]:
        """The services that run. A service without content is empty."""
        return {name: service or Service() for name, service in (self.model.services or {}).items()}

    def node(self, *keys: str | int) -> Node:
        """Return the node at a path of keys, or its nearest parent."""
        node: Node = self.root
        for key in keys:
            if isinstance(node, Map) and key in node:
                node = node[str(key)]
            elif isinstance(node, Items) and isinstance(key, int) and key < len(node.items):
                node = node.items[key]
            else:
                break
        return node


def read_project(
    path: Path,
    *,
    variables: Mapping[str, str] | None = None,
    env_files: Sequence[Path] = (),
    profiles: Sequence[str] = (),
    without: Collection[str] = (),
) -> Project:
    """Read a compose file with its override, its includes, and the services that it extends.

    Args:
        path: A compose file, or a folder with one.
        variables: Values of `${VAR}`, which take precedence over those of files. Variables of the shell are not used.
        env_files: Files with values. Default: `.env` next to the file.
        profiles: Profiles whose services also run.
        without: Services to omit. Their problems are ignored.

    Raises:
        ComposeError: The project is invalid; all problems are reported at once.
    """
    found = Found()
    file = _main_file(path, found)
    folder = file.parent
    values: dict[str, str] = {}
    given = list(env_files) or ([folder / ".env"] if (folder / ".env").is_file() else [])
    for env_file in given:
        if (text := text_of(env_file, found)) is not None:
            values |= env_values(text, str(env_file), found)
    values |= variables or {}
    found.stop()
    interpolation = Interpolation(values, becomes_secret)
    reader = Files(folder, interpolation, found)
    root = reader.project(file, with_override=True)
    found.stop()
    if root is None:
        raise AssertionError(file)  # unreadable files are already reported
    _choose(root, set(profiles), without)
    interpolation.fill(root)
    _check_names(root)
    model = structure(root, File)
    found.stop()
    written = model.name or re.sub(r"[^a-z0-9_-]", "", folder.resolve().name.lower()) or "compose"
    return Project(folder=folder, name=written, model=model, root=root, found=found)


def _main_file(path: Path, found: Found) -> Path:
    if not path.is_dir():
        return path
    there = [path / name for name in NAMES if (path / name).is_file()]
    if not there:
        found.refuse(str(path), f"there is no compose file; allowed: {', '.join(NAMES)}")
        found.stop()
    return there[0]


def becomes_secret(path: tuple[str, ...], text: str, variable: str) -> bool:
    """Tell whether a text with a missing value becomes a secret, whose value is only in Secrets Manager."""
    if "environment" not in path[2:3]:
        return False
    name = path[-1] if not path[-1].startswith("[") else ""
    return is_secret_name(name) or is_secret_name(variable) or _URL_WITH_LOGIN.search(text) is not None


def _choose(root: Map, profiles: set[str], without: Collection[str]) -> None:
    """Remove services of profiles that are not selected, and clear omitted services."""
    services = root.entries.get("services")
    if not isinstance(services, Map):
        (services or root).refuse("there are no services")
        return
    for name, service in list(services.entries.items()):
        if name in without:
            services.entries[name] = Map(service.path, service.line, service.column, service.problems, {})
            continue
        of_service = service.entries.get("profiles") if isinstance(service, Map) else None
        if isinstance(of_service, Items) and of_service.items:
            names = {item.text for item in of_service.items if isinstance(item, Scalar)}
            if not names & profiles:
                del services.entries[name]
    if not services.entries:
        services.refuse("no service runs without a profile: select a profile with --profile")


def _check_names(root: Map) -> None:
    services = root.entries.get("services")
    if not isinstance(services, Map):
        return  # it is already rejected
    for name, service in services.entries.items():
        if not re.fullmatch(r"[A-Za-z0-9._-]+", name):
            service.refuse("allowed in the name of a service: letters, digits, dots, hyphens and underscores")
        depends = service.entries.get("depends_on") if isinstance(service, Map) else None
        for other, node in (depends.entries if isinstance(depends, Map) else {}).items():
            optional = isinstance(node, Map) and "required" in node and node["required"].plain() is False
            if other not in services and not optional:
                node.refuse(f"there is no service {other!r}: {nearest(other, services)}")
