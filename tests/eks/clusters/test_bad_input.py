"""One clear error for each wrong input, before anything is made."""

from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs

from cdk_containers import (
    AccessEntry,
    AccessPolicy,
    AddOnOptions,
    AutoMode,
    ConstructError,
    Disabled,
    EksCluster,
    Logs,
    Network,
    PublicAccess,
)
from tests.toolkit import ADMIN, REASON, eks_cluster, network, new_stack

SESSION = "arn:aws:sts::111111111111:assumed-role/admin/somebody"
GROUP = "arn:aws:iam::111111111111:group/admins"
ROOT = "arn:aws:iam::111111111111:root"


def one_zone(stack: cdk.Stack) -> Network:
    return Network.from_attributes(
        stack,
        "OneZone",
        vpc_id="vpc-0123456789abcdef0",
        availability_zones=["eu-west-1a"],
        private_subnet_ids=["subnet-0aaaaaaaaaaaaaaa1"],
    )


def public_alone(stack: cdk.Stack) -> ec2.IVpc:
    return ec2.Vpc(
        stack,
        "PublicAlone",
        subnet_configuration=[ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)],
    )


def problems(error: pytest.ExceptionInfo[ConstructError]) -> dict[str, str]:
    return {problem.option: problem.what for problem in error.value.problems}


@pytest.mark.parametrize("version", ["1.99", "1.31", "1.16", "1.36.1", "v1.36", "latest", "1", ""])
def test_a_version_that_eks_does_not_offer(version: str):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), version=version)
    [problem] = error.value.problems
    assert (problem.option, problem.practice) == ("version", "eks-supported-version")
    assert problem.allowed == "1.32, 1.33, 1.34, 1.35 or 1.36"


@pytest.mark.parametrize(
    ("network", "option", "what"),
    [
        (one_zone, "network", "too few zones"),
        (public_alone, "network", "no private subnets"),
    ],
)
def test_a_network_without_room_for_a_cluster(network: Callable[[cdk.Stack], Any], option: str, what: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        eks_cluster(stack, network=network(stack))
    assert what in problems(error)[option]


def test_control_plane_subnets_in_one_zone():
    stack = new_stack(region="eu-west-1")
    with pytest.raises(ConstructError) as error:
        eks_cluster(stack, control_plane_subnets=ec2.SubnetSelection(availability_zones=["eu-west-1a"]))
    assert "too few zones" in problems(error)["control_plane_subnets"]


@pytest.mark.parametrize(
    "service_cidr", ["8.8.0.0/16", "172.20.0.0/11", "172.20.0.0/25", "172.20.0.1/16", "172.20.0.0", "fd00::/108", "x"]
)
def test_addresses_that_eks_does_not_give_to_services(service_cidr: str):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), service_cidr=service_cidr)
    assert "not a valid address range" in problems(error)["service_cidr"]


@pytest.mark.parametrize(
    "made",
    [
        lambda _: None,
        lambda stack: Network(stack, "Network"),
        lambda stack: ec2.Vpc(stack, "Vpc", ip_addresses=ec2.IpAddresses.cidr("10.0.0.0/16")),
        lambda stack: ec2.Vpc.from_vpc_attributes(
            stack,
            "Existing",
            vpc_id="vpc-0123456789abcdef0",
            vpc_cidr_block="10.0.0.0/16",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            private_subnet_ids=["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"],
        ),
    ],
)
def test_addresses_of_services_that_the_network_has(made: Callable[[cdk.Stack], Any]):
    stack = new_stack()
    given = made(stack)
    with pytest.raises(ConstructError) as error:
        EksCluster(stack, "Eks", version="1.36", network=given, service_cidr="10.0.128.0/20")
    assert "it overlaps with the network, 10.0.0.0/16" in problems(error)["service_cidr"]
    assert EksCluster(stack, "Right", version="1.36", network=given, service_cidr="10.1.0.0/20")


@pytest.mark.parametrize("name", ["", "-shop", "shop.one", "shop one", "s" * 101])
def test_a_name_that_eks_refuses(name: str):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), cluster_name=name)
    assert set(problems(error)) == {"cluster_name"}


@pytest.mark.parametrize(
    ("cidrs", "option"),
    [
        ([], "public_access.cidrs"),
        (["198.51.100.0/24"] * 41, "public_access.cidrs"),
        (["everybody"], "public_access.cidrs[0]"),
        (["198.51.100.0/24", "10.0.0.0/8"], "public_access.cidrs[1]"),
        (["198.51.100.7/24"], "public_access.cidrs[0]"),
        (["2001:db8::/32"], "public_access.cidrs[0]"),
    ],
)
def test_addresses_that_cannot_reach_the_api(cidrs: list[str], option: str):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), public_access=PublicAccess(cidrs=cidrs, reason=REASON))
    assert set(problems(error)) == {option}


@pytest.mark.parametrize("reason", ["", "because", "   "])
def test_the_world_without_a_reason(reason: str):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), public_access=PublicAccess(cidrs=["0.0.0.0/0"], reason=reason))
    assert set(problems(error)) == {"public_access.reason"}
    with pytest.raises(TypeError, match="reason"):
        PublicAccess(cidrs=["0.0.0.0/0"])  # type: ignore[call-arg]


