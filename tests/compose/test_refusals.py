"""What cannot be kept is refused, with its place and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_containers.compose.converting import Choices
from tests.compose.inline import converted, problems, source

SERVICE = "services:\n  web:\n    image: a:1\n    %s\n"

REFUSED = {
    "privileged: true": "4:5: services.web.privileged: Fargate has no privileged containers",
    "network_mode: host": "4:5: services.web.network_mode: got 'host': a task has its own network",
    "network_mode: service:x": "got 'service:x': a task has its own network",
    "pid: host": "4:5: services.web.pid: it has no counterpart on Fargate",
    "ipc: host": "services.web.ipc: it has no counterpart",
    "devices: [/dev/fuse]": "a task on Fargate has no devices: add `Ec2Capacity` to the cluster",
    "gpus: all": "Fargate has no GPUs",
    "cap_add: [NET_ADMIN]": "services.web.cap_add[0]: Fargate allows only SYS_PTRACE",
    "cap_add: [NET_ADMINS]": "got 'NET_ADMINS'; allowed: a capability",
    "security_opt: ['seccomp:unconfined']": "services.web.security_opt[0]: Fargate uses its own profiles",
    "sysctls: {vm.max_map_count: 1}": "services.web.sysctls.vm.max_map_count: Fargate allows only kernel parameters",
    "extra_hosts: ['a:1.2.3.4']": "add the name to a private hosted zone in Route 53",
    "shm_size: 1g": "Fargate has 64 MiB",
    "stop_signal: SIGINT": "set it in the Dockerfile",
    "configs: [x]": "put the file into the image",
    "volumes: ['./data:/data']": "4:15: services.web.volumes[0]: a task has no host directory ./data: decide",
    "volumes: ['/var/run/docker.sock:/var/run/docker.sock']": "omit the service with --without web",
    "volumes: ['data:/data']": "services.web.volumes[0]: there is no volume 'data': declare it under `volumes`",
    "volumes: ['C:\\a:/data']": "Windows paths are not supported",
    "volumes: [/a, './b:/a']": "another volume is already mounted at /a",
    "volumes: [{type: image, source: x, target: /x}]": "got the type 'image'; allowed: volume, bind, tmpfs",
    "volumes: [{type: bind, target: /x}]": "`source` is missing",
    "ports: ['80-90:80-90']": "ranges are not supported: list the ports one by one",
    "ports: ['53:53/udp']": "port 53/udp: a load balancer checks health over TCP",
    "ports: [99999]": "services.web.ports[0]: got 99999; allowed: 1–65535",
    "environment: [TOKEN]": "services.web.environment.TOKEN: its value comes from the shell: write TOKEN: ${TOKEN}",
    "environment: {AWS_SECRET_ACCESS_KEY: x}": "remove the access key, and grant the permissions to the task role",
    "env_file: nowhere.env": "services.web.env_file: nowhere.env cannot be read",
    "command: redis-server --requirepass hunter2": "it contains a secret",
    "command: ['a b']": "one word with spaces is not a program",
    "command: sh -c 'x": "the quotes do not match",
    "healthcheck: {test: 'curl -u x --password=hunter2'}": "it contains a secret: write $$NAME",
    "command: sh -c 'cat /run/secrets/x'": "services.web.command: /run/secrets/ does not exist on ECS: write $$NAME",
    "healthcheck: {test: 'cat /run/secrets/x'}": "services.web.healthcheck.test: /run/secrets/ does not exist on ECS",
    "healthcheck: {test: [curl, x]}": "a list must start with CMD, CMD-SHELL or NONE",
    "healthcheck: {test: [CMD]}": "the command is empty",
    "restart: sometimes": "got 'sometimes'; allowed: no, always, unless-stopped, on-failure",
    "deploy: {mode: global}": "one task on each machine: not possible on Fargate",
    "deploy: {replicas: -1}": "got -1 tasks",
    "deploy: {resources: {limits: {cpus: '64'}}}": "too large for Fargate",
    "mem_limit: 1x": "services.web.mem_limit: got '1x'; expected a size such as 512m or 2g",
    "cpus: zero": "got 'zero'; expected a number of CPUs such as 0.5",
    "platform: windows/amd64": "got 'windows/amd64'; allowed: linux/amd64",
    "secrets: [x]": "there is no secret 'x' under `secrets`",
    "user: 'a b'": "got 'a b'; allowed: a user",
    "tmpfs: run": "got 'run'; expected an unused path",
    "ulimits: {nofile: {soft: 2, hard: 1}}": "soft not above hard",
    "build: ./nowhere": "there is no Dockerfile",
    "build: https://github.com/a/b.git": "the build context must be a folder: clone the repository first",
    "build: {context: ., secrets: [x]}": "services.web.build.secrets: it has no counterpart on Fargate: pass it with",
    "build: {context: ., args: {NPM_TOKEN: abc}}": "build arguments stay in the image",
}  # fmt: skip


@pytest.mark.parametrize("given", REFUSED)
def test_what_has_no_counterpart_is_refused_with_the_way_out(tmp_path: Path, given: str):
    found = problems(tmp_path, SERVICE % given)
    assert [line for line in found if REFUSED[given] in line], found
    assert all(line.startswith("compose.yaml:") for line in found)


def test_a_service_of_which_nothing_is_said_is_refused(tmp_path: Path):
    text = """\
    services:
      a: {image: "a:1", depends_on: {b: {condition: service_completed_successfully}}}
      b:
    """
    assert problems(tmp_path, text) == ["compose.yaml:3:3: services.b: it has neither `image` nor `build`"]


def test_services_that_wait_for_each_other_are_refused(tmp_path: Path):
    text = "services:\n  a: {image: 'a:1', depends_on: [b]}\n  b: {image: 'b:1', depends_on: [a]}\n"
    assert problems(tmp_path, text) == [
        "compose.yaml:3:34: services.b.depends_on[0]: the services wait for each other: b for a, and a for b"
    ]


@pytest.mark.parametrize("image", ["postgres:17", "docker.io/library/mysql:8", "mongo", "bitnami/postgresql@sha256:1"])
def test_a_database_is_a_decision(tmp_path: Path, image: str):
    text = f"services: {{db: {{image: '{image}'}}}}"
    [line] = problems(tmp_path, text)
    assert "stores data, and Amazon " in line
    assert "--database db=ADDRESS" in line
    made = converted(tmp_path, text, choices=Choices(databases={"db": "container"}))
    assert any("one task with its data on EFS" in it.line for it in made.notices)


def test_a_cache_without_a_volume_is_named_and_with_one_it_is_a_decision(tmp_path: Path):
    made = converted(tmp_path, "services: {cache: {image: 'redis:8'}}")
    assert "cache: it loses its data when its task is replaced; use Amazon ElastiCache instead" in [
        it.line for it in made.notices
    ]
    [line] = problems(tmp_path, "services: {cache: {image: 'redis:8', volumes: ['v1:/data']}}\nvolumes: {v1: }")
    assert "redis:8 stores data" in line


def test_a_database_is_never_published(tmp_path: Path):
    made = converted(
        tmp_path,
        "services: {db: {image: 'postgres:17', ports: ['5432:5432']}}",
        choices=Choices(databases={"db": "container"}),
    )
    stack = next(text for name, text in made.files.items() if name.endswith("_stack.py"))
    assert "BackendService" in stack
    assert "Exposure" not in stack
    assert any("port 5432 is not published" in it.line for it in made.notices)


def test_a_job_does_not_find_services_by_service_connect(tmp_path: Path):
    text = "services: {a: {image: 'a:1', restart: 'no', depends_on: [b]}, b: {image: 'b:1', expose: [80]}}"
    [line] = problems(tmp_path, text.replace("depends_on: [b]", "environment: {B: 'b:80'}"))
    assert line.startswith("compose.yaml:1:12: services.a: it calls b, which jobs cannot find by Service Connect")
    assert "condition: service_completed_successfully" in line
    assert "a.node.add_dependency(b)" in source(tmp_path, text)


def test_a_service_that_is_called_by_two_names_is_refused(tmp_path: Path):
    text = """\
    services:
      a: {image: "a:1", environment: {X: "db:1", Y: "other:1"}}
      db: {image: "b:1", container_name: other}
    """
    assert problems(tmp_path, text) == [
        "compose.yaml:3:3: services.db: other services call it db and other, but it has only one name on AWS: use db"
    ]


def test_services_on_one_load_balancer_need_names(tmp_path: Path):
    text = "services:\n  a: {image: 'a:1', ports: [80]}\n  b: {image: 'b:1', ports: [80]}\n"
    assert [line.partition(", and a load")[0] for line in problems(tmp_path, text)] == [
        "compose.yaml:2:21: services.a.ports: 2 services are reachable from outside (a, b)",
        "compose.yaml:3:21: services.b.ports: 2 services are reachable from outside (a, b)",
    ]


@pytest.mark.parametrize("option", ["databases", "hosts", "published", "schedules"])
def test_a_choice_about_what_is_not_there_is_refused(tmp_path: Path, option: str):
    found = problems(tmp_path, "services: {web: {image: 'a:1'}}", choices=Choices(**{option: {"wbe": "x"}}))
    assert found == [f"compose.yaml:1:1: --{option.removesuffix('s').removesuffix('ed')}: there is no service 'wbe'"]


def test_a_problem_is_one_line_whatever_was_given(tmp_path: Path):
    [line] = problems(tmp_path, 'services: {web: {image: "a:1", env_file: "a\\nb\\u2028"}}')
    assert "a\\nb\\u2028 cannot be read" in line


def test_a_choice_that_is_none_is_refused(tmp_path: Path):
    text = "services: {web: {image: 'a:1', volumes: ['v1:/v']}}\nvolumes: {v1: }"
    found = problems(tmp_path, text, choices=Choices(volumes={"v1": "ebs"}))
    assert found == ["compose.yaml:1:1: --volume v1: got 'ebs'; allowed: efs, empty, image, none"]


def test_a_choice_about_a_volume_that_nobody_mounts_is_refused(tmp_path: Path):
    text = "services: {web: {image: 'a:1', volumes: ['./data/:/v']}}"
    found = problems(tmp_path, text, choices=Choices(volumes={"./date": "efs"}))
    assert "compose.yaml:1:1: --volume: nothing is mounted from './date': did you mean './data'?" in found
    assert "EfsVolume" in source(tmp_path, text, choices=Choices(volumes={"./data": "efs"}))


def test_a_service_that_is_left_out_has_no_problems(tmp_path: Path):
    text = "services: {web: {image: 'a:1'}, proxy: {image: 'b:1', pid: host, volumes: ['/x:/x']}}"
    assert len(problems(tmp_path, text)) == 2
    made = converted(tmp_path, text, choices=Choices(without=frozenset({"proxy"})))
    assert made.notices[0].line == "proxy: omitted, as you chose"
