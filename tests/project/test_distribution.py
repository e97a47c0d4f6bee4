"""The wheel and the source distribution: complete, as PyPI takes them, and usable where nothing else is installed."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "constructs" / "cdk_containers"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distribution")]


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    uv = ROOT / ".venv" / "bin" / "uv"
    command = [
        uv,
        "build",
        "--quiet",
        "--offline",
        "--no-build-isolation",
        "--python",
        sys.executable,
        "--out-dir",
        folder,
    ]
    subprocess.run(command, cwd=ROOT, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    (found,) = dist.glob("*.whl")
    return found


def files_of_the_package() -> set[str]:
    found = (it for it in PACKAGE.rglob("*") if it.is_file() and "__pycache__" not in it.parts)
    return {f"cdk_containers/{it.relative_to(PACKAGE)}" for it in found}


def test_both_have_every_file_of_the_package(dist: Path, wheel: Path) -> None:
    expected = files_of_the_package()
    assert {"cdk_containers/py.typed", "cdk_containers/__init__.py"} < expected
    with zipfile.ZipFile(wheel) as archive:
        assert {it for it in archive.namelist() if ".dist-info/" not in it} == expected
    (source,) = dist.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        names = {it.partition("/constructs/")[2] for it in archive.getnames() if "/constructs/" in it}
    assert expected <= names


def test_pypi_would_take_them(dist: Path) -> None:
    command = [sys.executable, "-m", "twine", "check", "--strict", *dist.glob("cdk_containers*")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_checks_need_nothing_but_the_wheel(wheel: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.template.json").write_text('{"Resources": {"Images": {"Type": "AWS::ECR::Repository"}}}')
    code = f"import sys; sys.path.insert(0, {str(wheel)!r}); from cdk_containers.cli.main import main; sys.exit(main())"
    command = [sys.executable, "-I", "-S", "-c", code, "check", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    assert "immutable-tags" in done.stdout
