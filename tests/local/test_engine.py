"""The reference application on this machine: real containers, one command, and a request that goes through them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.local.assembly import assembly
from tests.local.images import AWS_CLI, build_images, environment_of_runs, why_not
from tests.local.process import PATIENCE, Running, start

pytestmark = [pytest.mark.slow, pytest.mark.containers]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("images")
    reason = why_not(folder)
    if reason is not None:
        pytest.skip(reason)
    build_images(folder)
    return environment_of_runs(folder)


def get(port: int, path: str) -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def port_of(run: Running, task: str) -> int:
    return int(run.until(rf"== {task}: port .* is 127").rpartition(":")[2])


@pytest.fixture
def application(environment: dict[str, str], tmp_path: Path) -> Iterator[Running]:
    assembly(tmp_path / "cdk.out", "dev-application")
    run = start(environment, tmp_path, "dev-application", "--emulator", "--publish", "Web.8080=18480")
    yield run
    run.interrupt()


def test_the_application_runs(application: Running, environment: dict[str, str]):
    run = application
    run.until("Nightly: exited with code 0")
    assert run.place("Orders: healthy") < run.place("Web: started")
    assert run.place("Web: passes the target group health check") < run.place("Nightly: started")
    run.until("Nightly .* the report of the day")
    status, page = get(18480, "/")
    assert (status, "It runs" in page) == (200, True)
    assert "&quot;service&quot;: &quot;backend&quot;" in page
    run.until('Web .*"path": "/", "status": 200')
    run.until('Orders .*"method": "POST", "path": "/visits", "status": 200')
    _send_message(run, environment)
    run.until(r"Mailer .* done with a message")
    assert run.interrupt() == 130
    ends = [run.place(f"{name}: exited with code") for name in ("Web", "Orders", "Mailer")]
    assert ends == sorted(ends)
    assert "Traceback" not in run.text


def _send_message(run: Running, environment: dict[str, str]) -> None:
    """Send a message as a container of the task would: with its credentials, through its endpoint."""
    name = _names(environment, "mailer-app")[0]
    script = (
        "import boto3, os; boto3.client('sqs').send_message(QueueUrl=os.environ['QUEUE_URL'], MessageBody='hello'); "
        "print(boto3.Session().get_credentials().method)"
    )
    said = subprocess.run(
        ["podman", "exec", name, "python", "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.strip() == "container-role", f"{said.stderr}\n{run.text}"


def _names(environment: dict[str, str], part: str) -> list[str]:
    said = subprocess.run(
        ["podman", "ps", "--all", "--format", "{{.Names}}"], env=environment, capture_output=True, text=True, check=True
    )
    return [name for name in said.stdout.split() if part in name]


SCRIPT = """
id -u; cat /proc/self/limits > /dev/null; touch /root-is-writable && echo writable;
touch /scratch/x && echo tmp is writable; echo "$TOKEN";
cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null;
touch /data/kept && echo data is writable; exit 5
"""


def test_what_a_container_may_do(environment: dict[str, str], tmp_path: Path):
    container = {
        "Name": "app",
        "Image": AWS_CLI,
        "EntryPoint": ["/bin/sh", "-c"],
        "Command": [SCRIPT],
        "User": "1000:1000",
        "Memory": 64,
        "ReadonlyRootFilesystem": True,
        "LinuxParameters": {
            "InitProcessEnabled": True,
            "Tmpfs": [{"ContainerPath": "/scratch", "Size": 8, "MountOptions": ["rw", "uid=1000", "gid=1000"]}],
        },
        "MountPoints": [{"SourceVolume": "data", "ContainerPath": "/data"}],
        "Secrets": [{"Name": "TOKEN", "ValueFrom": "token"}],
        "DependsOn": [{"ContainerName": "first", "Condition": "COMPLETE"}],
    }
    first = {
        "Name": "first",
        "Image": AWS_CLI,
        "Essential": False,
        "EntryPoint": ["/bin/sh", "-c", "echo first; exit 1"],
        "Command": [],
    }
    definition = {
        "Family": "job",
        "NetworkMode": "awsvpc",
        "ContainerDefinitions": [container, first],
        "Volumes": [{"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": "fs-1"}}],
    }
    resources = {"Job": {"Type": "AWS::ECS::TaskDefinition", "Properties": definition}}
    (tmp_path / "jobs.json").write_text(json.dumps({"Resources": resources}))
    run = start(environment, tmp_path, "jobs/Job", "--app", "jobs.json", "--set", "TOKEN=hush")
    run.until(r"\(the end\)")
    assert run.process.wait(PATIENCE) == 5, run.text
    said = [line.partition("| ")[2] for line in run.lines if line.startswith("Job/app ")]
    assert said[0] == "1000"
    assert {"tmp is writable", "data is writable", "hush", str(64 << 20)} <= set(said)
    assert "writable" not in said
    assert run.place("Job/first: exited with code 1") < run.place("Job/app: started")
    assert (Path(environment["XDG_DATA_HOME"]) / "cdk-containers/volumes/jobs/fs-1/kept").exists()
    assert _names(environment, "cdk-containers-") == []
