"""The catalogue and the library agree: ids that the code names exist, and the catalogue stays without AWS CDK."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cdk_containers
from cdk_containers.core.practices import PRACTICES

PACKAGE = Path(cdk_containers.__file__).parent


def named_practices() -> Iterator[tuple[str, str]]:
    """Yield each `practice="…"` in the library, with the place where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "practice":
                for value in ast.walk(node.value):
                    if isinstance(value, ast.Constant) and isinstance(value.value, str):
                        yield f"{path.relative_to(PACKAGE)}:{value.lineno}", value.value


def test_every_practice_that_the_library_names_is_in_the_catalogue():
    named = list(named_practices())
    assert named, "the library names practices"
    assert {place: name for place, name in named if name not in PRACTICES} == {}


def test_the_catalogue_needs_neither_cdk_nor_jsii():
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); import cdk_containers.core.practices;"
        "print([name for name in ('aws_cdk', 'jsii', 'constructs') if name in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(PACKAGE.parent)], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
