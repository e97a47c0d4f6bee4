"""What ECS takes of a container beyond what most need: on which platform, with which network, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import assertions
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    ConstructError,
    Container,
    Disabled,
    DockerOptions,
    Ec2TaskDefinition,
    EnvironmentFile,
    ExternalTaskDefinition,
    FargateTaskDefinition,
    HealthCheck,
    ManagedInstancesTaskDefinition,
    PortRange,
    TaskOptions,
    Tmpfs,
)
from cdk_containers.ecs.tasks.container_rules import container_problems
from tests.toolkit import REASON, Template, container, containers, new_stack, properties, statements, synth

PLATFORMS: dict[str, type] = {
    "FARGATE": FargateTaskDefinition,
    "EC2": Ec2TaskDefinition,
    "MANAGED_INSTANCES": ManagedInstancesTaskDefinition,
    "EXTERNAL": ExternalTaskDefinition,
}
BRIDGE = TaskOptions(network_mode="bridge")


def task(platform: str, *given: Container, region: str | None = "eu-west-1", **options: Any) -> Template:
    stack = new_stack(region=region)
    if platform != "FARGATE":
        options = {"memory_limit_mib": 1024} | options
    PLATFORMS[platform](stack, "Task", containers=list(given), **options)
    return synth(stack)


def wrong(platform: str, *given: Container, **options: Any) -> dict[str, str]:
    with pytest.raises(ConstructError) as caught:
        task(platform, *given, **options)
    return {problem.option: problem.what for problem in caught.value.problems}


def refused(**options: Any) -> list[str]:
    """Say which options of a container are wrong: on any platform, or on ECS."""
    given = container(**options)
    return [problem.option for problem in [*given.problems(), *container_problems(given)]]


# ---- directories in memory


def tmpfs_of(template: Template, name: str = "app") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = containers(template)[name]["LinuxParameters"].get("Tmpfs", [])
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
def test_tmp_belongs_to_the_user_and_runs_nothing(platform: str):
    options: Any = BRIDGE if platform == "EXTERNAL" else TaskOptions()
    [entry] = tmpfs_of(task(platform, container(), options=options))
    assert entry == {
        "ContainerPath": "/tmp",  # noqa: S108
        "Size": 64,
        "MountOptions": ["rw", "nosuid", "nodev", "noexec", "uid=1000", "gid=1000"],
    }


@pytest.mark.parametrize(
    ("user", "tmpfs", "owner"),
    [
        ("2000:3000", {}, ["uid=2000", "gid=3000"]),
        ("2000", {}, ["uid=2000"]),
        ("app", {}, ["mode=1777"]),
        ("2000:app", {}, ["uid=2000"]),
        (Disabled(REASON), {}, ["mode=1777"]),
        ("app", {"uid": 7}, ["uid=7"]),
        ("2000", {"uid": 7, "gid": 8, "mode": "0700"}, ["uid=7", "gid=8", "mode=0700"]),
        ("app", {"mode": "0770", "gid": 0}, ["gid=0", "mode=0770"]),
    ],
)
def test_who_may_write_to_a_directory_in_memory(user: Any, tmpfs: dict[str, Any], owner: list[str]):
    [entry] = tmpfs_of(task("FARGATE", container(user=user, tmpfs=[Tmpfs(path="/cache", **tmpfs)])))
    assert entry["MountOptions"] == ["rw", "nosuid", "nodev", "noexec", *owner]


def test_programs_and_further_options():
    given = Tmpfs(path="/cache", exec=True, options=["noatime", "nr_inodes=4096"])
    [entry] = tmpfs_of(task("FARGATE", container(tmpfs=[given])))
    assert entry["MountOptions"] == [
        "rw",
        "nosuid",
        "nodev",
        "exec",
        "uid=1000",
        "gid=1000",
        "noatime",
        "nr_inodes=4096",
    ]


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"options": ["sticky"]}, "options[0]"),
        ({"options": ["mode=1777"]}, "options[0]"),
        ({"options": ["mode"]}, "options[0]"),
        ({"options": ["noatime", "nr_inodes"]}, "options[1]"),
        ({"options": ["noatime=1"]}, "options[0]"),
        ({"mode": "rwx"}, "mode"),
        ({"mode": "9999"}, "mode"),
        ({"uid": -1}, "uid"),
        ({"gid": cdk.Token.as_number({"Ref": "Group"})}, "gid"),
    ],
)
def test_mount_options_that_ecs_does_not_know(given: dict[str, Any], option: str):
    assert refused(tmpfs=[Tmpfs(path="/cache", **given)]) == [f"tmpfs[0].{option}"]


@pytest.mark.parametrize("region", ["cn-north-1", "us-gov-west-1", "eusc-de-east-1", "us-iso-east-1", "eu-isoe-west-1"])
@pytest.mark.parametrize("platform", ["FARGATE", "MANAGED_INSTANCES"])
def test_elsewhere_than_in_commercial_regions_tmp_is_an_empty_volume(platform: str, region: str):
    template = task(platform, container(), container(name="b", tmpfs=[Tmpfs(path="/cache")]), region=region)
    assert not tmpfs_of(template)
    assert [entry["ContainerPath"] for entry in tmpfs_of(template, "b")] == ["/cache"], "what was asked for stays"
    mount = {"ContainerPath": "/tmp", "ReadOnly": False, "SourceVolume": "app-tmp0"}  # noqa: S108
    assert containers(template)["app"]["MountPoints"] == [mount]
    assert properties(template, "AWS::ECS::TaskDefinition")["Volumes"] == [{"Name": "app-tmp0"}]


@pytest.mark.parametrize(("platform", "region"), [("EC2", "cn-north-1"), ("FARGATE", None), ("FARGATE", "us-east-1")])
def test_instances_have_tmpfs_everywhere_and_so_has_what_is_not_known(platform: str, region: str | None):
    template = task(platform, container(), region=region)
    assert tmpfs_of(template)
    assert "Volumes" not in properties(template, "AWS::ECS::TaskDefinition")


# ---- times


def test_a_health_check_may_take_longer_than_the_time_to_the_next():
    check = HealthCheck(command="true", interval=timedelta(seconds=10), timeout=timedelta(seconds=30))
    rendered = containers(task("FARGATE", container(health_check=check)))["app"]["HealthCheck"]
    assert (rendered["Interval"], rendered["Timeout"]) == (10, 30)


@pytest.mark.parametrize("zero", [timedelta(0), cdk.Duration.seconds(0)])
def test_no_time_to_stop_is_none(zero: Any):
    assert containers(task("EC2", container(stop_timeout=zero)))["app"]["StopTimeout"] == 0
    assert "containers[0].stop_timeout" in wrong("FARGATE", container(stop_timeout=zero))


def test_the_agent_may_say_how_long_a_container_has_to_stop():
    left = container(stop_timeout=Disabled(REASON))
    app = containers(task("EC2", left, container(name="other")))
    assert "StopTimeout" not in app["app"]
    assert app["other"]["StopTimeout"] == 30
    assert wrong("FARGATE", left) == {"containers[0].stop_timeout": "Fargate has no agent setting to fall back on"}


def test_a_memory_limit_may_be_known_at_deployment_beside_a_reservation():
    stack = new_stack()
    reservation = cdk.CfnParameter(stack, "Kept", type="Number").value_as_number
    limit = cdk.CfnParameter(stack, "Limit", type="Number").value_as_number
    both = container(memory_limit_mib=limit, memory_reservation_mib=reservation)
    one = container(name="other", memory_limit_mib=limit, memory_reservation_mib=64)
    FargateTaskDefinition(stack, "Task", containers=[both, one])
    made = containers(synth(stack))
    assert (made["app"]["Memory"], made["app"]["MemoryReservation"]) == ({"Ref": "Limit"}, {"Ref": "Kept"})
    assert (made["other"]["Memory"], made["other"]["MemoryReservation"]) == ({"Ref": "Limit"}, 64)


def test_a_health_check_in_the_words_of_ecs():
    def command(given: Any) -> list[str]:
        rendered = task("FARGATE", container(health_check=HealthCheck(command=given)))
        words: list[str] = containers(rendered)["app"]["HealthCheck"]["Command"]
        return words

    assert command(["CMD-SHELL", "curl -f localhost"]) == ["CMD-SHELL", "curl -f localhost"]
    assert command(["CMD", "/probe"]) == command(["/probe"]) == ["CMD", "/probe"]


# ---- options of containers


def test_files_with_settings_are_read_by_the_execution_role():
    stack = new_stack()
    key = kms.Key.from_key_arn(
        stack, "Key", "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000"
    )
    bucket = s3.Bucket.from_bucket_attributes(stack, "Bucket", bucket_name="settings", encryption_key=key)
    file = EnvironmentFile(bucket=bucket, key="shop/web.env")
    FargateTaskDefinition(stack, "Task", containers=[container(environment_files=[file])])
    template = synth(stack)
    [rendered] = containers(template)["app"]["EnvironmentFiles"]
    assert rendered["Type"] == "s3"
    assert "settings/shop/web.env" in str(rendered["Value"])
    rights = {
        statement["Action"]: str(statement["Resource"])
        for statement in statements(template, "ExecutionRole")
        if isinstance(statement["Action"], str)
    }
    assert "settings/shop/web.env" in rights["s3:GetObject"]
    assert rights["s3:GetBucketLocation"].endswith("settings']]}")
    assert "key/0000" in rights["kms:Decrypt"]
    assert not list(statements(template, "TaskRole"))


@pytest.mark.parametrize("platform", ["FARGATE", "EC2", "MANAGED_INSTANCES"])
def test_labels_kernel_parameters_and_time_to_start(platform: str):
    given = container(
        docker_labels={"traefik.enable": "true"},
        system_controls={"net.ipv4.ip_unprivileged_port_start": "0"},
        start_timeout=timedelta(seconds=60),
        port_ranges=[PortRange(first=10000, last=10010, protocol="udp")],
    )
    app = containers(task(platform, given))["app"]
    assert app["DockerLabels"] == {"traefik.enable": "true"}
    assert app["SystemControls"] == [{"Namespace": "net.ipv4.ip_unprivileged_port_start", "Value": "0"}]
    assert app["StartTimeout"] == 60
    assert app["PortMappings"] == [{"ContainerPortRange": "10000-10010", "Protocol": "udp"}]


def test_what_docker_does_on_an_instance():
    docker = DockerOptions(
        hostname="web",
        links=["cache:redis"],
        extra_hosts={"db.internal": "10.0.0.1"},
        dns_servers=["10.0.0.2"],
        dns_search_domains=["shop.internal"],
        security_options=["no-new-privileges"],
    )
    app = containers(task("EC2", container(docker=docker), container(name="cache"), options=BRIDGE))["app"]
    assert app["Hostname"] == "web"
    assert app["Links"] == ["cache:redis"]
    assert app["ExtraHosts"] == [{"Hostname": "db.internal", "IpAddress": "10.0.0.1"}]
    assert app["DnsServers"] == ["10.0.0.2"]
    assert app["DnsSearchDomains"] == ["shop.internal"]
    assert app["DockerSecurityOptions"] == ["no-new-privileges"]
    secured = container(docker=DockerOptions(security_options=["no-new-privileges"]))
    assert containers(task("EC2", secured))["app"]["DockerSecurityOptions"], "it needs no bridge"


@pytest.mark.parametrize(
    ("platform", "mode"), [("FARGATE", "awsvpc"), ("MANAGED_INSTANCES", "awsvpc"), ("EC2", "awsvpc"), ("EC2", "host")]
)
def test_links_are_for_bridge_networking(platform: str, mode: Any):
    linked = container(docker=DockerOptions(links=["cache"]))
    problems = wrong(platform, linked, container(name="cache"), options=TaskOptions(network_mode=mode))
    assert all(option.startswith("containers[0].docker") for option in problems)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"hostname": "web_1!"}, "hostname"),
        ({"links": ["a b"]}, "links"),
        ({"extra_hosts": {"db": "db.internal"}}, "extra_hosts"),
        ({"dns_servers": ["dns.internal"]}, "dns_servers"),
        ({"dns_search_domains": ["a..b"]}, "dns_search_domains"),
        ({"security_options": ["no-privileges"]}, "security_options"),
    ],
)
def test_options_of_docker_that_are_wrong(given: dict[str, Any], option: str):
    assert refused(docker=DockerOptions(**given)) == [f"docker.{option}"]


def test_a_link_is_to_a_container_of_the_task():
    linked = container(docker=DockerOptions(links=["cach:redis"]))
    assert "containers[0].docker.links" in wrong("EC2", linked, container(name="cache"), options=BRIDGE)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"system_controls": {"vm.swappiness": "1"}}, "system_controls['vm.swappiness']"),
        ({"start_timeout": timedelta(seconds=1)}, "start_timeout"),
        ({"start_timeout": timedelta(seconds=200)}, "start_timeout"),
        ({"port_ranges": [PortRange(first=20, last=10)]}, "port_ranges[0]"),
        ({"port_ranges": [PortRange(first=10, last=70000)]}, "port_ranges[0]"),
        ({"environment_files": [EnvironmentFile(bucket="shop", key="a.env")]}, "environment_files[0].bucket"),  # type: ignore[arg-type]
        ({"docker_labels": {"DB_PASSWORD": "hunter2"}}, "docker_labels['DB_PASSWORD']"),
    ],
)
def test_options_that_are_wrong_by_themselves(given: dict[str, Any], option: str):
    assert refused(**given) == [option]


def test_a_file_of_settings_ends_with_env():
    bucket = s3.Bucket.from_bucket_name(new_stack(), "Bucket", "settings")
    assert refused(environment_files=[EnvironmentFile(bucket=bucket, key="web.txt")]) == ["environment_files[0].key"]


def test_a_range_holds_no_port_of_another():
    media = container(ports=[5000], port_ranges=[PortRange(first=4000, last=6000)])
    assert "containers[0].port_ranges[0]" in wrong("FARGATE", media)
    beside = container(name="b", port_ranges=[PortRange(first=5000, last=5001)])
    assert "containers[1].port_ranges[0]" in wrong("FARGATE", container(ports=[5000]), beside)
    assert task("EC2", container(ports=[5000]), beside, options=BRIDGE), "each has its own address"
    assert "containers[0].port_ranges" in wrong("EC2", beside, options=TaskOptions(network_mode="host"))


def test_kernel_parameters_are_the_tasks_own():
    net, memory = {"net.core.somaxconn": "1024"}, {"kernel.shmmax": "1"}
    host = TaskOptions(network_mode="host")
    assert "containers[0].system_controls['net.core.somaxconn']" in wrong(
        "EC2", container(system_controls=net), options=host
    )
    assert task("EC2", container(system_controls=memory), options=host)
    assert "containers[0].system_controls['kernel.shmmax']" in wrong(
        "EC2", container(system_controls=memory), options=TaskOptions(ipc_mode="host")
    )


# ---- options of the task


def test_processes_and_memory_that_containers_share():
    fargate = properties(task("FARGATE", container(), options=TaskOptions(pid_mode="task")), "AWS::ECS::TaskDefinition")
    assert fargate["PidMode"] == "task"
    made = task("EC2", container(), options=TaskOptions(pid_mode="host", ipc_mode="task"))
    definition = properties(made, "AWS::ECS::TaskDefinition")
    assert (definition["PidMode"], definition["IpcMode"]) == ("host", "task")
    managed = task("MANAGED_INSTANCES", container(), options=TaskOptions(pid_mode="host"))
    assert properties(managed, "AWS::ECS::TaskDefinition")["PidMode"] == "host"
    assert wrong("MANAGED_INSTANCES", container(), options=TaskOptions(ipc_mode="task")).keys() == {"options.ipc_mode"}
    assert wrong("FARGATE", container(), options=TaskOptions(pid_mode="host", ipc_mode="task")).keys() == {
        "options.pid_mode",
        "options.ipc_mode",
    }
    windows = TaskOptions(pid_mode="task", operating_system="WINDOWS_SERVER_2022_CORE")
    assert "options.pid_mode" in wrong("FARGATE", container(), cpu=1024, memory_limit_mib=2048, options=windows)


# ---- images


def test_an_image_of_cdk_for_arm_is_warned_of(tmp_path: Any):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")

    def warnings(architecture: Any) -> int:
        stack = new_stack()
        image = ecs.ContainerImage.from_asset(str(tmp_path))
        options = TaskOptions(architecture=architecture)
        FargateTaskDefinition(stack, "Task", containers=[container(image=image)], options=options)
        found = assertions.Annotations.from_stack(stack).find_warning(
            "*", assertions.Match.string_like_regexp("processor of the machine")
        )
        return len(found)

    assert (warnings("ARM64"), warnings("X86_64")) == (1, 0)
