"""`cdk-containers run local`: run the services and jobs of an app on this machine."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UsageError

if TYPE_CHECKING:
    from cdk_containers.local.running import Options

_EPILOG = """\
exit codes:
  the exit code of the essential container that ended, or of the job
  130  stopped by Ctrl-C
  2    wrong usage, or a task cannot run"""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `run local`."""
    parser.epilog = _EPILOG
    parser.formatter_class = RawDescriptionHelpFormatter
    add_shared_arguments(parser)
    add = parser.add_argument
    add(
        "--engine",
        choices=("docker", "podman", "finch"),
        help="the container engine; the first available by default",
    )
    add(
        "--publish",
        action="append",
        default=[],
        metavar="[TASK.]PORT=PORT",
        help="the port of this machine for a port of a task",
    )
    add("--volume", action="append", default=[], metavar="[TASK.]NAME=DIR", help="a folder for a volume")
    add(
        "--build",
        action="append",
        default=[],
        metavar="[TASK.]CONTAINER=DIR",
        help="the sources of an image, instead of their copy in the assembly",
    )
    add("--watch", action="store_true", help="rebuild and restart on changes")
    add("--emulator", action="store_true", help="run against an AWS emulator on this machine")
    add("--task-role", action="store_true", help="give tasks the credentials of their roles, not yours")
    add("--native", action="store_true", help="use images of this machine's architecture")


def add_shared_arguments(parser: ArgumentParser) -> None:
    """Add the options for targets and values."""
    add = parser.add_argument
    add(
        "targets",
        nargs="+",
        metavar="STACK[/SERVICE]",
        help="what to run: a service with its dependencies, a job, or a whole stack",
    )
    add("--app", type=Path, default=Path("cdk.out"), metavar="DIR", help="the assembly; cdk.out by default")
    add(
        "--set",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="value of a variable, a secret or a parameter; without VALUE, from your environment",
    )
    add("--env-file", type=Path, action="append", default=[], metavar="FILE", help="a file with values")
    add(
        "--image",
        action="append",
        default=[],
        metavar="[TASK.]CONTAINER=TAG",
        help="a local image for a container",
    )
    add(
        "--with",
        dest="with_",
        action="append",
        default=[],
        metavar="CONTAINER",
        help="run a container that is omitted by default",
    )
    add("--without", action="append", default=[], metavar="CONTAINER", help="omit a container")
    add("--profile", metavar="NAME", help="the profile of the AWS CLI")
    add("--region", metavar="REGION", help="the region")


def run(arguments: Namespace) -> int:
    """Run the tasks."""
    from cdk_containers.local.planning import LocalError  # noqa: PLC0415  (what runs is imported when it runs)
    from cdk_containers.local.running import Console, run_local  # noqa: PLC0415

    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    try:
        return run_local(options_of(arguments), Console(_print, colour=colour))
    except LocalError as error:
        raise UsageError(*error.problems) from None


def _print(line: str) -> None:
    print(line, flush=True)


def options_of(arguments: Namespace) -> Options:
    """Return the options of a call."""
    from cdk_containers.local.planning import Given  # noqa: PLC0415
    from cdk_containers.local.running import Options  # noqa: PLC0415

    problems: list[str] = []
    values = _pairs(arguments.set, "--set", problems, missing=os.environ.get)
    file: dict[str, str] = {}
    for path in arguments.env_file:
        file |= _settings(path, problems)
    pairs = {
        name: Given(_pairs(getattr(arguments, name, []), f"--{name}", problems))
        for name in ("image", "volume", "publish", "build")
    }
    missing = [text for text in pairs["build"].values.values() if not Path(text).is_dir()]
    problems += [f"--build: there is no folder {text}" for text in missing]
    if problems:
        raise UsageError(*problems)
    return Options(
        app=arguments.app,
        targets=tuple(arguments.targets),
        given=Given(values, file),
        images=pairs["image"],
        volumes=pairs["volume"],
        published=pairs["publish"],
        builds=pairs["build"],
        engine=getattr(arguments, "engine", None),
        watch=getattr(arguments, "watch", False),
        emulator=getattr(arguments, "emulator", False),
        profile=arguments.profile,
        region=arguments.region,
        task_role=getattr(arguments, "task_role", False),
        native=getattr(arguments, "native", False),
        with_=frozenset(arguments.with_),
        without=frozenset(arguments.without),
    )


def _pairs(
    given: Sequence[str], option: str, problems: list[str], *, missing: Callable[[str], str | None] = lambda _: None
) -> dict[str, str]:
    found = {}
    for text in given:
        name, equals, value = text.partition("=")
        told = value if equals else missing(name)
        if not name or told is None:
            problems.append(
                f"{option}: {text!r} is not NAME=VALUE"
                + (", and your environment does not have this variable" if option == "--set" else "")
            )
            continue
        found[name] = told
    return found


def _settings(path: Path, problems: list[str]) -> dict[str, str]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(f"--env-file: {path}: {getattr(error, 'strerror', None) or error}")
        return {}
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        name, equals, value = written.removeprefix("export ").partition("=")
        if not equals or not name.strip():
            problems.append(f"--env-file: {path}:{number}: {written!r} is not NAME=VALUE")
            continue
        value = value.strip()
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        found[name.strip()] = value[1:-1] if quoted else value
    return found
