"""Writes the files of the app for a workspace."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aws_cdk as cdk

from cdk_containers.core.frozen import frozen
from cdk_containers.core.version import VERSION

from ..building import CopilotApplication
from ..building.pipelines import pipeline_notes
from ..manifests import ManifestError, Problem, Workspace
from .expressions import Expression
from .programs import REASON, Program, Recorded, programs_of
from .recording import Recorder
from .texts import APP, CDK_JSON, COMMON, FILLED, PYPROJECT, README, TEST
from .unifying import United, snake, unite
from .writing import Writer, is_in, settings_text

_SORTING = (
    'lint.isort = {known-first-party=["app", "stacks"], known-third-party=["constructs", "cdk_containers", "aws_cdk"]}'
)
_HASH = re.compile("[0-9a-f]{64}")
"""Pattern of asset names, which change with the sources."""


@frozen
class Converted:
    """An app.

    Attributes:
        files: Files by name.
        templates: Templates of the manifests, by stack.
        notes: Notes about each stack.
    """

    files: Mapping[str, str]
    templates: Mapping[str, Any]
    notes: Mapping[str, Sequence[str]]


def convert(
    path: str | Path,
    output: Path,
    *,
    environments: Sequence[str] | None = None,
    variables: Mapping[str, str] | None = None,
    **given: Any,
) -> Converted:
    """Return the app for a workspace.

    Args:
        path: Folder that contains `copilot/`, or a folder below it.
        output: Folder of the app. Paths of workspace files are relative to it.
        environments: Environments to convert. Default: all.
        variables: Values for `${VAR}` in manifests. Default: the variables of the shell.
        given: Other options of `CopilotApplication.from_workspace`.

    Raises:
        ManifestError: A manifest is invalid, or there is nothing to convert.
        ConstructError: A manifest has values that ECS would reject.
    """
    workspace = Workspace.at(path)
    chosen = list(workspace.environments) if environments is None else list(environments)
    _refuse_nothing(workspace, chosen)
    recorder = Recorder(workspace.root)
    app = cdk.App(analytics_reporting=False, tree_metadata=False)
    recorder.encoder.know(app, Expression("setting", "app"))
    with recorder.on():
        made = CopilotApplication.from_workspace(
            app, workspace.application, path, environments=chosen, variables=variables, **given
        )
    kinds = {
        environment.setting.stack_name(workload): (name, workload or "")
        for name, environment in made.environments.items()
        for workload in (None, *made.workloads[name])
    }
    golden = {stack.stack_name: stack.template for stack in app.synth().stacks}
    pipelines = pipeline_notes(workspace, variables)
    writing = _Writing(workspace, made, programs_of(recorder.steps, kinds), output, golden, pipelines)
    return Converted(files=formatted(writing.files()), templates=golden, notes=writing.notes())


def _refuse_nothing(workspace: Workspace, environments: Sequence[str]) -> None:
    missing = [name for name in ("environments", "workloads") if not getattr(workspace, name)]
    problems = [
        Problem((), None, None, f"the workspace has no {name}, so there is nothing to convert") for name in missing
    ]
    problems += [
        Problem(
            (),
            None,
            None,
            (f"there is no environment {name!r}; existing environments: {', '.join(workspace.environments)}"),
        )
        for name in environments
        if name not in workspace.environments and "environments" not in missing
    ]
    if problems:
        raise ManifestError(str(workspace.root / "copilot"), problems)


class _Writing:
    """Assembles the files."""

    def __init__(  # noqa: PLR0917  (all that is known)
        self,
        workspace: Workspace,
        made: CopilotApplication,
        recorded: Recorded,
        output: Path,
        golden: Mapping[str, Any],
        pipelines: Mapping[str, list[str]],
    ) -> None:
        self._pipelines = pipelines
        self._workspace = workspace
        self._made = made
        self._recorded = recorded
        self._golden = golden
        self._root = os.path.relpath(workspace.root, output.resolve())
        self._environments = list(made.environments)
        self._templates: dict[str, str] = {}
        self._common: set[str] = set()
        self._apart: set[str] = set()

    def notes(self) -> dict[str, list[str]]:
        """Return the notes about each stack."""
        found: dict[str, list[str]] = {}
        for name, environment in self._made.environments.items():
            found[f"{environment.setting.stack_name()}"] = list(environment.notes)
            for workload, one in self._made.workloads[name].items():
                found[environment.setting.stack_name(workload)] = list(one.notes)
        return {name: notes for name, notes in {**found, **self._pipelines}.items() if notes}

    def files(self) -> dict[str, str]:
        """Return the files."""
        application = self._workspace.application
        kinds = {"": "environment", **{name: name for name in self._workspace.workloads}}
        programs = {program.name: program for program in self._recorded.programs}
        found: dict[str, str] = {}
        classes: dict[str, str] = {}
        for kind, title in kinds.items():
            by_environment = {
                name: programs[self._stack_name(name, kind)]
                for name in self._environments
                if self._stack_name(name, kind) in programs
            }
            module = snake(title) if kind != "environment" else "environment_"
            classes[kind] = class_name(title)
            found[f"stacks/{module}.py"] = self._module(kind, classes[kind], by_environment)
        found["stacks/__init__.py"] = f'"""The stacks of {application}."""\n'
        found["stacks/common.py"] = COMMON.format(root=self._root, reason=REASON) + (
            FILLED if "filled" in self._common else ""
        )
        found |= {f"templates/{name}": content for content, name in self._templates.items()}
        found["app.py"] = self._app(classes)
        values = {"application": application, "version": VERSION, "project": snake(application).replace("_", "-")}
        found["cdk.json"] = CDK_JSON
        found["pyproject.toml"] = PYPROJECT.format(**values)
        found["tests/test_templates.py"] = TEST.format(**values)
        for stack, template in self._golden.items():
            found[f"tests/golden/{stack}.json"] = _HASH.sub("0" * 64, json.dumps(template, indent=1)) + "\n"
        found["README.md"] = self._readme(classes)
        return {name: text for name, text in found.items() if text}

    def _stack_name(self, environment: str, workload: str) -> str:
        return self._made.environments[environment].setting.stack_name(workload or None)

    def _module(self, kind: str, name: str, programs: Mapping[str, Program]) -> str:
        writer = Writer(lambda content: self._template(kind or "environment", content))
        united = unite(programs)
        if united is not None:
            bodies = self._class(writer, kind, name, united)
        else:
            alone = {environment: unite({environment: program}) for environment, program in programs.items()}
            bodies = "\n\n".join(
                self._class(writer, kind, f"{name}{class_name(environment, '')}", one)
                for environment, one in alone.items()
                if one is not None
            )
            self._apart.add(kind)
            choices = ", ".join(f"{one!r}: {name}{class_name(one, '')}" for one in programs)
            bodies += f"\n\n{name} = {{{choices}}}\n"
        common = sorted(writer.common)
        self._common |= writer.common
        imports = {*writer.imports, "from constructs import Construct", "import aws_cdk as cdk"}
        if common:
            imports.add(f"from stacks.common import {', '.join(common)}")
        return f'"""{self._described(kind)}"""\n\n' + "\n".join(sorted(imports)) + f"\n\n\n{bodies}\n"

    def _described(self, kind: str) -> str:
        if not kind:
            return "The environments: network, cluster and load balancers, which the workloads share."
        model = next(workloads[kind].manifest.model for workloads in self._made.workloads.values() if kind in workloads)
        return f"{kind}, a {model.type.lower()}."

    def _class(self, writer: Writer, kind: str, name: str, united: United) -> str:
        stack = united.lines[0].step.expression
        lines = writer.lines(united)
        settings = ""
        if united.settings:
            settings = settings_text(writer, united.settings, united.environments) + "\n\n"
        parts = stack.parts[1:]
        call = writer.text(Expression("call", None, (Expression("setting", "super().__init__"), *parts), stack.keys))
        if "env" not in stack.keys:
            call = f"{call[:-1]}, env=env)"
        body = [call, *(["settings = SETTINGS[environment]"] if united.settings else []), ""]
        open_test = ""
        for text, environments in _looped(lines):
            test = is_in(environments) if environments != united.environments else ""
            if test and test != open_test:
                body.append(f"if {test}:")
            if _starts_group(text):
                body.append("")
            body.append(f"    {text}" if test else text)
            open_test = test
        indented = "\n".join(f"        {line}" if line else "" for line in body)
        described = self._described(kind)
        return (
            f'{settings}class {name}(cdk.Stack):\n    """{described}"""\n\n'
            "    def __init__(\n"
            "        self, scope: Construct, environment: str, *, env: cdk.Environment | None = None\n    ) -> None:\n"
            f"{indented}\n"
        )

    def _template(self, kind: str, content: str) -> str:
        if content not in self._templates:
            taken = sum(name.startswith(f"{kind}.") for name in self._templates.values())
            self._templates[content] = f"{kind}.addons{taken + 1 if taken else ''}.json"
        return self._templates[content]

    def _app(self, classes: Mapping[str, str]) -> str:
        imports = "\n".join(
            f"from stacks.{snake(kind or 'environment')} import {name}" for kind, name in sorted(classes.items())
        )
        first = self._environments[0]
        prefix = self._stack_name(first, "")
        order = {
            (child.removeprefix(f"{prefix}-"), parent.removeprefix(prefix).removeprefix("-"))
            for child, parent in self._recorded.dependencies
            if child.startswith(f"{prefix}-") and (parent == prefix or parent.startswith(f"{prefix}-"))
        }
        variables = {kind: snake(kind) if kind else "shared" for kind in classes}
        lines = []
        for kind, name in classes.items():
            made = f"{name}[name]" if kind in self._apart else name
            lines.append(f"{variables[kind]} = {made}(scope, name, env=env)")
        lines += [f"{variables[child]}.add_stack_dependency({variables[parent]})" for child, parent in sorted(order)]
        body = "\n".join(f"        {line}" for line in lines)
        environments = ", ".join(f"{name!r}: cdk.Environment()" for name in self._environments)
        return APP.format(
            application=self._workspace.application, imports=imports, environments=environments, body=body
        )

    def _readme(self, classes: Mapping[str, str]) -> str:
        notes = self.notes()
        shown = "\n".join(f"- `{stack}`: {note}" for stack, told in notes.items() for note in told)
        modules = "\n".join(
            f"| `stacks/{snake(kind or 'environment')}.py` | {self._described(kind).rstrip('.')} |" for kind in classes
        )
        return README.format(
            application=self._workspace.application,
            modules=modules,
            notes=shown or "Nothing.",
            root=self._root,
            environment=self._environments[0],
        )


def class_name(name: str, suffix: str = "Stack") -> str:
    """Return the name of a class.

    >>> class_name("link-preview")
    'LinkPreviewStack'
    """
    return "".join(part.title() for part in snake(name).split("_")) + suffix


def _looped(lines: list[tuple[str, tuple[str, ...]]]) -> list[tuple[str, tuple[str, ...]]]:
    """Write repeated deletions of properties as one loop."""
    made: list[tuple[str, tuple[str, ...]]] = []
    for (owner, environments), group in groupby(lines, key=lambda line: (_left_out(line[0])[0], line[1])):
        own = list(group)
        if owner and len(own) > 1:
            paths = ", ".join(_left_out(text)[1] for text, _ in own)
            made.append((f"for path in ({paths}): {owner}.add_property_deletion_override(path)", environments))
        else:
            made += own
    return made


def _left_out(text: str) -> tuple[str, str]:
    owner, found, path = text.partition(".add_property_deletion_override(")
    return (owner, path.removesuffix(")")) if found else ("", "")


def _starts_group(text: str) -> bool:
    """Tell whether a statement creates a construct that the following lines configure."""
    return text.partition(" = ")[2].split("(")[0][:1].isupper()


def formatted(files: Mapping[str, str]) -> dict[str, str]:
    """Return files with their Python formatted."""
    commands = (
        ["check", "--quiet", "--isolated", "--fix-only", "--select=I,F401", "--config", _SORTING],
        ["format", "--quiet", "--isolated", "--line-length=100"],
    )
    names = [name for name in files if name.endswith(".py")]
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(files[name], encoding="utf-8")
        for command in commands:
            done = subprocess.run(  # noqa: S603  (its words are these)
                [sys.executable, "-m", "ruff", *command, "--no-cache", *names],
                cwd=folder,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"the app cannot be formatted: {done.stderr}")
        return {**files, **{name: (folder / name).read_text(encoding="utf-8") for name in names}}
