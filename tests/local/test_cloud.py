"""What stands for AWS: the endpoint of ECS, the account of the developer, the emulator."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from cdk_containers.checks.templates import Estate, references_in
from cdk_containers.local.planning import ContainerPlan, Given, LocalError, TaskPlan
from cdk_containers.local.running import Cloud, Options
from cdk_containers.local.running.account import Account, registry_of
from cdk_containers.local.running.emulator import Emulator
from cdk_containers.local.running.endpoint import Endpoint
from tests.cli.command import Shell
from tests.local.assembly import assembly, golden
from tests.local.engine import StandIn

PLAN = TaskPlan(
    name="Web",
    family="shop",
    launch_type="FARGATE",
    limits={"CPU": 512, "Memory": 1024},
    containers=(ContainerPlan(name="app", image="app:1", settings={"Memory": 256}),),
)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint("127.0.0.1")
    yield made
    made.close()


def get(endpoint: Endpoint, path: str) -> Any:
    with urlopen(f"http://127.0.0.1:{endpoint.port}{path}", timeout=10) as response:
        return json.loads(response.read())


def test_the_endpoint_serves_credentials_and_metadata(endpoint: Endpoint):
    keys = {"AccessKeyId": "a", "SecretAccessKey": "b", "Token": "c", "Expiration": "d", "RoleArn": ""}
    token = endpoint.serve(PLAN, region="eu-central-1", credentials=lambda: keys)
    assert get(endpoint, f"/v2/credentials/{token}") == keys
    container = get(endpoint, f"/v4/{token}/app")
    assert (container["Name"], container["Image"], container["Limits"]["Memory"]) == ("app", "app:1", 256)
    task = get(endpoint, f"/v4/{token}/app/task")
    assert (task["Family"], task["LaunchType"], task["Limits"]) == ("shop", "FARGATE", {"CPU": 0.5, "Memory": 1024})
    assert task["Containers"] == [container]
    assert container["Labels"]["com.amazonaws.ecs.task-arn"] == task["TaskARN"]
    assert get(endpoint, f"/v4/{token}/app/stats") == {}


def test_the_endpoint_tells_strangers_nothing(endpoint: Endpoint):
    token = endpoint.serve(PLAN, region="eu-central-1", credentials=None)
    for path in ("/", "/v2/credentials/guess", "/v4/guess/app/task", f"/v4/{token}/other", f"/v2/credentials/{token}"):
        with pytest.raises(HTTPError, match="404"):
            get(endpoint, path)


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    made = Emulator("eu-central-1")
    yield made
    made.close()


def test_the_emulator_has_what_the_tasks_use(emulator: Emulator):
    estate = Estate(assume_defaults=True)
    template = estate.add("dev-application", golden("dev-application"), stack_name="dev-application")
    mailer = next(it for name, it in template.resources.items() if name.startswith("ShopMailerTaskDefinition"))
    emulator.make(it.resource for it in references_in(mailer))
    assert sorted(it.rstrip("0123456789ABCDEF") for it in emulator.made) == [
        "ShopMailerQueue",
        "ShopMailerQueueDeadLetters",
    ]
    queue = next(it for name, it in template.resources.items() if name == "ShopMailerQueue0B7C2F34")
    url = emulator.deployed(queue, "")
    assert url is not None
    client = emulator.account.client("sqs")
    client.send_message(QueueUrl=url, MessageBody="hello")
    assert client.receive_message(QueueUrl=url)["Messages"][0]["Body"] == "hello"
    assert str(emulator.deployed(queue, "Arn")).startswith("arn:aws:sqs:eu-central-1:123456789012:")


def test_the_emulator_leaves_out_what_needs_a_key(emulator: Emulator):
    estate = Estate(assume_defaults=True)
    template = estate.add("dev-web-application", golden("dev-web-application"), stack_name="dev-web-application")
    table = template.resources["OrdersA9B65338"]
    assert "SSESpecification" in table.source
    emulator.make([table])
    name = emulator.deployed(table, "")
    described = emulator.account.client("dynamodb").describe_table(TableName=name)["Table"]
    assert described["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]


def test_the_emulator_answers_at_another_address_too(emulator: Emulator):
    other = Account(region="eu-central-1", endpoint=f"http://127.0.0.1:{emulator.listen('127.0.0.1')}")
    emulator.account.client("ssm").put_parameter(Name="/shared", Value="1", Type="String")
    assert other.secret("/shared") == "1"


def test_secrets(emulator: Emulator):
    account = emulator.account
    account.client("ssm").put_parameter(Name="/shop/token", Value="hush", Type="SecureString")
    client = account.client("secretsmanager")
    arn = client.create_secret(Name="db", SecretString='{"user": "u", "port": 5432}')["ARN"]
    assert account.secret("/shop/token") == "hush"
    assert account.secret("arn:aws:ssm:eu-central-1:123456789012:parameter/shop/token") == "hush"
    assert account.secret(arn) == '{"user": "u", "port": 5432}'
    assert account.secret(f"{arn}:user::") == "u"
    assert account.secret(f"{arn}:port:AWSCURRENT:") == "5432"
    with pytest.raises(LocalError, match="the secret has no field 'password'"):
        account.secret(f"{arn}:password::")
    with pytest.raises(LocalError, match=r"cannot read /shop/none: .*ParameterNotFound"):
        account.secret("/shop/none")


def test_what_is_deployed(emulator: Emulator):
    resources = {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "deployed"}}}
    outputs = {"Arn": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}}
    body = {"Resources": resources, "Outputs": outputs}
    emulator.account.client("cloudformation").create_stack(StackName="there", TemplateBody=json.dumps(body))
    estate = Estate()
    queue = estate.add("there", body, stack_name="there").resources["Queue"]
    other = estate.add("missing", body, stack_name="missing").resources["Queue"]
    account = emulator.account
    assert str(account.deployed(queue, "")).endswith("/123456789012/deployed")
    assert account.deployed(queue, "Arn") == "arn:aws:sqs:eu-central-1:123456789012:deployed"
    assert account.deployed(queue, "QueueName") is None
    assert account.deployed(other, "") is None
    assert "missing" in account.stacks_missing


def test_credentials_of_a_role(emulator: Emulator):
    account = emulator.account
    own = account.provider()()
    assert own is not None
    assert own["AccessKeyId"] == "testing"
    account.client("iam").create_role(RoleName="task", AssumeRolePolicyDocument="{}", Path="/shop/")
    assumed = account.provider("task")()
    assert assumed is not None
    assert assumed["RoleArn"] == "arn:aws:iam::123456789012:role/shop/task"
    assert assumed["AccessKeyId"] != "testing"
    with pytest.raises(LocalError, match="--task-role: cannot assume the role none"):
        account.credentials("none")


def test_logins(emulator: Emulator):
    registry = "123456789012.dkr.ecr.eu-central-1.amazonaws.com"
    assert registry_of(f"{registry}/shop/web@sha256:1") == registry
    assert registry_of("public.ecr.aws/nginx/nginx") is None
    user, password = emulator.account.login(registry)
    assert user == "AWS"
    assert password


def test_no_such_profile(engine: StandIn):
    assert engine.calls == []
    with pytest.raises(LocalError, match=r"--profile: .*nobody"):
        _ = Cloud(Options(app=Path("x"), targets=(), profile="nobody")).account
    assert Cloud(Options(app=Path("x"), targets=(), given=Given())).account is None


# ---- compose export


def test_an_exported_file_is_a_compose_file(shell: Shell, engine: StandIn, tmp_path: Path):
    from cdk_containers.compose.reading import read_project  # noqa: PLC0415

    app = assembly(tmp_path / "cdk.out", "dev-web-application", "dev-application")
    output = tmp_path / "compose.yaml"
    ran = shell("compose", "export", "dev-web-application", "dev-application/Nightly", "--app", app, "--output", output)
    assert (ran.code, ran.err) == (0, "")
    assert engine.calls == []
    text = output.read_text()
    assert "# - LogConfiguration (" in text
    assert "TABLE_NAME: ${TABLE_NAME:?resource OrdersA9B65338}" in text
    project = read_project(output, variables={"TABLE_NAME": "orders"}, env_files=[], profiles=["jobs"], without=[])
    services = project.services
    assert set(services) == {"backend-pause", "backend-app", "backend-archivist", "web", "nightly"}


@pytest.mark.usefixtures("engine")
def test_export_names_what_is_wrong(shell: Shell, tmp_path: Path):
    app = assembly(tmp_path / "cdk.out", "dev-application")
    ran = shell("compose", "export", "dev-application/X", "--app", app)
    assert ran.code == 2
    assert "no such service or job; available: dev-application/Shop/Mailer, dev-application/Shop/Nightly" in ran.err
