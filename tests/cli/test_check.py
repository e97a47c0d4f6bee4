"""`check`: what it reads, what it finds, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdk_containers.core.practices import AREAS
from tests.cli.command import CHECKS, IMMUTABLE, MUTABLE, Shell, template

ACKNOWLEDGED = {**MUTABLE, "Metadata": {"cdk_containers": {"opt_outs": {"immutable-tags": "a sandbox"}}}}
BY_PARAMETER = {
    "Type": "AWS::ECR::Repository",
    "Properties": {
        "ImageTagMutability": {"Ref": "Mutability"},
        "ImageScanningConfiguration": {"ScanOnPush": True},
    },
}


# ---- findings


def test_failures_and_what_cannot_be_told_are_found(shell: Shell, tmp_path: Path):
    parameters = {"Mutability": {"Type": "String"}}
    path = template(tmp_path / "a.json", {"A": IMMUTABLE, "B": MUTABLE, "C": BY_PARAMETER}, Parameters=parameters)
    assert shell.found(path) == [("B", "immutable-tags", "fail"), ("C", "immutable-tags", "cannot-tell")]
    passing = [("A", "immutable-tags", "pass"), *((id_, "scan-on-push", "pass") for id_ in "ABC")]
    assert shell.found("--all", path)[2:] == passing


def test_a_parameter_can_be_given(shell: Shell, tmp_path: Path):
    parameters = {"Mutability": {"Type": "String", "Default": "IMMUTABLE"}, "Others": {"Type": "CommaDelimitedList"}}
    path = template(tmp_path / "a.json", {"C": BY_PARAMETER}, Parameters=parameters)
    assert shell.found(path) == [("C", "immutable-tags", "cannot-tell")]
    assert shell.found(path, "--parameter", "Mutability=MUTABLE") == [("C", "immutable-tags", "fail")]
    assert shell.found(path, "--parameter", "Mutability=IMMUTABLE", "--parameter", "Others=a,b") == []
    assert shell.found(path, "--assume-defaults") == []


def test_a_parameter_that_is_a_list_is_one(shell: Shell, tmp_path: Path):
    chosen = {"Fn::Select": ["1", {"Ref": "Kinds"}]}
    resource = {**BY_PARAMETER, "Properties": {**BY_PARAMETER["Properties"], "ImageTagMutability": chosen}}
    parameters = {"Kinds": {"Type": "CommaDelimitedList"}}
    path = template(tmp_path / "a.json", {"C": resource}, Parameters=parameters)
    assert shell.found(path, "--parameter", "Kinds=IMMUTABLE,MUTABLE") == [("C", "immutable-tags", "fail")]


def test_without_a_path_it_reads_cdk_out(shell: Shell, tmp_path: Path):
    template(tmp_path / "cdk.out" / "Shop.template.json", {"A": MUTABLE})
    assert shell.found() == [("A", "immutable-tags", "fail")]


def test_what_is_given_twice_is_checked_once(shell: Shell, tmp_path: Path):
    template(tmp_path / "infra" / "a.json", {"A": MUTABLE})
    for paths in (("infra", "infra/a.json"), ("infra/a.json", "infra"), ("infra", "infra/../infra")):
        assert shell.found(*paths) == [("A", "immutable-tags", "fail")]


def test_checks_are_chosen_by_practice_and_area(shell: Shell, tmp_path: Path):
    path = template(tmp_path / "a.json", {"A": {"Type": "AWS::ECR::Repository"}})

    def practices(*options: str) -> set[str]:
        return {it["practice"] for it in shell("check", path, "--format", "json", "--all", *options).data["findings"]}

    assert practices("--only", "scan-on-push") == {"scan-on-push"}
    images = practices("--only", "images")
    assert {"immutable-tags", "scan-on-push"} <= images <= {it.id for it in AREAS["Images"]}
    assert practices("--only", "Images", "--skip", "scan-on-push") == images - {"scan-on-push"}


def test_acknowledged_failures_are_in_a_list_of_their_own(shell: Shell, tmp_path: Path):
    path = template(tmp_path / "a.json", {"A": ACKNOWLEDGED, "B": MUTABLE})
    data = shell.check(path, "--format", "json").data
    assert [it["resource"] for it in data["findings"]] == ["B"]
    assert [(it["resource"], it["reason"]) for it in data["acknowledged"]] == [("A", "a sandbox")]
    assert "a sandbox" not in shell.check(path).out
    assert "immutable-tags on A: a sandbox" in shell.check(path, "--all").out


# ---- how it ends


@pytest.mark.parametrize(("threshold", "code"), [(None, 1), ("low", 1), ("high", 1), ("critical", 0), ("never", 0)])
def test_the_exit_code_follows_the_severity(shell: Shell, tmp_path: Path, threshold: str | None, code: int):
    path = template(tmp_path / "a.json", {"A": MUTABLE})
    ran = shell.check(path, *(["--fail-on", threshold] if threshold else []))
    assert ran.code == code
    assert "1 finding (1 high)" in ran.out


@pytest.mark.parametrize("resource", [IMMUTABLE, ACKNOWLEDGED, {"Type": "Some::Other::Thing"}])
def test_without_failures_it_ends_well(shell: Shell, tmp_path: Path, resource: dict[str, object]):
    ran = shell.check(template(tmp_path / "a.json", {"A": resource}))
    assert ran.code == 0
    assert "0 findings" in ran.out


def test_a_report_goes_to_a_file(shell: Shell, tmp_path: Path):
    path = template(tmp_path / "a.json", {"A": MUTABLE})
    ran = shell.check(path, "--format", "json", "--output", "report.json")
    assert (ran.code, ran.out) == (1, "1 finding (1 high); 1 resource\n")
    assert json.loads((tmp_path / "report.json").read_text())["findings"][0]["resource"] == "A"


# ---- bad input


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ('{"Resources": {"A": {\n"Type": "x",,}}}', "line 2"),
        ("Resources:\n  A: [1, 2\n  B: {", "line 3"),
        ("Resources:\n  A: 1\n  A: 2\n", "line 3: the key 'A' appears twice"),
        ("services:\n  web: {image: nginx}\n", "not a template, because it has no Resources"),
        ("- 1\n- 2\n", "not a template"),
        ("just words", "not a template"),
        (b"\xff\xfe\x00R", "not text in UTF-8"),
    ],
)
def test_what_is_no_template_is_one_line(shell: Shell, tmp_path: Path, content: str | bytes, said: str):
    path = tmp_path / "broken.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    ran = shell.check(path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(f"cdk-containers: {path}: ")
    assert said in ran.err
    assert ran.err.count("\n") == 1


def test_paths_without_templates_are_named(shell: Shell, tmp_path: Path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "nowhere").symlink_to("not-there.yaml")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "gone.template.json").symlink_to("not-there.json")
    ran = shell.check("empty", "loop", "nowhere", "missing.yaml", "folder")
    assert ran.code == 2
    assert ran.err.splitlines() == [
        "cdk-containers: empty: this folder contains no template",
        "cdk-containers: loop: no such file or folder",
        "cdk-containers: nowhere: no such file or folder",
        "cdk-containers: missing.yaml: no such file or folder",
        "cdk-containers: folder/gone.template.json: No such file or directory",
    ]


def test_links_to_templates_are_followed(shell: Shell, tmp_path: Path):
    template(tmp_path / "real" / "a.json", {"A": MUTABLE})
    (tmp_path / "linked.json").symlink_to("real/a.json")
    (tmp_path / "linked").symlink_to("real")
    assert shell.found("linked.json") == [("A", "immutable-tags", "fail")]
    assert shell.found("linked") == [("A", "immutable-tags", "fail")]


def test_a_file_that_must_not_be_read_is_one_line(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")  # root, who runs tests in containers, is refused nothing

    path = template(tmp_path / "a.json", {"A": MUTABLE})
    monkeypatch.setattr(Path, "read_text", refuse)
    assert shell.check(path).err == f"cdk-containers: {path}: Permission denied\n"


def test_what_can_be_read_is_checked_and_the_rest_is_named(shell: Shell, tmp_path: Path):
    template(tmp_path / "good.json", {"A": MUTABLE})
    (tmp_path / "bad.json").write_text("{")
    ran = shell.check("good.json", "bad.json", "--format", "json")
    assert ran.code == 1
    assert [it["resource"] for it in ran.data["findings"]] == ["A"]
    [problem] = ran.data["not_checked"]
    assert problem.startswith("bad.json: line 1: ")
    table = shell.check("good.json", "bad.json").out
    assert "Not checked:\n  bad.json: line 1: " in table
    assert "1 not checked" in table


def test_an_assembly_with_a_broken_manifest_is_one_line(shell: Shell, tmp_path: Path):
    folder = tmp_path / "cdk.out"
    folder.mkdir()
    for manifest in ("{", "[]", '{"artifacts": []}', '{"artifacts": {"A": 1}}', '{"artifacts": {}}'):
        (folder / "manifest.json").write_text(manifest)
        ran = shell.check()
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), ran.err
        assert "cdk-containers: cdk.out" in ran.err
    for properties in ("{}", "1", '{"templateFile": 1}', '{"templateFile": "gone.json"}'):
        (folder / "manifest.json").write_text(manifest_of("aws:cloudformation:stack", properties))
        ran = shell.check()
        assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1), ran.err
    (folder / "manifest.json").write_text(manifest_of("cdk:cloud-assembly", '{"directoryName": "."}'))
    ran = shell.check()
    assert "the assembly contains itself" in ran.err
    assert (ran.code, ran.err.count("\n")) == (2, 1)


def manifest_of(type_: str, properties: str) -> str:
    return f'{{"artifacts": {{"A": {{"type": "{type_}", "properties": {properties}}}}}}}'


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--only", "imutable-tags"], "--only: no practice has the id 'imutable-tags'; did you mean 'immutable-tags'?"),
        (["--skip", "scan-on-pish"], "--skip: no practice has the id 'scan-on-pish'; did you mean 'scan-on-push'?"),
        (["--only", "scan-on-push", "--skip", "scan-on-push"], "--skip: no check is left to run"),
        (["--only", "scan-on-push", "--skip", "images"], "--skip: no check is left to run"),
        (["--output", "missing/report.html"], "--output: there is no folder missing"),
        (["--output", "."], "--output: . is a folder"),
        (["--write-baseline", "missing/known.json"], "--write-baseline: there is no folder missing"),
        (["--parameter", "Mutability"], "--parameter: 'Mutability' is not NAME=VALUE"),
        (["--parameter", "=x"], "--parameter: '=x' is not NAME=VALUE"),
        (
            ["--parameter", "Mutabilty=x"],
            "--parameter: no template has a parameter 'Mutabilty'; did you mean 'Mutability'?",
        ),
        (["--baseline", "missing.json"], "--baseline: missing.json: No such file or directory"),
    ],
)
def test_a_wrong_option_is_one_line(shell: Shell, tmp_path: Path, options: list[str], said: str):
    parameters = {"Mutability": {"Type": "String"}}
    path = template(tmp_path / "a.json", {"A": MUTABLE}, Parameters=parameters)
    ran = shell("check", path, *options)
    assert (ran.code, ran.out, ran.err) == (2, "", f"cdk-containers: {said}\n")


def test_a_practice_that_no_template_shows_cannot_be_asked_for_alone(shell: Shell, tmp_path: Path):
    from cdk_containers.checks.engine import CHECKS as ALL  # noqa: PLC0415
    from cdk_containers.core.practices import PRACTICES  # noqa: PLC0415

    path = template(tmp_path / "a.json", {"A": MUTABLE})
    unseen = next(id_ for id_ in PRACTICES if id_ not in {check.practice for check in ALL})
    ran = shell("check", path, "--only", unseen)
    assert ran.code == 2
    assert ran.err.startswith(f"cdk-containers: --only: {unseen!r} is not visible in a template")
    assert shell("check", path, *CHECKS, "--only", unseen).code == 1


def test_without_a_path_and_without_cdk_out_it_says_so(shell: Shell):
    ran = shell.check()
    assert (ran.code, ran.err) == (2, "cdk-containers: no PATH given, and no folder cdk.out here\n")


def test_names_in_a_template_cannot_write_to_the_terminal(shell: Shell, tmp_path: Path):
    path = template(tmp_path / "a.json", {"A\u001b[31m\nB": MUTABLE, "\ud800": MUTABLE})
    for format_ in ("table", "markdown"):
        out = shell.check(path, "--format", format_).out
        assert "immutable-tags" in out
        assert "\033" not in out
