"""Overrides of Copilot's templates: applies patches whose targets exist, and reports the others."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.checks.reading.text import Unreadable
from cdk_containers.checks.reading.yaml import parse_yaml
from cdk_containers.core.documents import ManifestError, Problem
from cdk_containers.core.frozen import frozen

from .naming import Naming
from .task_overrides import as_in_templates

_PATCHES = "cfn.patches.yml"
_OPERATIONS = ("add", "remove", "replace")
_GOT = re.compile(r"getResource\(\s*['\"](\w+)['\"]")
_OF_RESOURCES = ("Properties", "DeletionPolicy", "UpdateReplacePolicy", "DependsOn", "Metadata")


@frozen(slots=False)
class Patched:
    """The target of overrides.

    Attributes:
        scope: Construct under which new resources are added.
        naming: Resources by their logical ids in Copilot's templates.
        notes: Notes. Patches that cannot be applied are added.
    """

    scope: Construct
    naming: Naming
    notes: list[str]


def apply_overrides(made: Patched, folder: Path) -> None:
    """Apply the overrides in a folder, and note each that cannot be applied.

    Raises:
        ManifestError: The file is not a list of patches.
    """
    file = folder / _PATCHES
    if not file.is_file():
        made.notes.append(_of_cdk(folder))
        return
    for place, patch in enumerate(_read(file)):
        refused = _apply(made, patch)
        if refused is not None:
            made.notes.append(f"{file.name}: patch {place + 1}, {patch['op']} {patch['path']}: {refused}")


def _of_cdk(folder: Path) -> str:
    """Describe the changes of TypeScript overrides, as far as their source shows them."""
    programs = [one for one in sorted(folder.rglob("*.ts")) if "node_modules" not in one.parts]
    named = {name for one in programs for name in _GOT.findall(one.read_text(encoding="utf-8", errors="replace"))}
    what = f"change {', '.join(sorted(named))} in" if named else "change"
    shown = Path(*folder.parts[-3:]).as_posix()
    return (
        f"{shown} has CDK overrides, which {what} the template that Copilot generates: change the constructs in this "
        "app instead"
    )


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        content, _ = parse_yaml(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, Unreadable) as error:
        raise ManifestError(str(file), [Problem((), None, None, f"cannot be read: {error}")]) from None
    patches = content if isinstance(content, list) else []
    for place, patch in enumerate(patches):
        right = isinstance(patch, Mapping) and patch.get("op") in _OPERATIONS and str(patch.get("path"))[:1] == "/"
        if not right:
            message = "a patch has `op` (add, remove or replace), `path` (/Resources/…) and a `value`"
            raise ManifestError(str(file), [Problem((f"[{place}]",), None, None, message)])
    return patches


def _apply(made: Patched, patch: Mapping[str, Any]) -> str | None:
    """Apply a patch; return why it cannot be applied."""
    section, *steps = [step.replace("~1", "/").replace("~0", "~") for step in str(patch["path"])[1:].split("/")]
    if section != "Resources" or not steps:
        return f"the template does not have the section {section} of Copilot"
    name, *rest = steps
    resource = made.naming.known.get(name)
    if not rest:
        return _apply_whole(made, name, resource, patch)
    if resource is None:
        return f"there is no {name}: it is not needed, or replaced by something else"
    if rest[0] not in _OF_RESOURCES:
        return f"a resource has no {rest[0]}"
    return _write(made, name, rest, patch)


def _apply_whole(made: Patched, name: str, resource: cdk.CfnResource | None, patch: Mapping[str, Any]) -> str | None:
    value = patch.get("value")
    if patch["op"] != "add" or resource is not None or not isinstance(value, Mapping) or "Type" not in value:
        return "only a whole resource can be added"
    added = cdk.CfnResource(made.scope, f"Patch{name}", type=str(value["Type"]), properties=value.get("Properties"))
    added.override_logical_id(name)
    for key, more in value.items():
        if key not in ("Type", "Properties"):
            added.add_override(key, more)
    made.naming.known[name] = added
    return None


def _write(made: Patched, name: str, steps: list[str], patch: Mapping[str, Any]) -> str | None:
    resource = made.naming.known[name]
    value = patch.get("value")
    if steps == ["Properties", "Tags", "-"] and isinstance(value, Mapping) and patch["op"] == "add":
        # CDK creates the list of tags during synthesis.
        cdk.Tags.of(resource).add(str(value.get("Key")), str(value.get("Value")))
        return None
    path = ".".join(step.replace(".", "\\.") for step in steps)
    if not any(step.isdigit() or step == "-" for step in steps):
        if patch["op"] == "remove":
            resource.add_deletion_override(path)
        else:
            resource.add_override(path, patch.get("value"))
        return None
    # A list is written as a whole, because CDK would turn a missing list into a map.
    first = next(place for place, step in enumerate(steps) if step.isdigit() or step == "-")
    look = made.naming.properties.get(name)
    if look is not None:
        properties = look()
    else:
        properties = as_in_templates(cdk.Stack.of(resource).resolve(resource._cfn_properties))  # noqa: SLF001
    whole: Any = {"Properties": properties}
    for step in steps[:first]:
        whole = whole.get(step) if isinstance(whole, Mapping) else None
    if not isinstance(whole, list):
        return f"there is no list {'/'.join(steps[:first])}"
    if not _change(whole, steps[first:], patch):
        return "there is nothing at this path"
    resource.add_override(".".join(steps[:first]), whole)
    return None


def _change(node: Any, steps: list[str], patch: Mapping[str, Any]) -> bool:  # noqa: PLR0911  (RFC 6902)
    step, rest = steps[0], steps[1:]
    if isinstance(node, list):
        if step == "-" and not rest and patch["op"] == "add":
            node.append(patch.get("value"))
            return True
        if not step.isdigit() or int(step) > len(node) or (int(step) == len(node) and (rest or patch["op"] != "add")):
            return False
        if rest:
            return _change(node[int(step)], rest, patch)
        if patch["op"] == "add":
            node.insert(int(step), patch.get("value"))
        elif patch["op"] == "replace":
            node[int(step)] = patch.get("value")
        else:
            del node[int(step)]
        return True
    if not isinstance(node, dict):
        return False
    if rest:
        return step in node and _change(node[step], rest, patch)
    if patch["op"] == "remove":
        return node.pop(step, None) is not None
    node[step] = patch.get("value")
    return True
