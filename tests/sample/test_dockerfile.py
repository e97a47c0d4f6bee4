"""The Dockerfile follows the practices that the constructs ask of an image."""

import json
import re
from pathlib import Path
from typing import NamedTuple

import pytest

SAMPLE = Path(__file__).parents[2] / "sample"


class Stage(NamedTuple):
    name: str
    base: str
    instructions: list[tuple[str, str]]


def stages(text: str) -> dict[str, Stage]:
    found: dict[str, Stage] = {}
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        instruction, _, argument = line.strip().partition(" ")
        if instruction.upper() == "FROM":
            base, _, name = re.sub(r"(?i) as ", " ", argument).partition(" ")
            found[name] = Stage(name, base, [])
        else:
            list(found.values())[-1].instructions.append((instruction.upper(), argument.strip()))
    return found


STAGES = stages((SAMPLE / "Dockerfile").read_text(encoding="utf-8"))


def inherited(target: str) -> list[tuple[str, str]]:
    """Return all instructions of a target, those of the stages under it first."""
    stage = STAGES[target]
    return [*(inherited(stage.base) if stage.base in STAGES else []), *stage.instructions]


def last(target: str, instruction: str) -> str:
    return [argument for name, argument in inherited(target) if name == instruction][-1]


TARGETS = pytest.mark.parametrize("target", ["web", "backend"])


def test_every_base_image_is_pinned():
    bases = [stage.base for stage in STAGES.values() if stage.base not in STAGES]
    assert bases
    for base in bases:
        assert re.search(r"@sha256:[0-9a-f]{64}$|:\d+\.\d+\.\d+-[a-z]+(-[a-z]+)?$", base), base


@TARGETS
def test_it_runs_as_a_numbered_user_that_is_not_root(target: str):
    assert last(target, "USER") == "1000:1000"


@TARGETS
def test_the_command_is_in_exec_form_so_that_it_gets_sigterm(target: str):
    assert json.loads(last(target, "CMD")) == ["python", "main.py"]
    assert "ENTRYPOINT" not in dict(inherited(target))


@TARGETS
def test_python_writes_no_bytecode_to_the_read_only_root(target: str):
    assert "PYTHONDONTWRITEBYTECODE=1" in last(target, "ENV")


@TARGETS
def test_ecs_checks_the_health_and_not_docker(target: str):
    assert "HEALTHCHECK" not in dict(inherited(target))


@TARGETS
def test_nothing_is_installed_or_downloaded(target: str):
    assert {name for name, _ in inherited(target)} == {"ENV", "WORKDIR", "COPY", "USER", "EXPOSE", "CMD"}


@TARGETS
def test_what_is_copied_is_there_and_not_ignored(target: str):
    ignore = (SAMPLE / ".dockerignore").read_text(encoding="utf-8").split()
    sources = [source for name, argument in inherited(target) if name == "COPY" for source in argument.split()[:-1]]
    own = {"web": ["web/main.py"], "backend": ["backend/main.py", "backend/archive.py"]}[target]
    assert sources == ["serving.py", *own]
    for source in sources:
        assert (SAMPLE / source).is_file()
        assert f"!{source}" in ignore
