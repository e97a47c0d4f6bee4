"""The public API of the last release, and what breaks those who use it.

Usage: api.py [--release]

  --release  write the API as it is now to tests/project/public_api.txt

Without an option it prints what breaks since then, and which of that CHANGELOG.md does not name. Griffe reads the code
without importing it. An API is a stub of the public names of `cdk_containers`, without types: functions; of a class of
options, its options and the methods that make one; of another class, its options and all that is public.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe

import cdk_containers
from cdk_containers.core.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
BASELINE = ROOT / "tests" / "project" / "public_api.txt"
CHANGELOG = ROOT / "CHANGELOG.md"
PACKAGE = "cdk_containers"

_HEAD = "# The public API of {version}, written by scripts/api.py --release.\n"
_SECTIONS = ("Breaking", "Changed", "Removed")


def current() -> str:
    """Write the API as it is now."""
    package = griffe.load(PACKAGE, search_paths=[ROOT / "constructs"], allow_inspection=False)
    return _HEAD.format(version=VERSION) + "".join(
        _stub(name, package[name].final_target) for name in sorted(cdk_containers.__all__)
    )


def breaks(old: str, new: str) -> list[str]:
    """Say what of an API, as a stub, is gone or different in a way that breaks code."""
    found = griffe.find_breaking_changes(_read(old), _read(new))
    return sorted({_said(it) for it in found})


def unsaid(broken: list[str], changelog: str) -> list[str]:
    """Return the breaks that the changelog does not name: an entry has the name, and the option or member."""
    entries = _entries(changelog)
    return [it for it in broken if not any(_names(it) <= set(re.findall(r"\w+", entry)) for entry in entries)]


def _read(stub: str) -> griffe.Module:
    return griffe.visit(PACKAGE, filepath=Path("api.pyi"), code=stub)


def _said(breakage: griffe.Breakage) -> str:
    where = breakage.obj.path.removeprefix(f"{PACKAGE}.").removesuffix(".__init__")
    parameter = breakage.new_value if breakage.old_value is None else breakage.old_value
    option = f"({parameter.name}=)" if isinstance(parameter, griffe.Parameter) else ""
    return f"{where}{option}: {breakage.kind.value.lower()}"


def _names(broken: str) -> set[str]:
    return set(re.findall(r"\w+", broken.partition(":")[0]))


def _entries(changelog: str) -> list[str]:
    """Return the entries of what is not released yet and may break something."""
    unreleased = changelog.partition("## [Unreleased]")[2].partition("\n## ")[0]
    sections = re.split(r"(?m)^### ", unreleased)
    return [entry for it in sections if it.startswith(_SECTIONS) for entry in re.split(r"(?m)^- ", it)[1:]]


def _stub(name: str, target: griffe.Object) -> str:
    if isinstance(target, griffe.Function):
        return f"def {name}({_signature(target)}): ...\n"
    if not isinstance(target, griffe.Class):
        return f"{name} = ...\n"
    members = [f"    {line}\n" for line in _members(target)] or ["    pass\n"]
    return f"class {name}:\n{''.join(members)}"


def _members(target: griffe.Class) -> Iterator[str]:
    """Give what users call. Of a class of options those are its options, and the methods that make one."""
    options = _fields(target)
    if options is not None:
        yield f"def __init__(self{', *, ' if options else ''}{', '.join(options)}): ..."
    for name, inherited in sorted(target.all_members.items()):
        member = inherited.final_target if isinstance(inherited, griffe.Alias) else inherited
        makes = bool(member.labels & {"classmethod", "staticmethod"})
        if (name[0] == "_" and name != "__init__") or (options is not None and not makes):
            continue
        if isinstance(member, griffe.Function):
            yield f"def {name}({_signature(member)}): ..."
        else:
            yield f"{name} = ..."


def _fields(target: griffe.Class) -> list[str] | None:
    """Return the options of a frozen dataclass, with those of its bases."""
    if not any("frozen" in str(it.value) for it in target.decorators):
        return None
    classes = [*reversed([it for it in target.mro() if isinstance(it, griffe.Class)]), target]
    attributes = (it for one in classes for it in one.members.values() if isinstance(it, griffe.Attribute))
    fields = {it.name: it for it in attributes if it.annotation is not None and "property" not in it.labels}
    return [f"{it.name}{_default(it.value, it)}" for it in fields.values()]


def _signature(function: griffe.Function) -> str:
    parts: list[str] = []
    for it in function.parameters:
        if it.kind is griffe.ParameterKind.keyword_only and not any(part[0] == "*" for part in parts):
            parts.append("*")
        stars = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(it.kind, "")
        parts.append(f"{stars}{it.name}{'' if stars else _default(it.default, function)}")
    return ", ".join(parts)


def _default(value: griffe.Expr | str | None, owner: griffe.Object) -> str:
    """Write a default. Of a name in the module, its value says more, and changes where the name does not."""
    if value is None:
        return ""
    named = owner.module.members.get(str(value))
    if isinstance(named, griffe.Attribute) and named.value is not None:
        value = named.value
    return f"={value}"


def main(arguments: list[str]) -> int:
    """Run the command."""
    now = current()
    if "--release" in arguments:
        BASELINE.write_text(now)
        return 0
    broken = breaks(BASELINE.read_text(), now)
    silent = unsaid(broken, CHANGELOG.read_text())
    print("\n".join(f"{it}{' (not in CHANGELOG.md)' if it in silent else ''}" for it in broken) or "Nothing breaks.")
    return 1 if silent else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
