"""The folder of a cluster's manifests, next to the template of its stack."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import jsii
from constructs import Construct, IValidation

from cdk_containers.core.errors import ConstructError, Problem, Problems
from cdk_containers.core.inputs import is_token
from cdk_containers.core.whereabouts import node_of

from ..manifests import Manifest, dangling_references, identity, is_subdomain, problems, problems_together
from ..manifests.facts import Facts
from ..manifests.yaml_text import yaml_text
from ..rendering import NodeFacts, fit_problems
from .apply_order import in_order
from .kustomization import kustomization, placeholder
from .later_values import LaterValues

Watcher = Callable[[str, tuple[Manifest, ...]], None]


class ManifestFolder:
    """The manifests of one cluster. Synthesis writes them to a folder next to the template.

    The folder has a file for each name, and a `kustomization.yaml` with their order and the places for values of
    stacks. Its name contains the stack and the cluster, such as `Shop.Cluster.manifests`.
    """

    def __init__(
        self, owner: Construct, facts: Callable[[], Facts], nodes: Callable[[], Sequence[NodeFacts]] = tuple
    ) -> None:
        self._owner = owner
        self._facts = facts
        self._nodes = nodes
        self._files: dict[str, tuple[Manifest, ...]] = {}
        self._homes: dict[tuple[str, str, str, str], str] = {}
        self._values = LaterValues(owner)
        self._watchers: list[Watcher] = []
        node_of(owner).add_validation(_Writer(self))

    @property
    def files(self) -> Mapping[str, tuple[Manifest, ...]]:
        """The objects by file name, in the order in which they are applied."""
        return dict(in_order(self._files))

    @property
    def name(self) -> str:
        """Name of the folder."""
        stack = cdk.Stack.of(self._owner)
        inside = self._owner.node.path.removeprefix(f"{stack.node.path}/").replace("/", "-")
        return f"{stack.artifact_id}.{inside}.manifests"

    @property
    def path(self) -> Path:
        """Path of the folder after synthesis."""
        stage = cdk.Stage.of(self._owner)
        assert stage is not None  # noqa: S101  (a stack is always in an app)
        return Path(stage.outdir) / self.name

    def add(self, name: str, manifests: Iterable[Manifest]) -> None:
        """Add a file.

        Args:
            name: Its name without the ending.
            manifests: The objects in it.

        Raises:
            ConstructError: The objects are wrong; all problems are reported at once.
        """
        found = Problems()
        self._check_name(found, name)
        self._put(name, manifests, found)

    def replace(self, name: str, manifests: Iterable[Manifest]) -> None:
        """Replace the objects in a file, for example when a workload is connected to another.

        Args:
            name: Its name without the ending.
            manifests: The new objects.

        Raises:
            ConstructError: The objects are wrong; the file does not change.
        """
        self._put(name, manifests, Problems())

    def _put(self, name: str, manifests: Iterable[Manifest], found: Problems) -> None:
        listed = _listed(found, manifests)
        found.extend(problems(listed, self._facts()))
        if not found:
            found.extend(self._known_objects(name, listed))
        if not found:
            for index, manifest in enumerate(listed):
                found.extend(self._values.add(name, manifest), under=f"manifests[{index}]")
        if found:
            raise ConstructError(f"{self._owner.node.path}.add_manifests", found)
        for before in self._files.get(name, ()):
            del self._homes[identity(before)]
        self._files[name] = tuple(listed)
        self._homes.update((identity(manifest), name) for manifest in listed)
        for watcher in self._watchers:
            watcher(name, self._files[name])

    def watch(self, watcher: Watcher) -> None:
        """Call a function with each existing and future file."""
        self._watchers.append(watcher)
        for name, manifests in self._files.items():
            watcher(name, manifests)

    def write(self) -> list[str]:
        """Write the folder, and return problems of the objects as a whole."""
        folder = self.path
        shutil.rmtree(folder, ignore_errors=True)
        files = self.files
        if not files:
            return []
        everything = [(f"{name}[{index}]", entry) for name, made in files.items() for index, entry in enumerate(made)]
        objects = [manifest for _, manifest in everything]
        # Each object was checked when it was added; version and compute type of a cluster do not change.
        found = [*problems_together(objects), *fit_problems(objects, self._nodes())]
        wrong = [_at_home(problem, everything) for problem in found]
        if wrong:
            return [str(problem) for problem in wrong]
        for problem in dangling_references(objects):
            place = _at_home(problem, everything)
            cdk.Annotations.of(self._owner).add_warning_v2(
                f"cdk-containers:eks-dangling-reference:{place.option}", f"{place.option}: {place.what}"
            )
        folder.mkdir(parents=True)
        for name, manifests in files.items():
            texts = yaml_text(self._filled(manifest) for manifest in manifests)
            (folder / f"{name}.yaml").write_text(texts, encoding="utf-8", newline="\n")
        text = kustomization(files, self._values)
        (folder / "kustomization.yaml").write_text(text, encoding="utf-8", newline="\n")
        return []

    def _filled(self, value: Any) -> Any:
        """Return an object with known values, and with a placeholder for each unknown value."""
        if isinstance(value, dict):
            return {key: self._filled(entry) for key, entry in value.items()}
        if isinstance(value, list):
            return [self._filled(entry) for entry in value]
        if not is_token(value):
            return value
        later = self._values.of(value)
        return cdk.Stack.of(self._owner).resolve(value) if later is None else placeholder(later)

    def _check_name(self, found: Problems, name: object) -> None:
        if not isinstance(name, str) or is_token(name) or not is_subdomain(name, 200) or name == "kustomization":
            found.add(
                "name",
                "not a file name",
                given=name,
                allowed="up to 200 lowercase letters, digits, hyphens and dots",
            )
        elif name in self._files:
            found.add(
                "name", "a file with this name already exists", given=name, allowed=f"not {', '.join(self._files)}"
            )

    def _known_objects(self, name: str, manifests: Iterable[Manifest]) -> Iterator[Problem]:
        for index, manifest in enumerate(manifests):
            home = self._homes.get(identity(manifest), name)
            if home != name:
                _, kind, _, called = identity(manifest)
                yield Problem(
                    option=f"manifests[{index}].metadata.name",
                    what=f"the {kind} is already in {home}.yaml",
                    given=repr(called),
                    allowed="each object only once in a cluster",
                )


def _listed(found: Problems, manifests: object) -> list[Any]:
    if isinstance(manifests, Mapping) or not isinstance(manifests, Iterable) or isinstance(manifests, str):
        found.add(
            "manifests", f"a value of type {type(manifests).__name__} instead of objects", allowed="a list of objects"
        )
        return []
    listed = [_copied(manifest) for manifest in manifests]
    if not listed:
        found.add("manifests", "no object", allowed="one or more")
    return listed


def _copied(value: Any) -> Any:
    """Copy an object, so that the caller may change the original; tokens become text or numbers."""
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {key: _copied(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(entry) for entry in value]
    return cdk.Token.as_string(value) if is_token(value) else value


def _at_home(problem: Problem, everything: list[tuple[str, Manifest]]) -> Problem:
    """Report a problem of all objects with the file of the object."""

    def place(found: re.Match[str]) -> str:
        return everything[int(found[1])][0]

    option, what, allowed = (
        re.sub(r"manifests\[(\d+)\]", place, text) for text in (problem.option, problem.what, problem.allowed)
    )
    return Problem(option=option, what=what, allowed=allowed, given=problem.given, practice=problem.practice)


@jsii.implements(IValidation)
class _Writer:
    """Writes when CDK validates, when everything exists but the template is not yet written."""

    def __init__(self, folder: ManifestFolder) -> None:
        self._folder = folder

    def validate(self) -> list[str]:
        return self._folder.write()
