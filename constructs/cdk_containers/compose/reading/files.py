"""Merges the files of a project: a file with its override, its includes, and the services that it extends."""

from __future__ import annotations

import os
from pathlib import Path

from cdk_containers.core.documents import Items, Map, MisreadError, Node, Scalar, decode, load

from .interpolation import Interpolation
from .merging import laid_over, merged
from .normal_form import refuse_unusable, without_extensions, write_out
from .problems import Found

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_OVERRIDES = {name: name.replace("compose.", "compose.override.") for name in NAMES}
_MOST_FILES = 50
_SHAPE = "a compose file is a map: `services:`, `volumes:`, …"


def text_of(path: Path, found: Found) -> str | None:
    """Return the content of a file; None with a recorded problem if it cannot be read."""
    try:
        return decode(path.read_bytes(), str(path))
    except MisreadError as error:
        for problem in error.problems:
            found.of(error.file).add(problem)
    except (OSError, ValueError) as error:
        found.refuse(str(path), f"cannot be read: {getattr(error, 'strerror', None) or error}")
    return None


class Files:
    """Reads files, each once.

    Args:
        folder: Folder to which the paths of the project are relative.
        interpolation: Interpolates the paths of other files.
        found: Collects the problems.
    """

    def __init__(self, folder: Path, interpolation: Interpolation, found: Found) -> None:
        self._folder = folder
        self._interpolation = interpolation
        self._found = found
        self._read: dict[Path, Map | None] = {}
        self._including: list[Path] = []

    def project(self, file: Path, *, with_override: bool) -> Map | None:
        """Return a file merged with its override, its includes, and the services that it extends."""
        root = self._file(file)
        if root is None:
            return None
        override = file.with_name(_OVERRIDES[file.name]) if with_override and file.name in _OVERRIDES else None
        over = self._file(override) if override is not None and override.is_file() else None
        if over is not None:
            root = laid_over(root, over)
        services = root.entries.get("services")
        if isinstance(services, Map):
            for name in list(services):
                services.entries[name] = self._extended(services, name, file, [])
        self._include(root, file)
        return root

    def _file(self, file: Path) -> Map | None:
        if file in self._read:
            return self._read[file]
        self._read[file] = None
        if len(self._read) > _MOST_FILES:
            self._found.refuse(str(file), f"a project of more than {_MOST_FILES} files")
            return None
        text = text_of(file, self._found)
        if text is None:
            return None
        try:
            problems = self._found.of(str(file))
            root = load(text, str(file), problems, reader="the converter", shape=_SHAPE, extra="compose")
        except MisreadError as error:
            for problem in error.problems:
                self._found.of(error.file).add(problem)
            return None
        without_extensions(root)
        refuse_unusable(root)
        services = root.entries.get("services")
        if isinstance(services, Map):
            for service in services.entries.values():
                write_out(service)
                self._interpolation.fill(service.entries.get("extends") if isinstance(service, Map) else None)
        self._interpolation.fill(root.entries.get("include"))
        if isinstance(services, Map) and file.parent != self._folder:
            for service in services.entries.values():
                _rebase(service, Path(os.path.relpath(file.parent, self._folder)))
        self._read[file] = root
        return root

    def _extended(self, services: Map, name: str, file: Path, on_the_way: list[tuple[Path, str]]) -> Node:
        service = services[name]
        extends = service.entries.pop("extends", None) if isinstance(service, Map) else None
        if not isinstance(extends, Map):
            return service
        wanted, other_file = extends.entries.get("service"), extends.entries.get("file")
        if not isinstance(wanted, Scalar) or (other_file is not None and not isinstance(other_file, Scalar)):
            extends.refuse("allowed: a service of this file, or a map with `service` and `file`")
            return service
        other = file if other_file is None else file.parent / other_file.text
        root = self._file(other) if other_file is not None else None
        there = services if other_file is None else (root.entries.get("services") if root is not None else None)
        if not isinstance(there, Map) or wanted.text not in there:
            extends.refuse(f"there is no service {wanted.text!r} in {other}")
            return service
        if (other, wanted.text) in [*on_the_way, (file, name)]:
            extends.refuse("the services extend each other")
            return service
        there.entries[wanted.text] = self._extended(there, wanted.text, other, [*on_the_way, (file, name)])
        return merged(there[wanted.text], service)

    def _include(self, root: Map, file: Path) -> None:
        included = root.entries.pop("include", None)
        for item in included.items if isinstance(included, Items) else []:
            path = item.entries.get("path") if isinstance(item, Map) else item
            if isinstance(item, Map) and len(item.entries) > 1:
                item.refuse("only `path` of `include` is supported: paths are relative to the folder of the file")
                continue
            for one in path.items if isinstance(path, Items) else [path]:
                if not isinstance(one, Scalar):
                    item.refuse("allowed: the path of a compose file")
                    continue
                other = file.parent / one.text
                if other in [*self._including, file]:
                    one.refuse("the files include each other")
                    continue
                self._including.append(file)
                more = self.project(other, with_override=False)
                self._including.pop()
                if more is not None:
                    _add(root, more)
        if included is not None and not isinstance(included, Items):
            included.refuse(f"got {included.shape()}; allowed: a list of paths")


def _add(root: Map, more: Map) -> None:
    for section, entries in more.entries.items():
        own = root.entries.get(section)
        if not isinstance(own, Map) or not isinstance(entries, Map):
            root.entries.setdefault(section, entries)
            continue
        for name, value in entries.entries.items():
            if name in own and section == "services":
                value.refuse("the including file also has a service with this name")
            own.entries.setdefault(name, value)


def _rebase(service: Node, prefix: Path) -> None:
    """Rewrite paths of another folder relative to the project folder."""

    def moved(node: Node | None) -> None:
        if isinstance(node, Scalar) and node.text.startswith("."):
            node.text = node.value = f"./{os.path.normpath(prefix / node.text)}"
        elif isinstance(node, Scalar) and not node.text.startswith(("/", "~")):
            node.text = node.value = str(prefix / node.text)

    if not isinstance(service, Map):
        return
    build, files, volumes = (service.entries.get(key) for key in ("build", "env_file", "volumes"))
    if isinstance(build, Map):
        moved(build.entries.get("context"))
    for item in files.items if isinstance(files, Items) else []:
        moved(item.entries.get("path") if isinstance(item, Map) else item)
    for item in volumes.items if isinstance(volumes, Items) else []:
        source = item.entries.get("source") if isinstance(item, Map) else item
        if isinstance(source, Scalar) and source.text.startswith("."):
            moved(source)
