"""The rooms of the package and their imports, read from its folders and modules; and the drawings of both.

A room is a folder or a module of the package. A wing is a folder of rooms; of every other folder the room is the folder
itself. `docs/architecture.md` has the drawings, and `tests/test_architecture.py` holds the package to its layers.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from graphviz_figures import Figure

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "constructs" / "cdk_containers"
DRAWINGS = ROOT / "docs" / "images" / "parts"

WINGS = {"checks", "compose", "copilot", "core", "ecs", "eks", "local", "model"}
"""Folders of parts. Every other folder is a part itself."""

Arrow = tuple[str, str]
"""Two rooms: the importing room first."""


def part_of(names: Sequence[str]) -> str:
    """Return the part that a module is in, by the names on its way from the package."""
    return ".".join(names[: 2 if names[0] in WINGS else 1])


def _children(folder: Path) -> set[str]:
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    return found - {"__init__"}


def parts() -> set[str]:
    """Return the names of all parts."""
    inside = {f"{wing}.{part}" for wing in WINGS if (PACKAGE / wing).is_dir() for part in _children(PACKAGE / wing)}
    return (_children(PACKAGE) - WINGS) | inside


def modules() -> Iterator[tuple[Path, ast.Module]]:
    """Yield every module of the package, by its path from there."""
    for path in sorted(PACKAGE.rglob("*.py")):
        yield path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path, tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports, by absolute name."""
    package = ["cdk_containers", *path.parent.parts]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = [*base, *(node.module.split(".") if node.module else [])]
            yield from (".".join([*module, alias.name]) for alias in node.names)


@cache
def part_imports() -> frozenset[Arrow]:
    """Return the parts that import others, each with what it imports."""
    pairs = set()
    for path, tree in modules():
        if path.name == "__init__.py" and len(path.parts) == 1:
            continue
        importer = part_of(path.with_suffix("").parts)
        for name in imports(path, tree):
            package, _, rest = name.partition(".")
            imported = part_of(rest.split(".")) if package == "cdk_containers" else importer
            if imported != importer:
                pairs.add((importer, imported))
    return frozenset(pairs)


# ---- drawings


def without_detours(arrows: Iterable[Arrow]) -> set[Arrow]:
    """Leave out each arrow that says what others say together: with A to B and B to C, that from A to C.

    Raises:
        ValueError: The arrows go round in a circle.
    """
    known: dict[str, set[str]] = {}
    for one, other in arrows:
        known.setdefault(one, set()).add(other)
        known.setdefault(other, set())
    beyond: dict[str, set[str]] = {}

    def everything_from(room: str, way: tuple[str, ...]) -> set[str]:
        if room in way:
            raise ValueError(f"imports go round: {' → '.join([*way, room])}")
        if room not in beyond:
            beyond[room] = known[room].union(*(everything_from(other, (*way, room)) for other in known[room]))
        return beyond[room]

    for room in known:
        everything_from(room, ())
    return {
        (one, other)
        for one, others in known.items()
        for other in others
        if not any(other in beyond[between] for between in others)
    }


@cache
def figures() -> tuple[Figure, ...]:
    """Draw the package, with a wing as one part, and the parts of two wings."""

    def room(part: str) -> str:
        return part.partition(".")[0]

    house = {(room(one), room(other)) for one, other in part_imports() if room(one) != room(other)}
    return (
        _figure("package", "The parts of the package", house, {room(part) for part in parts()} | WINGS),
        *(_figure(wing, f"The parts of {wing}", *_inside(wing)) for wing in ("ecs", "eks")),
    )


def _inside(wing: str) -> tuple[set[Arrow], set[str]]:
    inside = {part for part in parts() if part.startswith(f"{wing}.")}
    return {(one, other) for one, other in part_imports() if {one, other} <= inside}, inside


def _figure(name: str, title: str, imported: set[Arrow], rooms: set[str]) -> Figure:
    """Draw rooms and what each imports. A box is wide enough for a font that is wider than Graphviz's."""
    arrows = sorted(without_detours(imported))
    words = {room: room.rpartition(".")[2] for room in sorted(rooms)}
    lines = [
        f"digraph {name} {{",
        '  bgcolor="transparent"; nodesep=0.2; ranksep=0.4;',
        '  node [shape=box, style="rounded,filled", color="#5a6b7b", fillcolor="#ffffff", height=0.3];',
        '  node [fontname="Helvetica,Arial,sans-serif", fontsize=11];',
        '  edge [color="#6b7785", arrowsize=0.7];',
        *(f'  "{room}" [label="{word}", width={len(word) * 0.1 + 0.25:.2f}];' for room, word in words.items()),
        *(f'  "{one}" -> "{other}";' for one, other in arrows),
        "}",
    ]
    sentences = [
        f"{words[one]} imports {', '.join(words[other] for room, other in arrows if room == one)}."
        for one in dict.fromkeys(room for room, _ in arrows)
    ]
    return Figure(DRAWINGS / name, title, sentences, "\n".join(lines) + "\n")


def room_list() -> str:
    """List the folders, and the modules that are rooms, each in the words that its docstring begins with."""
    folders = [path.parent for path in PACKAGE.rglob("__init__.py") if path.parent != PACKAGE]
    rooms = sorted([*folders, *(PACKAGE / "core").glob("[a-z]*.py")])
    rows = [(_indented(path), _first_words(path)) for path in rooms]
    width = max(len(name) for name, _ in rows)
    return "\n".join(["```text", *(f"{name:<{width}}  {words}" for name, words in rows), "```"])


def _indented(path: Path) -> str:
    names = path.relative_to(PACKAGE).parts
    return "  " * (len(names) - 1) + names[-1] + ("" if path.suffix else "/")


def _first_words(path: Path) -> str:
    module = path if path.suffix else path / "__init__.py"
    text = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split())
