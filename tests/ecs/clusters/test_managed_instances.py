"""ECS Managed Instances as capacity of a cluster."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs

from cdk_containers import (
    CapacityReservations,
    ConstructError,
    Disabled,
    InstanceRequirements,
    ManagedInstancesCapacity,
)
from tests.toolkit import (
    REASON,
    Template,
    network,
    new_stack,
    opt_outs,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
)

PROVIDER = "AWS::ECS::CapacityProvider"
ROLE = "AWS::IAM::Role"


def made(name: str = "Shop", **options: Any) -> Template:
    stack = new_stack(name)
    ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack), **options)
    return synth(stack)


def launch(template: Template) -> dict[str, Any]:
    return properties(template, PROVIDER)["ManagedInstancesProvider"]["InstanceLaunchTemplate"]


def test_its_instances_are_in_private_subnets_with_a_security_group_of_their_own():
    template = made()
    network_configuration = launch(template)["NetworkConfiguration"]
    assert network_configuration["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
    [group] = network_configuration["SecurityGroups"]
    assert group["Fn::GetAtt"][0] in resources(template, "AWS::EC2::SecurityGroup")


def test_its_defaults_are_written_down():
    template = made()
    assert launch(template)["CapacityOptionType"] == "ON_DEMAND"
    assert launch(template)["Monitoring"] == "DETAILED"
    assert launch(template)["StorageConfiguration"] == {"StorageSizeGiB": 80}
    assert "InstanceRequirements" not in launch(template)
    provider = properties(template, PROVIDER)["ManagedInstancesProvider"]
    assert provider["PropagateTags"] == "CAPACITY_PROVIDER"
    assert "InfrastructureOptimization" not in provider


def test_the_provider_names_its_cluster_and_no_association_names_the_provider():
    template = made()
    cluster = next(iter(resources(template, "AWS::ECS::Cluster")))
    assert properties(template, PROVIDER)["ClusterName"] == {"Ref": cluster}
    association = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association["CapacityProviders"] == ["FARGATE", "FARGATE_SPOT"]


def test_ecs_may_pass_the_role_of_the_instances_whatever_its_name():
    """The managed policy passes `ecsInstanceRole*` only, and CloudFormation's names are others."""
    template = made()
    role = resource(template, ROLE, like="InstanceRole")["Properties"]
    assert "RoleName" not in role
    infrastructure = resource(template, ROLE, like="InfrastructureRole")["Properties"]
    [policy] = infrastructure["Policies"]
    [statement] = policy["PolicyDocument"]["Statement"]
    assert statement["Action"] == "iam:PassRole"
    assert statement["Resource"]["Fn::GetAtt"][0].startswith("ManagedInstanceRole")
    assert statement["Condition"] == {"StringLike": {"iam:PassedToService": "ec2.*"}}
    assert infrastructure["ManagedPolicyArns"][0]["Fn::Join"][1][-1] == (
        ":iam::aws:policy/AmazonECSInfrastructureRolePolicyForManagedInstances"
    )


def test_cdk_names_the_role_of_the_instances():
    """Plain L2 takes a name of the account for it, and a stack that has one asks for CAPABILITY_NAMED_IAM."""
    stack = new_stack()
    vpc = network(stack).vpc
    group = ec2.SecurityGroup(stack, "Group", vpc=vpc)
    plain = ecs.Cluster(stack, "Cluster", vpc=vpc)
    plain.add_managed_instances_capacity_provider(
        ecs.ManagedInstancesCapacityProvider(stack, "Provider", subnets=vpc.private_subnets, security_groups=[group])
    )
    role = resource(synth(stack), ROLE, like="InstanceRole")["Properties"]
    assert role["RoleName"].startswith("ecsInstanceRole")


def test_the_role_of_the_instances_holds_what_the_agent_needs_in_this_cluster():
    role = resource(made(), ROLE, like="InstanceRole")["Properties"]
    assert "ManagedPolicyArns" not in role
    [policy] = role["Policies"]
    by_action = {
        action: statement
        for statement in policy["PolicyDocument"]["Statement"]
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert sorted(by_action) == [
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:PutSystemLogEvents",
        "ecs:RegisterContainerInstance",
        "ecs:StartTelemetrySession",
        "ecs:SubmitAttachmentStateChanges",
        "ecs:SubmitTaskStateChange",
    ]
    assert by_action["ecs:RegisterContainerInstance"]["Resource"]["Fn::GetAtt"][1] == "Arn"


def test_a_grant_to_the_instances_is_an_error():
    stack = new_stack()
    capacity = ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack))
    table = dynamodb.TableV2.from_table_name(stack, "Table", "orders")
    with pytest.raises(RuntimeError, match="grant to the service"):
        table.grant_read_data(capacity)


def test_a_policy_on_the_role_of_the_instances_is_found_when_the_app_is_synthesized():
    stack = new_stack()
    capacity = ManagedInstancesCapacity(stack, "Managed", cluster=own_cluster(stack))
    dynamodb.TableV2.from_table_name(stack, "Table", "orders").grant_read_data(capacity.instance_role)
    with pytest.raises(RuntimeError, match="instance-role-is-the-agents"):
        synth(stack)


