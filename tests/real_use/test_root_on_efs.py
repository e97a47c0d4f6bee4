"""Gitea: an image that needs root and a writable file system, one task on EFS, with a domain and a backup."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_backup as backup
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53

from cdk_containers import (
    Alarms,
    AlarmTopic,
    AlbExposure,
    BackendService,
    Cluster,
    Container,
    Disabled,
    Domain,
    EfsVolume,
    Network,
    Rolling,
    VolumeMount,
    WebService,
)
from tests.real_use.synthesis import Synthesized, statements_of, synthesize, the_problem
from tests.toolkit import Template, cluster, new_stack, opt_outs, properties, resource, resources
from tests.updates.consequences import consequences

WHY = "s6 begins as root, changes the owner of /data, writes to /etc, and runs Gitea as git"
INIT = "s6 has to be process 1"


class GitStack(cdk.Stack):
    """Gitea under git.example.com."""

    def __init__(
        self,
        scope: cdk.App,
        id: str,  # noqa: A002
        *,
        tag: str = "1.24.6",
        memory: int = 1024,
        health: str = "/api/healthz",
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        network = Network(self, "Network", max_azs=2)
        files = efs.FileSystem(
            self,
            "Repositories",
            vpc=network.vpc,
            encrypted=True,
            kms_key=kms.Key(self, "Key", enable_key_rotation=True),
            enable_automatic_backups=True,
            allow_anonymous_access=False,
            removal_policy=cdk.RemovalPolicy.RETAIN,
        )
        plan = backup.BackupPlan.daily_weekly_monthly5_year_retention(self, "Backup")
        plan.add_selection("Files", resources=[backup.BackupResource.from_efs_file_system(files)])

        zone = route53.HostedZone.from_hosted_zone_attributes(
            self, "Zone", hosted_zone_id="Z0123456789EXAMPLE", zone_name="example.com"
        )
        self.git = WebService(
            self,
            "Git",
            cluster=Cluster(self, "Cluster", network=network),
            container=Container(
                image=f"docker.io/gitea/gitea:{tag}",
                ports=[3000],
                environment={"GITEA__server__ROOT_URL": "https://git.example.com/", "USER_UID": "1000"},
                user=Disabled(WHY),
                readonly_root_filesystem=Disabled(WHY),
                init_process=Disabled(INIT),
                mounts=[VolumeMount(volume="data", path="/data")],
            ),
            volumes=[EfsVolume(name="data", file_system=files, user=Disabled(WHY))],
            cpu=512,
            memory_limit_mib=memory,
            exposure=AlbExposure(
                port=3000,
                domain=Domain(self, "Domain", name="git.example.com", zone=zone),
                health_check_path=health,
            ),
            desired_count=1,
            deployment=Rolling(min_healthy_percent=0, max_healthy_percent=100),
            enable_execute_command=True,
            alarms=Alarms(topic=AlarmTopic(self, "Alerts", email_addresses=["team@example.com"]).topic),
        )


def build(app: cdk.App, **changes: Any) -> None:
    GitStack(app, "Git", env=cdk.Environment(account="111111111111", region="eu-west-1"), **changes)


@pytest.fixture(scope="module")
def made() -> Synthesized:
    app = cdk.App()
    build(app)
    return synthesize(app)


@pytest.fixture(scope="module")
def template(made: Synthesized) -> Template:
    return made.templates["Git"]


def test_cdk_warns_of_nothing(made: Synthesized):
    assert made.warnings == []


def test_root_and_the_writable_root_file_system_are_said_with_a_reason(template: Template):
    [container] = properties(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert container["ReadonlyRootFilesystem"] is False
    assert container["LinuxParameters"]["InitProcessEnabled"] is False
    assert "User" not in container
    assert opt_outs(template)["AWS::ECS::TaskDefinition"] == {
        "non-root-user": WHY,
        "read-only-root-filesystem": WHY,
        "init-process": INIT,
        "efs-access-point": WHY,
    }


def test_root_may_change_owners_on_the_file_system(template: Template):
    access_point = properties(template, "AWS::EFS::AccessPoint")
    assert access_point["RootDirectory"]["Path"] == "/data"
    assert "PosixUser" not in access_point
    [mount] = [found for found in statements_of(template, "GitTaskTaskRole") if "elasticfilesystem" in str(found)]
    assert set(mount["Action"]) == {
        "elasticfilesystem:ClientMount",
        "elasticfilesystem:ClientWrite",
        "elasticfilesystem:ClientRootAccess",
    }
    assert "AccessPointArn" in str(mount["Condition"])


def test_one_task_writes_and_waits_until_the_files_are_there(template: Template):
    service = resource(template, "AWS::ECS::Service")
    assert service["Properties"]["DesiredCount"] == 1
    assert service["Properties"]["DeploymentConfiguration"]["MaximumPercent"] == 100
    assert service["Properties"]["DeploymentConfiguration"]["MinimumHealthyPercent"] == 0
    assert set(resources(template, "AWS::EFS::MountTarget")) <= set(service["DependsOn"])
    [volume] = properties(template, "AWS::ECS::TaskDefinition")["Volumes"]
    assert volume["EFSVolumeConfiguration"]["TransitEncryption"] == "ENABLED"
    assert volume["EFSVolumeConfiguration"]["AuthorizationConfig"]["IAM"] == "ENABLED"


def test_files_outlive_the_stack_and_are_backed_up(template: Template):
    files = resource(template, "AWS::EFS::FileSystem")
    assert (files["DeletionPolicy"], files["UpdateReplacePolicy"]) == ("Retain", "Retain")
    assert files["Properties"]["Encrypted"] is True
    [file_system] = resources(template, "AWS::EFS::FileSystem")
    selection = properties(template, "AWS::Backup::BackupSelection")
    assert file_system in str(selection["BackupSelection"]["Resources"])


def test_the_domain_answers_by_https(template: Template):
    assert properties(template, "AWS::Route53::RecordSet")["Name"] == "git.example.com."
    assert properties(template, "AWS::CertificateManager::Certificate")["DomainName"] == "git.example.com"
    assert properties(template, "AWS::ElasticLoadBalancingV2::Listener", like="Https")["Protocol"] == "HTTPS"


@pytest.mark.parametrize("change", [{"tag": "1.25.0"}, {"memory": 2048}, {"health": "/-/healthy"}], ids=str)
def test_a_change_replaces_nothing_that_serves_or_holds_data(template: Template, change: dict[str, Any]):
    app = cdk.App()
    build(app, **change)
    after = synthesize(app).templates["Git"]
    assert after != template
    assert consequences(template, after) == set()


class TestMistakes:
    def test_a_shell_on_a_read_only_root(self):
        stack = new_stack()
        options: dict[str, Any] = {"image": "docker.io/gitea/gitea:1.24.6", "enable_execute_command": True}
        problem = the_problem(lambda: BackendService(stack, "Git", cluster=cluster(stack), **options))
        assert "readonly_root_filesystem=Disabled(" in problem

    def test_files_in_another_network(self):
        stack = new_stack()
        files = efs.FileSystem(stack, "Files", vpc=ec2.Vpc(stack, "Other"))
        container = Container(image="docker.io/gitea/gitea:1.24.6", mounts=[VolumeMount(volume="data", path="/data")])
        options: dict[str, Any] = {"container": container, "volumes": [EfsVolume(name="data", file_system=files)]}
        problem = the_problem(lambda: BackendService(stack, "Git", cluster=cluster(stack), **options))
        assert "another VPC" in problem

    def test_a_name_outside_the_zone(self):
        stack = new_stack()
        zone = route53.HostedZone.from_hosted_zone_attributes(
            stack, "Zone", hosted_zone_id="Z0123456789EXAMPLE", zone_name="example.com"
        )
        problem = the_problem(lambda: Domain(stack, "Domain", name="git.example.org", zone=zone))
        assert "example.com" in problem

    def test_a_user_by_its_name(self):
        stack = new_stack()
        files = efs.FileSystem.from_file_system_attributes(
            stack,
            "Files",
            file_system_id="fs-0123456789abcdef0",
            security_group=ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0"),
        )
        container = Container(image="docker.io/gitea/gitea:1.24.6", mounts=[VolumeMount(volume="data", path="/data")])
        volumes = [EfsVolume(name="data", file_system=files, user="git")]
        problem = the_problem(
            lambda: BackendService(stack, "Git", cluster=cluster(stack), container=container, volumes=volumes)
        )
        assert "volumes[0].user" in problem
