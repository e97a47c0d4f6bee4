"""One golden template per reference stack: a changed id or value shows in review."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from .conftest import ENVIRONMENTS, ROOT, Assembly, app_here

pytestmark = [pytest.mark.xdist_group("reference"), pytest.mark.snapshot, pytest.mark.slow]

GOLDENS = ROOT / "tests" / "snapshots"
STACKS = (
    "application",
    "audit",
    "connections",
    "delivered-eu-central-1",
    "delivered-eu-west-1",
    "delivered-staging",
    "delivery-live",
    "delivery-staging",
    "deployments",
    "eks-auto",
    "eks-eu-central-1",
    "eks-eu-west-1",
    "eks-fargate",
    "eks-hybrid",
    "eks-nodes",
    "eks-storage",
    "instances",
    "jobs",
    "network",
    "pipeline",
    "pipeline-support-eu-central-1",
    "platforms",
    "registry",
    "second-account",
    "shared-platform",
    "team-billing",
    "team-shop",
    "telemetry",
    "web-application",
    "workers",
)
# Unanchored: hashes also stand in the middle of names of images and of nested templates.
_HASH = re.compile(r"[0-9a-f]{64}")


def golden(template: dict[str, Any]) -> str:
    seen: dict[str, str] = {}
    text = json.dumps(template, indent=2, sort_keys=True)
    return _HASH.sub(lambda match: seen.setdefault(match[0], f"<asset-{len(seen) + 1}>"), text) + "\n"


@pytest.mark.parametrize("stack", STACKS)
def test_template_is_as_it_was(assembly: Assembly, stack: str, pytestconfig: pytest.Config) -> None:
    path = GOLDENS / f"{assembly.environment}-{stack}.template.json"
    text = golden(assembly.template(stack))
    if pytestconfig.getoption("--update-snapshots"):
        path.write_text(text)
    assert path.exists(), "no golden template: run `make snapshots-update` and read what it wrote"
    assert text == path.read_text(), "the template changed: if it should, `make snapshots-update` and read the diff"


def test_every_stack_has_a_golden_and_every_golden_a_stack(assemblies: dict[str, Assembly]) -> None:
    made = {f"{name}.template.json" for assembly in assemblies.values() for name in assembly.files}
    assert made == {path.name for path in GOLDENS.glob("*.template.json")}
    assert made == {f"{name}-{stack}.template.json" for name in ENVIRONMENTS for stack in STACKS}


def test_same_input_gives_the_same_bytes(assemblies: dict[str, Assembly]) -> None:
    """Also in a process that has made other apps before, and that orders its sets differently."""
    folder = Path(app_here("dev").synth().directory)
    for path in assemblies["dev"].template_files:
        assert (folder / path.relative_to(assemblies["dev"].folder)).read_bytes() == path.read_bytes()


def test_mask_finds_hashes_inside_names() -> None:
    text = golden({"Image": "repository:" + "a" * 64, "Asset": "b" * 64 + ".json", "Again": "a" * 64})
    assert "<asset-1>" in text
    assert text.count("<asset-") == 3
    assert not _HASH.search(text)
