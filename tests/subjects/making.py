"""Making what several subjects are tried on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_efs as efs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import (
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    ClassicExposure,
    Cluster,
    Disabled,
    Domain,
    DomainNames,
    Ec2TaskDefinition,
    FargateTaskDefinition,
    Image,
    LatticeExposure,
    NlbExposure,
    Port,
    ServiceNetwork,
    WebService,
)
from tests.made_once import made_once
from tests.toolkit import (
    REASON,
    backend,
    capacity,
    certificate,
    container,
    network,
    on_ec2,
    own_cluster,
    web,
)

from .subject import Value


def fargate_task(stack: cdk.Stack, **options: Any) -> FargateTaskDefinition:
    options.setdefault("containers", [container()])
    return FargateTaskDefinition(stack, "Task", **options)


def ec2_task(stack: cdk.Stack, **options: Any) -> Ec2TaskDefinition:
    return Ec2TaskDefinition(stack, "Task", memory_limit_mib=1024, **{"containers": [container()]} | options)


def either_task(stack: cdk.Stack, given: dict[str, Any], **task: Any) -> object:
    """Make a task definition on EC2, if that was asked for among the options."""
    return ec2_task(stack, **task) if given.get("on_ec2") else fargate_task(stack, **task)


def security_group(stack: cdk.Stack) -> ec2.ISecurityGroup:
    return ec2.SecurityGroup.from_security_group_id(stack, "Given", "sg-0123456789abcdef0")


def without(options: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in options.items() if name not in names}


def either_service(stack: cdk.Stack, given: dict[str, Any]) -> dict[str, Any]:
    """Return what is given, and capacity on EC2 if that was asked for."""
    if not given.get("on_ec2"):
        return given
    return without(given, "on_ec2") | {"cluster": own_cluster(stack), "capacity": [capacity(stack).share()]}


def placed(stack: cdk.Stack, **placement: Any) -> BackendService:
    return backend(stack, **on_ec2(stack, "bridge", 8080), **placement)


def balanced(stack: cdk.Stack, given: dict[str, Any]) -> WebService:
    ports = [8080, 9090, Port(number=5353, protocol="udp")]
    return web(
        stack,
        container=container(ports=ports),
        sidecars=[container(name="b", ports=[7070])],
        exposure=NlbExposure(**without(given, "deployment")),
        deployment=given.get("deployment"),
    )


@made_once
def service_network(stack: cdk.Stack, id: str = "Lattice") -> ServiceNetwork:  # noqa: A002
    return ServiceNetwork(stack, id, network=network(stack), prefix_list_id="pl-0123456789abcdef0")


def through_lattice(stack: cdk.Stack, given: dict[str, Any]) -> BackendService:
    ports = [Port(number=8080, name="http"), Port(number=9090, name="admin")]
    return backend(
        stack,
        container=container(ports=ports),
        sidecars=[container(name="b", ports=[Port(number=7070, name="side")])],
        exposure=LatticeExposure(**without(given, "deployment")),
        deployment=given.get("deployment"),
    )


def classic(stack: cdk.Stack, given: dict[str, Any]) -> WebService:
    ports = [Port(number=8080, host_port=80), Port(number=9090, host_port=90)]
    side = container(name="b", ports=[Port(number=7070, host_port=70)])
    return web(stack, **on_ec2(stack, "bridge", *ports, sidecars=[side]), exposure=ClassicExposure(**given))


@made_once
def key_pair(stack: cdk.Stack) -> ec2.IKeyPair:
    return ec2.KeyPair.from_key_pair_name(stack, "KeyPair", "operators")


def own_load_balancer(stack: cdk.Stack, **options: Any) -> ApplicationLoadBalancer:
    options.setdefault("network", network(stack))
    if "certificates" not in options:
        options["certificates"] = [certificate(stack)]
    return ApplicationLoadBalancer(stack, "LoadBalancer", **options)


@made_once
def file_system(stack: cdk.Stack) -> efs.IFileSystem:
    group = ec2.SecurityGroup.from_security_group_id(stack, "FileSystemGroup", "sg-0123456789abcdef0")
    name = "fs-0123456789abcdef0"
    return efs.FileSystem.from_file_system_attributes(stack, "FileSystem", file_system_id=name, security_group=group)


@cache
def build_context() -> str:
    """Make a directory with Dockerfiles; nothing is built from it."""
    path = Path(mkdtemp(prefix="build-context-"))
    for name in ("Dockerfile", "Other.Dockerfile"):
        (path / name).write_text("FROM scratch\n")
    return str(path)


def exposed(stack: cdk.Stack, options: dict[str, Any]) -> WebService:
    return web(
        stack,
        container=container(ports=[8080, 9090]),
        sidecars=[container(name="b", ports=[7070])],
        exposure=AlbExposure(**without(options, "deployment")),
        deployment=options.get("deployment"),
    )


@made_once
def zone(stack: cdk.Stack, id: str = "Zone") -> route53.IHostedZone:  # noqa: A002
    return route53.HostedZone.from_hosted_zone_attributes(
        stack, id, hosted_zone_id=f"Z{id.upper()}", zone_name="example.com"
    )


@made_once
def domain(stack: cdk.Stack) -> Domain:
    return Domain(stack, "Names", name="example.com", zone=zone(stack))


def with_domain(stack: cdk.Stack, given: Domain | DomainNames) -> WebService:
    return web(stack, exposure=AlbExposure(port=8080, domain=given))


def own_exposure(stack: cdk.Stack) -> dict[str, Any]:
    return {"port": 8080, "certificate": certificate(stack)}


def from_registry(stack: cdk.Stack, options: dict[str, Any]) -> FargateTaskDefinition:
    return fargate_task(stack, containers=[container(image=Image.from_registry(**options))])


OFF = Disabled(REASON)


def key(name: str) -> Value:
    return lambda stack: kms.Key.from_key_arn(
        stack, name, f"arn:aws:kms:eu-west-1:111111111111:key/{name.lower()}-00000000"
    )


def secret(stack: cdk.Stack) -> secretsmanager.ISecret:
    return secretsmanager.Secret.from_secret_complete_arn(
        stack, "Login", "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ecr-pullthroughcache/login-AbCdEf"
    )


def role(stack: cdk.Stack) -> iam.IRole:
    return iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/shop", mutable=False)


def alarm(stack: cdk.Stack) -> list[cloudwatch.IAlarm]:
    arn = "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:orders"
    return [cloudwatch.Alarm.from_alarm_arn(stack, "Orders", arn)]


def another_file_system(stack: cdk.Stack) -> efs.IFileSystem:
    group = ec2.SecurityGroup.from_security_group_id(stack, "OtherGroup", "sg-0aaaaaaaaaaaaaaaa")
    return efs.FileSystem.from_file_system_attributes(
        stack, "OtherFiles", file_system_id="fs-0aaaaaaaaaaaaaaaa", security_group=group
    )


def shared(stack: cdk.Stack) -> ApplicationLoadBalancer:
    return ApplicationLoadBalancer(
        stack, "Shared", network=network(stack, "SharedNetwork"), certificates=[certificate(stack, "SharedCertificate")]
    )


def another_cluster(stack: cdk.Stack) -> Cluster:
    return Cluster.from_attributes(stack, "Other", cluster_name="other", network=network(stack, "OtherNetwork"))
