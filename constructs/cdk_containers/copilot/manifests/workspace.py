"""Finds the manifests, addons and overrides in the folder `copilot/`."""

from __future__ import annotations

from pathlib import Path

from cdk_containers.core.documents import ManifestError, Problem, Problems, Scalar, decode, load
from cdk_containers.core.frozen import frozen

_NOT_WORKLOADS = {"environments", "pipelines", ".workspace"}


@frozen
class Place:
    """A workload, an environment or a pipeline, with the files next to its manifest.

    Attributes:
        name: Name of its folder.
        manifest: Its manifest; None if an environment has none.
        addons: Templates to deploy with it.
        overrides: Its folder `overrides`, if it exists.
    """

    name: str
    manifest: Path | None
    addons: tuple[Path, ...] = ()
    overrides: Path | None = None


@frozen
class Workspace:
    """A workspace of Copilot.

    Attributes:
        application: The name of the application.
        root: Folder that contains `copilot/`. Paths in manifests are relative to it.
        workloads: Services and jobs, by name.
        environments: Environments, by name.
        pipelines: Pipelines, by name.
        environment_addons: Templates to deploy with each environment.
        environment_overrides: Folder with overrides of all environments.
    """

    application: str
    root: Path
    workloads: dict[str, Place]
    environments: dict[str, Place]
    pipelines: dict[str, Place]
    environment_addons: tuple[Path, ...] = ()
    environment_overrides: Path | None = None

    @classmethod
    def at(cls, path: str | Path) -> Workspace:
        """Find the workspace in a folder or its parents, as Copilot does.

        Raises:
            ManifestError: There is no workspace, or it has no name.
        """
        copilot = _copilot_folder(Path(path))
        places = {folder.name: _place(folder) for folder in _folders(copilot) if folder.name not in _NOT_WORKLOADS}
        environments = copilot / "environments"
        return cls(
            application=_application(copilot / ".workspace"),
            root=copilot.parent,
            workloads={name: place for name, place in places.items() if place.manifest},
            environments={
                one.name: _place(one) for one in _folders(environments) if one.name not in ("addons", "overrides")
            },
            pipelines={one.name: _place(one) for one in _folders(copilot / "pipelines")},
            environment_addons=_templates(environments / "addons"),
            environment_overrides=_folder(environments / "overrides"),
        )


def _copilot_folder(path: Path) -> Path:
    start = path.resolve()
    if start.name == "copilot" and (start / ".workspace").is_file():
        return start
    for folder in (start, *start.parents[:5]):
        if (folder / "copilot" / ".workspace").is_file():
            return folder / "copilot"
    message = "no workspace: no copilot/.workspace here or in the five folders above"
    raise ManifestError(str(path), [Problem((), None, None, message)])


def _application(file: Path) -> str:
    node = load(decode(file.read_bytes(), str(file)), str(file), Problems()).entries.get("application")
    if not isinstance(node, Scalar) or not node.text:
        raise ManifestError(str(file), [Problem(("application",), None, None, "the name is missing")])
    return node.text


def _place(folder: Path) -> Place:
    manifest = folder / "manifest.yml"
    return Place(
        name=folder.name,
        manifest=manifest if manifest.is_file() else None,
        addons=_templates(folder / "addons"),
        overrides=_folder(folder / "overrides"),
    )


def _folders(parent: Path) -> list[Path]:
    return sorted(one for one in parent.iterdir() if one.is_dir()) if parent.is_dir() else []


def _folder(path: Path) -> Path | None:
    return path if path.is_dir() else None


def _templates(folder: Path) -> tuple[Path, ...]:
    if not folder.is_dir():
        return ()
    return tuple(sorted(one for one in folder.iterdir() if one.suffix in (".yml", ".yaml") and one.is_file()))
