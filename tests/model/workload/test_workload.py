"""A workload by itself, in milliseconds: no stack, no CDK."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cdk_containers
from cdk_containers import (
    Container,
    Disabled,
    EfsVolume,
    HealthCheck,
    HttpCheck,
    Image,
    LogDriver,
    NotSecret,
    Port,
    RestartPolicy,
    SharedVolume,
    Tmpfs,
    VolumeMount,
    Workload,
)
from cdk_containers.model.workload import AssetImage, RegistryImage, RepositoryImage
from cdk_containers.model.workload.secrets import environment_problems, plain_value

IMAGE = "nginx:1.29.1"


def container(**options: Any) -> Container:
    return Container(**{"image": IMAGE} | options)


def options_of(problems: list[Any]) -> list[str]:
    return [problem.option for problem in problems]


# ---- secrets


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("AWS_ACCESS_KEY_ID", "x", "an access key"),
        ("aws_secret_access_key", "x", "an access key"),
        ("AWS_SESSION_TOKEN", "x", "an access key"),
        ("ID", "ASIA" + "A" * 16, "an AWS access key id"),
        ("KEY", "-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("URL", "https://me:pw@example.com/", "a URL with a password"),
        ("GIT", "ghp_" + "a" * 36, "a GitHub token"),
        ("CHAT", "xoxb-1234567890-abc", "a Slack token"),
        ("JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NSJ9.c2lnbmF0dXJl", "a JSON web token"),
        ("PASSWORD", "x", "by its name"),
        ("db_password", "x", "by its name"),
        ("STRIPE_API_KEY", "x", "by its name"),
        ("STRIPE_APIKEY", "x", "by its name"),
        ("CLIENT_SECRET", "x", "by its name"),
        ("AUTH_TOKEN", "x", "by its name"),
    ],
)
def test_what_looks_like_a_secret_is_refused_and_not_shown(name: str, value: str, kind: str):
    [problem] = environment_problems({name: value})
    assert kind in problem.what
    assert problem.practice in ("no-access-keys", "no-secrets-in-environment")
    assert value not in str(problem.given)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODE", "fast"),
        ("PASSWORD_FILE", "/run/secret"),
        ("TOKENIZER", "bpe"),
        ("SECRETARY", "ann"),
        ("URL", "https://example.com/a@b"),
        ("PASSWORD", ""),
        ("DB_PASSWORD", "${Token[Shop.Password.5]}"),
        ("TOKEN", NotSecret("X-CSRF", reason="the name of a header")),
    ],
)
def test_settings_pass(name: str, value: Any):
    assert environment_problems({name: value}) == []


def test_a_value_that_only_looks_like_a_secret_is_plain():
    assert plain_value(NotSecret("X-CSRF", reason="the name of a header")) == plain_value("X-CSRF")


def test_a_variable_is_plain_or_secret():
    class Secret:
        secret_arn = "arn"  # noqa: S105

    wrong = container(environment={"A": "b"}, secrets={"A": Secret()}).problems()
    assert options_of(wrong) == ["secrets"]


# ---- images


@pytest.mark.parametrize(
    ("reference", "pinned"),
    [
        ("nginx", False),
        ("nginx:latest", False),
        ("nginx:", False),
        ("registry.example:5000/nginx", False),
        ("nginx:1.29", True),
        ("registry.example:5000/shop/nginx:1.29", True),
        ("nginx@sha256:" + "0" * 64, True),
        ("${Token[Shop.Image.5]}", True),
    ],
)
def test_an_image_is_pinned_by_a_tag_or_a_digest(reference: str, pinned: bool):  # noqa: FBT001
    assert (Image.from_registry(reference).problems() == []) is pinned
    assert Image.from_registry(reference, pinned=Disabled("it moves on purpose")).problems() == []


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({}, ""),
        ({"tag": "1", "digest": "sha256:" + "0" * 64}, ""),
        ({"tag": "latest"}, "tag"),
        ({"tag": "no tag"}, "tag"),
        ({"digest": "sha256:1"}, "digest"),
    ],
)
def test_an_image_of_a_repository_has_a_tag_or_a_digest(options: dict[str, str], option: str):
    class Repository:
        repository_uri_for_tag = None

    assert options_of(RepositoryImage(repository=Repository(), **options).problems()) == [option]  # type: ignore[arg-type]


def test_a_build_needs_a_dockerfile(tmp_path: Path):
    assert options_of(Image.from_asset(tmp_path).problems()) == ["directory"]
    (tmp_path / "Dockerfile").touch()
    assert Image.from_asset(tmp_path).problems() == []
    assert options_of(Image.from_asset(tmp_path, file="Other").problems()) == ["directory"]


# ---- containers


@pytest.mark.parametrize(
    ("options", "option", "practice"),
    [
        ({"user": "root"}, "user", "non-root-user"),
        ({"user": "root:1000"}, "user", "non-root-user"),
        ({"user": "0"}, "user", "non-root-user"),
        ({"user": ""}, "user", "non-root-user"),
        ({"user": ":5"}, "user", "non-root-user"),
        ({"user": Disabled("short")}, "user.reason", None),
        ({"cpu": -1}, "cpu", "container-memory"),
        ({"memory_limit_mib": 5}, "memory_limit_mib", "container-memory"),
        ({"memory_reservation_mib": 5}, "memory_reservation_mib", "container-memory"),
        ({"tmpfs": [Tmpfs(path="tmp")]}, "tmpfs[0].path", None),
        ({"tmpfs": [Tmpfs(path="/a", size_mib=0)]}, "tmpfs[0].size_mib", None),
        ({"mounts": [VolumeMount(volume="a", path="data")]}, "mounts[0].path", None),
        ({"health_check": HealthCheck(command=[])}, "health_check.command", None),
        ({"health_check": HttpCheck(path="healthz", port=80)}, "health_check.path", None),
        ({"health_check": HttpCheck(path="/healthz", port=0)}, "health_check.port", "port-mappings"),
        ({"log_driver": LogDriver(name="splunk", secret_options={"a": "b"})}, "log_driver.secrets['a']", None),
    ],
    ids=str,
)
def test_a_container_by_itself(options: dict[str, Any], option: str, practice: str | None):
    [problem] = container(**options).problems()
    assert problem.option == option
    assert practice is None or problem.practice == practice


@pytest.mark.parametrize("user", ["1000", "1000:1000", "nginx", "app.web:www-data", "${Token[Shop.User.5]}"])
def test_users_that_are_not_root(user: str):
    assert container(user=user).problems() == []


def test_tmp_is_writable_where_the_root_is_not():
    assert [entry.path for entry in container().all_tmpfs] == ["/tmp"]  # noqa: S108
    assert list(container(readonly_root_filesystem=Disabled("it writes to /srv")).all_tmpfs) == []
    assert list(container(tmpfs=()).all_tmpfs) == []


def test_ports_may_be_plain_numbers():
    assert container(ports=[80, Port(number=53, protocol="udp")]).all_ports == [
        Port(number=80),
        Port(number=53, protocol="udp"),
    ]


# ---- workloads


def test_containers_may_start_in_any_order_that_has_no_circle():
    first = container(name="a", depends_on={"b": "START", "c": "START"})
    second = container(name="b", depends_on={"c": "START"})
    assert Workload(containers=[first, second, container(name="c")]).problems() == []


def test_one_port_may_be_used_by_two_protocols():
    one, other = container(ports=[53]), container(name="b", ports=[Port(number=53, protocol="udp")])
    assert Workload(containers=[one, other]).problems() == []


def test_a_workload_without_containers_is_none():
    [problem] = Workload(containers=[]).problems()
    assert problem.practice == "container-count"


@given(
    st.lists(st.tuples(st.none() | st.integers(6, 4096), st.none() | st.integers(6, 4096)), min_size=1, max_size=6),
    st.integers(512, 4096),
)
def test_what_is_kept_together_fits_into_the_task(memory: list[tuple[int | None, int | None]], task: int):
    containers = [
        container(name=f"c{index}", memory_limit_mib=limit, memory_reservation_mib=kept)
        for index, (limit, kept) in enumerate(memory)
    ]
    right = (
        all(limit is None or kept is None or kept <= limit for limit, kept in memory)
        and all(limit is None or limit <= task for limit, _ in memory)
        and sum(kept or limit or 0 for limit, kept in memory) <= task
    )
    assert (Workload(containers=containers, memory_limit_mib=task).problems() == []) is right


def test_an_efs_volume_has_a_file_system_and_one_root():
    class FileSystem:
        file_system_id = "fs-1"

    class AccessPoint:
        access_point_id = "fsap-1"

    assert EfsVolume(name="a", file_system=FileSystem()).problems() == []
    assert options_of(EfsVolume(name="a", file_system=None).problems()) == ["file_system"]
    assert options_of(EfsVolume(name="a", file_system=FileSystem(), access_point="x").problems()) == ["access_point"]
    assert options_of(EfsVolume(name="a", file_system=FileSystem(), path="x").problems()) == ["path"]
    both = EfsVolume(name="a", file_system=FileSystem(), path="/x", access_point=AccessPoint())
    assert options_of(both.problems()) == ["path"]


# ---- whatever is given


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.binary(max_size=3)
    | st.timedeltas()
    | st.builds(object)
    | st.sampled_from([Disabled("x"), NotSecret("a", reason=5), Port(number=80), int])  # type: ignore[arg-type]
    | st.builds(Container, image=st.none() | st.text(max_size=5), ports=st.none() | st.integers()),  # type: ignore[arg-type]
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    "kind",
    [
        Port,
        HealthCheck,
        HttpCheck,
        RestartPolicy,
        Tmpfs,
        VolumeMount,
        LogDriver,
        SharedVolume,
        EfsVolume,
        RegistryImage,
        AssetImage,
        RepositoryImage,
        Container,
        Workload,
    ],
)
@given(data=st.data())
def test_problems_are_found_and_never_raised(kind: Callable[..., Any], data: st.DataObject):
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    given_names = set(data.draw(st.sets(st.sampled_from(names)))) | {
        "image",
        "command",
        "number",
        "path",
        "port",
        "volume",
        "name",
        "reference",
        "directory",
        "repository",
        "containers",
        "file_system",
    } & set(names)
    for problem in kind(**{name: data.draw(ANYTHING, label=name) for name in given_names}).problems():
        assert str(problem)


# ---- without CDK


def test_the_plain_parts_need_no_cdk():
    script = """
import sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("aws_cdk", "constructs", "jsii"):
            raise ImportError(f"{name} must not be needed")

sys.meta_path.insert(0, Refuse())
sys.path.insert(0, sys.argv[1])
import cdk_containers
from cdk_containers import Container, Disabled, Port, Workload, ConstructError
workload = Workload(containers=[Container(image="nginx:1", ports=[80], user="root")], cpu=256)
print([problem.option for problem in workload.problems()])
"""
    root = str(Path(cdk_containers.__file__).parents[1])
    run = subprocess.run([sys.executable, "-c", script, root], capture_output=True, text=True, check=False)
    assert run.stdout.strip() == "['containers[0].user']", run.stderr
