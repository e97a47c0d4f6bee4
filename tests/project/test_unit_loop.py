"""CONTRIBUTING.md names the tests of each folder of the package."""

import re
import shlex
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "constructs/cdk_containers"
ROW = re.compile(r'^\| (?P<folders>`.+?`) \| `make unit ARGS="(?P<arguments>[^"]+)"` \|', re.MULTILINE)
ROWS = [
    (re.findall(r"`([^`]+)`", row["folders"]), shlex.split(row["arguments"]))
    for row in ROW.finditer((ROOT / "CONTRIBUTING.md").read_text())
]
FOLDERS = {folder for folders, _ in ROWS for folder in folders}


def parts(folder: Path) -> set[str]:
    """The folders of code in a folder of the package."""
    return {path.relative_to(PACKAGE).as_posix() for path in folder.iterdir() if any(path.glob("*.py"))}


def test_each_folder_of_the_package_has_its_tests_named() -> None:
    split = {folder.partition("/")[0] for folder in FOLDERS if "/" in folder}
    assert split
    of_split = {part for name in split for part in parts(PACKAGE / name)}
    assert (parts(PACKAGE) - split) | of_split <= FOLDERS | split
    assert parts(PACKAGE) | of_split >= FOLDERS


def test_what_the_commands_run_is_there() -> None:
    paths = [path for _, arguments in ROWS for path in arguments]
    assert paths
    assert [path for path in paths if not (ROOT / path).exists()] == []
