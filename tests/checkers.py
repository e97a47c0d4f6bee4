"""Runs cfn-lint and checkov over files, in separate processes without other overhead.

Both build large trees that live until the end: with the garbage collector they take a fifth longer.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_PYTHON = ROOT / ".venv/bin/python"
_PYTHON_OF_CHECKOV = ROOT / ".venv-checkov/bin/python"
# cfn-lint asks for the fields of the same few classes a million times.
_CFN_LINT = """
import dataclasses, functools, gc, sys
gc.disable()
fields = functools.cache(dataclasses.fields)
dataclasses.fields = lambda it: fields(it if isinstance(it, type) else type(it))
from cfnlint.runner import main
sys.exit(main())
"""
_CHECKOV = """
import gc, sys
gc.disable()
from checkov.main import Checkov
sys.exit(Checkov().run())
"""


def cfn_lint(*files: Path) -> list[dict[str, Any]]:
    """Return the findings of cfn-lint."""
    return list(_ran(_PYTHON, _CFN_LINT, "--format", "json", *files))


def checkov(*templates: Path) -> dict[str, Any]:
    """Return the report of checkov on templates."""
    files = [argument for path in templates for argument in ("-f", path)]
    return _checkov("cloudformation", *files)


def checkov_of_manifests(folder: Path) -> dict[str, Any]:
    """Return the report of checkov on the manifests of a folder."""
    return _checkov("kubernetes", "-d", folder)


def _checkov(framework: str, *what: str | Path) -> dict[str, Any]:
    options = ("--framework", framework, "--output", "json", "--quiet", "--skip-download")
    return dict(_ran(_PYTHON_OF_CHECKOV, _CHECKOV, *what, *options))


def _ran(python: Path, script: str, *arguments: str | Path) -> Any:
    # What the shell has for other Pythons is not meant for these.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [python, "-c", script, *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.stdout, ended.stderr
    return json.loads(ended.stdout)
