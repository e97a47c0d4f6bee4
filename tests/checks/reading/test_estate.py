"""Files, folders, assemblies and nested stacks, and what is said of those that cannot be read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.checks.reading import read_estate
from cdk_containers.checks.templates import Estate

TEMPLATE = '{"Resources": {"It": {"Type": "Test"}}}'


def written(root: Path, files: Mapping[str, Any]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return root


def read(*paths: Path) -> tuple[Estate, list[str]]:
    estate = Estate()
    return estate, read_estate(paths, estate)


def names(estate: Estate, root: Path) -> list[str]:
    return [Path(template.name).relative_to(root).as_posix() for template in estate.templates]


def test_every_template_of_a_folder_is_read_and_nothing_else(tmp_path: Path):
    files = {
        "a.yaml": "Resources: {It: {Type: T}}",
        "deep/b.template": TEMPLATE,
        "deep/c.json": TEMPLATE,
        "package.json": '{"name": "x"}',
        "values.yaml": "a: 1",
        "notes.txt": "text",
        ".hidden/d.yaml": "Resources: {It: {Type: T}}",
        "node_modules/e/f.yaml": "Resources: {It: {Type: T}}",
    }
    estate, skipped = read(written(tmp_path, files))
    assert names(estate, tmp_path) == ["a.yaml", "deep/b.template", "deep/c.json"]
    assert skipped == []


def assembly(**artifacts: Any) -> dict[str, Any]:
    return {"version": "50.0.0", "artifacts": artifacts}


def stack(file: str, name: str = "") -> dict[str, Any]:
    return {"type": "aws:cloudformation:stack", "properties": {"templateFile": file, "stackName": name}}


def test_an_assembly_has_its_stacks_and_those_of_its_stages(tmp_path: Path):
    files = {
        "cdk.out/manifest.json": assembly(
            Shop=stack("Shop.template.json", "shop"),
            Tree={"type": "cdk:tree", "properties": {"file": "tree.json"}},
            Stage={"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}},
        ),
        "cdk.out/Shop.template.json": TEMPLATE,
        "cdk.out/tree.json": TEMPLATE,
        "cdk.out/asset.1234.json": TEMPLATE,
        "cdk.out/assembly-Prod/manifest.json": assembly(Shop=stack("Shop.template.json", "prod-shop")),
        "cdk.out/assembly-Prod/Shop.template.json": TEMPLATE,
    }
    root = written(tmp_path, files)
    for given in (root / "cdk.out", root):
        estate, skipped = read(given)
        assert names(estate, root) == ["cdk.out/Shop.template.json", "cdk.out/assembly-Prod/Shop.template.json"]
        assert set(estate.stacks) == {"shop", "prod-shop"}
        assert skipped == []


def nested(**resource: Any) -> dict[str, Any]:
    return {"Resources": {"Nested": {"Type": "AWS::CloudFormation::Stack", **resource}}}


@pytest.mark.parametrize(
    "resource",
    [
        {"Metadata": {"aws:asset:path": "inner.template.json"}, "Properties": {"TemplateURL": {"Fn::Sub": "x"}}},
        {"Properties": {"TemplateURL": "inner.template.json"}},
        {"Properties": {"TemplateURL": "./inner.template.json"}},
    ],
)
def test_a_nested_stack_is_read_with_its_parameters(tmp_path: Path, resource: Any):
    resource = {**resource, "Properties": {**resource["Properties"], "Parameters": {"Name": "given"}}}
    inner = {
        "Parameters": {"Name": {"Type": "String", "Default": "own"}},
        "Resources": {"It": {"Type": "Test", "Properties": {"Name": {"Ref": "Name"}}}},
    }
    root = written(tmp_path, {"outer.template.json": nested(**resource), "inner.template.json": inner})
    for given in (root / "outer.template.json", root):  # in a folder it is not looked at for a second time, on its own
        estate, skipped = read(given)
        assert skipped == []
        assert [it.text("Name") for it in estate.of_type("Test")] == ["given"]


def test_nested_stacks_that_contain_themselves_end(tmp_path: Path):
    files = {
        "a.json": nested(Properties={"TemplateURL": "b.json"}),
        "b.json": nested(Properties={"TemplateURL": "a.json"}),
    }
    _, skipped = read(written(tmp_path, files) / "a.json")
    assert skipped == [f"{tmp_path / 'b.json'}: the nested stack Nested contains itself"]


def test_a_nested_stack_whose_template_is_elsewhere_is_named(tmp_path: Path):
    url = "https://s3.amazonaws.com/bucket/x.yaml"
    _, skipped = read(written(tmp_path, {"a.json": nested(Properties={"TemplateURL": url})}) / "a.json")
    assert skipped == [f"{tmp_path / 'a.json'}: the template of the nested stack Nested is not here"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.json", "{", "a.json: line 1"),
        ("a.yaml", "a: [", "a.yaml: line"),
        ("a.yaml", "a: 1", "a.yaml: not a template, because it has no Resources"),
        ("a.txt", "hello", "a.txt: not a template"),
        ("a.yaml", "", "a.yaml: the file is empty"),
    ],
)
def test_a_file_that_is_named_and_is_no_template_is_said(tmp_path: Path, name: str, content: str, problem: str):
    estate, skipped = read(written(tmp_path, {name: content}) / name)
    assert estate.templates == []
    assert len(skipped) == 1
    assert problem in skipped[0]


def test_a_template_that_is_broken_does_not_keep_the_others_out(tmp_path: Path):
    files = {"a.yaml": "Resources: [", "b.yaml": "Resources: {It: {Type: T}}", "chart.yaml": "{{ of something else"}
    estate, skipped = read(written(tmp_path, files))
    assert names(estate, tmp_path) == ["b.yaml"]
    assert len(skipped) == 1


def test_paths_that_cannot_be_read(tmp_path: Path):
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "gone.yaml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "round").symlink_to(tmp_path, target_is_directory=True)
    _, skipped = read(tmp_path / "binary.yaml", tmp_path / "gone.yaml", tmp_path / "nothing", Path("/dev/null"))
    assert [line.split(": ", 1)[1] for line in skipped] == [
        "it is not text in UTF-8",
        "no such file or folder",
        "no such file or folder",
        "neither a file nor a folder",
    ]
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.json").mkdir()
    _, skipped = read(tmp_path)
    assert sorted(line.split(": ", 1)[1] for line in skipped) == [
        "No such file or directory",
        "it is not text in UTF-8",
        "not a regular file",
        "not a regular file",
    ]


def test_a_manifest_that_is_broken_is_said(tmp_path: Path):
    _, skipped = read(written(tmp_path, {"manifest.json": "{"}))
    assert len(skipped) == 1
    assert "manifest.json" in skipped[0]


@pytest.mark.parametrize("manifest", ["[]", '{"artifacts": 5}', "{}", '{"name": "A web app"}'])
def test_a_manifest_of_something_else_makes_no_assembly(tmp_path: Path, manifest: str):
    estate, skipped = read(written(tmp_path, {"manifest.json": manifest, "a.yaml": "Resources: {It: {Type: T}}"}))
    assert names(estate, tmp_path) == ["a.yaml"]
    assert skipped == []


def test_artifacts_of_unknown_kinds_are_left_alone(tmp_path: Path):
    odd = assembly(A=5, B={}, C={"type": "aws:cloudformation:stack"})
    _, skipped = read(written(tmp_path, {"manifest.json": odd}))
    assert skipped[0] == f"{tmp_path / 'manifest.json'}: the artifact C has no path"


def test_an_assembly_that_names_a_file_that_is_missing(tmp_path: Path):
    _, skipped = read(written(tmp_path, {"manifest.json": assembly(Shop=stack("Shop.template.json"))}))
    assert skipped == [f"{tmp_path / 'Shop.template.json'}: No such file or directory"]
