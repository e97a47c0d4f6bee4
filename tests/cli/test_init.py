"""`cdk-containers init`: the app that it writes synthesizes, passes its own tests, and follows the practices."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers.checks.reading import parse
from cdk_containers.starting import DELIVERIES, app_files
from scripts.summarize_assembly import stacks
from tests.cli.command import Shell

ROOT = Path(__file__).parents[2]


@contextmanager
def working_in(folder: Path) -> Iterator[None]:
    """Be in the folder of an app, whose modules are its own."""
    before, modules, paths = Path.cwd(), set(sys.modules), list(sys.path)
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        os.chdir(before)
        sys.path[:] = paths
        for name in set(sys.modules) - modules:
            if str(folder) in str(getattr(sys.modules[name], "__file__", None)):
                del sys.modules[name]


@pytest.fixture(scope="module", params=DELIVERIES)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app of each kind, synthesized."""
    folder = tmp_path_factory.mktemp("apps") / request.param
    for name, text in app_files("web-shop", request.param, region="eu-central-1").items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    with working_in(folder):
        context = runpy.run_path("tests/test_templates.py")["context"]()
        made = cdk.App(outdir=str(folder / "cdk.out"), context=context)
        import_module("app").add_stacks(made)
        made.synth()
        for script in folder.glob("tests/test_workflow.py"):
            runpy.run_path(str(script), run_name="__main__")
            runpy.run_path(str(script))["test_the_workflow_is_what_the_delivery_says"]()
    return folder


def templates(folder: Path) -> dict[str, dict[str, Any]]:
    return {name: json.loads(path.read_text()) for name, path in stacks(folder / "cdk.out")}


STACKS = {
    "none": {"development-web-shop", "production-web-shop"},
    "github": {"development-web-shop", "production-web-shop", "delivery-111111111111", "delivery-222222222222"},
    "codepipeline": {"sandbox-web-shop", "pipeline-web-shop", "development-web-shop", "production-web-shop"},
}


def test_each_environment_has_a_stack(app: Path):
    made = templates(app)
    assert made.keys() == STACKS[app.name]
    for stack in STACKS[app.name] & {"development-web-shop", "production-web-shop", "sandbox-web-shop"}:
        types = [it["Type"] for it in made[stack]["Resources"].values()]
        assert types.count("AWS::ECS::Service") == types.count("AWS::ElasticLoadBalancingV2::LoadBalancer") == 1
    counts = [
        it["Properties"]["DesiredCount"]
        for it in made["production-web-shop"]["Resources"].values()
        if it["Type"] == "AWS::ECS::Service"
    ]
    assert counts == [2]


def test_synthesis_asks_no_account(app: Path):
    """Neither a build nor who tries the app has credentials for its accounts."""
    manifests = [json.loads(path.read_text()) for path in (app / "cdk.out").rglob("manifest.json")]
    assert manifests
    assert [it["missing"] for it in manifests if it.get("missing")] == []


def test_our_checks_find_nothing(app: Path, shell: Shell):
    ran = shell("check", "--fail-on", "low", "--format", "json", app / "cdk.out")
    assert ran.code == 0, ran.out
    accepted = {it["practice"] for it in ran.data["acknowledged"]}
    assert accepted >= {"https-listener", "several-tasks"}


