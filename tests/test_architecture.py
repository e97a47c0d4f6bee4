"""The house stands as `docs/architecture.md` draws it: layers, public names, descriptions."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import constructs
import pytest

import cdk_containers
from cdk_containers.core.practices import PRACTICES
from scripts.rooms import WINGS, imports, modules, part_imports, part_of, parts, without_detours

PACKAGE = Path(cdk_containers.__file__).parent

LAYERS: list[set[str]] = [
    {
        "core.cdk_modules",
        "core.frozen",
        "core.hashes",
        "core.names_on_use",
        "core.service_principals",
        "core.unchecked",
    },
    {
        "core.asked_once",
        "core.documents",
        "core.errors",
        "core.fargate_sizes",
        "core.kubernetes_versions",
        "core.practices",
        "core.pseudo_parameters",
        "core.secret_texts",
        "core.version",
    },
    {"core.inputs"},
    {"core.whereabouts"},
    {"core.checked_construct", "core.component_tag", "core.opt_outs", "model.workload"},
    {"metrics"},
    {"model.instances", "model.limits", "model.rollouts"},
    {"model.fleet", "model.placement"},
    {"deployments", "instances", "logs", "messaging", "scaling"},
    {"network", "registry"},
    {"load_balancing"},
    {"observability"},
    {"ecs.tasks"},
    {"ecs.clusters", "ecs.discovery"},
    {"ecs.connections", "ecs.observability"},
    {"ecs.beanstalk", "ecs.jobs", "ecs.services"},
    {"eks.manifests"},
    {"eks.rendering"},
    {"eks.delivery"},
    {"eks.clusters"},
    {"eks.identity"},
    {"eks.add_ons", "eks.appliers", "eks.nodes"},
    {"eks.ingress", "eks.storage"},
    {"eks.workloads"},
    {"identity"},
    {"checks.templates"},
    {"checks.engine", "checks.reading"},
    {"checks.rules", "environments"},
    {"applications", "checks.limits", "checks.live", "checks.reports", "costs", "diagrams"},
    {"delivery"},
    {"checks.plugin", "operate"},
    {"copilot.manifests"},
    {"compose.reading"},
    {"compose.converting"},
    {"copilot.building"},
    {"copilot.adoption", "copilot.converting"},
    {"local.planning"},
    {"local.engines", "local.reading"},
    {"local.running"},
    {"local.exporting"},
    {"starting"},
    {"cli"},
]
"""Imports go down, from a later layer to an earlier one."""

APART = [
    {"ecs", "eks"},
    {"compose", "copilot"},
    *({"checks", wing} for wing in ("applications", "delivery", "ecs", "eks", "identity")),
    *({"costs", wing} for wing in ("applications", "delivery", "ecs", "eks", "identity")),
]
"""Wings that know nothing of each other, whatever their layers are."""

PURE = {
    "copilot.manifests",
    "compose.converting",
    "compose.reading",
    "cli",
    "core.documents",
    "core.errors",
    "core.fargate_sizes",
    "core.inputs",
    "core.kubernetes_versions",
    "core.practices",
    "core.secret_texts",
    "core.version",
    "costs",
    "eks.manifests",
    "eks.rendering",
    "environments",
    "operate",
    "starting",
} | {
    part
    for part in set().union(*LAYERS)
    if part.startswith(("checks.", "local.", "model.")) and part != "checks.plugin"
}
"""What runs without AWS CDK."""

LEVEL = {part: level for level, layer in enumerate(LAYERS) for part in layer}


PARTS = parts()


# ---- layers


def test_every_part_of_the_package_has_a_layer():
    assert PARTS - LEVEL.keys() == set(), "say in LAYERS where it belongs"
    assert sum(len(layer) for layer in LAYERS) == len(LEVEL)


def test_imports_go_one_way():
    pairs = part_imports()
    assert ("ecs.services", "ecs.tasks") in pairs
    assert {(importer, imported) for importer, imported in pairs if LEVEL[imported] >= LEVEL[importer]} == set()


def test_wings_that_are_apart_do_not_import_each_other():
    wings = {(importer.partition(".")[0], imported.partition(".")[0]) for importer, imported in part_imports()}
    assert ("ecs", "model") in wings
    assert [pair for pair in wings for apart in APART if set(pair) == apart] == []


@pytest.mark.parametrize("wing", sorted(WINGS))
def test_a_wing_says_what_it_is_and_loads_nothing(wing: str):
    tree = ast.parse((PACKAGE / wing / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    assert len(tree.body) == 1


def test_what_is_pure_imports_no_cdk():
    found = {}
    for path, tree in modules():
        for node in tree.body:  # what is imported in a function, or for the type checker only, is not needed to load it
            names = list(imports(path, node)) if isinstance(node, ast.Import | ast.ImportFrom) else []
            if any(name.split(".")[0] in ("aws_cdk", "constructs", "jsii") for name in names):
                found.setdefault(part_of(path.with_suffix("").parts), []).append(str(path))
    assert "ecs.services" in found
    assert {part: paths for part, paths in found.items() if part in PURE} == {}


@pytest.mark.parametrize(
    ("arrows", "left"),
    [
        ("ab bc ac", "ab bc"),
        ("ab bc cd ad bd", "ab bc cd"),
        ("ab ac bd cd", "ab ac bd cd"),
    ],
)
def test_a_drawing_leaves_out_what_other_arrows_say_together(arrows: str, left: str):
    assert without_detours((one, other) for one, other in arrows.split()) == {
        (one, other) for one, other in left.split()
    }


def test_a_circle_is_not_drawn():
    with pytest.raises(ValueError, match="imports go round"):
        without_detours([("a", "b"), ("b", "c"), ("c", "a")])


def test_the_files_that_the_architecture_names_are_there():
    root = PACKAGE.parents[1]
    text = (root / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+\.py)`", text))
    folders = [PACKAGE, *(root / name for name in ("benchmarks", "scripts", "stacks", "tests"))]
    there = [
        path.as_posix() for folder in (root, *folders) for path in folder.glob("*.py" if folder == root else "**/*.py")
    ]
    assert "core/inputs/calls.py" in named
    assert {name for name in named if not any(path.endswith(f"/{name}") for path in there)} == set()


# ---- the import root


def test_our_folder_does_not_hide_the_package_that_cdk_depends_on():
    assert not (PACKAGE.parent / "__init__.py").exists(), "constructs/ is an import root: with this file CDK breaks"
    assert Path(constructs.__file__).parent != PACKAGE.parent
    assert hasattr(constructs, "Construct")


def test_importing_the_library_does_not_import_cdk():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import cdk_containers;"
        "print([name for name in ('aws_cdk', 'constructs', 'jsii') if name in sys.modules], dir(cdk_containers)[:1])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(PACKAGE.parent)], capture_output=True, text=True, check=True
    )
    assert run.stdout.startswith("[] ['")


# ---- public names


def test_the_public_names_are_the_same_at_run_time_and_for_the_type_checker():
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    [checked] = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    declared = {
        (statement.module, alias.asname or alias.name)
        for statement in checked.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    }
    lazy = {(module, name) for module, names in cdk_containers._MODULES.items() for name in names}
    assert declared == lazy
    assert sorted(cdk_containers.__all__) == sorted(name for _, name in lazy)
    assert dir(cdk_containers) == sorted(cdk_containers.__all__)


@pytest.mark.parametrize("name", cdk_containers.__all__)
def test_a_public_name_can_be_loaded_and_comes_from_its_module(name: str):
    module = importlib.import_module(f"cdk_containers.{cdk_containers._HOME[name]}")
    assert getattr(cdk_containers, name) is getattr(module, name)


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'WebServices'"):
        cdk_containers.WebServices  # noqa: B018


@pytest.mark.parametrize("part", sorted(part for part in PARTS if (PACKAGE / part.replace(".", "/")).is_dir()))
def test_a_folder_says_what_it_is_and_what_it_exports(part: str):
    module = importlib.import_module(f"cdk_containers.{part}")
    assert module.__doc__
    assert sorted(module.__all__) == sorted(set(module.__all__))
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


# ---- descriptions


def described(text: str | None, section: str) -> set[str]:
    """Return the names that a section of a docstring describes."""
    found = re.search(rf"^(\s*){section}:\n(.*?)(?=^\1\S|\Z)", inspect.cleandoc(text or ""), re.MULTILINE | re.DOTALL)
    return set(re.findall(r"^    (\w+):", found[2], re.MULTILINE)) if found else set()


def test_a_description_is_read_to_its_end_and_no_further():
    text = """Do it.

    Args:
        first: One, which says
            more: on the next line.
        second: Two.

    Raises:
        ConstructError: Wrong.
    """
    assert described(text, "Args") == {"first", "second"}
    assert described(text, "Attributes") == set()


def functions() -> list[Any]:
    """The constructors of constructs, and the public methods that make something of what they are given."""
    cases = []
    for name in cdk_containers.__all__:
        owner = getattr(cdk_containers, name)
        for member, value in vars(owner).items() if inspect.isclass(owner) else ():
            function = inspect.unwrap(getattr(value, "__func__", value))
            if not inspect.isfunction(function) or not function.__module__.startswith("cdk_containers"):
                continue
            constructor = member == "__init__" and issubclass(owner, constructs.Construct)
            keywords = inspect.getfullargspec(function).kwonlyargs
            maker = not member.startswith("_") and (keywords or isinstance(value, classmethod | staticmethod))
            if constructor or maker:
                cases.append(pytest.param(function, id=f"{name}.{member}"))
    return cases


@pytest.mark.parametrize("name", cdk_containers.__all__)
def test_a_public_class_says_what_it_is(name: str):
    owner = getattr(cdk_containers, name)
    assert len(owner.__doc__.split()) > 4


@pytest.mark.parametrize("name", list(cdk_containers.__all__))
def test_every_field_of_a_public_dataclass_is_described(name: str):
    owner = getattr(cdk_containers, name)
    if not is_dataclass(owner):
        return
    known = set().union(*(described(part.__doc__, "Attributes") for part in inspect.getmro(owner)))
    source = inspect.getsource(owner)
    by_line = set(re.findall(r'^    (\w+): .*\n    """', source, re.MULTILINE))
    assert {field.name for field in fields(owner)} - known - by_line == set()


@pytest.mark.parametrize("function", functions())
def test_every_argument_of_a_public_function_is_described(function: Any):
    parameters = [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]
    assert function.__doc__, "says nothing"
    # One or two arguments may be said in the first sentence, where they are not a construct's.
    if function.__name__ == "__init__" or len(parameters) > 2:
        assert set(parameters) - described(function.__doc__, "Args") == set()


def test_constructors_and_factories_are_among_them():
    ids = {parameters.id for parameters in functions()}
    assert {"Network.__init__", "Network.from_attributes", "Image.from_registry", "Repository.image"} <= ids


def test_every_practice_that_the_code_names_exists():
    named = {
        value.value
        for _, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("record_opt_out", "practice"))
        for value in node.args
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }
    assert "container-insights" in named
    assert named <= PRACTICES.keys()
