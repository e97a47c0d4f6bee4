"""Reads files and folders into an estate: templates, CDK assemblies with their stages, and nested stacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cdk_containers.checks.templates import Estate, NestedIn, Template

from .assembly import StackFile, stacks_of
from .foreach import expanded
from .text import Unreadable, parse

_ENDINGS = (".template.json", ".template.yaml", ".template.yml", ".yaml", ".yml", ".json", ".template")
_DEEPEST = 10
_NESTED = "AWS::CloudFormation::Stack"


def read_estate(
    paths: Iterable[Path | StackFile], estate: Estate, *, arguments: Mapping[str, str] | None = None
) -> list[str]:
    """Add the templates of files, folders and stacks to an estate, and return what could not be read.

    A folder with a `manifest.json` is a CDK assembly. In any other folder, every template is read.
    A file that two paths lead to is read once. `arguments` are values of parameters, for templates that declare them.
    """
    skipped: list[str] = []
    seen: set[Path] = set()
    for path in paths:
        given = isinstance(path, Path) and path.is_file()
        before = len(estate.templates) + len(skipped)
        files = {file: file.path.resolve() for file in _files(path, skipped)}
        for file, real in files.items():
            if real not in seen:
                _add(file, estate, skipped, arguments or {}, given=given)
        if len(estate.templates) + len(skipped) == before and not seen & set(files.values()):
            skipped.append(f"{path}: this folder contains no template")
        seen |= set(files.values())
    nested = {Path(template.name).resolve() for template in estate.templates if template.nested_in is not None}
    estate.templates[:] = [it for it in estate.templates if it.nested_in or Path(it.name).resolve() not in nested]
    return skipped


def _files(path: Path | StackFile, skipped: list[str]) -> Iterator[StackFile]:
    if isinstance(path, StackFile):
        yield path
    elif path.is_file():
        yield StackFile(path)
    elif path.is_dir():
        yield from _folder(path, skipped)
    elif path.exists():
        skipped.append(f"{path}: neither a file nor a folder")
    else:
        skipped.append(f"{path}: no such file or folder")


def _folder(folder: Path, skipped: list[str]) -> Iterator[StackFile]:
    found = (file for file in folder.rglob("*") if file.name.endswith(_ENDINGS) and not _hidden(file, folder))
    files = sorted(found, key=lambda file: (len(file.parts), file))
    assemblies: list[Path] = []
    for file in files:
        if file.name == "manifest.json" and not set(assemblies) & set(file.parents):
            stacks = stacks_of(file.parent, skipped)
            if stacks is not None:
                assemblies.append(file.parent)
                yield from stacks
    yield from (StackFile(file) for file in files if not set(assemblies) & set(file.parents))


def _hidden(file: Path, root: Path) -> bool:
    return any(part.startswith(".") or part == "node_modules" for part in file.relative_to(root).parts)


def _add(file: StackFile, estate: Estate, skipped: list[str], arguments: Mapping[str, str], *, given: bool) -> None:
    try:
        text = _text(file.path)
        parsed = parse(text) if given or file.stack_name or "Resources" in text else None
    except Unreadable as problem:
        skipped.append(f"{file.path}: {problem}")
        return
    if parsed is None or not isinstance(parsed.source.get("Resources"), Mapping):
        if given or file.stack_name:
            skipped.append(f"{file.path}: not a template, because it has no Resources")
        return
    template = estate.add(
        str(file.path),
        expanded(parsed.source),
        line_of=parsed.line_of,
        stack_name=file.stack_name,
        environment=file.place,
        construct_path=file.construct_path,
        app_metadata=file.app_metadata,
        arguments=_of_its_parameters(arguments, parsed.source),
    )
    _add_nested(template, file.path.parent, estate, skipped, (file.path.resolve(),))


def _of_its_parameters(arguments: Mapping[str, str], source: Mapping[str, Any]) -> dict[str, Any]:
    parameters = source.get("Parameters")
    declared = parameters if isinstance(parameters, Mapping) else {}
    return {
        name: value.split(",") if _is_list(declared[name]) else value
        for name, value in arguments.items()
        if name in declared
    }


def _is_list(parameter: Any) -> bool:
    kind = str(parameter.get("Type")) if isinstance(parameter, Mapping) else ""
    return kind == "CommaDelimitedList" or kind.startswith("List<")


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise Unreadable("not a regular file")  # opening a pipe would wait for a writer
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise Unreadable("it is not text in UTF-8") from None
    except OSError as error:
        raise Unreadable(error.strerror or str(error)) from None


def _add_nested(template: Template, folder: Path, estate: Estate, skipped: list[str], above: tuple[Path, ...]) -> None:
    for resource in template.resources.values():
        if resource.type != _NESTED:
            continue
        file = _file_of_nested(resource.declaration, folder)
        if file is None:
            skipped.append(f"{template.name}: the template of the nested stack {resource.logical_id} is not here")
            continue
        if file.resolve() in above or len(above) > _DEEPEST:
            skipped.append(f"{template.name}: the nested stack {resource.logical_id} contains itself")
            continue
        try:
            parsed = parse(_text(file))
        except Unreadable as problem:
            skipped.append(f"{file}: {problem}")
            continue
        arguments = resource.source.get("Parameters")
        nested = estate.add(
            str(file),
            expanded(parsed.source),
            line_of=parsed.line_of,
            nested_in=NestedIn(template, arguments if isinstance(arguments, Mapping) else {}),
            app_metadata=template.app_metadata,
        )
        resource.nested = nested
        _add_nested(nested, file.parent, estate, skipped, (*above, file.resolve()))


def _file_of_nested(declaration: Mapping[str, Any], folder: Path) -> Path | None:
    metadata = declaration.get("Metadata")
    properties = declaration.get("Properties")
    asset = metadata.get("aws:asset:path") if isinstance(metadata, Mapping) else None
    url = properties.get("TemplateURL") if isinstance(properties, Mapping) else None
    for name in (asset, url):
        if isinstance(name, str) and "://" not in name and (folder / name).is_file():
            return folder / name
    return None
