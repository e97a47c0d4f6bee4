"""`cdk-containers copilot convert`: replace manifests with a CDK app in Python."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from importlib.util import find_spec
from pathlib import Path

from .copilot_workspace import add_workspace, certificates, refused
from .errors import UsageError

_EPILOG = """\
exit codes:
  0  the app is written
  2  wrong usage, or an invalid manifest

The app needs no manifests and creates the same templates. Its own tests compare them.
The command does not call AWS."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `copilot convert`."""
    add_workspace(parser)
    parser.add_argument("--output", type=Path, required=True, metavar="DIR", help="folder for the app, new or empty")
    parser.epilog = _EPILOG


def run(arguments: Namespace) -> int:
    """Write the app."""
    output: Path = arguments.output
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"--output: {output} is not empty: use a new folder, because your files are not overwritten")
    if find_spec("ruff") is None:
        raise UsageError("convert needs ruff to format its files: pip install 'cdk-containers[copilot]'")
    os.environ.setdefault("CDK_DISABLE_CLI_TELEMETRY", "true")
    with refused():
        from cdk_containers.copilot.converting import convert  # noqa: PLC0415  (a wrong call needs no CDK)

        made = convert(
            arguments.workspace,
            output,
            environments=arguments.env or None,
            domain=arguments.domain,
            certificate_arns=certificates(arguments),
            image_tag=arguments.image_tag,
            records=not arguments.no_records,
        )
    for name, text in made.files.items():
        try:
            (output / name).parent.mkdir(parents=True, exist_ok=True)
            (output / name).write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"--output: {output / name}: {error.strerror or error}") from None
    for stack, notes in made.notes.items():
        for note in notes:
            print(f"cdk-containers: note: {stack}: {note}", file=sys.stderr)
    stacks = sum(name.startswith("tests/golden/") for name in made.files)
    print(
        f"{output}: {stacks} stacks in {sum(name.startswith('stacks/') for name in made.files)} modules; see README.md"
    )
    return 0
