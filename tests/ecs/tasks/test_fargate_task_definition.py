import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm

from cdk_containers import (
    ConstructError,
    Container,
    Disabled,
    FargateTaskDefinition,
    HealthCheck,
    Image,
    LogDriver,
    NotSecret,
    Port,
    Repository,
    RestartPolicy,
    SharedVolume,
    TaskOptions,
    Tmpfs,
    VolumeMount,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    Template,
    container,
    containers,
    new_stack,
    opt_outs,
    properties,
    resources,
    statements,
    synth,
)


def task_template(*given: Container, **options: Any) -> Template:
    stack = new_stack()
    FargateTaskDefinition(stack, "Task", containers=list(given) or [container()], **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return task_template(container(ports=[8080]))


@pytest.fixture(scope="module")
def app(default: Template) -> dict[str, Any]:
    return containers(default)["app"]


# ---- defaults


def test_the_smallest_task_on_linux_and_x86(default: Template):
    task = properties(default, "AWS::ECS::TaskDefinition")
    assert (task["Cpu"], task["Memory"]) == ("256", "512")
    assert task["NetworkMode"] == "awsvpc"
    assert task["RequiresCompatibilities"] == ["FARGATE"]
    assert task["RuntimePlatform"] == {"CpuArchitecture": "X86_64", "OperatingSystemFamily": "LINUX"}
    assert "EphemeralStorage" not in task


def test_nothing_in_the_container_is_root_or_writable_but_its_tmp(app: dict[str, Any]):
    assert app["User"] == "1000:1000"
    assert app["ReadonlyRootFilesystem"] is True
    assert app["LinuxParameters"]["Tmpfs"] == [
        {
            "ContainerPath": "/tmp",  # noqa: S108
            "Size": 64,
            "MountOptions": ["rw", "nosuid", "nodev", "noexec", "uid=1000", "gid=1000"],
        }
    ]
    assert "Privileged" not in app


def test_sigterm_arrives_and_there_is_time_to_answer_it(app: dict[str, Any]):
    assert app["LinuxParameters"]["InitProcessEnabled"] is True
    assert app["StopTimeout"] == 30


def test_a_single_container_has_all_the_memory_of_the_task_as_its_limit(app: dict[str, Any]):
    assert app["Memory"] == 512
    assert app["Essential"] is True


def test_only_tasks_of_this_account_can_act_as_the_task_role(default: Template):
    [statement] = properties(default, "AWS::IAM::Role", like="TaskRole")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":ecs:" in json.dumps(statement["Condition"]["ArnLike"]["aws:SourceArn"])


def test_the_roles_start_with_no_rights_and_no_managed_policy(default: Template):
    roles = resources(default, "AWS::IAM::Role")
    assert len(roles) == 2
    assert all("ManagedPolicyArns" not in role["Properties"] for role in roles.values())
    assert list(statements(default, "ExecutionRole")), "the execution role writes logs"
    assert not list(statements(default, "TaskRole"))


def test_the_execution_role_writes_to_this_log_group_only(default: Template):
    [statement] = statements(default, "ExecutionRole")
    [group] = resources(default, "AWS::Logs::LogGroup")
    assert sorted(statement["Action"]) == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Resource"] == {"Fn::GetAtt": [group, "Arn"]}


def test_nothing_is_off(default: Template):
    assert opt_outs(default) == {}


# ---- opt-outs


@pytest.mark.parametrize(
    ("option", "practice", "changed"),
    [
        ("user", "non-root-user", lambda app: "User" not in app),
        (
            "readonly_root_filesystem",
            "read-only-root-filesystem",
            lambda app: app["ReadonlyRootFilesystem"] is False and "Tmpfs" not in app["LinuxParameters"],
        ),
        ("init_process", "init-process", lambda app: app["LinuxParameters"]["InitProcessEnabled"] is False),
    ],
)
def test_what_can_be_switched_off_with_a_reason(
    option: str, practice: str, changed: Callable[[dict[str, Any]], bool], app: dict[str, Any]
):
    template = task_template(container(**{option: Disabled(REASON)}))
    assert changed(containers(template)["app"])
    assert not changed(app)
    assert opt_outs(template) == {"AWS::ECS::TaskDefinition": {practice: REASON}}


# ---- options


def test_several_containers_start_in_order():
    template = task_template(
        container(depends_on={"migrate": "SUCCESS", "proxy": "HEALTHY", "log": "START"}),
        container(name="migrate", essential=False),
        container(name="proxy", health_check=HealthCheck(command=["curl", "-f", "http://localhost/"])),
        container(name="log"),
    )
    assert containers(template)["app"]["DependsOn"] == [
        {"ContainerName": "migrate", "Condition": "SUCCESS"},
        {"ContainerName": "proxy", "Condition": "HEALTHY"},
        {"ContainerName": "log", "Condition": "START"},
    ]
    assert containers(template)["migrate"]["Essential"] is False


def test_the_one_container_without_a_limit_gets_the_memory_that_is_left():
    template = task_template(container(), container(name="proxy", memory_limit_mib=128))
    assert {name: entry["Memory"] for name, entry in containers(template).items()} == {"app": 384, "proxy": 128}


def test_health_is_checked_by_a_shell_or_without_one():
    shell = task_template(container(health_check=HealthCheck(command="curl -f http://localhost/ || exit 1")))
    assert containers(shell)["app"]["HealthCheck"] == {
        "Command": ["CMD-SHELL", "curl -f http://localhost/ || exit 1"],
        "Interval": 10,
        "Timeout": 5,
        "Retries": 3,
        "StartPeriod": 30,
    }
    check = HealthCheck(
        command=["/bin/check"],
        interval=cdk.Duration.minutes(1),
        timeout=timedelta(seconds=20),
        retries=5,
        start_period=timedelta(0),
    )
    plain = task_template(container(health_check=check))
    assert containers(plain)["app"]["HealthCheck"] == {
        "Command": ["CMD", "/bin/check"],
        "Interval": 60,
        "Timeout": 20,
        "Retries": 5,
        "StartPeriod": 0,
    }


def test_a_container_restarts_alone_when_it_is_told_to():
    policy = RestartPolicy(ignored_exit_codes=[0], attempt_period=cdk.Duration.minutes(2))
    assert containers(task_template(container(restart=policy)))["app"]["RestartPolicy"] == {
        "Enabled": True,
        "IgnoredExitCodes": [0],
        "RestartAttemptPeriod": 120,
    }
    assert "RestartPolicy" not in containers(task_template())["app"]


def test_containers_share_a_volume():
    template = task_template(
        container(mounts=[VolumeMount(volume="files", path="/files")]),
        container(name="reader", mounts=[VolumeMount(volume="files", path="/in", read_only=True)]),
        volumes=[SharedVolume(name="files")],
    )
    assert properties(template, "AWS::ECS::TaskDefinition")["Volumes"] == [{"Name": "files"}]
    assert containers(template)["reader"]["MountPoints"] == [
        {"SourceVolume": "files", "ContainerPath": "/in", "ReadOnly": True}
    ]


def test_ports_have_names_and_protocols():
    template = task_template(container(ports=[8080, Port(number=53, protocol="udp", name="dns")]))
    assert containers(template)["app"]["PortMappings"] == [
        {"ContainerPort": 8080, "Protocol": "tcp"},
        {"ContainerPort": 53, "Protocol": "udp", "Name": "dns"},
    ]


def test_windows_has_no_linux_parameters():
    template = task_template(
        cpu=1024, memory_limit_mib=2048, options=TaskOptions(operating_system="WINDOWS_SERVER_2022_CORE")
    )
    task = properties(template, "AWS::ECS::TaskDefinition")
    assert task["RuntimePlatform"]["OperatingSystemFamily"] == "WINDOWS_SERVER_2022_CORE"
    app = containers(template)["app"]
    assert app["Name"] == "app"
    assert not {"User", "ReadonlyRootFilesystem", "LinuxParameters"} & app.keys()


def test_other_drivers_log_without_the_log_group():
    stack = new_stack()
    token = secretsmanager.Secret(stack, "Token")
    driver = LogDriver(
        name="splunk", options={"splunk-url": "https://splunk.example"}, secret_options={"splunk-token": token}
    )
    FargateTaskDefinition(stack, "Task", containers=[container(log_driver=driver)])
    template = synth(stack)
    configuration = containers(template)["app"]["LogConfiguration"]
    assert configuration["LogDriver"] == "splunk"
    assert configuration["Options"] == {"splunk-url": "https://splunk.example"}
    assert configuration["SecretOptions"][0]["Name"] == "splunk-token"


def test_command_entry_point_and_directory_override_the_image():
    template = task_template(
        container(command=["serve"], entry_point=["/bin/app"], working_directory="/srv", cpu=128, tmpfs=())
    )
    app = containers(template)["app"]
    assert (app["Command"], app["EntryPoint"], app["WorkingDirectory"]) == (["serve"], ["/bin/app"], "/srv")
    assert app["Cpu"] == 128
    assert "Tmpfs" not in app["LinuxParameters"]


def test_roles_that_exist_are_used_and_get_the_rights():
    stack = new_stack()
    roles = {
        name: iam.Role(stack, name, assumed_by=iam.ServicePrincipal("ecs-tasks.amazonaws.com"))
        for name in ("Own", "Execution")
    }
    task = FargateTaskDefinition(
        stack,
        "Task",
        containers=[container()],
        options=TaskOptions(task_role=roles["Own"], execution_role=roles["Execution"]),
    )
    dynamodb.Table(
        stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    ).grant_read_data(task)
    template = synth(stack)
    assert len(resources(template, "AWS::IAM::Role")) == 2
    assert list(statements(template, "OwnDefaultPolicy"))
    assert list(statements(template, "ExecutionDefaultPolicy"))


# ---- secrets and images


def test_secrets_are_read_by_the_execution_role_those_and_no_others():
    stack = new_stack()
    password = secretsmanager.Secret(stack, "Password")
    other = secretsmanager.Secret(stack, "Other")
    parameter = ssm.StringParameter(stack, "Parameter", string_value="x")
    FargateTaskDefinition(
        stack,
        "Task",
        containers=[
            container(
                secrets={
                    "PASSWORD": password,
                    "USER_NAME": ecs.Secret.from_secrets_manager(password, "user"),
                    "SETTING": parameter,
                }
            )
        ],
    )
    template = synth(stack)
    assert [entry["Name"] for entry in containers(template)["app"]["Secrets"]] == ["PASSWORD", "USER_NAME", "SETTING"]
    text = json.dumps(list(statements(template, "ExecutionRole")))
    [wanted, unwanted] = [stack.get_logical_id(secret.node.default_child) for secret in (password, other)]
    assert wanted in text
    assert unwanted not in text
    assert "ssm:GetParameters" in text
    assert not list(statements(template, "TaskRole"))


def test_plain_settings_reach_the_container():
    template = task_template(
        container(environment={"MODE": "fast", "CSRF_TOKEN": NotSecret("X-CSRF", reason="the name of a header")})
    )
    assert containers(template)["app"]["Environment"] == [
        {"Name": "MODE", "Value": "fast"},
        {"Name": "CSRF_TOKEN", "Value": "X-CSRF"},
    ]


def test_an_image_of_a_repository_may_be_pulled_by_its_task():
    stack = new_stack()
    images = Repository(stack, "Images")
    Repository(stack, "Others")
    FargateTaskDefinition(
        stack,
        "Task",
        containers=[container(image=images.image("1.4.2")), container(name="b", image=images.image(digest=_DIGEST))],
    )
    template = synth(stack)
    assert json.dumps(containers(template)["app"]["Image"]).endswith(':1.4.2"]]}')
    assert json.dumps(containers(template)["b"]["Image"]).endswith(f'@{_DIGEST}"]]}}')
    pulls = [entry for entry in statements(template, "ExecutionRole") if "ecr:BatchGetImage" in entry["Action"]]
    repository = next(name for name in resources(template, "AWS::ECR::Repository") if name.startswith("Images"))
    assert [entry["Resource"] for entry in pulls] == [{"Fn::GetAtt": [repository, "Arn"]}]


_DIGEST = "sha256:" + "0" * 64


def test_a_private_registry_takes_credentials():
    stack = new_stack()
    login = secretsmanager.Secret(stack, "Login")
    image = Image.from_registry("registry.example/shop/web:1.4.2", credentials=login)
    FargateTaskDefinition(stack, "Task", containers=[container(image=image)])
    template = synth(stack)
    app = containers(template)["app"]
    assert app["Image"] == "registry.example/shop/web:1.4.2"
    assert "CredentialsParameter" in app["RepositoryCredentials"]
    assert "secretsmanager:GetSecretValue" in json.dumps(list(statements(template, "ExecutionRole")))


def test_an_image_is_built_for_the_processor_of_the_task(tmp_path: Any):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")

    def asset(architecture: Any) -> Template:
        return task_template(
            container(image=Image.from_asset(tmp_path, build_args={"VERSION": "1"})),
            options=TaskOptions(architecture=architecture),
        )

    arm, x86 = (containers(asset(name))["app"]["Image"] for name in ("ARM64", "X86_64"))
    assert arm != x86, "the platform is part of what is built"


@pytest.mark.parametrize("image", ["nginx", "nginx:latest", "public.ecr.aws/nginx/nginx", "localhost:5000/nginx"])
def test_an_image_that_may_change_needs_an_explicit_word(image: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        FargateTaskDefinition(stack, "Task", containers=[container(image=image)])
    assert [problem.practice for problem in raised.value.problems] == ["pinned-image"]
    FargateTaskDefinition(
        stack, "Task", containers=[container(image=Image.from_registry(image, pinned=Disabled(REASON)))]
    )
    assert containers(synth(stack))["app"]["Image"] == image


def test_an_image_of_cdk_is_taken_as_it_is():
    template = task_template(container(image=ecs.ContainerImage.from_registry(IMAGE)))
    assert containers(template)["app"]["Image"] == IMAGE


# ---- identity


def test_a_grant_lands_on_the_task_role():
    stack = new_stack()
    task = FargateTaskDefinition(stack, "Task", containers=[container()])
    table = dynamodb.Table(
        stack, "Table", partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING)
    )
    table.grant_read_data(task)
    template = synth(stack)
    assert "dynamodb:GetItem" in json.dumps(list(statements(template, "TaskRole")))
    assert "dynamodb" not in json.dumps(list(statements(template, "ExecutionRole")))


def test_two_tasks_do_not_share_a_role():
    stack = new_stack()
    first = FargateTaskDefinition(stack, "First", containers=[container()])
    with pytest.raises(ConstructError) as raised:
        FargateTaskDefinition(stack, "Second", containers=[container()], options=TaskOptions(task_role=first.task_role))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("options.task_role", "task-role-per-service")
    assert "Shop/First" in problem.what


def test_a_tmpfs_has_a_size():
    template = task_template(container(tmpfs=[Tmpfs(path="/var/cache", size_mib=128)]))
    [entry] = containers(template)["app"]["LinuxParameters"]["Tmpfs"]
    assert (entry["ContainerPath"], entry["Size"]) == ("/var/cache", 128)


class TestVersionConsistency:
    def test_a_tag_means_one_image_in_a_deployment(self):
        stack = new_stack()
        FargateTaskDefinition(stack, "Task", containers=[container()])
        assert containers(synth(stack))["app"]["VersionConsistency"] == "enabled"

    def test_an_asset_is_named_by_its_hash_already(self, tmp_path):
        (tmp_path / "Dockerfile").write_text("FROM scratch\n")
        stack = new_stack()
        FargateTaskDefinition(stack, "Task", containers=[container(image=Image.from_asset(str(tmp_path)))])
        assert "VersionConsistency" not in containers(synth(stack))["app"]

    def test_it_is_left_with_a_reason(self):
        stack = new_stack()
        moving = container(version_consistency=Disabled(REASON))
        FargateTaskDefinition(stack, "Task", containers=[moving])
        template = synth(stack)
        assert containers(template)["app"]["VersionConsistency"] == "disabled"
        assert opt_outs(template) == {"AWS::ECS::TaskDefinition": {"version-consistency": REASON}}


class TestFaultInjection:
    def test_it_is_off_unless_asked_for(self):
        stack = new_stack()
        FargateTaskDefinition(stack, "Task", containers=[container()])
        FargateTaskDefinition(stack, "Tried", containers=[container()], options=TaskOptions(fault_injection=True))
        template = synth(stack)
        assert "EnableFaultInjection" not in properties(template, "AWS::ECS::TaskDefinition", like="TaskDef")
        assert properties(template, "AWS::ECS::TaskDefinition", like="Tried")["EnableFaultInjection"] is True

    def test_windows_has_none(self):
        options = TaskOptions(fault_injection=True, operating_system="WINDOWS_SERVER_2022_CORE")
        with pytest.raises(ConstructError, match=r"options\.fault_injection: .*Linux"):
            FargateTaskDefinition(
                new_stack(), "Task", containers=[container()], cpu=1024, memory_limit_mib=2048, options=options
            )
