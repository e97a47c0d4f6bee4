"""The command as a whole: what it loads, what it says of itself, and how it refuses."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

import cdk_containers
from cdk_containers.cli.commands import COMMANDS, module_of
from cdk_containers.cli.main import command_parser
from cdk_containers.core.version import VERSION
from tests.cli.command import MUTABLE, Shell, template

ROOT = Path(cdk_containers.__file__).parents[2]
HEAVY = ("aws_cdk", "jsii", "importlib.metadata", "boto3", "botocore", "yaml", "shtab", "cfnlint")


def loaded_by(*arguments: str, before: str = "", codes: tuple[int, ...] = (0, 1)) -> set[str]:
    """The modules that a call loads, in its own process."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1]); from cdk_containers.cli.main import main\n"
        f"{before}"
        "try: code = main(sys.argv[2:])\n"
        "except SystemExit as end: code = end.code\n"
        "print('loaded', *sys.modules); sys.exit(code)"
    )
    run = subprocess.run(
        [sys.executable, "-c", script, str(ROOT / "constructs"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in codes, run.stderr
    return set(run.stdout.rpartition("\nloaded ")[2].split())


def test_help_loads_no_subcommand():
    loaded = loaded_by("--help")
    assert "cdk_containers.cli.commands" in loaded
    assert loaded.isdisjoint((*HEAVY, "dataclasses", "json", "cdk_containers.core.practices"))
    assert {name for name in loaded if name.startswith("cdk_containers.")} == {
        "cdk_containers.cli",
        "cdk_containers.cli.commands",
        "cdk_containers.cli.errors",
        "cdk_containers.cli.main",
        "cdk_containers.core",
        "cdk_containers.core.names_on_use",
    }


LIMITS = {"cdk_containers.model.limits", "cdk_containers.model.limits.quota"}


def test_check_of_json_loads_only_what_it_needs(tmp_path: Path):
    loaded = loaded_by("check", str(template(tmp_path / "a.json", {"A": MUTABLE})))
    assert {"cdk_containers.checks.rules", "cdk_containers.checks.reports.as_table"} <= loaded
    assert loaded.isdisjoint((*HEAVY, "cdk_containers.checks.reports.as_html", "cdk_containers.cli.completion"))
    wings = {name.split(".")[1] for name in loaded if name.startswith("cdk_containers.")}
    assert wings == {"checks", "cli", "core", "model"}
    assert {name for name in loaded if name.startswith("cdk_containers.model.")} == LIMITS
    assert "cdk_containers.core.practices" in loaded
    assert "cdk_containers.core.inputs" not in loaded, "it is needed for schedules only, and as slow as all checks"


def test_check_of_instances_loads_what_it_knows_of_them(tmp_path: Path):
    data = {"InstanceType": "m7i.large", "UserData": "ECS_CLUSTER=shop"}
    launch = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": data}}
    assert "cdk_containers.model.instances" in loaded_by("check", str(template(tmp_path / "a.json", {"A": launch})))


def test_every_command_is_a_module_with_arguments_and_a_line_of_help(shell: Shell):
    with pytest.raises(SystemExit) as end:
        shell("--help")
    assert end.value.code == 0
    text = shell._capture.readouterr().out
    for name, summary in COMMANDS.items():
        module = import_module(module_of(name), "cdk_containers.cli")
        assert callable(module.add_arguments)
        assert callable(module.run)
        assert name in text
        assert summary in text
    assert "exit codes:" in text


def test_the_script_of_the_package_is_the_entry_point():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _, function = project["scripts"]["cdk-containers"].partition(":")
    assert callable(getattr(import_module(module), function))
    assert project["version"] == VERSION
    assert project["optional-dependencies"]["checks"] == ["pyyaml>=6"]


def test_it_runs_as_a_module():
    run = subprocess.run(
        [sys.executable, "-m", "cdk_containers.cli", "--version"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "constructs")},
    )
    assert (run.returncode, run.stdout.split()[0]) == (0, "cdk-containers")


def test_without_a_command_it_shows_the_help_and_fails(shell: Shell):
    ran = shell()
    assert ran.code == 2
    assert ran.out == ""
    assert "check templates and CDK apps" in ran.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chekc"], "invalid choice: 'chekc'"),
        (["check", "--frmat", "json"], "unrecognized arguments: --frmat"),
        (["check", "--format", "jsn"], "argument --format: invalid choice: 'jsn'"),
        (["check", "--fail-on", "severe"], "argument --fail-on: invalid choice: 'severe'"),
        (["check", "--output"], "argument --output: expected one argument"),
        (["completion", "csh"], "invalid choice: 'csh'"),
    ],
)
def test_a_wrong_call_is_one_line(shell: Shell, arguments: list[str], said: str):
    ran = shell(*arguments)
    assert ran.code == 2
    assert said in ran.err
    assert ran.err.count("\n") == 1
    assert "--help')" in ran.err


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path):
    source = template(tmp_path / "a.json", {f"R{number}": MUTABLE for number in range(2000)})
    command = f"{sys.executable} -m cdk_containers.cli check {source} --all | head -1"
    run = subprocess.run(
        ["sh", "-c", command],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "constructs"), "PATH": "/usr/bin:/bin"},
    )
    assert run.stdout.count("\n") == 1
    assert run.stderr == ""


@pytest.mark.parametrize("shell_name", ["bash", "zsh", "fish"])
def test_completion_knows_commands_options_and_practices(shell: Shell, shell_name: str):
    ran = shell("completion", shell_name)
    assert ran.code == 0
    for word in (*COMMANDS, "fail-on", "sarif", "immutable-tags", "load-balancers"):
        assert word in ran.out


def test_completion_says_what_it_lacks(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "shtab", None)
    ran = shell("completion", "bash")
    assert (ran.code, ran.err) == (
        2,
        "cdk-containers: completion needs shtab: pip install 'cdk-containers[completion]'\n",
    )


def test_bash_takes_the_completion(shell: Shell, tmp_path: Path):
    script = tmp_path / "completion.bash"
    script.write_text(shell("completion", "bash").out)
    asked = (
        f"source {script}; COMP_WORDS=(cdk-containers check --only immutable-t); COMP_CWORD=3;"
        " _shtab_cdk_containers; echo ${COMPREPLY[@]}"
    )
    run = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)  # noqa: S607
    assert run.stdout == "immutable-tags\n"


def test_only_wanted_subcommands_have_their_options():
    parser = command_parser({"check"})
    assert "--format" in parser.subcommands["check"].format_help()
    assert "--format" not in parser.subcommands["practices"].format_help()
