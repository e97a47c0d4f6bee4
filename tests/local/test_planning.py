"""Plans: what a container gets from its task, the order, and what is left out."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import cdk_containers
from cdk_containers.local.engines import DOCKER, FINCH, PODMAN, Published, Run
from cdk_containers.local.engines.engine import Engine
from cdk_containers.local.planning import (
    Build,
    Choices,
    ContainerPlan,
    Difference,
    Given,
    HealthCheck,
    LocalError,
    Machine,
    Restart,
    TaskPlan,
    Unresolved,
    definition_of,
    flags_of,
    plan_task,
    shown,
)
from cdk_containers.model.workload import (
    Container,
    Image,
    LinuxOptions,
    RestartPolicy,
    SharedVolume,
    VolumeMount,
    Workload,
)
from cdk_containers.model.workload import HealthCheck as CheckOfContainer
from tests.local.assembly import definitions

APP = {"Name": "app", "Image": "app:1"}


def plan(*containers: dict[str, Any], machine: Machine | None = None, **task: Any) -> TaskPlan:
    choices = Choices(
        given=Given(task.pop("given", None)),
        images=Given(task.pop("images", None)),
        with_=frozenset(task.pop("with_", ())),
        without=frozenset(task.pop("without", ())),
    )
    definition = {"NetworkMode": "awsvpc", "ContainerDefinitions": list(containers), **task}
    return plan_task("Web", definition, choices, machine or Machine(cpus=2))


def only(*containers: dict[str, Any], **task: Any) -> ContainerPlan:
    (found,) = plan(*containers, **task).containers
    return found


def refusal(*containers: dict[str, Any], **task: Any) -> str:
    with pytest.raises(LocalError) as raised:
        plan(*containers, **task)
    return str(raised.value)


def whats(found: TaskPlan) -> dict[str, str]:
    return {difference.what: difference.why for difference in found.differences}


def test_containers_start_after_what_they_wait_for():
    second = {"Name": "second", "Image": "x", "DependsOn": [{"ContainerName": "third", "Condition": "HEALTHY"}]}
    first = {**APP, "VolumesFrom": [{"SourceContainer": "second", "ReadOnly": True}]}
    found = plan(first, second, {"Name": "third", "Image": "x"})
    assert [it.name for it in found.containers] == ["third", "second", "app"]
    assert found.containers[2].volumes_from == ("second:ro",)


def test_containers_that_wait_for_each_other():
    one = {**APP, "DependsOn": [{"ContainerName": "b", "Condition": "START"}]}
    other = {"Name": "b", "Image": "x", "DependsOn": [{"ContainerName": "app", "Condition": "START"}]}
    assert "Web: circular dependency between containers: " in refusal(one, other)
    assert refusal(one) == "Web/app: it depends on the container 'b', which does not run"


def test_the_size_of_the_task_is_the_limit_of_a_container_without_one():
    found = plan(APP, {"Name": "small", "Image": "x", "Memory": 64}, Cpu="512", Memory="1024")
    assert [(it.settings["Memory"], it.settings["Cpus"]) for it in found.containers] == [(1024, 0.5), (64, 0.5)]
    assert "Memory" not in only(APP).settings


def test_more_processors_than_this_machine_has():
    found = plan(APP, Cpu="4096", Memory="8192")
    assert found.containers[0].settings["Cpus"] == 2
    assert whats(found)["app: Cpu of the task"] == "this machine has 2 processors"


def test_limits_of_this_machine():
    container = {**APP, "Ulimits": [{"Name": "nofile", "SoftLimit": 100, "HardLimit": 65535}]}
    machine = Machine(cpus=2, most={"nofile": 20000, "nproc": 1000})
    found = plan(container, machine=machine)
    assert found.containers[0].settings["Ulimits"] == [
        {"Name": "nofile", "SoftLimit": 100, "HardLimit": 20000},
        {"Name": "nproc", "SoftLimit": 1000, "HardLimit": 1000},
    ]
    assert whats(found)["app: Ulimits nofile"] == "this machine allows at most 20000"


@pytest.mark.parametrize(
    ("command", "run"),
    [
        (["CMD", "curl", "-f", "localhost"], ("curl", "-f", "localhost")),
        (["CMD-SHELL", "curl -f localhost || exit 1"], ("/bin/sh", "-c", "curl -f localhost || exit 1")),
        (["curl -f localhost"], ("/bin/sh", "-c", "curl -f localhost")),
    ],
)
def test_health_checks(command: list[str], run: tuple[str, ...]):
    found = only({**APP, "HealthCheck": {"Command": command, "Retries": 5}})
    assert found.health == HealthCheck(command=run, interval=30, timeout=5, retries=5, start_period=0)


def test_no_health_check():
    assert only({**APP, "HealthCheck": {"Command": ["NONE"]}}).health is None


def test_restart_policies():
    policy = {"Enabled": True, "IgnoredExitCodes": [0, 3], "RestartAttemptPeriod": 60}
    assert only({**APP, "RestartPolicy": policy}).restart == Restart(ignored_codes=frozenset({0, 3}), period=60)
    assert only({**APP, "RestartPolicy": {"Enabled": False}}).restart is None


def test_values_that_are_given():
    container = {
        **APP,
        "Environment": [{"Name": "TABLE", "Value": Unresolved(why="resource Orders")}, {"Name": "MODE", "Value": "a"}],
        "Secrets": [
            {"Name": "TOKEN", "ValueFrom": Unresolved(why="resource Token")},
            {"Name": "KEY", "ValueFrom": "k"},
        ],
    }
    found = only(container, given={"TABLE": "orders", "Web.MODE": "b", "TOKEN": "t"})
    assert found.environment == {"TABLE": "orders", "MODE": "b"}
    assert found.given == {"TOKEN": "t"}
    assert found.secrets == {"KEY": "k"}
    assert "t" not in repr(found).replace("'", " ").split()
    assert refusal(container).splitlines() == [
        f"Web/app: {what} depends on resource {name}, whose value is unknown; pass --set {variable}=VALUE"
        for what, name, variable in (
            ("environment TABLE", "Orders", "TABLE"),
            ("secret TOKEN", "Token", "TOKEN"),
        )
    ]


def test_an_unresolved_command_is_named_by_its_parts():
    container = {**APP, "Command": ["serve", Unresolved(why="resource Bucket", names=("Bucket",))]}
    assert refusal(container) == "Web/app: Command depends on resource Bucket: pass --set Bucket=VALUE"


def test_images_that_are_given():
    assert only(APP, images={"app": "mine"}).image == "mine"
    assert only(APP, images={"Web": "mine", "Other.app": "no"}).image == "mine"
    assert only(APP, images={"Web.app": "mine", "app": "no"}).image == "mine"


def test_log_routers_and_collectors_are_left_out():
    router = {"Name": "router", "Image": "r", "FirelensConfiguration": {"Type": "fluentbit"}}
    collector = {"Name": "otel", "Image": "public.ecr.aws/aws-observability/aws-otel-collector:v0.49.0"}
    waits = [{"ContainerName": name, "Condition": "HEALTHY"} for name in ("router", "otel")]
    found = plan({**APP, "DependsOn": waits}, router, collector)
    assert [it.name for it in found.containers] == ["app"]
    assert found.containers[0].waits == ()
    assert whats(found)["otel: container"] == "traces and metrics are not collected; pass --with to run it"
    assert whats(found)["router: container"].startswith("ECS generates the configuration of the log router")
    kept = plan({**APP, "DependsOn": waits}, router, collector, with_=["otel"])
    assert [it.name for it in kept.containers] == ["otel", "app"]
    assert refusal(APP, without=["app"]) == "Web: no containers left to run"


def test_windows():
    assert "only run on Windows" in refusal(APP, RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"})


def test_a_volume_that_there_is_not():
    container = {**APP, "MountPoints": [{"SourceVolume": "data", "ContainerPath": "/data"}]}
    assert refusal(container) == "Web/app: it mounts the volume 'data', which the task definition does not declare"


def test_volumes_of_file_systems_are_kept():
    efs = {"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": "fs-1", "RootDirectory": "/a/b"}}
    assert [(it.name, it.kept) for it in plan(APP, Volumes=[efs, {"Name": "work"}]).volumes] == [
        ("data", "fs-1-a-b"),
        ("work", ""),
    ]


def test_containers_of_a_bridge_have_addresses_and_names_of_their_own():
    found = plan({**APP, "Links": ["db:store"], "Hostname": "h"}, {"Name": "db", "Image": "x"}, NetworkMode="bridge")
    assert not found.shared_network
    assert [(it.name, it.aliases) for it in found.containers] == [("app", ("app",)), ("db", ("db", "store"))]
    assert found.containers[0].settings["Hostname"] == "h"
    shared = plan({**APP, "Links": ["db"], "Hostname": "h"})
    assert shared.network_settings == {"Hostname": "h"}
    assert "app: Links" in whats(shared)


def test_a_list_of_differences_has_a_line_for_each_reason():
    found = [
        ("Web", Difference(what="app: LogConfiguration.Options.mode", why="logs")),
        ("Web", Difference(what="app: LogConfiguration.LogDriver", why="logs")),
        ("Orders", Difference(what="app: LogConfiguration.LogDriver", why="logs")),
        ("Orders", Difference(what="volume data: Volumes.EFSVolumeConfiguration.FilesystemId", why="a folder")),
        ("", Difference(what="AWS", why="an emulator")),
    ]
    assert shown(found) == [
        "LogConfiguration (Web, Orders): logs",
        "EFSVolumeConfiguration (Orders volume data): a folder",
        "AWS (all): an emulator",
    ]


# ---- commands


def commands(engine: Engine) -> list[str]:
    (backend,) = [
        it for name, it in definitions("prod-web-application").items() if name.startswith("BackendTaskDefinition")
    ]
    definition = {
        **backend,
        "ContainerDefinitions": [{**it, "Image": "backend"} for it in backend["ContainerDefinitions"]],
    }
    task = plan_task("Backend", definition, Choices(given=Given(), images=Given()), Machine(cpus=4))
    run = Run(engine=engine, id="RUN")
    published = [Published(number=port.number, host=port.wanted, protocol=port.protocol) for port in task.ports]
    made = [run.make_pause(task, "pause", ["backend", "orders"], published)]
    made += [
        run.make_container(
            task,
            container,
            image="backend",
            environment=container.environment,
            hidden=["TOKEN"],
            volumes={"data": "/kept"},
        )
        for container in task.containers
    ]
    return [" ".join(words) for words in made]


_ALL = (
    "--user 1000:1000 --cpus {cpus} --memory {memory}m --memory-swap {memory}m {tmpfs} --init --stop-timeout 30 "
    "--env DATA_DIR=/data --env TOKEN --volume /kept:/data backend"
)
_CREATE = "create --name RUN-backend-{name} --label cdk-containers.run=RUN {extra}"


@pytest.mark.parametrize(
    ("engine", "extra", "names", "tmpfs"),
    [
        (
            DOCKER,
            "--no-healthcheck ",
            "--network-alias backend --network-alias orders --add-host host.docker.internal:host-gateway",
            "--read-only --tmpfs /tmp:rw,nosuid,nodev,noexec,uid=1000,gid=1000,size=64m",
        ),
        (
            PODMAN,
            "--no-healthcheck ",
            "--network-alias backend --network-alias orders",
            "--read-only --read-only-tmpfs=false --tmpfs /tmp:rw,nosuid,nodev,noexec,size=64m,U",
        ),
        (
            FINCH,
            "",
            "--hostname orders --add-host host.docker.internal:host-gateway",
            "--read-only --tmpfs /tmp:rw,nosuid,nodev,noexec,uid=1000,gid=1000,size=64m",
        ),
    ],
    ids=["docker", "podman", "finch"],
)
def test_the_backend_of_the_reference_stacks(engine: Engine, extra: str, names: str, tmpfs: str):
    pause, app, archivist = commands(engine)
    create = _CREATE.replace("{extra}", extra)
    joined = "--network container:RUN-backend-pause "
    assert pause == f"{create.format(name='pause')}--network RUN {names} --publish 127.0.0.1:8080:8080 pause"
    (backend,) = [it for name, it in definitions("prod-web-application").items() if name.startswith("BackendTask")]
    memory = {it["Name"]: it["Memory"] for it in backend["ContainerDefinitions"]}
    cpus = int(backend["Cpu"]) / 1024
    assert app == create.format(name="app") + joined + _ALL.format(cpus=cpus, memory=memory["app"], tmpfs=tmpfs)
    command = f"{_ALL.format(cpus=cpus, memory=memory['archivist'], tmpfs=tmpfs)} python archive.py"
    assert archivist == create.format(name="archivist") + joined + command


# ---- a workload in Python


def test_a_workload_in_python_becomes_a_task_definition():
    workload = Workload(
        containers=[
            Container(
                image="public.ecr.aws/nginx/nginx:1.29.0",
                ports=[8080],
                environment={"MODE": "fast"},
                secrets={
                    "TOKEN": SimpleNamespace(parameter_arn="arn:token"),
                    "KEY": SimpleNamespace(from_secrets_manager=""),
                },
                command=["serve"],
                memory_limit_mib=256,
                health_check=CheckOfContainer(command="wget -q localhost", interval=timedelta(seconds=20)),
                restart=RestartPolicy(ignored_exit_codes=[3], attempt_period=timedelta(minutes=2)),
                stop_timeout=timedelta(seconds=10),
                mounts=[VolumeMount(volume="work", path="/work")],
                depends_on={"setup": "SUCCESS"},
                linux=LinuxOptions(drop_capabilities=["ALL"]),
            ),
            Container(name="setup", image=Image.from_asset("sample", target="web"), essential=False),
        ],
        volumes=[SharedVolume(name="work")],
        cpu=512,
        memory_limit_mib=1024,
    )
    setup, app = plan(given={"KEY": "k"}, **definition_of(workload)).containers
    assert isinstance(setup.image, Build)
    assert (setup.image.directory, setup.image.arguments) == ("sample", ("--target", "web"))
    assert setup.waits == ()
    assert app.image == "public.ecr.aws/nginx/nginx:1.29.0"
    assert " ".join(flags_of(app.settings, DOCKER.dialect)) == (
        "--user 1000:1000 --cpus 0.5 --memory 256m --memory-swap 256m --read-only "
        "--tmpfs /tmp:rw,nosuid,nodev,noexec,uid=1000,gid=1000,size=64m --init --cap-drop ALL --stop-timeout 10"
    )
    assert app.health == HealthCheck(
        command=("/bin/sh", "-c", "wget -q localhost"), interval=20, timeout=5, retries=3, start_period=30
    )
    assert app.restart == Restart(ignored_codes=frozenset({3}), period=120)
    assert (app.environment, app.given) == ({"MODE": "fast"}, {"KEY": "k"})
    assert app.secrets == {"TOKEN": "arn:token"}
    assert [(wait.container, wait.condition) for wait in app.waits] == [("setup", "SUCCESS")]


def test_a_workload_that_is_wrong():
    with pytest.raises(LocalError, match="two containers have the same name"):
        definition_of(Workload(containers=[Container(image="a:1"), Container(image="b:1")]))


def test_every_option_of_a_workload_changes_the_plan_or_is_known_not_to():
    """A new option of `Container` has to be rendered here, or said not to matter."""
    source = (Path(cdk_containers.__file__).parent / "local/planning/workload.py").read_text()
    unread = {name for name in (it.name for it in fields(Container)) if f"container.{name}" not in source}
    assert unread == {"neuron_devices", "version_consistency", "ports", "tmpfs"}
    assert "container.all_ports" in source
    assert "container.all_tmpfs" in source
