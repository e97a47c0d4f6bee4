"""`docs/running-locally.md` says what the commands do."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from cdk_containers.cli.main import main
from cdk_containers.local.running import assign
from tests.cli.command import Shell
from tests.local.assembly import assembly
from tests.local.engine import StandIn

PAGE = (Path(__file__).parents[2] / "docs" / "running-locally.md").read_text()
SESSION = PAGE.partition("<!-- recorded: local-run -->")[2].partition("<!-- end -->")[0].splitlines()


def said(lines: list[str]) -> list[str]:
    return [line for line in lines if line.startswith(("== - ", "== What")) or "is 127.0.0.1" in line]


def test_the_recorded_session_has_the_differences_of_today(
    shell: Shell, engine: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("cdk_containers.local.running.run.assign", partial(assign, free=lambda *_: True))
    engine.ends(mailer_app=0)
    app = assembly(tmp_path / "cdk.out", "dev-application")
    ran = shell("run", "local", "dev-application", "--emulator", "--app", app)
    assert ran.code == 0
    assert said(SESSION)
    assert said(SESSION) == said(ran.out.splitlines())


def test_every_option_of_the_page_is_one_of_the_commands(capsys: pytest.CaptureFixture[str]):
    for words in (["run", "local"], ["compose", "export"]):
        with pytest.raises(SystemExit):
            main([*words, "--help"])
    options = set(re.findall(r"--[a-z][a-z-]+", PAGE)) - {"--env", "--proxy"}
    known = set(re.findall(r"--[a-z][a-z-]+", capsys.readouterr().out))
    assert options - known == set()
    assert known - options - {"--help", "--app", "--region", "--profile"} == set()


def test_the_example_in_python_runs(engine: StandIn, capsys: pytest.CaptureFixture[str]):
    (code,) = re.findall(r"```py\n(.*?)```", PAGE, re.DOTALL)
    engine.ends(web_app=0)
    exec(compile(code, "running-locally.md", "exec"), {})  # noqa: S102  (our own documentation)
    assert "Web | line of web-app" in capsys.readouterr().out
    assert "public.ecr.aws/nginx/nginx-unprivileged:1.29.0" in engine.created("web-app")
