"""`cdk-containers init`: write a small starter app."""

from __future__ import annotations

import re
import subprocess
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Mapping
from keyword import iskeyword
from pathlib import Path

from cdk_containers.starting import DELIVERIES, app_files

from .errors import UsageError

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_LONGEST_NAME = 30
_REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-[0-9]+")

_EPILOG = """\
exit codes:
  0  the app is written, and synthesizes
  2  wrong usage, or the app does not synthesize

Then, in the new folder:
  npx aws-cdk synth --quiet
  cdk-containers run local STACK/App/Web  README.md names the stack"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `init`."""
    parser.epilog = _EPILOG
    parser.formatter_class = RawDescriptionHelpFormatter
    add = parser.add_argument
    add("name", metavar="NAME", help="name of the app, and of its folder")
    add("--delivery", choices=DELIVERIES, default="none", help="how to deploy it: none by default")
    add("--region", default="eu-west-1", metavar="REGION", help="region of its environments; eu-west-1 by default")
    add("--output", type=Path, metavar="DIR", help="the folder, new or empty: NAME by default")
    add("--no-synth", action="store_true", help="do not synthesize the app, and write no golden templates")


def run(arguments: Namespace) -> int:
    """Write the app and its golden templates."""
    name: str = arguments.name
    output: Path = arguments.output or Path(name)
    problems = [*_name_problems(name), *_region_problems(arguments.region), *_output_problems(output)]
    if problems:
        raise UsageError(*problems)
    files = app_files(name, arguments.delivery, region=arguments.region)
    _write(files, output)
    if not arguments.no_synth:
        _write_golden(output, files)
    print(f"{output}: {len(files)} files; read README.md first")
    return 0


def _name_problems(name: str) -> list[str]:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        allowed = (
            f"up to {_LONGEST_NAME} lower-case letters, digits and single hyphens, starting with a letter, such as "
            "web-shop"
        )
        return [f"NAME: {name!r} is not a valid app name; allowed: {allowed}"]
    if iskeyword(name) or name in ("aws-cdk", "cdk-containers", "constructs", "test", "tests"):
        return [f"NAME: {name!r} is reserved; use another name"]
    return []


def _region_problems(region: str) -> list[str]:
    return (
        []
        if _REGION.fullmatch(region)
        else [(f"--region: {region!r} is not a region; allowed: a region such as eu-west-1")]
    )


def _output_problems(output: Path) -> list[str]:
    if output.exists() and not output.is_dir():
        return [f"{output} is a file; choose a new folder with --output"]
    if output.is_dir() and any(output.iterdir()):
        return [f"{output} exists and is not empty; choose a new folder with --output"]
    return []


def _write(files: Mapping[str, str], output: Path) -> None:
    for name, text in files.items():
        path = output / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{error.filename or path}: {error.strerror or error}") from None


def _write_golden(output: Path, files: Mapping[str, str]) -> None:
    """Let the tests of the app write their golden templates, which shows that the app synthesizes."""
    scripts = [name for name, text in files.items() if name.startswith("tests/") and '__name__ == "__main__"' in text]
    program = f"import runpy\nfor script in {scripts!r}:\n    runpy.run_path(script, run_name='__main__')\n"
    done = subprocess.run([sys.executable, "-c", program], cwd=output, capture_output=True, text=True, check=False)  # noqa: S603  (our own files)
    if done.returncode:
        raise UsageError(f"{output} is written, but does not synthesize:", *done.stderr.strip().splitlines()[-20:])
