"""mypy reads each module of AWS CDK that this project uses: the types of a module that it skips are `Any`."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import aws_cdk
import pytest

ROOT = Path(__file__).parents[2]
MYPY = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
FOLLOWED = {
    module.removeprefix("aws_cdk.").removesuffix(".*")
    for override in MYPY["overrides"]
    if override.get("follow_imports") == "normal"
    for module in override["module"]
}
CDK = Path(aws_cdk.__file__).parent

IMPORT = re.compile(r"^ *from aws_cdk import (\([^)]*\)|.*)", re.MULTILINE)
INTERFACE = re.compile(r"\binterfaces(?:\.| import )(aws_\w+)")
ATTRIBUTE = re.compile(r"\b(?:aws_cdk|cdk)\.(\w+)")


def modules_named_in(text: str) -> Iterator[str]:
    named = {word for names in IMPORT.findall(text) for word in re.findall(r"\w+", names)}
    for name in named | set(ATTRIBUTE.findall(text)):
        if (CDK / name / "__init__.py").exists():
            yield name


def typed_files() -> Iterator[Path]:
    for name in MYPY["files"]:
        path = ROOT / name
        yield from path.rglob("*.py") if path.is_dir() else [path]


@pytest.mark.parametrize(
    "text",
    [
        "from aws_cdk import aws_s3 as s3",
        "from aws_cdk import (\n    Stack,\n    aws_s3,\n)",
        "    from aws_cdk import Stack, aws_s3",
        "from aws_cdk.aws_s3 import Bucket",
        "import aws_cdk.aws_s3",
        "bucket: cdk.aws_s3.Bucket",
    ],
)
def test_each_way_to_name_a_module_is_found(text: str):
    assert list(modules_named_in(text)) == ["aws_s3"]


def test_mypy_reads_each_module_of_cdk_that_is_used():
    used = {name for path in typed_files() for name in modules_named_in(path.read_text())}
    assert len(used) > 40
    assert sorted(used - FOLLOWED) == []


def test_mypy_reads_the_interfaces_that_these_modules_name():
    read = [CDK / name / "__init__.py" for name in FOLLOWED if "." not in name and name != "interfaces"]
    named = {f"interfaces.{it}" for path in read if path.exists() for it in INTERFACE.findall(path.read_text())}
    assert len(named) > 40
    assert sorted(named - FOLLOWED) == []
    assert sorted(it for it in FOLLOWED - named if it.startswith("interfaces.")) == []
