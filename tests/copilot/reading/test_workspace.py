"""The folder `copilot/`."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdk_containers.copilot.manifests import ManifestError, Workspace


def workspace(root: Path, *files: str, application: str = "application: shop\n") -> Path:
    for name in ("copilot/.workspace", *files):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(application if name.endswith(".workspace") else "", encoding="utf-8")
    return root


FILES = [
    "copilot/web/manifest.yml",
    "copilot/web/addons/table.yml",
    "copilot/web/addons/addons.parameters.yml",
    "copilot/web/addons/README.md",
    "copilot/web/overrides/cfn.patches.yml",
    "copilot/notes/todo.txt",
    "copilot/environments/prod/manifest.yml",
    "copilot/environments/test/.keep",
    "copilot/environments/addons/bucket.yaml",
    "copilot/environments/overrides/stack.ts",
    "copilot/pipelines/main/manifest.yml",
    "copilot/pipelines/main/buildspec.yml",
]


def test_what_is_found(tmp_path: Path):
    found = Workspace.at(workspace(tmp_path, *FILES))
    copilot = tmp_path / "copilot"
    assert found.application == "shop"
    assert found.root == tmp_path
    assert list(found.workloads) == ["web"]
    web = found.workloads["web"]
    assert web.manifest == copilot / "web/manifest.yml"
    assert [path.name for path in web.addons] == ["addons.parameters.yml", "table.yml"]
    assert web.overrides == copilot / "web/overrides"
    assert {name: place.manifest is not None for name, place in found.environments.items()} == {
        "prod": True,
        "test": False,
    }
    assert [path.name for path in found.environment_addons] == ["bucket.yaml"]
    assert found.environment_overrides == copilot / "environments/overrides"
    assert list(found.pipelines) == ["main"]


@pytest.mark.parametrize("start", [".", "copilot", "copilot/web", "a/b"])
def test_it_is_found_from_inside(tmp_path: Path, start: str):
    workspace(tmp_path, *FILES)
    (tmp_path / start).mkdir(parents=True, exist_ok=True)
    assert Workspace.at(tmp_path / start).application == "shop"


def test_there_is_none(tmp_path: Path):
    with pytest.raises(ManifestError, match=r"no workspace: no copilot/\.workspace here or in the five folders above"):
        Workspace.at(tmp_path)


@pytest.mark.parametrize("text", ["", "path: x\n", "application:\n", "application: [a]\n", "- a\n", "a: [\n"])
def test_a_workspace_without_a_name(tmp_path: Path, text: str):
    with pytest.raises(ManifestError):
        Workspace.at(workspace(tmp_path, application=text))
