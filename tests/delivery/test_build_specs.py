"""The commands of the rendered build specs, run in bash with stand-ins for docker, aws, cdk and npm."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from .pipelines import DIGEST, Made, whole_pipeline

COMMIT = "0123456789abcdef0123456789abcdef01234567"
OTHER = "sha256:" + "cd" * 32

# Each stand-in writes down how it was called, and then does what a file of the test says, if there is one.
STAND_IN = """#!/bin/bash
printf '%s\\n' "$(basename "$0") $*" >> "$CALLS"
[ ! -e "$ANSWERS/$(basename "$0")" ] || . "$ANSWERS/$(basename "$0")"
"""


@dataclass
class Ran:
    code: int
    out: str
    error: str
    calls: list[str]
    folder: Path


@dataclass
class Machine:
    """A machine of CodeBuild, with a source and with tools that answer as a test says."""

    folder: Path
    answers: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, spec: dict[str, Any], variables: dict[str, Any], *, then: str = "") -> Ran:
        tools, answers, source = self.folder / "bin", self.folder / "answers", self.folder / "source"
        for folder in (tools, answers, source):
            folder.mkdir(exist_ok=True)
        for tool in ("docker", "aws", "cdk", "npm"):
            (tools / tool).write_text(STAND_IN)
            (tools / tool).chmod(0o755)
        for tool, answer in self.answers.items():
            (answers / tool).write_text(answer)
        calls = self.folder / "calls"
        calls.write_text("")
        environment = {
            "PATH": f"{tools}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "CALLS": str(calls),
            "ANSWERS": str(answers),
            "CODEBUILD_RESOLVED_SOURCE_VERSION": COMMIT,
            "CODEBUILD_BUILD_URL": "https://example.com/build",
            "TODAY": "2026-11-20",
            **{
                name: str(value) if not isinstance(value, dict) else f"{name}-known-later"
                for name, value in variables.items()
            },
            **self.environment,
        }
        phases = [spec["phases"].get(name, {}).get("commands", []) for name in ("install", "build")]
        # As CodeBuild does: one shell, and the first command that fails is the last.
        script = "\n".join(f"{{ {command}\n}} || exit $?" for phase in phases for command in phase)
        command = ["bash", "-c", f"{script}\n{then}"]
        ran = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True, check=False)
        return Ran(ran.returncode, ran.stdout, ran.stderr, calls.read_text().splitlines(), source)


@pytest.fixture(scope="module")
def shop() -> Made:
    return whole_pipeline()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# ---- the image

ARCHITECTURE = 'case "$*" in login*) cat > /dev/null ;; *inspect*) echo linux/amd64 ;; esac'


def tag_known(digest: str, *, after_push: bool) -> str:
    """Have ECR know the tag of the commit at once, or only once the image was pushed."""
    known = f'case "$*" in *batch-get-image*) echo {digest} ;; *) echo password ;; esac'
    if not after_push:
        return known
    return f'if [[ "$*" == *batch-get-image* ]] && ! grep -q "^docker push" "$CALLS"; then echo None; else {known}; fi'


def build(shop: Made, machine: Machine, **changes: str) -> Ran:
    variables = shop.variables("Build", "Image-web") | changes
    return machine.run(shop.build_spec("Build", "Image-web"), variables)


def test_an_image_is_built_for_its_platform_pushed_under_the_commit_and_named_by_digest(shop: Made, machine: Machine):
    machine.answers = {"docker": ARCHITECTURE, "aws": tag_known(DIGEST, after_push=True)}
    ran = build(shop, machine, REPOSITORY_URI="1.dkr.ecr.eu-west-1.amazonaws.com/shop/web", REPOSITORY_ARN="arn:web")
    assert ran.code == 0, ran.error
    tag = f"1.dkr.ecr.eu-west-1.amazonaws.com/shop/web:web-{COMMIT}"
    arguments = "--build-arg A=1 --build-arg B=2 --target runtime"
    docker = [call for call in ran.calls if call.startswith("docker ")]
    assert docker == [
        "docker login --username AWS --password-stdin 1.dkr.ecr.eu-west-1.amazonaws.com",
        f"docker build --platform linux/amd64 --file web/Dockerfile --tag {tag} {arguments} web",
        f"docker image inspect --format {{{{.Os}}}}/{{{{.Architecture}}}} {tag}",
        f"docker push {tag}",
    ]
    written = json.loads((ran.folder / "image/image.json").read_text())
    assert written == {"web": {"architecture": "X86_64", "digest": DIGEST, "repository_arn": "arn:web"}}


def test_a_retry_takes_the_image_that_is_there(shop: Made, machine: Machine):
    machine.answers = {"docker": ARCHITECTURE, "aws": tag_known(OTHER, after_push=False)}
    ran = build(shop, machine)
    assert ran.code == 0, ran.error
    assert not [call for call in ran.calls if call.startswith("docker")]
    assert any(f"imageTag=web-{COMMIT}" in call for call in ran.calls)
    assert json.loads((ran.folder / "image/image.json").read_text())["web"]["digest"] == OTHER


def test_an_image_for_another_processor_is_not_pushed(shop: Made, machine: Machine):
    machine.answers = {"docker": ARCHITECTURE, "aws": tag_known(DIGEST, after_push=True)}
    ran = build(shop, machine, PLATFORM="linux/arm64")
    assert ran.code != 0
    assert "the image is for linux/amd64, and the tasks run on linux/arm64" in ran.error
    assert any(call.startswith("docker build") for call in ran.calls)
    assert not any(call.startswith("docker push") for call in ran.calls)


@pytest.mark.parametrize("failing", ["docker build", "docker push", "docker login", "aws ecr batch-get-image"])
def test_what_fails_stops_the_build(shop: Made, machine: Machine, failing: str):
    tool, _, rest = failing.partition(" ")
    machine.answers = {"docker": ARCHITECTURE, "aws": tag_known(DIGEST, after_push=True)}
    machine.answers[tool] = f'case "$*" in {rest.replace(" ", "*")}*) exit 3 ;; esac\n{machine.answers[tool]}'
    ran = build(shop, machine)
    assert ran.code != 0
    assert any(call.startswith(failing) for call in ran.calls)
    assert not (ran.folder / "image/image.json").exists()


def test_without_a_commit_nothing_is_built(shop: Made, machine: Machine):
    machine.environment = {"CODEBUILD_RESOLVED_SOURCE_VERSION": ""}
    ran = build(shop, machine)
    assert ran.code != 0
    assert ran.calls == []


# ---- the gate


def gate(shop: Made, machine: Machine, scan: str, *, exceptions: Any = None, **settings: Any) -> Ran:
    """Run the gate over a scan: what the AWS CLI answers, as shell."""
    source = machine.folder / "source"
    (machine.folder / "artifact").mkdir()
    source.mkdir()
    image = {
        "web": {
            "architecture": "X86_64",
            "digest": DIGEST,
            "repository_arn": "arn:aws:ecr:eu-west-1:999999999999:repository/shop/web",
        }
    }
    (machine.folder / "artifact/image.json").write_text(json.dumps(image))
    machine.environment["CODEBUILD_SRC_DIR_Image_web_Output"] = str(machine.folder / "artifact")
    if exceptions is not None:
        (source / "scan-exceptions.json").write_text(json.dumps(exceptions))
    machine.answers = {"aws": scan}
    given = json.loads(shop.variables("Build", "ScanGate")["SCAN_GATE"]) | {"attempts": 2, "pause": 0} | settings
    return machine.run(
        shop.build_spec("Build", "ScanGate"),
        {"SCAN_GATE": json.dumps(given)},
        then='printf "%s|%s|%s" "$COMMIT" "$DIGESTS" "$FINDINGS" > variables',
    )


def scanned(*findings: tuple[str, str], status: str = "COMPLETE") -> str:
    found = [{"name": name, "severity": severity} for name, severity in findings]
    answer = json.dumps({"imageScanStatus": {"status": status}, "imageScanFindings": {"findings": found}})
    return f"cat <<'END'\n{answer}\nEND\n"


def test_an_image_within_the_thresholds_becomes_the_release(shop: Made, machine: Machine):
    ran = gate(shop, machine, scanned(("CVE-1", "MEDIUM"), ("CVE-2", "LOW")))
    assert ran.code == 0, ran.error
    (call,) = [call for call in ran.calls if call.startswith("aws")]
    assert f"--repository-name shop/web --image-id imageDigest={DIGEST}" in call
    release = json.loads((ran.folder / "release/release.json").read_text())
    assert release["commit"] == COMMIT
    assert release["images"]["web"]["digest"] == DIGEST
    said = (ran.folder / "variables").read_text()
    assert said == f"{COMMIT[:12]}|web {DIGEST[:19]}|0 critical, 0 high, 1 medium, 1 low"


@pytest.mark.parametrize("severity", ["CRITICAL", "HIGH", "UNTRIAGED"])
def test_one_finding_over_a_threshold_stops_the_pipeline(shop: Made, machine: Machine, severity: str):
    ran = gate(shop, machine, scanned(("CVE-9", severity)))
    assert ran.code != 0
    assert "CVE-9" in ran.error
    assert not (ran.folder / "release").exists()


@pytest.mark.parametrize(
    ("scan", "why"),
    [
        (scanned(status="FAILED"), "the scan ended as FAILED"),
        (scanned(status="UNSUPPORTED_IMAGE"), "the scan ended as UNSUPPORTED_IMAGE"),
        (scanned(status="IN_PROGRESS"), "no scan was finished after 2 attempts"),
        ("echo AccessDenied >&2; exit 254", "AccessDenied"),
        ("echo 'An error occurred (ScanNotFoundException)' >&2; exit 254", "no scan was finished after 2 attempts"),
    ],
)
def test_what_is_not_known_stops_the_pipeline(shop: Made, machine: Machine, scan: str, why: str):
    ran = gate(shop, machine, scan)
    assert ran.code != 0
    assert why in ran.error
    assert not (ran.folder / "release").exists()


def test_an_exception_with_an_owner_lets_a_finding_pass_until_its_day(shop: Made, machine: Machine):
    entry = {"id": "CVE-9", "owner": "team-shop", "reason": "not reachable", "expires": "2999-01-01"}
    ran = gate(shop, machine, scanned(("CVE-9", "HIGH")), exceptions=[entry])
    assert ran.code != 0
    assert "CVE-9 is excepted for more than 180 days" in ran.error


def test_without_scans_the_release_says_so(shop: Made, machine: Machine):
    ran = gate(shop, machine, "exit 9", unscanned=["web"])
    assert ran.code == 0, ran.error
    assert ran.calls == []
    assert "not scanned: web" in (ran.folder / "variables").read_text()


# ---- synthesis, changes, smoke test


def test_synthesis_needs_the_release_that_the_gate_wrote(shop: Made, machine: Machine):
    (machine.folder / "gate").mkdir()
    machine.environment["CODEBUILD_SRC_DIR_ScanGate_Output"] = str(machine.folder / "gate")
    spec = shop.build_spec("Build", "Synth")
    spec["phases"]["build"]["commands"] = [
        command for command in spec["phases"]["build"]["commands"] if "pip" not in command
    ]
    assert machine.run(spec, {}).code != 0
    (machine.folder / "source/release").unlink()
    (machine.folder / "gate/release.json").write_text("{}")
    ran = machine.run(spec, {})
    assert ran.code == 0, ran.error
    assert ran.calls == ["npm install -g aws-cdk@2.1148.1", "cdk synth --quiet"]


DIFF = "printf '[+] A\\n[~] B may be replaced (requires replacement)\\n[-] C\\n[-] D\\n'"


def changes(shop: Made, machine: Machine) -> Ran:
    spec, variables = shop.build_spec("Approve-prod", "Changes"), shop.variables("Approve-prod", "Changes")
    then = 'printf "%s|%s|%s" "$CHANGES" "$NOTES" "$LOG" > variables'
    return machine.run(spec, variables, then=then)


def test_changes_are_counted_over_all_environments_of_the_wave(shop: Made, machine: Machine):
    (machine.folder / "source").mkdir()
    (machine.folder / "source/cost.txt").write_text("12 dollars more")
    machine.answers = {"cdk": DIFF}
    ran = changes(shop, machine)
    assert ran.code == 0, ran.error
    assert ran.calls[1:] == [
        f"cdk diff --app assembly-Tools-Pipeline-{name} --method template --no-color --ci **"
        for name in ("prod-eu", "prod-us")
    ]
    said = (ran.folder / "variables").read_text()
    assert said == (
        "2 to add, 2 to change, 4 to remove, 2 replaced|12 dollars more a second note|https://example.com/build"
    )


@pytest.mark.parametrize("failing", ["cdk", "note"])
def test_nobody_is_asked_where_the_changes_are_not_known(shop: Made, machine: Machine, failing: str):
    machine.answers = {"cdk": "echo 'no lookup role'; exit 1" if failing == "cdk" else DIFF}
    ran = changes(shop, machine)
    assert ran.code != 0, "the first note reads a file that is not there"
    assert not (ran.folder / "variables").exists()


def test_a_smoke_test_asks_for_the_page_of_its_environment(shop: Made, machine: Machine):
    action = shop.action("prod", "prod-eu.SmokeTest")
    (variable,) = json.loads(action["Configuration"]["EnvironmentVariables"])
    assert variable["name"] == "SMOKE_TEST_URL"
    assert variable["value"].endswith(".WebUrl}")
    curl = machine.folder / "bin"
    curl.mkdir()
    (curl / "curl").write_text(STAND_IN)
    (curl / "curl").chmod(0o755)
    spec = shop.build_spec("prod", "prod-eu.SmokeTest")
    ran = machine.run(spec, {"SMOKE_TEST_URL": "https://shop.example.com"})
    assert ran.code == 0, ran.error
    (call,) = [call for call in ran.calls if call.startswith("curl")]
    assert "--fail " in call
    assert "--retry 11 " in call
    assert call.endswith("https://shop.example.com/healthz")
    machine.answers = {"curl": "exit 22"}
    assert machine.run(spec, {"SMOKE_TEST_URL": "https://shop.example.com"}).code != 0
