"""Saved templates of the deployed stacks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cdk_containers.checks.reading.text import Unreadable, parse
from cdk_containers.core.documents import ManifestError, Problem
from cdk_containers.core.frozen import frozen

_ENDINGS = (".stack.yml", ".env.yml", ".template.json", ".template.yaml", ".template", ".json", ".yaml", ".yml")
_OTHERS = (".params.json", ".resources.json")


@frozen
class Deployed:
    """A deployed stack.

    Attributes:
        template: Its template.
        parameters: Its parameters.
        physical_ids: Physical ids of its resources, by logical id.
    """

    template: Mapping[str, Any]
    parameters: Mapping[str, str]
    physical_ids: Mapping[str, str]


def read_deployed(folder: Path, names: Mapping[str, str]) -> dict[str, Deployed]:
    """Read the templates in a folder, by the names of their stacks.

    `shop-prod-api.json` is the output of `aws cloudformation get-template` for a stack. The optional
    `shop-prod-api.resources.json` is the output of `list-stack-resources`. Files of `copilot svc package --output-dir`
    work too.

    Args:
        folder: The folder.
        names: Names of stacks, by the file names of Copilot: `api-prod` is `shop-prod-api`.

    Raises:
        ManifestError: A file is not a template, or none of the stacks has one.
    """
    found: dict[str, Deployed] = {}
    problems: list[Problem] = []
    for file in sorted(folder.iterdir()):
        ending = next((one for one in _ENDINGS if file.name.endswith(one)), None)
        if ending is None or file.name.endswith(_OTHERS):
            continue
        stem = file.name.removesuffix(ending)
        stack = stem if stem in names.values() else names.get(stem)
        if stack is None:
            continue
        try:
            content: Any = parse(file.read_text(encoding="utf-8")).source
            body = content.get("TemplateBody", content)
            template = parse(body).source if isinstance(body, str) else body
        except (OSError, UnicodeDecodeError, Unreadable) as error:
            problems.append(Problem((), None, None, f"{file.name}: cannot be read as a template: {error}"))
            continue
        found[stack] = Deployed(
            template=template,
            parameters=_parameters(_json(folder / f"{stem}.params.json") or _json(folder / f"{stem}.env.params.json")),
            physical_ids=_physical_ids(_json(folder / f"{stem}.resources.json")),
        )
    if not found and not problems:
        wanted = ", ".join(sorted(set(names.values()))[:3])
        problems = [
            Problem((), None, None, f"no template of a stack such as {wanted}: name the files after their stacks")
        ]
    if problems:
        raise ManifestError(str(folder), problems)
    return found


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
    except (OSError, ValueError) as error:
        raise ManifestError(str(file), [Problem((), None, None, f"is not JSON: {error}")]) from None


def _parameters(content: Any) -> dict[str, str]:
    """Return parameters in the form of Copilot or of `describe-stacks`."""
    given = content.get("Parameters", content) if isinstance(content, Mapping) else content or {}
    if isinstance(given, list):
        return {one["ParameterKey"]: one.get("ParameterValue", "") for one in given}
    return {name: str(value) for name, value in given.items()}


def _physical_ids(content: Any) -> dict[str, str]:
    listed = content.get("StackResourceSummaries") or content.get("StackResources") or [] if content else []
    return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in listed}
