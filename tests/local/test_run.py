"""`run local`, with a stand-in for the engine: what it is told, in which order, and what comes of it."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.local.running.pressing import Asked, Presses
from tests.cli.command import Shell, template
from tests.local.assembly import assembly
from tests.local.engine import StandIn, stand_in

SIDECARS: dict[str, Any] = {
    "Definition": {
        "Type": "AWS::ECS::TaskDefinition",
        "Properties": {
            "Family": "shop",
            "NetworkMode": "awsvpc",
            "RuntimePlatform": {"CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX"},
            "ContainerDefinitions": [
                {
                    "Name": "app",
                    "Image": "app:1",
                    "StopTimeout": 7,
                    "Environment": [{"Name": "MODE", "Value": "fast"}],
                    "Secrets": [
                        {"Name": "TOKEN", "ValueFrom": "arn:aws:ssm:eu-central-1:123456789012:parameter/token"}
                    ],
                    "DependsOn": [
                        {"ContainerName": "migrate", "Condition": "SUCCESS"},
                        {"ContainerName": "proxy", "Condition": "HEALTHY"},
                    ],
                },
                {
                    "Name": "proxy",
                    "Image": "proxy:1",
                    "Essential": False,
                    "HealthCheck": {"Command": ["CMD-SHELL", "wget -q localhost"], "Interval": 5, "Retries": 1},
                },
                {"Name": "migrate", "Image": "migrate:1", "Essential": False},
            ],
        },
    },
    "Web": {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Definition"}}},
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return template(tmp_path / "shop.json", SIDECARS)


@contextmanager
def interrupted(when: Callable[[], bool]) -> Iterator[None]:
    """Press Ctrl-C when something has come about or does not for minutes, unless the run is over before."""
    over = threading.Event()
    deadline = time.monotonic() + 300

    def interrupt() -> None:
        while not over.wait(0.02):
            if when() or time.monotonic() > deadline:
                os.kill(os.getpid(), signal.SIGINT)
                return

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def run(shell: Shell, app: Path, *arguments: str) -> Any:
    return shell("run", "local", *arguments, "--app", app)


def lines(text: str, *parts: str) -> list[str]:
    """The lines with one of some texts, without room for names."""
    return [" ".join(line.split()) for line in text.splitlines() if any(part in line for part in parts)]


def test_order_health_and_the_end(shell: Shell, shop: Path, engine: StandIn):
    engine.ends(web_migrate=0, web_app=3)
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    assert ran.code == 3
    assert ran.err == ""
    assert lines(ran.out, "started", "healthy", "exited")[-1] == "== Web/proxy: exited with code 0"
    order = engine.named("start")
    assert order[0] == "web-pause"
    assert sorted(order[1:3]) == ["web-migrate", "web-proxy"]
    assert order[3:] == ["web-app"]
    assert engine.named("stop") == ["web-proxy"]
    assert next(call[1:-1] for call in engine.calls if call[0] == "exec") == ["RUN-web-proxy", "/bin/sh", "-c"]
    assert "Web/app | line of web-app" in lines(ran.out, "line of")


def test_what_is_made_is_removed(shell: Shell, shop: Path, engine: StandIn):
    engine.ends(web_migrate=0, web_app=0)
    run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    made = {call[call.index("--name") + 1] for call in engine.calls if call[0] == "create"}
    removed = {name for call in engine.calls if call[0] == "rm" for name in call[2:]}
    assert made == removed == {"RUN-web-pause", "RUN-web-app", "RUN-web-proxy", "RUN-web-migrate"}
    assert engine.calls[-1] == ["network", "rm", "RUN"]


def test_secrets_are_in_the_environment_and_on_no_command_line(shell: Shell, shop: Path, engine: StandIn):
    engine.ends(web_migrate=0, web_app=0)
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    created = engine.created("web-app")
    assert created[created.index("TOKEN") - 1] == "--env"
    assert "MODE=fast" in created
    assert ("TOKEN", "hush") in engine.environment("web-app").items()
    assert not any("hush" in word for call in engine.calls for word in call)
    assert "hush" not in ran.out


def test_a_value_of_the_environment(shell: Shell, shop: Path, engine: StandIn, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TOKEN", "from here")
    engine.ends(web_migrate=0, web_app=0)
    assert run(shell, shop, "shop/Web", "--set", "TOKEN").code == 0
    assert ("TOKEN", "from here") in engine.environment("web-app").items()
    missing = run(shell, shop, "shop/Web", "--set", "NOBODY")
    assert "--set: 'NOBODY' is not NAME=VALUE, and your environment does not have this variable" in missing.err


def test_a_file_of_settings(shell: Shell, shop: Path, engine: StandIn, tmp_path: Path):
    file = tmp_path / "local.env"
    file.write_text("# mine\nexport TOKEN='quoted'\nMODE=slow\nOTHER=unused\n")
    engine.ends(web_migrate=0, web_app=0)
    assert run(shell, shop, "shop/Web", "--env-file", str(file)).code == 0
    assert ("TOKEN", "quoted") in engine.environment("web-app").items()
    assert "MODE=slow" in engine.created("web-app")
    file.write_text("what is this\n")
    assert "is not NAME=VALUE" in run(shell, shop, "shop/Web", "--env-file", str(file)).err


def test_what_has_to_succeed_and_does_not(shell: Shell, shop: Path, engine: StandIn):
    engine.ends(web_migrate=4)
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    assert ran.code == 1
    assert "Web/app: not started: Web/migrate: exited with code 4, but must succeed first" in ran.out
    assert "web-app" not in engine.named("start")


def test_what_has_to_be_healthy_and_is_not(shell: Shell, shop: Path, engine: StandIn):
    engine.says(health=1)
    engine.ends(web_migrate=0)
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    assert ran.code == 1
    assert "Web/app: not started: Web/proxy: is unhealthy, but must become healthy first" in ran.out


def test_ctrl_c_stops_the_last_first_with_its_timeout(shell: Shell, shop: Path, engine: StandIn):
    engine.ends(web_migrate=0)

    with interrupted((engine.folder / "runs.web-app").exists):
        ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    assert ran.code == 130
    assert "stopping; press Ctrl-C again" in ran.out
    assert "stopping immediately" not in ran.out
    assert [call[1:] for call in engine.calls if call[0] == "stop"] == [
        ["-t", "7", "RUN-web-app"],
        ["-t", "30", "RUN-web-proxy"],
    ]


def test_a_second_ctrl_c_stops_immediately_and_the_same_handed_on_does_not():
    presses = Presses()
    assert [presses.at(now) for now in (100.0, 100.0, 101.0, 101.1, 101.2)] == [
        Asked.STOP,
        Asked.NOTHING,
        Asked.NOTHING,
        Asked.STOP_AT_ONCE,
        Asked.NOTHING,
    ]


def test_ctrl_c_does_not_wait_for_a_build(shell: Shell, engine: StandIn, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    engine.says(slow="")

    with interrupted((engine.folder / "building").exists):
        ran = run(shell, app, "dev-application/Nightly")
    assert (ran.code, engine.named("create")) == (130, [])


def test_where_this_machine_cannot_have_the_address_of_ecs(shell: Shell, shop: Path, engine: StandIn):
    engine.says(no_link_local="")
    engine.ends(web_migrate=0, web_app=0)
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    assert ran.code == 0
    assert "169.254.170.2 is not available" in ran.out
    made = [call for call in engine.calls if call[:2] == ["network", "create"]]
    assert ["169.254" in " ".join(call) for call in made] == [True, False]
    assert any(
        word.startswith("ECS_CONTAINER_METADATA_URI_V4=http://host.docker.internal:")
        for word in engine.created("web-app")
    )


def test_volumes(shell: Shell, engine: StandIn, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-web-application")
    engine.ends(backend_app=0)
    arguments = ["dev-web-application/Backend", "--publish", "8080=18098"]
    assert run(shell, app, *arguments).code == 0
    kept = next((tmp_path / "data" / "cdk-containers" / "volumes" / "dev-web-application").iterdir())
    assert f"{kept}:/data" in engine.created("backend-app")
    (engine.folder / "calls").unlink()
    for name in ("end.backend-app", "end.backend-archivist", "end.backend-pause"):
        (engine.folder / name).unlink()
    (tmp_path / "mine").mkdir()
    assert run(shell, app, *arguments, "--volume", f"data={tmp_path / 'mine'}").code == 0
    assert f"{tmp_path / 'mine'}:/data" in engine.created("backend-app")


def test_a_job_runs_once(shell: Shell, engine: StandIn, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    engine.ends(nightly_app=6)
    ran = run(shell, app, "dev-application/Nightly")
    assert ran.code == 6
    assert engine.named("start") == ["nightly-pause", "nightly-app"]
    assert "schedule, input and retries (Nightly): the job runs once, immediately" in ran.out


def test_a_service_comes_with_what_it_needs(shell: Shell, engine: StandIn, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    engine.ends(web_app=0)
    ran = run(shell, app, "dev-application/Web", "--publish", "Web.8080=18099")
    assert ran.code == 0
    orders = engine.created("orders-pause")
    assert [orders[place + 1] for place, word in enumerate(orders) if word == "--network-alias"] == ["orders"]
    started = engine.named("start")
    assert started.index("orders-app") < started.index("web-app")
    assert "127.0.0.1:18099:8080" in engine.created("web-pause")
    assert "BACKEND_URL=http://orders:8080" in engine.created("web-app")
    built = [call for call in engine.calls if call[0] == "build"]
    assert [call[call.index("--target") + 1] for call in built] == ["backend", "web"]
    assert ran.out.count("What differs from AWS:") == 1


def test_changed_sources_are_built_and_started_again(
    shell: Shell, engine: StandIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    copy = app / "asset.backend"
    sources = tmp_path / "sources"
    sources.mkdir()
    for path in (copy / "Dockerfile", copy / "serving.py"):
        (sources / path.name).write_bytes(path.read_bytes())
    copy.unlink()
    copy.mkdir()
    for path in sources.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path)

    changed = tmp_path / "changed.py"
    changed.write_text("print('another')\n")

    def started_again() -> bool:
        if (engine.folder / "runs.orders-app").exists() and changed.exists():
            changed.replace(sources / "serving.py")
        return engine.named("start").count("orders-app") == 2

    with interrupted(started_again):
        ran = run(shell, app, "dev-application/Orders", "--watch")
    assert f"== {sources} changed" in ran.out
    assert engine.named("build") == [str(sources), str(sources)]
    assert engine.named("start").count("orders-app") == 2


# ---- bad input


def test_no_engine(shell: Shell, shop: Path, engine: StandIn):
    (engine.folder / "docker").unlink()
    ran = run(shell, shop, "shop/Web")
    assert ran.code == 2
    assert ran.err.startswith("cdk-containers: no container engine found; install docker (https://")


@pytest.mark.parametrize(
    ("name", "says", "said"),
    [
        ("docker", "Docker version 19.03.5, build 633a0ea", "docker: version 19.03 is too old; allowed: 20.10"),
        ("podman", "podman version 3.4.2", "podman: version 3.4 is too old; allowed: 4.0"),
        ("finch", "finch version v0.9.0", "finch: version 0.9 is too old; allowed: 1.0"),
    ],
)
def test_an_engine_that_is_too_old(shell: Shell, shop: Path, engine: StandIn, name: str, says: str, said: str):  # noqa: PLR0917
    stand_in(engine.folder, name, says)
    ran = run(shell, shop, "shop/Web", "--engine", name)
    assert ran.code == 2
    assert said in ran.err


def test_an_engine_that_does_not_answer(shell: Shell, shop: Path, engine: StandIn):
    engine.says(info=1)
    assert "docker: it does not respond: exit code 1" in run(shell, shop, "shop/Web").err


def test_a_port_that_is_taken(shell: Shell, engine: StandIn, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ran = run(shell, app, "dev-application/Orders", "--publish", f"8080={port}")
    assert ran.code == 2
    assert f"Orders: port {port} is already in use on this machine; use --publish Orders.8080=OTHER" in ran.err
    assert engine.named("create") == []


@pytest.mark.usefixtures("engine")
def test_an_unresolved_value(shell: Shell, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-web-application")
    ran = run(shell, app, "dev-web-application/Web")
    assert ran.code == 2
    assert "Web/app: environment TABLE_NAME depends on resource OrdersA9B65338" in ran.err
    assert "--set TABLE_NAME=VALUE" in ran.err
    assert "cannot read values from AWS: there are no AWS credentials" in ran.err


@pytest.mark.usefixtures("engine")
def test_a_secret_that_cannot_be_read(shell: Shell, shop: Path):
    ran = run(shell, shop, "shop/Web")
    assert ran.code == 2
    assert "Web/app: secret TOKEN: cannot read arn:aws:ssm:" in ran.err
    assert "there are no AWS credentials; pass --set TOKEN=VALUE" in ran.err


def test_an_image_of_the_wrong_architecture(shell: Shell, shop: Path, engine: StandIn):
    engine.says(architecture="arm64")
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush")
    assert ran.code == 2
    assert "Web/app: app:1 is built for arm64, but the task needs amd64; pass --native to run it anyway" in ran.err
    engine.ends(web_migrate=0, web_app=0)
    assert run(shell, shop, "shop/Web", "--set", "TOKEN=hush", "--native").code == 0


def test_an_image_that_cannot_be_built(shell: Shell, engine: StandIn, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    engine.says(broken="")
    ran = run(shell, app, "dev-application/Nightly")
    assert ran.code == 2
    assert "Nightly: building the image failed:" in ran.err
    assert "no space left on device" in ran.err


def test_an_image_in_ecr_without_credentials(shell: Shell, shop: Path, engine: StandIn):
    engine.says(missing="")
    image = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop:1"
    ran = run(shell, shop, "shop/Web", "--set", "TOKEN=hush", "--image", f"Web.app={image}")
    assert f"Web/app: {image} is in ECR, but there are no AWS credentials to log in with" in ran.err


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("shop/Wed", "shop/Wed: no such service or job; did you mean shop/Web?"),
        ("shap/Web", "shap/Web: no stack 'shap' with ECS services or jobs; did you mean shop?"),
    ],
)
def test_a_target_that_is_not_there(shell: Shell, shop: Path, target: str, said: str):
    ran = run(shell, shop, target)
    assert ran.code == 2
    assert said in ran.err


@pytest.mark.usefixtures("engine")
def test_an_app_that_is_not_there(shell: Shell, tmp_path: Path):
    ran = run(shell, tmp_path / "nowhere", "shop/Web")
    assert ran.code == 2
    assert "`cdk synth` writes it" in ran.err


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--set", "TOKN=1", "--set", "TOKEN=1"], "--set: unknown name 'TOKN'; did you mean TOKEN?"),
        (["--set", "TOKEN=1", "--image", "ap=x"], "--image: unknown name 'ap'; did you mean app?"),
        (["--set", "TOKEN=1", "--volume", "data=."], "--volume: unknown name 'data'"),
        (["--set", "TOKEN=1", "--publish", "80=90"], "--publish: unknown name '80'"),
        (["--set", "TOKEN=1", "--build", "Wep=."], "--build: unknown name 'Wep'; did you mean Web?"),
        (["--set", "TOKEN=1", "--with", "otel"], "--with: unknown name 'otel'"),
        (["--set", "TOKEN=1", "--without", "prox"], "--without: unknown name 'prox'; did you mean proxy?"),
        (["--set", "TOKEN=1", "--build", "app=/nowhere"], "--build: there is no folder /nowhere"),
        (
            ["--set", "TOKEN=1", "--without", "app", "--without", "proxy", "--without", "migrate"],
            "no containers left to run",
        ),
    ],
)
def test_options_that_mean_nothing(shell: Shell, shop: Path, arguments: list[str], said: str):
    ran = run(shell, shop, "shop/Web", *arguments)
    assert ran.code == 2
    assert said in ran.err
