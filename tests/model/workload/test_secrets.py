"""Secrets that would be written into a task definition, an image or a label, however they are hidden."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_ssm as ssm

from cdk_containers import ConstructError, Container, HealthCheck, Image, NotSecret
from cdk_containers.core.errors import Problem
from cdk_containers.model.workload.secrets import environment_problems, text_problems
from tests.toolkit import IMAGE, backend, container, containers, new_stack, synth

Make = Callable[[cdk.Stack], str]


def password(stack: cdk.Stack) -> str:
    return secretsmanager.Secret(stack, "Secret").secret_value_from_json("password").unsafe_unwrap()


HIDDEN: dict[str, Make] = {
    "of a secret": password,
    "in a text": lambda stack: f"postgres://shop:{password(stack)}@db/shop",
    "in a join": lambda stack: cdk.Fn.join("", ["Bearer ", password(stack)]),
    "in a sub": lambda stack: cdk.Fn.sub("Bearer ${It}", {"It": password(stack)}),
    "in a choice": lambda stack: cdk.Fn.select(0, cdk.Fn.split(",", password(stack))),
    "in a condition": lambda stack: cdk.Fn.condition_if("Dev", password(stack), "none").to_string(),
    "encoded": lambda stack: cdk.Fn.base64(password(stack)),
    "as a whole": lambda stack: secretsmanager.Secret(stack, "Secret").secret_value.unsafe_unwrap(),
    "of a parameter": lambda _: cdk.SecretValue.ssm_secure("/shop/key").unsafe_unwrap(),
    "that nobody is shown": lambda stack: cdk.CfnParameter(stack, "Login", no_echo=True).value_as_string,
    "written out": lambda _: "{{resolve:secretsmanager:shop:SecretString:password}}",
    "written out, of a parameter": lambda _: "prefix {{resolve:ssm-secure:/shop/key:1}}",
}
PLAIN: dict[str, Make] = {
    "an address": lambda stack: sqs.Queue(stack, "Queue").queue_url,
    "the ARN of a secret": lambda stack: secretsmanager.Secret(stack, "Secret").secret_arn,
    "a plain parameter": lambda stack: ssm.StringParameter.value_for_string_parameter(stack, "/shop/mode"),
    "a dynamic reference to a plain parameter": lambda _: "{{resolve:ssm:/shop/mode:1}}",
    "a parameter of the stack": lambda stack: cdk.CfnParameter(stack, "Mode").value_as_string,
    "an import": lambda _: cdk.Fn.import_value("Mode"),
    "an ARN that is put together": lambda stack: stack.format_arn(service="sqs", resource="orders"),
}


def the_problem(problems: list[Problem]) -> Problem:
    [problem] = problems
    assert problem.practice == "no-secrets-in-environment"
    return problem


@pytest.mark.parametrize("make", HIDDEN.values(), ids=HIDDEN)
def test_a_secret_in_a_token_is_refused_under_every_name(make: Make):
    value = make(new_stack())
    assert "the secret in plain text" in the_problem(environment_problems({"MODE": value})).what
    assert (
        "the secret in plain text"
        in the_problem(environment_problems({"MODE": NotSecret(value, reason="a" * 20)})).what
    )
    assert the_problem(text_problems(["run", value], option="command")).option == "command[1]"


@pytest.mark.parametrize("make", PLAIN.values(), ids=PLAIN)
def test_plain_tokens_pass_also_under_a_name_that_says_secret(make: Make):
    value = make(new_stack())
    assert environment_problems({"MODE": value, "DATABASE_SECRET": value}) == [] or value.startswith("{{resolve:ssm:")
    assert text_problems(["--mode", value], option="command") == []


def test_a_token_that_is_put_together_is_a_secret_by_its_name():
    stack = new_stack()
    value = f"prefix-{sqs.Queue(stack, 'Queue').queue_name}"
    assert environment_problems({"MODE": value}) == []
    assert "by its name" in the_problem(environment_problems({"API_TOKEN": value})).what


@jsii.implements(cdk.IStableStringProducer)
class Later:
    def __init__(self) -> None:
        self.asked = 0

    def produce(self) -> str:
        self.asked += 1
        return "late"


def test_what_is_lazy_is_not_asked_for_early():
    stack, later = new_stack(), Later()
    backend(stack, container=container(environment={"MODE": cdk.Lazy.string(later)}))
    assert later.asked == 0
    assert {"Name": "MODE", "Value": "late"} in containers(synth(stack))["app"]["Environment"]


def test_a_reference_to_another_account_is_not_made_one_by_the_check():
    app = cdk.App()
    there = cdk.Stack(app, "There", env=cdk.Environment(account="222222222222", region="eu-west-1"))
    queue = sqs.Queue(there, "Queue", queue_name=cdk.PhysicalName.GENERATE_IF_NEEDED)
    assert environment_problems({"MODE": queue.queue_name}) == []
    assert "QueueName" not in str(synth(there)["Resources"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOW_EMPTY_PASSWORD", "yes"),
        ("MYSQL_RANDOM_ROOT_PASSWORD", "yes"),
        ("ENABLE_API_KEY", "true"),
        ("REQUIRE_TOKEN", "Off"),
        ("DB_SECRET", "arn:aws-cn:secretsmanager:cn-north-1:111111111111:secret:db-AbCdEf"),
        ("TLS_PRIVATE_KEY", "/etc/tls/key.pem"),
        ("TLS_PRIVATE_KEY", "./keys/key.pem"),
        ("AUTH_TOKEN", "https://login.example.com/token"),
        ("DB_PASSWORD", "file:///run/secrets/db"),
        ("PWD", "/srv"),
        ("DB_SECRET", "prod/shop/db"),
        ("MAX_TOKENS", "4096"),
    ],
)
def test_values_that_are_no_secrets_whatever_their_name_is(name: str, value: str):
    assert environment_problems({name: value}) == []
    assert environment_problems({"DB_PASSWORD": "correct horse"}), "the same check refuses a secret"


@pytest.mark.parametrize(
    "name",
    [
        "PGPASSWORD",
        "MYSQL_PWD",
        "SMTP_PASS",
        "S3_ACCESS_KEY",
        "JWT_SIGNING_KEY",
        "SECRET_KEY",
        "SECRET_KEY_BASE",
        "spring.datasource.password",
    ],
)
def test_more_names_that_say_secret(name: str):
    assert "by its name" in the_problem(environment_problems({name: "hunter2"})).what


def test_an_address_with_a_query_may_hold_a_secret():
    assert environment_problems({"SAS_TOKEN": "https://store.example.com/?sig=abc"})


@pytest.mark.parametrize(
    "words",
    [
        ["--password=hunter2"],
        ["--api-key", "hunter2"],
        ["-Dspring.datasource.password=hunter2"],
        ["sh", "-c", "PGPASSWORD=hunter2 psql"],
        ["sh", "-c", "mysql --password hunter2 shop"],
        ["redis-server", "--requirepass", "hunter2"],
        ["curl", "https://shop:hunter2@example.com"],
    ],
)
def test_a_secret_in_a_command(words: list[str]):
    problem = the_problem(text_problems(words, option="command"))
    assert "hunter2" not in str(problem)
    assert the_problem(Container(image=IMAGE, command=words).problems()).option == problem.option
    assert the_problem(Container(image=IMAGE, entry_point=words).problems()).option.startswith("entry_point")


@pytest.mark.parametrize(
    "words",
    [
        ["--password", "--verbose"],
        ["--password-file=/run/secrets/db"],
        ["--token=/run/secrets/token"],
        ["sh", "-c", "psql --password=$PGPASSWORD"],
        ["sh", "-c", "TOKEN=$(cat /run/token) run"],
        ["sh", "-c", 'PGPASSWORD="$DB_PASSWORD" psql'],
        ["run", NotSecret("--token=X-CSRF", reason="the name of a header")],
    ],
)
def test_commands_without_a_secret(words: list[Any]):
    assert Container(image=IMAGE, command=words).problems() == []


def test_a_word_that_only_looks_like_a_secret_is_rendered():
    stack = new_stack()
    backend(stack, container=container(command=["run", NotSecret("--token=X", reason="the name of a header")]))
    assert containers(synth(stack))["app"]["Command"] == ["run", "--token=X"]


def test_secrets_in_labels_health_checks_and_builds(tmp_path: Any):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    value = password(new_stack())
    assert the_problem(Container(image=IMAGE, docker_labels={"a": value}).problems()).option == "docker_labels['a']"
    check = HealthCheck(command=["probe", "--password=hunter2"])
    assert the_problem(check.problems()).option == "command[1]"
    assert the_problem(HealthCheck(command="probe --password=hunter2").problems()).option == "command"
    build = Image.from_asset(tmp_path, build_args={"NPM_TOKEN": "npm_hunter2", "VERSION": "1"})
    assert the_problem(build.problems()).option == "build_args['NPM_TOKEN']"
    stored = Image.from_asset(tmp_path, build_secrets={"npm": "npm_hunter2"})
    assert the_problem(stored.problems()).option == "build_secrets['npm']"
    assert Image.from_asset(tmp_path, build_secrets={"npm": "src=.npmrc", "b": "env=NPM_TOKEN"}).problems() == []


def test_a_setting_that_is_told_later_is_checked():
    stack = new_stack()
    service = backend(stack)
    with pytest.raises(ConstructError, match="the secret in plain text"):
        service.task.add_environment("MODE", password(stack))
    service.task.add_environment("MODE", "fast")
    assert {"Name": "MODE", "Value": "fast"} in containers(synth(stack))["app"]["Environment"]


@pytest.mark.parametrize("name", ["", "A=B", "=", "A\0B"])
def test_names_that_no_variable_has(name: str):
    [problem] = Container(image=IMAGE, environment={name: "x"}).problems()
    assert problem.option == f"environment[{name!r}]"
    assert Container(image=IMAGE, environment={"spring.profiles.active": "prod"}).problems() == []


def test_a_command_of_one_word_with_spaces_is_split():
    [problem] = Container(image=IMAGE, command=["python app.py"]).problems()
    assert (problem.option, '["python", "app.py"]' in problem.allowed) == ("command", True)
    [problem] = Container(image=IMAGE, entry_point=["gunicorn app:app"]).problems()
    assert problem.option == "entry_point"
    [problem] = HealthCheck(command=["curl -f http://localhost/"]).problems()
    assert "one string" in problem.allowed
    for right in (["python", "app.py"], ["run"], ["/bin/sh", "-c", "a b"], [r"C:\Program Files\app.exe"]):
        assert Container(image=IMAGE, command=right).problems() == []
    assert Container(image=IMAGE, entry_point=["sh", "-c"], command=["python app.py"]).problems() == []


def test_a_secret_in_what_is_put_together_late_is_refused_at_synthesis():
    stack = new_stack()
    text = stack.to_json_string({"url": sqs.Queue(stack, "Queue").queue_url, "password": password(stack)})
    backend(stack, container=container(environment={"SETTINGS": text}))
    with pytest.raises(RuntimeError, match="the container app would expose a secret"):
        synth(stack)


def test_what_is_put_together_late_without_a_secret_is_rendered():
    stack = new_stack()
    text = stack.to_json_string({"url": sqs.Queue(stack, "Queue").queue_url})
    secret = secretsmanager.Secret(stack, "Secret")
    backend(stack, container=container(environment={"SETTINGS": text}, secrets={"PASSWORD": secret}))
    assert "SETTINGS" in str(containers(synth(stack))["app"]["Environment"])