def test_what_instances_must_have():
    wanted = InstanceRequirements(
        min_vcpus=2,
        max_vcpus=16,
        min_memory_mib=4096,
        max_memory_mib=65536,
        architecture="ARM64",
        excluded_instance_types=["t*"],
    )
    assert launch(made(requirements=wanted))["InstanceRequirements"] == {
        "VCpuCount": {"Min": 2, "Max": 16},
        "MemoryMiB": {"Min": 4096, "Max": 65536},
        "CpuManufacturers": ["amazon-web-services"],
        "ExcludedInstanceTypes": ["t*"],
        "InstanceGenerations": ["current"],
    }


def test_gpus_are_nvidias():
    wanted = launch(made(requirements=InstanceRequirements(min_gpus=1)))["InstanceRequirements"]
    assert wanted["AcceleratorCount"] == {"Min": 1}
    assert wanted["AcceleratorTypes"] == ["gpu"]
    assert wanted["AcceleratorManufacturers"] == ["nvidia"]


def test_types_that_are_named_may_be_old():
    wanted = launch(made(requirements=InstanceRequirements(allowed_instance_types=["m5.large", "m7g.*"])))
    assert wanted["InstanceRequirements"]["AllowedInstanceTypes"] == ["m5.large", "m7g.*"]
    assert "InstanceGenerations" not in wanted["InstanceRequirements"]


def test_it_says_how_long_an_idle_instance_stays():
    after = properties(made(scale_in_after=timedelta(minutes=10)), PROVIDER)["ManagedInstancesProvider"]
    assert after["InfrastructureOptimization"] == {"ScaleInAfter": 600}


def test_idle_instances_are_kept_for_a_reason():
    template = made(scale_in_after=Disabled(REASON))
    provider = properties(template, PROVIDER)["ManagedInstancesProvider"]
    assert provider["InfrastructureOptimization"] == {"ScaleInAfter": -1}
    assert opt_outs(template)[PROVIDER] == {"managed-instance-scale-in": REASON}


@pytest.mark.parametrize("stack_name", ["ecs-shop", "AwsShop", "fargate-shop"])
def test_a_stack_whose_name_ecs_would_refuse_gets_another_for_the_provider(stack_name: str):
    assert properties(made(stack_name), PROVIDER)["Name"].startswith("cp-")
    assert "Name" not in properties(made("Shop"), PROVIDER)


@pytest.mark.parametrize(
    ("options", "option", "allowed"),
    [
        ({"requirements": InstanceRequirements(min_vcpus=0)}, "requirements.min_vcpus", "1 or more"),
        ({"requirements": InstanceRequirements(min_vcpus=4, max_vcpus=2)}, "requirements.max_vcpus", "4 or more"),
        ({"requirements": InstanceRequirements(min_memory_mib=0)}, "requirements.min_memory_mib", "1 or more"),
        ({"requirements": InstanceRequirements(max_memory_mib=512)}, "requirements.max_memory_mib", "1024 or more"),
        ({"requirements": InstanceRequirements(min_gpus=-1)}, "requirements.min_gpus", "0 or more"),
        (
            {
                "requirements": InstanceRequirements(
                    allowed_instance_types=["m7g.large"], excluded_instance_types=["t3.*"]
                )
            },
            "requirements.excluded_instance_types",
            "allowed_instance_types or excluded_instance_types",
        ),
        (
            {"requirements": InstanceRequirements(allowed_instance_types=["large"])},
            "requirements.allowed_instance_types[0]",
            "m7g.large",
        ),
        ({"storage_size_gib": 0}, "storage_size_gib", "1 or more"),
        ({"scale_in_after": timedelta(hours=2)}, "scale_in_after", "0–3600 s"),
        ({"scale_in_after": Disabled("no")}, "scale_in_after.reason", "understands"),
        ({"capacity_option": "RESERVED"}, "capacity_option", "'ON_DEMAND' or 'SPOT'"),
    ],
)
def test_bad_input(options: dict[str, Any], option: str, allowed: str):
    stack = new_stack()
    cluster = own_cluster(stack)
    with pytest.raises(ConstructError) as raised:
        ManagedInstancesCapacity(stack, "Managed", cluster=cluster, **options)
    [problem] = raised.value.problems
    assert problem.option == option
    assert allowed in problem.allowed
    assert stack.node.try_find_child("Managed") is None


def test_instances_in_reserved_capacity():
    group = "arn:aws:resource-groups:eu-west-1:111111111111:group/shop"
    template = launch(made(reservations=CapacityReservations(group_arn=group)))
    assert template["CapacityOptionType"] == "RESERVED"
    assert template["CapacityReservations"] == {
        "ReservationGroupArn": group,
        "ReservationPreference": "RESERVATIONS_FIRST",
    }


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"reservations": CapacityReservations(), "capacity_option": "SPOT"}, "reservations"),
        ({"reservations": CapacityReservations(group_arn="shop")}, "reservations.group_arn"),
        ({"fips": "yes"}, "fips"),
    ],
)
def test_reservations_that_cannot_be(options: dict[str, Any], option: str):
    with pytest.raises(ConstructError) as error:
        made(**options)
    assert [problem.option for problem in error.value.problems] == [option]


def test_what_ecs_does_by_itself_is_not_written():
    names = {"LocalStorageConfiguration", "InstanceMetadataTagsPropagation", "FipsEnabled", "CapacityReservations"}
    assert not names & launch(made()).keys()
    given = launch(made(local_storage=True, metadata_tags=False, fips=False, reservations=CapacityReservations()))
    assert names <= given.keys()
    assert given["FipsEnabled"] is False
