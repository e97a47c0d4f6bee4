"""Run cfn-lint and checkov on files, each in a process that loads it once.

Both build large trees that live until the end: with the garbage collector they take a fifth longer.
"""

from __future__ import annotations

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
_PYTHON = ROOT / ".venv/bin/python"
_PYTHON_OF_CHECKOV = ROOT / ".venv-checkov/bin/python"
_CFN_LINT = f"""
sys.path.append({str(ROOT)!r})
from tests.quick_cfn_lint import run
"""
# checkov keeps its log of each step, and starts a process for each file.
_CHECKOV = """
import logging
os.environ["CHECKOV_PARALLELIZATION_TYPE"] = "none"
from checkov.main import Checkov
logging.disable(logging.DEBUG)
run = lambda: Checkov(sys.argv[1:]).run()
"""
# Each run is a fork, so it finds everything as it was after the import.
_RUNS = """
import atexit, gc, json, os, sys
gc.disable()
{imports}

@atexit.register
def leave():  # without freeing what a run has built, which takes a second
    sys.stdout.flush()
    os._exit(0)

for line in sys.stdin:
    out, err, sys.argv[1:] = json.loads(line)
    if not os.fork():
        os.dup2(os.open(out, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(os.open(err, os.O_WRONLY | os.O_CREAT), 2)
        sys.exit(run())
    os.wait()
    print(flush=True)
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


def _ran(python: Path, imports: str, *arguments: str | Path) -> Any:
    runs = _started(python, imports)
    assert runs.stdin is not None
    assert runs.stdout is not None
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        runs.stdin.write(json.dumps([str(out), str(err), [str(it) for it in arguments]]) + "\n")
        runs.stdin.flush()
        assert runs.stdout.readline(), f"{python} has ended"
        text = out.read_text()
        assert text, err.read_text()
    return json.loads(text)


@cache
def _started(python: Path, imports: str) -> subprocess.Popen[str]:
    # What the shell has for other Pythons is not meant for these.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [python, "-c", _RUNS.format(imports=imports)]
    return subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
