"""Compose files, from text to models."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from cdk_containers.compose.reading import ComposeError, read_project
from cdk_containers.compose.reading.env_files import env_values
from cdk_containers.compose.reading.interpolation import InterpolationError, _Filler
from cdk_containers.compose.reading.problems import Found
from tests.compose.inline import read


def test_a_file_becomes_a_model_with_its_short_forms_written_out(tmp_path: Path):
    project = read(
        tmp_path,
        """\
        name: shop
        services:
          web:
            build: ./web
            environment: [A=1, "B=x=y", EMPTY=]
            depends_on: [db]
            env_file: web.env
            healthcheck: {test: [CMD, "true"], interval: 1m30s, retries: 5}
            cpus: 0.5
            networks: [front]
          db: {image: "postgres:17", user: 010}
        """,
    )
    web, db = project.services["web"], project.services["db"]
    assert project.name == "shop"
    assert web.build is not None
    assert web.build.context == "./web"
    assert web.environment == {"A": "1", "B": "x=y", "EMPTY": ""}
    assert list(web.depends_on or {}) == ["db"]
    assert web.env_file == ["web.env"]
    assert web.healthcheck is not None
    assert web.healthcheck.interval == timedelta(seconds=90)
    assert (web.cpus, db.user) == ("0.5", "010")
    assert list(web.networks or {}) == ["front"]


@pytest.mark.parametrize(
    "written", ["22:22", "56:56", "yes", "off", "1.10", "2026-01-01", "010", "0x1F", "1_000", "1e3", "+1"]
)
def test_traps_of_yaml_stay_text(tmp_path: Path, written: str):
    project = read(tmp_path, f"services: {{web: {{image: a, ports: [{written}], environment: {{V: {written}}}}}}}")
    assert project.services["web"].ports == [written]
    assert project.services["web"].environment == {"V": written}


def test_anchors_and_merge_keys_and_extensions(tmp_path: Path):
    project = read(
        tmp_path,
        """\
        x-common: &common {image: "a:1", restart: always, environment: &env {A: "1", B: "1"}}
        services:
          one: {<<: *common, x-mine: anything, environment: {<<: *env, B: "2", x-kept: "yes"}}
        """,
    )
    one = project.services["one"]
    assert (one.image, one.restart) == ("a:1", "always")
    assert one.environment == {"A": "1", "B": "2", "x-kept": "yes"}


# ---- variables

VALUES = {"A": "a", "EMPTY": "", "B": "b"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("$A-${B}", "a-b"),
        ("$$A $${B}", "$A ${B}"),
        ("${NONE:-x}${NONE-y}", "xy"),
        ("${EMPTY:-x}${EMPTY-y}", "x"),
        ("${A:-x}", "a"),
        ("${A:+x}${NONE:+y}${EMPTY:+z}${EMPTY+w}", "xw"),
        ("${NONE:-${EMPTY:-${B}}}", "b"),
        ("${NONE:-{}}", "{}"),
        ("$1 $ $-", "$1 $ $-"),
        ("${A:?needed}", "a"),
    ],
)
def test_variables_are_filled_in(text: str, filled: str):
    missing: list[str] = []
    assert _Filler(VALUES, missing).filled(text) == filled
    assert missing == []


@pytest.mark.parametrize("text", ["$NONE", "${NONE}", "${EMPTY:?message}", "${NONE?}"])
def test_a_variable_without_a_value_is_missed(text: str):
    missing: list[str] = []
    _Filler(VALUES, missing).filled(text)
    assert len(missing) == 1


@pytest.mark.parametrize("text", ["${A", "${A/x/y}", "${}", "${1}", "${A:-${B}"])
def test_what_is_no_variable_is_refused(text: str):
    with pytest.raises(InterpolationError):
        _Filler(VALUES, []).filled(text)


def test_values_come_from_the_file_beside_and_those_given_count_more(tmp_path: Path):
    text = 'services: {web: {image: "a:$TAG", command: "$WHO"}}'
    project = read(tmp_path, text, files={".env": "TAG=1\nWHO=file\n"}, variables={"WHO": "given"})
    assert (project.services["web"].image, project.services["web"].command) == ("a:1", "given")


def test_the_shell_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TAG", "1")
    with pytest.raises(ComposeError, match="the variable TAG has no value"):
        read(tmp_path, 'services: {web: {image: "a:$TAG"}}')


def test_files_of_settings():
    found = Found()
    text = "# c\nA=1 # one\nexport B='x # y'\nC=\"a\\nb\"\n\nD=\nE\nF: g\nURL=http://a/#b\n"
    assert env_values(text, "f", found) == {
        "A": "1", "B": "x # y", "C": "a\nb", "D": "", "F": "g", "URL": "http://a/#b",
    }  # fmt: skip
    assert found.lines == []
    env_values("A=1\nno setting here\n", "f", found)
    assert found.lines == ["f:2:1: not a variable; allowed: NAME=value"]


# ---- several files


def test_an_override_lies_over_its_file(tmp_path: Path):
    project = read(
        tmp_path,
        """\
        services:
          web: {image: "a:1", command: [x, y], ports: ["80:80"], volumes: ["./a:/data"], environment: {A: "1", B: "1"}}
        """,
        files={
            "compose.override.yaml": """\
            services:
              web: {command: [z], ports: ["443:443"], volumes: ["d:/data"], environment: [B=2]}
              more: {image: "b:1"}
            """
        },
    )
    web = project.services["web"]
    assert (web.image, web.command, web.ports) == ("a:1", ["z"], ["80:80", "443:443"])
    assert (web.volumes, web.environment) == (["d:/data"], {"A": "1", "B": "2"})
    assert "more" in project.services


def test_extends_takes_services_of_this_file_and_of_others(tmp_path: Path):
    project = read(
        tmp_path,
        """\
        services:
          base: {image: "a:1", restart: always, hostname: "$$a"}
          web: {extends: base, command: [x]}
          worker: {extends: {service: app, file: other/base.yaml}, environment: {B: "2"}}
        """,
        files={
            "other/base.yaml": """\
            services:
              app: {extends: root, environment: {A: "1"}}
              root: {build: ., env_file: app.env, volumes: ["./data:/data", "named:/n"]}
            """
        },
    )
    web, worker = project.services["web"], project.services["worker"]
    assert (web.image, web.restart, web.command, web.hostname) == ("a:1", "always", ["x"], "$a")
    assert worker.environment == {"A": "1", "B": "2"}
    assert worker.build is not None
    assert (worker.build.context, worker.env_file) == ("./other", ["other/app.env"])
    assert worker.volumes == ["./other/data:/data", "named:/n"]


def test_include_adds_the_services_of_other_files(tmp_path: Path):
    project = read(
        tmp_path,
        "include: [db/compose.yaml]\nservices: {web: {image: a}}",
        files={"db/compose.yaml": "services: {db: {image: postgres, volumes: [d:/v]}}\nvolumes: {d: }"},
    )
    assert list(project.services) == ["web", "db"]
    assert "d" in (project.model.volumes or {})


def test_services_of_profiles_run_when_they_are_asked_for(tmp_path: Path):
    text = "services: {web: {image: a}, debug: {image: b, profiles: [debug]}}"
    assert list(read(tmp_path, text).services) == ["web"]
    assert list(read(tmp_path, text, profiles=["debug"]).services) == ["web", "debug"]


def test_variables_of_services_that_do_not_run_need_no_value(tmp_path: Path):
    text = "services: {web: {image: a}, debug: {image: 'b:${TAG}', profiles: [debug]}, no: {image: '$NO', scale: $X}}"
    assert list(read(tmp_path, text, without=["no"]).services) == ["web", "no"]
    with pytest.raises(ComposeError) as error:
        read(tmp_path, text, profiles=["debug"])
    assert len(error.value.lines) == 3


def test_a_folder_stands_for_the_file_in_it(tmp_path: Path):
    (tmp_path / "docker-compose.yml").write_text("services: {web: {image: a}}")
    assert list(read_project(tmp_path).services) == ["web"]
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ComposeError, match=r"there is no compose file; allowed: compose\.yaml"):
        read_project(empty)


# ---- what is wrong

DURATION = "duration such as 90s, 5m or 1h30m"
GIVE_TAG = "add it to .env, pass --set TAG=VALUE, or write a default, ${TAG:-VALUE}"
OWN_FILE = "Move it to its own file, or remove it"
WRONG = {
    "an unknown key has the nearest": (
        "services:\n  web:\n    imge: a\n",
        ["compose.yaml:3:5: services.web.imge: unknown key: did you mean 'image'?"],
    ),
    "all at once": (
        "services:\n  web:\n    image: a\n    pots: [1]\n    init: maybe\n    healthcheck: {interval: 5}\n",
        [
            "compose.yaml:4:5: services.web.pots: unknown key: did you mean 'ports'?",
            "compose.yaml:5:5: services.web.init: got 'maybe'; expected true or false",
            f"compose.yaml:6:19: services.web.healthcheck.interval: got 5; expected a {DURATION}: did you mean 5s?",
        ],
    ),
    "a key twice": (
        "services:\n  web: {image: a}\n  web: {image: b}\n",
        ["compose.yaml:3:3: services.web: the key appears twice, first in line 2"],
    ),
    "a service that is not there": (
        "services:\n  web: {image: a, depends_on: [wbe]}\n  db: {image: b}\n",
        ["compose.yaml:2:32: services.web.depends_on[0]: there is no service 'wbe': did you mean 'web'?"],
    ),
    "a variable without a value": (
        "services:\n  web:\n    image: a:${TAG}\n",
        [
            f"compose.yaml:3:5: services.web.image: the variable TAG has no value: {GIVE_TAG}",
        ],
    ),
    "no services": ("name: x\n", ["compose.yaml:1:1: there are no services"]),
    "empty services": ("services:\n", ["compose.yaml:1:1: services: there are no services"]),
    "services that are a list": (
        "services: [a]\n",
        ["compose.yaml:1:1: services: there are no services", "compose.yaml:1:1: services: got a list; allowed: a map"],
    ),
    "a circle of extends": (
        "services:\n  a: {extends: b}\n  b: {extends: a}\n",
        ["compose.yaml:3:7: services.b.extends: the services extend each other"],
    ),
    "a service extends one that is not there": (
        "services:\n  a: {extends: c}\n",
        ["compose.yaml:2:7: services.a.extends: there is no service 'c' in compose.yaml"],
    ),
    "a list": ("- a\n", ["compose.yaml:1:1: a compose file is a map: `services:`, `volumes:`, …"]),
    "two documents": (
        "services: {web: {image: a}}\n---\nservices: {}\n",
        [f"compose.yaml:2:1: a second document: the converter reads only the first. {OWN_FILE}"],
    ),
    "nothing": ("# nothing\n", ["compose.yaml: the file is empty"]),
    "no YAML": ("services: [", ["compose.yaml:2:1: did not find expected node content"]),
    "an include that is not there": (
        "include: [x.yaml]\nservices: {web: {image: a}}\n",
        ["x.yaml: cannot be read: No such file or directory"],
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, case: str):
    text, lines = WRONG[case]
    with pytest.raises(ComposeError) as error:
        read(tmp_path, text)
    assert [line.replace(f"{tmp_path}/", "") for line in error.value.lines] == lines
