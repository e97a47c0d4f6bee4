"""`cdk-containers compose`: convert a compose file to a CDK app, or export an app as a compose file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from cdk_containers.compose.converting import Choices, Conversion, convert
from cdk_containers.compose.reading import ComposeError, read_project

from . import compose_export
from .errors import UsageError

_EPILOG = """\
exit codes:
  0  the app is written, and synthesizes
  2  wrong usage, or something cannot be converted; nothing is written"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `compose`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", title="actions", required=True)
    about = "write a CDK app that runs the services of a compose file on AWS"
    action = actions.add_parser("convert", help=about, description=f"{about[0].upper()}{about[1:]}.", epilog=_EPILOG)
    add = action.add_argument
    add("file", type=Path, metavar="FILE", help="the compose file, or the folder with it")
    add(
        "--output",
        type=Path,
        required=True,
        metavar="DIR",
        help="the folder of the app, new or empty",
    )
    add(
        "--env-file",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="file with values of variables; .env by default",
    )
    add("--set", action="append", default=[], metavar="NAME=VALUE", help="value of a variable; may be repeated")
    add("--profile", action="append", default=[], metavar="NAME", help="also run the services of this profile")
    add(
        "--volume",
        action="append",
        default=[],
        metavar="SOURCE=CHOICE",
        help="what replaces a volume or a bind mount",
    )
    add(
        "--database",
        action="append",
        default=[],
        metavar="SERVICE=WHERE",
        help=("the address of a managed database, or container"),
    )
    add("--host", action="append", default=[], metavar="SERVICE=NAME", help="the host name of a service")
    add("--publish", action="append", default=[], metavar="SERVICE=PORT", help="a port that a proxy publishes")
    add("--schedule", action="append", default=[], metavar="SERVICE=WHEN", help="the schedule of a job")
    add("--internal", action="append", default=[], metavar="SERVICE", help="keep a service inside the network")
    add("--without", action="append", default=[], metavar="SERVICE", help="omit a service")
    add("--no-synth", action="store_true", help="do not synthesize the app, and write no golden template")
    about = "write a compose file of services and jobs of an app"
    compose_export.add_arguments(
        actions.add_parser("export", help=about, description=f"{about[0].upper()}{about[1:]}.")
    )


def run(arguments: Namespace) -> int:
    """Run the action."""
    if arguments.action == "export":
        return compose_export.run(arguments)
    return _convert(arguments)


def _convert(arguments: Namespace) -> int:
    """Convert, write and synthesize the app, and print the differences."""
    choices = Choices(
        volumes=_pairs(arguments.volume, "--volume"),
        databases=_pairs(arguments.database, "--database"),
        hosts=_pairs(arguments.host, "--host"),
        published=_pairs(arguments.publish, "--publish"),
        schedules=_pairs(arguments.schedule, "--schedule"),
        internal=frozenset(arguments.internal),
        without=frozenset(arguments.without),
    )
    output: Path = arguments.output
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"--output: {output} exists and is not empty")
    try:
        project = read_project(
            arguments.file,
            variables=_pairs(arguments.set, "--set"),
            env_files=arguments.env_file,
            profiles=arguments.profile,
            without=arguments.without,
        )
        conversion = convert(project, choices, output=output, file=arguments.file.name)
    except ComposeError as error:
        raise UsageError(*error.lines) from None
    _write(conversion, output)
    for notice in conversion.notices:
        print(notice.line)
    if not arguments.no_synth:
        _synthesize(output)
    print(f"{output}: {len(conversion.files)} files; read README.md first")
    return 0


def _pairs(given: Sequence[str], option: str) -> dict[str, str]:
    wrong = [f"{option}: {text!r} is not NAME=VALUE" for text in given if not text.partition("=")[0] or "=" not in text]
    if wrong:
        raise UsageError(*wrong)
    return dict(text.split("=", 1) for text in given)


def _write(conversion: Conversion, output: Path) -> None:
    try:
        for name, text in conversion.files.items():
            path = output / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        for source, place in conversion.copies.items():
            target = output / place
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copyfile(source, target)
    except OSError as error:
        raise UsageError(f"--output: {error.filename or output}: {error.strerror or error}") from None


def _synthesize(output: Path) -> None:
    """Write the golden template, which shows that the app synthesizes."""
    command = [sys.executable, "tests/test_template.py"]
    done = subprocess.run(command, cwd=output, capture_output=True, text=True, check=False)  # noqa: S603  (our own file)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise UsageError(f"{output} is written, but does not synthesize:", *lines[-20:])
