"""Run the real CDK CLI and AWS's SDK against their own emulator, and never against an account."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import aws_cdk as cdk
import boto3

from cdk_containers.cli.main import main
from stacks.reference import add_reference_stacks
from tests.stacks.conftest import cdk_context

ROOT = Path(__file__).parents[2]
NODE = ROOT / ".venv/node/bin"
CLI = ROOT / "node_modules/.bin/cdk"

ACCOUNT = "123456789012"
REGION = "us-east-1"
PATIENCE = 1800
"""Seconds after which a command hangs, and is not merely slow: it takes half a minute on a quick machine."""

KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}

# The CLI calls docker to build and push images. The stand-in writes down what it was asked, and has no image yet.
DOCKER = """#!/bin/sh
echo "$@" >> {log}
test "$1" != inspect
"""


class CdkError(Exception):
    """A CDK command failed: what it printed, and what the emulator had to say."""


@cache
def client(service: str, port: int) -> Any:
    """Give a client of AWS's SDK; to make one takes longer than to ask it."""
    return boto3.client(service, REGION, endpoint_url=f"http://127.0.0.1:{port}", **KEYS)


@dataclass(frozen=True)
class Emulator:
    """A running emulator, and everything that a CDK command needs to reach it and nothing else."""

    port: int
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        """Leave out every AWS setting of the shell, so that no real account can be reached, and the tests' own jsii."""
        foreign = ("AWS_", "CDK_DEFAULT_", "JSII_", "NODE_OPTIONS")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
        return {
            **kept,
            "PATH": f"{NODE}{os.pathsep}{kept['PATH']}",
            "JSII_NODE": str(NODE / "node"),
            **{name.upper(): value for name, value in KEYS.items()},
            "AWS_REGION": REGION,
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            # The emulator takes a template's URL for one of S3 only when it holds the word localhost.
            "AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION": f"http://localhost:{self.port}",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DOCKER": str(self.folder / "docker"),
            "CDK_HOME": str(self.folder / "cdk-home"),
            "NODE_COMPILE_CACHE": str(self.folder / "node-cache"),
        }

    def client(self, service: str) -> Any:
        return client(service, self.port)

    def log(self) -> str:
        return (self.folder / "emulator.log").read_text()

    def gaps(self) -> set[str]:
        """Name what the emulator could not do so far: `support`, `update` or `deletion`, and the resource type."""
        return {f"{what} {kind}" for what, kind in re.findall(r"No Moto CloudFormation (\w+) for (\S+)", self.log())}

    def docker_calls(self) -> list[str]:
        return (self.folder / "docker.log").read_text().splitlines()

    def command(self, *arguments: str) -> tuple[int, str, str]:
        """Run `cdk-containers` in this process, and return its exit code and what it printed.

        It waits for nothing: the emulator goes on when it is asked, and lacks for good what it does not answer.
        """
        out, err = io.StringIO(), io.StringIO()
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch("time.sleep", lambda _: None),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            code = main(arguments)
        return code, out.getvalue(), err.getvalue()

    # ---- the CDK CLI

    def cdk(self, *arguments: str, folder: Path = ROOT) -> str:
        """Run a CDK command in a folder, by default the project's, and return what it printed."""
        finished = subprocess.run(
            [CLI, *arguments],
            cwd=folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        if finished.returncode:
            command = " ".join(["cdk", *arguments])
            raise CdkError(f"{command}\n{finished.stdout[-4000:]}\n--- the emulator's log\n{self.log()[-4000:]}")
        return finished.stdout

    def synthesize(self, name: str, **context: str) -> Assembly:
        """Synthesize the project's own app with these context values, in this process, which has loaded CDK already."""
        assembly = Assembly(self.folder / name)
        given = {**cdk_context(**context), "aws:cdk:enable-path-metadata": True, "aws:cdk:enable-asset-metadata": True}
        app = cdk.App(outdir=str(assembly.folder), context=given, analytics_reporting=False)
        add_reference_stacks(app)
        app.synth()
        return assembly

    def bootstrap(self, assembly: Assembly) -> str:
        return self.cdk("bootstrap", f"aws://{ACCOUNT}/{REGION}", "--app", str(assembly.folder))

    def deploy(self, assembly: Assembly, *stacks: str) -> str:
        """Deploy these stacks alone, or all."""
        # Directly, because the emulator's change sets forget outputs and take one stack's for another's.
        chosen = (*stacks, "--exclusively") if stacks else ("--all",)
        flags = (*chosen, "--ci", "--method=direct", "--require-approval=never")
        return self.cdk("deploy", *flags, "--app", str(assembly.folder))

    def diff(self, assembly: Assembly) -> str:
        return self.cdk("diff", "--method=template", "--app", str(assembly.folder))

    def destroy(self, assembly: Assembly) -> str:
        return self.cdk("destroy", "--all", "--ci", "--force", "--app", str(assembly.folder))


@dataclass(frozen=True)
class Assembly:
    """What `cdk synth` wrote."""

    folder: Path

    @property
    def stacks(self) -> list[str]:
        return sorted(path.name.removesuffix(".template.json") for path in self.folder.glob("*.template.json"))

    def templates(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Give the resources of each stack, by their logical ids."""
        paths = (self.folder / f"{name}.template.json" for name in self.stacks)
        return {it.name.removesuffix(".template.json"): json.loads(it.read_text())["Resources"] for it in paths}

    def resources(self) -> Iterator[dict[str, Any]]:
        for resources in self.templates().values():
            yield from resources.values()


@contextmanager
def run_emulator(folder: Path) -> Iterator[Emulator]:
    """Start an emulator in its own process, for as long as the block runs."""
    docker = folder / "docker"
    docker.write_text(DOCKER.format(log=folder / "docker.log"))
    docker.chmod(0o755)
    with (folder / "emulator.log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "tests.emulator.server"],
            cwd=ROOT,
            env={**os.environ, **{name.upper(): value for name, value in KEYS.items()}},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert server.stdout is not None
            port = server.stdout.readline().strip()
            if not port:
                raise CdkError(f"the emulator did not start\n{(folder / 'emulator.log').read_text()}")
            yield Emulator(int(port), folder)
        finally:
            # It keeps nothing, so nothing is lost: how long an orderly end takes depends on the machine.
            server.kill()
            server.wait()
