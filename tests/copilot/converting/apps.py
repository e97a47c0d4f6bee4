"""Converted apps, run in this process."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from cdk_containers.copilot.converting import Converted

BAKERY = Path(__file__).parents[1] / "bakery"


def write(made: Converted, folder: Path) -> None:
    """Write an app to a folder."""
    for name, text in made.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


@contextmanager
def imported(folder: Path) -> Iterator[Any]:
    def forget() -> None:
        for name in [one for one in sys.modules if one == "app" or one.split(".")[0] == "stacks"]:
            del sys.modules[name]

    forget()
    sys.path.insert(0, str(folder))
    try:
        yield importlib.import_module("app")
    finally:
        sys.path.remove(str(folder))
        forget()


def templates_of(folder: Path) -> Mapping[str, Any]:
    """Return the templates of the app in a folder, by stack."""
    with imported(folder) as module:
        app = cdk.App(analytics_reporting=False, tree_metadata=False)
        module.add_stacks(app)
        return {stack.stack_name: stack.template for stack in app.synth().stacks}
