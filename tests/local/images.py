"""Images for a machine without a registry: this machine's own Python and a static busybox, from scratch."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

from cdk_containers.local.engines import PODMAN, limits

ROOT = Path(__file__).parents[2]
BUSYBOX = Path("/bin/busybox")
PYTHON = "public.ecr.aws/docker/library/python:3.14.7-slim-trixie"
"""The image that `sample/Dockerfile` starts from."""
AWS_CLI = "public.ecr.aws/aws-cli/aws-cli:2.31.18"
PAUSE = "localhost/cdk-containers-tests/pause:1"
WITHOUT = re.compile(r"test|idlelib|tkinter|turtledemo|ensurepip|lib2to3|config-.*|site-packages|dist-packages")

AWS = """#!/usr/bin/python3

import boto3

arguments = dict(zip(sys.argv[3::2], sys.argv[4::2]))
queue = boto3.client("sqs")
url = arguments["--queue-url"]
if sys.argv[2] == "receive-message":
    found = queue.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
    print(found[0]["ReceiptHandle"] if found else "None")
else:
    queue.delete_message(QueueUrl=url, ReceiptHandle=arguments["--receipt-handle"])
"""
"""What the worker needs of the AWS CLI."""


def engine_environment(folder: Path) -> dict[str, str]:
    """Settings with which podman runs in a sandbox: no systemd, and no right to raise limits."""
    conf = folder / "containers.conf"
    conf.write_text('[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n' + _runtime())
    return {**os.environ, "CONTAINERS_CONF": str(conf), "BUILDAH_ISOLATION": "chroot"}


def _runtime() -> str:
    runtime = shutil.which("runc") or shutil.which("crun")
    return f'runtime = "{Path(runtime).name}"\n' if runtime else ""


def why_not(folder: Path) -> str | None:
    """Say why no container can run here; None if one can."""
    if os.geteuid() != 0:
        return "only root can have the address of ECS"
    for needed in ("podman", str(BUSYBOX), "/usr/bin/python3"):
        if not shutil.which(needed):
            return f"{needed} is not there"
    environment = engine_environment(folder)
    _build(folder / "pause", PAUSE, ["/bin/sh", "-c", "sleep 100000"], environment, python=False)
    ran = subprocess.run(
        ["podman", "run", "--rm", *_limits(), PAUSE, "/bin/sh", "-c", "true"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"podman starts nothing: {ran.stderr.strip()[-200:]}" if ran.returncode else None


def environment_of_runs(folder: Path) -> dict[str, str]:
    """The environment of a run: this copy of the library, no account, and volumes in a folder."""
    kept = {name: value for name, value in engine_environment(folder).items() if not name.startswith("AWS_")}
    paths = os.pathsep.join([str(ROOT / "constructs"), str(ROOT)])
    return {**kept, "PYTHONPATH": paths, "XDG_DATA_HOME": str(folder / "data"), "AWS_EC2_METADATA_DISABLED": "true"}


def build_images(folder: Path) -> None:
    """Make the images that the reference stacks use, under their names."""
    environment = engine_environment(folder)
    _build(folder / "python", PYTHON, ["python"], environment, python=True)
    _build(folder / "aws", AWS_CLI, ["aws"], environment, python=True, aws=True)


def _limits() -> list[str]:
    return [part for name, most in limits(PODMAN).items() for part in ("--ulimit", f"{name}={most}:{most}")]


def _build(
    root: Path, tag: str, command: list[str], environment: dict[str, str], *, python: bool, aws: bool = False
) -> None:
    if subprocess.run(["podman", "image", "exists", tag], env=environment, check=False).returncode == 0:
        return
    for name in ("bin", "tmp", "usr/bin", "usr/lib"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    shutil.copy(BUSYBOX, root / "bin" / "busybox")
    for name in ("sh", "sleep", "mkdir", "touch", "cat", "id"):
        (root / "bin" / name).symlink_to("busybox")
    if python:
        _copy_python(root)
    if aws:
        _copy_boto(root)
    words = ", ".join(f'"{word}"' for word in command)
    (root / "Dockerfile").write_text(
        f"FROM scratch\nCOPY bin /bin\nCOPY tmp /tmp\nCOPY usr /usr\nENV PATH=/usr/bin:/bin\nCMD [{words}]\n"
    )
    if (root / "lib64").exists():
        text = (root / "Dockerfile").read_text().replace("COPY tmp", "COPY lib64 /lib64\nCOPY tmp")
        (root / "Dockerfile").write_text(text)
    built = subprocess.run(
        ["podman", "build", "--quiet", *_limits(), "--tag", tag, str(root)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode:
        raise RuntimeError(built.stderr[-2000:])


def _copy_python(root: Path) -> None:
    """Copy the Python of the system with the libraries that it is linked with."""
    version = subprocess.run(
        ["/usr/bin/python3", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    library = root / version.lstrip("/")
    shutil.copytree(version, library, ignore=lambda _, names: [it for it in names if WITHOUT.fullmatch(it)])
    binary = Path("/usr/bin/python3").resolve()
    shutil.copy(binary, root / "usr/bin/python3")
    (root / "usr/bin/python").symlink_to("python3")
    files = [str(binary), *map(str, library.glob("lib-dynload/*.so"))]
    said = subprocess.run(["ldd", *files], capture_output=True, text=True, check=False).stdout
    for path in sorted(set(re.findall(r"(/\S+\.so\S*)", said))):
        if "lib-dynload" in path:
            continue
        place = root / ("lib64" if path.startswith("/lib64") else "usr/lib") / Path(path).name
        place.parent.mkdir(exist_ok=True)
        shutil.copy(path, place)


def _copy_boto(root: Path) -> None:
    """Copy boto3, with the model of SQS only."""
    packages = Path(sysconfig.get_path("purelib"))
    site = root / "usr/lib/python3/dist-packages"
    for name in ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3"):
        shutil.copytree(packages / name, site / name, ignore=shutil.ignore_patterns("data"))
    shutil.copy(packages / "six.py", site / "six.py")
    (site / "boto3/data").mkdir()
    data = site / "botocore/data"
    shutil.copytree(packages / "botocore/data/sqs", data / "sqs")
    for file in (packages / "botocore/data").glob("*.json"):
        shutil.copy(file, data / file.name)
    aws = root / "usr/bin/aws"
    aws.write_text(AWS)
    aws.chmod(0o755)