def test_the_source_is_formatted_and_has_no_loose_ends(app: Path):
    # Its modules are its own, as ruff finds them in the folder.
    for command in (["format", "--check"], ["check", "--select", "E,F,W,I,UP,B,RUF"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."], cwd=app, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_nothing_is_left_to_fill_in(app: Path):
    texts = [path.read_text() for path in app.rglob("*") if path.suffix in (".py", ".md", ".txt", ".yml", ".json")]
    assert sum("web-shop" in text for text in texts) > 3
    assert not [text for text in texts if "{{" in text.replace("{{.Os}}/{{.Architecture}}", "")]


def test_the_workflow_delivers_the_stacks_of_the_environments(app: Path):
    path = app / ".github" / "workflows" / "deliver.yml"
    assert path.exists() == (app.name == "github")
    if app.name == "github":
        jobs = parse(path.read_text()).source["jobs"]
        assert "'production-web-shop'" in json.dumps(jobs["deploy-production"])
        assert jobs["deploy-production"]["environment"] == "production"
        assert "python3 -m pytest" in json.dumps(jobs["synth"])


def test_cdk_json_has_the_flags_that_this_library_is_tested_with():
    flags = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert json.loads(app_files("shop", "none", region="eu-west-1")["cdk.json"])["context"] == flags


def test_the_command_writes_an_app_that_passes_its_own_tests(shell: Shell, tmp_path: Path):
    ran = shell("init", "shop", "--region", "us-east-1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "shop: 13 files; read README.md first\n"
    folder = tmp_path / "shop"
    assert 'region="us-east-1"' in (folder / "settings.py").read_text()
    with working_in(folder):
        runpy.run_path("tests/test_templates.py")["test_templates_are_as_they_were_reviewed"]()
        own = runpy.run_path("tests/test_server.py")
        server = own["make_server"](0)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        for name in [name for name in own if name.startswith("test_")]:
            own[name](f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        server.server_close()
    refused = "cdk-containers: shop exists and is not empty; choose a new folder with --output\n"
    assert shell("init", "shop").err == refused


def test_an_app_that_does_not_synthesize_says_why(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    def broken(*_: object, **__: object) -> dict[str, str]:
        return {"tests/test_templates.py": 'if __name__ == "__main__":\n    raise SystemExit("no such region")\n'}

    monkeypatch.setattr("cdk_containers.cli.init.app_files", broken)
    ran = shell("init", "shop")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "cdk-containers: shop is written, but does not synthesize:",
        "cdk-containers: no such region",
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["Shop"], "NAME: 'Shop' is not a valid app name; allowed: up to 30 lower-case letters"),
        (["my shop"], "NAME: 'my shop' is not a valid app name"),
        (["../shop"], "NAME: '../shop' is not a valid app name"),
        (["shop-"], "NAME: 'shop-' is not a valid app name"),
        (["x" * 31], "is not a valid app name"),
        (["constructs"], "NAME: 'constructs' is reserved"),
        (["class"], "NAME: 'class' is reserved"),
        (
            ["shop", "--region", "Frankfurt"],
            "--region: 'Frankfurt' is not a region; allowed: a region such as eu-west-1",
        ),
        (["shop", "--output", "full"], "full exists and is not empty; choose a new folder with --output"),
        (["shop", "--output", "a-file"], "a-file is a file; choose a new folder with --output"),
        (["shop", "--delivery", "jenkins"], "invalid choice: 'jenkins'"),
        ([], "NAME"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(arguments: list[str], said: str, shell: Shell, tmp_path: Path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "a-file").write_text("mine")
    before = sorted(tmp_path.rglob("*"))
    ran = shell("init", *arguments)
    assert ran.code == 2
    assert said in ran.err
    assert sorted(tmp_path.rglob("*")) == before


def test_all_that_is_wrong_is_said_at_once(shell: Shell, tmp_path: Path):
    (tmp_path / "a-file").write_text("mine")
    ran = shell("init", "Shop", "--region", "here", "--output", "a-file")
    assert [line.split(":")[1].strip() for line in ran.err.splitlines()] == [
        "NAME",
        "--region",
        "a-file is a file; choose a new folder with --output",
    ]


def test_a_folder_that_is_empty_is_taken(shell: Shell, tmp_path: Path):
    (tmp_path / "new").mkdir()
    ran = shell("init", "shop", "--output", "new", "--no-synth", "--delivery", "github")
    assert ran.code == 0
    assert (tmp_path / "new" / "delivery_stack.py").exists()
    assert not (tmp_path / "new" / ".github").exists()
