"""`cdk-containers copilot check`: show what happens to each deployed resource, and in which order."""

from __future__ import annotations

import json
import os
import textwrap
from argparse import ArgumentParser, Namespace
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .copilot_workspace import add_workspace, certificates, refused
from .errors import UsageError
from .output import Output

if TYPE_CHECKING:
    from cdk_containers.copilot.adoption import Decision, Plan

_EPILOG = """\
exit codes:
  0  the deployment is safe
  1  something would be lost or rejected: the plan shows what to do first
  2  wrong usage, or an invalid manifest

--template-dir has the deployed templates, one file for each stack:
  aws cloudformation get-template --stack-name shop-prod-api > DIR/shop-prod-api.json
  aws cloudformation list-stack-resources --stack-name shop-prod-api > DIR/shop-prod-api.resources.json
Without it, the plan assumes the templates that Copilot creates from these manifests. The command does not call AWS."""

_WORDS = {
    "kept": "kept",
    "imported": "imported by `cdk import`",
    "made": "made new",
    "replaced": "created again, and the old resource deleted",
    "left": "kept in the account, outside the stack",
    "removed": "removed",
    "refused": "rejected by CloudFormation",
}


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `copilot check`."""
    add_workspace(parser)
    add = parser.add_argument
    add("--template-dir", type=Path, metavar="DIR", help="folder with the deployed templates")
    add("--json", action="store_true", help="print the plan as JSON")
    add(
        "--output-dir",
        type=Path,
        metavar="DIR",
        help="write resource mappings for `cdk import`, and templates that protect resources from deletion",
    )
    parser.epilog = _EPILOG


def run(arguments: Namespace) -> int:
    """Print the plan."""
    for option in ("template_dir", "output_dir"):
        folder: Path | None = getattr(arguments, option)
        if folder is not None and not folder.is_dir() and (option == "template_dir" or folder.exists()):
            raise UsageError(f"--{option.replace('_', '-')}: there is no folder {folder}")
    os.environ.setdefault("CDK_DISABLE_CLI_TELEMETRY", "true")
    with refused():
        from cdk_containers.copilot.adoption import plan  # noqa: PLC0415  (a wrong call needs no CDK)

        made = plan(
            arguments.workspace,
            templates=arguments.template_dir,
            environments=arguments.env or None,
            domain=arguments.domain,
            certificate_arns=certificates(arguments),
            image_tag=arguments.image_tag,
            records=not arguments.no_records,
        )
    written = _write(made, arguments.output_dir) if arguments.output_dir is not None else []
    if arguments.json:
        print(json.dumps(_as_json(made), indent=2))
    else:
        print(_as_text(made, written, Output.to(None).width))
    return 1 if made.refused or any(one.danger for one in made.decisions) else 0


def _write(made: Plan, folder: Path) -> list[str]:
    files: dict[str, Any] = {
        **{f"{stack}.import.json": mapping for stack, mapping in made.mappings.items()},
        **{f"{stack}.protected.json": template for stack, template in made.protected.items()},
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_text(json.dumps(content, indent=1, default=str) + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--output-dir: {folder}: {error.strerror or error}") from None
    return sorted(str(folder / name) for name in files)


def _as_json(made: Plan) -> dict[str, Any]:
    return {
        "resources": [
            {
                "stack": one.stack,
                "logicalId": one.logical_id,
                "type": one.type,
                "action": one.action,
                "why": one.why,
                "changes": list(one.changes),
                "danger": one.danger,
            }
            for one in made.decisions
        ],
        "outside": list(made.outside),
        "refused": list(made.refused),
        "notes": {stack: list(notes) for stack, notes in made.notes.items()},
        "mappings": made.mappings,
        "protected": sorted(made.protected),
        "steps": list(made.steps),
    }


def _as_text(made: Plan, written: list[str], width: int) -> str:
    lines: list[str] = []
    for stack in dict.fromkeys(one.stack for one in made.decisions):
        own = [one for one in made.decisions if one.stack == stack]
        lines += ["", stack]
        lines += _grouped(own, width)
        lines += _wrapped([f"note: {note}" for note in made.notes.get(stack, ())], width)
    lines += ["", "outside these stacks", *_wrapped(made.outside, width)]
    if made.refused:
        lines += ["", "CloudFormation would reject", *_wrapped(made.refused, width)]
    lines += ["", "in this order"]
    for number, step in enumerate(made.steps, 1):
        lines += textwrap.wrap(
            step, width, initial_indent=f"{number:>3}. ", subsequent_indent="     ", break_on_hyphens=False
        )
    if written:
        lines += ["", "written", *(f"  {file}" for file in written)]
    counted = Counter(str(one.action) for one in made.decisions)
    dangers = sum(one.danger for one in made.decisions)
    lines += ["", f"{', '.join(f'{counted[one]} {one}' for one in _WORDS if counted[one])}; {dangers} to protect first"]
    return "\n".join(lines[1:])


def _grouped(decisions: list[Decision], width: int) -> list[str]:
    """Return a line for each resource, grouped by reason."""
    lines: list[str] = []
    groups: dict[tuple[str, str, bool], list[Decision]] = {}
    for one in sorted(decisions, key=lambda one: (not one.danger, list(_WORDS).index(one.action))):
        groups.setdefault((one.action, one.why, one.danger), []).append(one)
    for (action, why, danger), own in groups.items():
        head = f"  {'!' if danger else ' '} {_WORDS[action]}: {why}"
        lines += textwrap.wrap(head, width, subsequent_indent="      ", break_on_hyphens=False)
        for one in own:
            changes = f": {', '.join(one.changes)}" if one.changes else ""
            text = f"{one.logical_id} ({one.type.removeprefix('AWS::')}){changes}"
            lines += textwrap.wrap(
                text,
                width,
                initial_indent=" " * 8,
                subsequent_indent=" " * 12,
                break_on_hyphens=False,
                break_long_words=False,
            )
    return lines


def _wrapped(texts: Any, width: int) -> list[str]:
    return [
        line
        for text in texts
        for line in textwrap.wrap(
            text, width, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
        )
    ]
