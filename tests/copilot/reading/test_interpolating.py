"""`${VAR}`: where it is filled in, and where not."""

from __future__ import annotations

import pytest

from cdk_containers.copilot.manifests import ManifestError, read_workload
from tests.copilot.reading.bases import manifest

VARIABLES = {"FOO": "foo", "NUM": "512", "EMPTY": "", "AGAIN": "${FOO}", "MAP": "{a: b}", "YES": "yes"}


def variable(written: str) -> str:
    text = manifest("Backend Service", f"variables: {{A: '{written}'}}")
    read = read_workload(text, environment="prod", application="acme", variables=VARIABLES)
    return str(read.model.variables["A"])


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${FOO}", "foo"),
        ("x${FOO}y${FOO}", "xfooyfoo"),
        ("${COPILOT_APPLICATION_NAME}-${COPILOT_ENVIRONMENT_NAME}", "acme-prod"),
        ("${EMPTY}", ""),
        ("${AGAIN}", "${FOO}"),
        ("${MAP}", "{a: b}"),
        ("$FOO", "$FOO"),
        ("$${FOO}", "$foo"),
        (r"\${FOO}", "${FOO}"),
        (r"\\${FOO}", r"\${FOO}"),
        (r"\${NOPE}", "${NOPE}"),
        ("${FOO-x} ${1X} ${} ${FOO ${ FOO }", "${FOO-x} ${1X} ${} ${FOO ${ FOO }"),
    ],
)
def test_values(written: str, value: str):
    assert variable(written) == value


def refused(says: str, variables: dict[str, str], **names: str) -> str:
    with pytest.raises(ManifestError) as caught:
        read_workload(manifest("Backend Service", says), variables=variables, **names)
    return str(caught.value)


def test_a_variable_that_is_not_defined_is_refused_in_every_environment():
    error = refused("environments: {test: {variables: {A: '${NOPE}'}}}", {})
    assert error.startswith("manifest.yml:6:35: environments.test.variables.A: the variable NOPE is not defined")


def test_names_that_are_not_known():
    assert "set the application and the environment" in refused("env_file: '${COPILOT_APPLICATION_NAME}.env'", {})


def test_names_that_the_shell_has_otherwise():
    shell = {"COPILOT_ENVIRONMENT_NAME": "test"}
    error = refused("env_file: '${COPILOT_ENVIRONMENT_NAME}.env'", shell, environment="prod")
    assert "the shell has COPILOT_ENVIRONMENT_NAME='test', but it is 'prod': unset it" in error


def test_no_number_is_filled_in():
    error = refused("cpu: ${NUM}", VARIABLES)
    assert "cpu: got '512'; expected a whole number: Copilot inserts variables as text" in error


def test_a_truth_value_and_lists_are_filled_in():
    says = "exec: ${YES}\ncommand: [a, '${FOO}']\ncount: {range: '1-${NUM}', cpu_percentage: 5}"
    model = read_workload(manifest("Backend Service", says), variables=VARIABLES).model
    assert (model.exec, model.command, model.count.range) == (True, ["a", "foo"], "1-512")


def test_keys_and_comments_are_not():
    says = "variables: {'${NOPE}': a} # ${NOPE}"
    assert read_workload(manifest("Backend Service", says), variables={}).model.variables == {"${NOPE}": "a"}


def test_the_shell_is_where_variables_come_from(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FROM_THE_SHELL", "here")
    text = manifest("Backend Service", "env_file: '${FROM_THE_SHELL}.env'")
    assert read_workload(text).model.env_file == "here.env"