@pytest.mark.parametrize("principal", [SESSION, GROUP, ROOT, "admin", "arn:aws:iam::1:role/admin"])
def test_a_principal_that_has_no_access_entry(principal: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as error:
        eks_cluster(stack, admins=[ADMIN, principal])
    assert set(problems(error)) == {"admins[1]"}
    with pytest.raises(ConstructError) as error:
        AccessEntry(stack, "Entry", cluster=eks_cluster(stack, "Right"), principal=principal)
    assert set(problems(error)) == {"principal"}


def test_an_administrator_twice_and_none():
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), admins=[ADMIN, ADMIN])
    assert "already admins[0]" in problems(error)["admins[1]"]
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), admins=[])
    assert "without administrators no one can use" in problems(error)["admins"]


def test_fargate_beside_auto_mode_and_a_pool_twice():
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), compute="FARGATE", auto_mode=AutoMode(node_pools=["system", "system"]))
    assert set(problems(error)) == {"compute", "auto_mode.node_pools"}


@pytest.mark.parametrize(
    ("configuration", "place"),
    [
        ("{", ""),
        ("[1]", ""),
        ("3", ""),
        ({"a": {1: 2}}, "['a'][1]"),
        ({"a": [1, {2, 3}]}, "['a'][1]"),
        ({"a": float("nan")}, "['a']"),
        ({"a": b"x"}, "['a']"),
        ({"enableNetworkPolicy": True}, "['enableNetworkPolicy']"),
        ({"env": {"WARM_PREFIX_TARGET": 1}}, "['env']['WARM_PREFIX_TARGET']"),
    ],
)
def test_a_configuration_that_is_no_json_or_not_what_the_add_on_takes(configuration: Any, place: str):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), default_add_ons={"vpc-cni": AddOnOptions(configuration=configuration)})
    assert set(problems(error)) == {f"default_add_ons['vpc-cni'].configuration{place}"}


def test_an_add_on_that_is_no_default_and_a_version_that_is_none():
    with pytest.raises(ConstructError) as error:
        eks_cluster(
            new_stack(),
            default_add_ons={
                "aws-ebs-csi-driver": AddOnOptions(),
                "coredns": AddOnOptions(version="latest"),
                "kube-proxy": Disabled("short"),
            },
        )
    assert set(problems(error)) == {
        "default_add_ons['aws-ebs-csi-driver']",
        "default_add_ons['coredns'].version",
        "default_add_ons['kube-proxy'].reason",
    }


@pytest.mark.parametrize(
    "given",
    [
        {"default_add_ons": {"eks-pod-identity-agent": Disabled(REASON)}},
        {"default_add_ons": {"vpc-cni": AddOnOptions()}, "auto_mode": AutoMode()},
    ],
)
def test_the_network_of_pods_without_what_gives_it_its_role(given: dict[str, Any]):
    with pytest.raises(ConstructError) as error:
        eks_cluster(new_stack(), **given)
    assert set(problems(error)) == {"default_add_ons['eks-pod-identity-agent']"}


def test_a_log_group_that_eks_does_not_write_to():
    stack = new_stack()
    group = aws_logs.LogGroup.from_log_group_name(stack, "Group", "/shop")
    for given in ({"cluster_name": "shop"}, {}):
        with pytest.raises(ConstructError) as error:
            eks_cluster(stack, control_plane_logs=Logs(log_group=group), **given)
        assert set(problems(error)) == {"control_plane_logs.log_group"}


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_left_behind():
    stack = new_stack()
    net = network(stack)
    before = len(stack.node.children)
    with pytest.raises(ConstructError) as error:
        EksCluster(
            stack,
            "Eks",
            version="1.20",
            network=net,
            service_cidr="1.2.3.0/24",
            cluster_name="!",
            admins=[ROOT],
            deletion_protection=Disabled("short"),
            public_access=PublicAccess(cidrs=["10.0.0.0/8"], reason=REASON),
        )
    assert set(problems(error)) == {
        "version",
        "service_cidr",
        "cluster_name",
        "admins[0]",
        "deletion_protection.reason",
        "public_access.cidrs[0]",
    }
    assert len(stack.node.children) == before


# ---- access entries


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({"type": "EC2LINUX"}, {"type"}),
        ({"type": "EC2_LINUX", "kubernetes_groups": ["a"], "username": "b"}, {"kubernetes_groups", "username"}),
        ({"type": "EC2_LINUX", "policies": [AccessPolicy(name="AmazonEKSViewPolicy")]}, {"policies"}),
        ({"type": "EC2", "policies": [AccessPolicy(name="AmazonEKSViewPolicy")]}, {"policies"}),
        ({"type": "HYBRID_LINUX", "principal": "arn:aws:iam::111111111111:user/somebody"}, {"principal"}),
        ({"policies": [AccessPolicy(name="AmazonEKSViewerPolicy")]}, {"policies[0].name"}),
        ({"policies": [AccessPolicy(name="AdministratorAccess")]}, {"policies[0].name"}),
        (
            {"policies": [AccessPolicy(name="AmazonEKSViewPolicy", namespaces=["Shop", "shop-*"])]},
            {"policies[0].namespaces[0]", "policies[0].namespaces[1]"},
        ),
        (
            {"policies": [AccessPolicy(name="AmazonEKSClusterAdminPolicy", namespaces=["shop"])]},
            {"policies[0].namespaces"},
        ),
        ({"kubernetes_groups": ["system:masters"]}, {"kubernetes_groups[0]"}),
        ({"username": "system:admin"}, {"username"}),
    ],
)
def test_an_access_entry_that_eks_refuses(given: dict[str, Any], options: set[str]):
    stack = new_stack()
    made = eks_cluster(stack)
    with pytest.raises(ConstructError) as error:
        AccessEntry(
            stack, "Entry", **{"cluster": made, "principal": "arn:aws:iam::111111111111:role/developer"} | given
        )
    assert set(problems(error)) == options
