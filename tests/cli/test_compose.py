"""`cdk-containers compose convert`, as a shell calls it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import Shell

COMPOSE = """\
services:
  web: {image: "nginx:1.29", ports: ["80:80"], volumes: ["./site:/usr/share/nginx/html:ro"]}
  worker: {image: "a:1", environment: {TOKEN: "${TOKEN}", MODE: "${MODE}"}, profiles: [work]}
  debug: {image: "b:1", pid: host}
"""
CHOICES = ("--volume", "./site=image", "--without", "debug", "--profile", "work", "--set", "MODE=fast")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    (folder / "site").mkdir(parents=True)
    (folder / "site/index.html").write_text("<p>shop</p>")
    (folder / "compose.yaml").write_text(COMPOSE)
    return folder


def test_an_app_is_written_that_synthesizes_to_its_golden_template(shell: Shell, project: Path, tmp_path: Path):
    app = tmp_path / "app"
    ran = shell("compose", "convert", project, "--output", app, *CHOICES)
    assert (ran.code, ran.err) == (0, "")
    assert "debug: omitted, as you chose" in ran.out
    assert ran.out.endswith(f"{app}: 10 files; read README.md first\n")
    assert (app / "images/web/Dockerfile").read_text() == "FROM nginx:1.29\nCOPY 1-site /usr/share/nginx/html\n"
    assert (app / "images/web/1-site/index.html").read_text() == "<p>shop</p>"
    assert '"MODE": "fast"' in (app / "stacks/shop_stack.py").read_text()
    golden = json.loads((app / "tests/golden.json").read_text())
    assert [it["Type"] for it in golden["Resources"].values()].count("AWS::ECS::Service") == 2
    assert "<content>" in json.dumps(golden)
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"], cwd=app, capture_output=True, text=True, check=False
    )
    assert tested.returncode == 0, tested.stdout


def test_nothing_is_written_where_something_cannot_be_converted(shell: Shell, project: Path, tmp_path: Path):
    ran = shell("compose", "convert", project, "--output", tmp_path / "app")
    assert ran.code == 2
    assert [line.partition("compose.yaml:")[2].partition(": it has")[0][:40] for line in ran.err.splitlines()] == [
        "2:58: services.web.volumes[0]: a task ha",
        "4:25: services.debug.pid",
    ]
    assert not (tmp_path / "app").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--set", "x"), "--set: 'x' is not NAME=VALUE"),
        (("--volume", "=x"), "--volume: '=x' is not NAME=VALUE"),
        (("--env-file", "/nowhere.env"), "/nowhere.env: cannot be read: No such file or directory"),
        (("--wrong",), "unrecognized arguments: --wrong"),
    ],
)
def test_wrong_usage_is_said(shell: Shell, project: Path, tmp_path: Path, arguments: tuple[str, ...], message: str):
    ran = shell("compose", "convert", project, "--output", tmp_path / "app", *arguments)
    assert ran.code == 2
    assert message in ran.err


def test_a_folder_with_something_in_it_is_left_alone(shell: Shell, project: Path):
    ran = shell("compose", "convert", project, "--output", project)
    assert ran.code == 2
    assert "exists and is not empty" in ran.err


def test_a_file_that_is_not_there_is_said(shell: Shell, tmp_path: Path):
    ran = shell("compose", "convert", tmp_path / "none.yaml", "--output", tmp_path / "app")
    assert (ran.code, ran.err) == (
        2,
        f"cdk-containers: {tmp_path}/none.yaml: cannot be read: No such file or directory\n",
    )


def test_the_command_says_what_it_takes(shell: Shell, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        shell("compose", "convert", "--help")
    assert "--database SERVICE=WHERE" in capsys.readouterr().out
    assert shell("compose").code == 2


def test_without_pyyaml_the_command_says_what_to_install(
    shell: Shell, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "yaml", None)
    ran = shell("compose", "convert", project, "--output", tmp_path / "app")
    message = "YAML needs PyYAML: pip install 'cdk-containers[compose]'"
    assert (ran.code, ran.err) == (2, f"cdk-containers: {project}/compose.yaml: {message}\n")
