import json
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from cdk_containers import (
    Cluster,
    ConstructError,
    Disabled,
    Ec2Capacity,
    FargateCapacity,
    GroupScaling,
    InstanceOptions,
    ManagedScaling,
    PredictiveScaling,
    Spot,
    SshKey,
)
from tests.names import stable
from tests.toolkit import (
    REASON,
    Template,
    backend,
    capacity,
    cluster,
    network,
    new_stack,
    opt_outs,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
)

GROUP = "AWS::AutoScaling::AutoScalingGroup"
PROVIDER = "AWS::ECS::CapacityProvider"
OFF = Disabled(REASON)


def template_of(**options: Any) -> Template:
    stack = new_stack()
    capacity(stack, **options)
    return synth(stack)


@pytest.fixture(scope="module")
def default() -> Template:
    return template_of()


def launch_data(template: Template) -> dict[str, Any]:
    found: dict[str, Any] = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    return found


def user_data(template: Template) -> str:
    """Return the user data, with the name of the cluster as `<cluster>`."""
    joined = launch_data(template)["UserData"]["Fn::Base64"]["Fn::Join"][1]
    return "".join(part if isinstance(part, str) else "<cluster>" for part in joined)


def managed_scaling(template: Template) -> dict[str, Any]:
    provider = properties(template, PROVIDER)["AutoScalingGroupProvider"]
    found: dict[str, Any] = provider["ManagedScaling"]
    return found


# ---- instances


def test_instances_answer_metadata_requests_to_themselves_only(default: Template):
    assert launch_data(default)["MetadataOptions"] == {
        "HttpEndpoint": "enabled",
        "HttpPutResponseHopLimit": 1,
        "HttpTokens": "required",
        "InstanceMetadataTags": "disabled",
    }


def test_the_agent_keeps_tasks_from_the_metadata_of_the_instance_before_the_callers_commands_run():
    commands = ["mkdir -p /mnt/scratch", "echo ECS_RESERVED_MEMORY=256 >> /etc/ecs/ecs.config"]
    written = user_data(template_of(instances=InstanceOptions(user_data=commands)))
    assert written.splitlines() == [
        "#!/bin/bash",
        "cat <<'EOF' >> /etc/ecs/ecs.config",
        "ECS_CLUSTER=<cluster>",
        "ECS_AWSVPC_BLOCK_IMDS=true",
        "ECS_ENABLE_TASK_IAM_ROLE=true",
        "ECS_ENABLE_TASK_IAM_ROLE_NETWORK_HOST=true",
        "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true",
        "EOF",
        *commands,
    ]


def test_bottlerocket_keeps_them_out_as_well():
    template = template_of(instances=InstanceOptions(machine_image="BOTTLEROCKET", attributes={"team": "shop"}))
    assert user_data(template).splitlines() == [
        "[settings.ecs]",
        'cluster = "<cluster>"',
        "awsvpc-block-imds = true",
        "enable-spot-instance-draining = true",
        "[settings.ecs.instance-attributes]",
        '"team" = "shop"',
    ]
    assert launch_data(template)["MetadataOptions"]["HttpPutResponseHopLimit"] == 1
    assert [
        (entry["DeviceName"], entry["Ebs"]["VolumeSize"]) for entry in launch_data(template)["BlockDeviceMappings"]
    ] == [
        ("/dev/xvda", 4),
        ("/dev/xvdb", 50),
    ]


def test_attributes_are_there_for_placement_constraints():
    written = user_data(template_of(instances=InstanceOptions(attributes={"team": "shop", "disk": "nvme"})))
    [line] = [line for line in written.splitlines() if line.startswith("ECS_INSTANCE_ATTRIBUTES=")]
    assert json.loads(line.partition("=")[2]) == {"team": "shop", "disk": "nvme"}


@pytest.mark.parametrize(
    ("types", "image", "parameter"),
    [
        (["m7i.large"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/recommended/image_id"),
        (["m7g.large"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"),
        (["g6.xlarge"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"),
        (["inf2.xlarge"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id"),
        (
            ["trn1.2xlarge", "trn2u.48xlarge"],
            "AL2023",
            "ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id",
        ),
        (["m7i.large"], "BOTTLEROCKET", "bottlerocket/aws-ecs-2/x86_64/latest/image_id"),
        (["m7g.large"], "BOTTLEROCKET", "bottlerocket/aws-ecs-2/arm64/latest/image_id"),
        (["g6.xlarge"], "BOTTLEROCKET", "bottlerocket/aws-ecs-2-nvidia/x86_64/latest/image_id"),
        (["g5g.xlarge"], "BOTTLEROCKET", "bottlerocket/aws-ecs-2-nvidia/arm64/latest/image_id"),
        (["g6f.large"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"),
        # Newer than the facts: the name tells Graviton, GPUs and Neuron devices.
        (["trn99.2xlarge"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/neuron/recommended/image_id"),
        (["g99e.2xlarge"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/gpu/recommended/image_id"),
        (["m99g.large"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/arm64/recommended/image_id"),
        (["m99i.large"], "AL2023", "ecs/optimized-ami/amazon-linux-2023/recommended/image_id"),
    ],
    ids=stable,
)
def test_the_machine_image_follows_from_the_types(types: list[str], image: Any, parameter: str):
    template = template_of(instance_types=types, instances=InstanceOptions(machine_image=image))
    name = launch_data(template)["ImageId"]["Ref"]
    assert template["Parameters"][name] == {
        "Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>",
        "Default": f"/aws/service/{parameter}",
    }


def test_the_agent_gives_out_gpus_where_there_are_some(default: Template):
    assert "ECS_ENABLE_GPU_SUPPORT=true" in user_data(template_of(instance_types=["g6.xlarge"]))
    assert "GPU" not in user_data(default)


def test_volumes_are_encrypted_gp3_and_gone_with_the_instance(default: Template):
    [volume] = launch_data(default)["BlockDeviceMappings"]
    assert volume["Ebs"] == {"DeleteOnTermination": True, "Encrypted": True, "VolumeSize": 50, "VolumeType": "gp3"}


def test_volumes_may_have_a_key_of_their_own():
    stack = new_stack()
    key = kms.Key(stack, "Key")
    capacity(stack, instances=InstanceOptions(encryption_key=key, root_volume_gib=100))
    [volume] = launch_data(synth(stack))["BlockDeviceMappings"]
    assert volume["Ebs"]["KmsKeyId"]["Fn::GetAtt"][0].startswith("Key")
    assert volume["Ebs"]["VolumeSize"] == 100


def test_instances_have_no_public_address_no_key_and_let_nobody_in(default: Template):
    data = launch_data(default)
    [interface] = data["NetworkInterfaces"]
    assert interface["AssociatePublicIpAddress"] is False
    assert "KeyName" not in data
    assert "SecurityGroupIngress" not in properties(default, "AWS::EC2::SecurityGroup")
    assert not resources(default, "AWS::EC2::SecurityGroupIngress")
    assert properties(default, GROUP)["VPCZoneIdentifier"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]


def test_session_manager_opens_shells_without_a_policy_of_aws(default: Template):
    role = properties(default, "AWS::IAM::Role")
    assert "ManagedPolicyArns" not in role
    assert not resources(default, "AWS::IAM::Policy")
    assert "ssmmessages:OpenDataChannel" in json.dumps(role["Policies"])
    assert "ecs:RegisterContainerInstance" in json.dumps(role["Policies"])


def test_an_ssh_key_comes_with_its_reason():
    stack = new_stack()
    key = ec2.KeyPair.from_key_pair_name(stack, "Key", "operators")
    capacity(stack, instances=InstanceOptions(ssh_key=SshKey(key_pair=key, reason=REASON)))
    template = synth(stack)
    assert launch_data(template)["KeyName"] == "operators"
    assert opt_outs(template) == {"AWS::EC2::LaunchTemplate": {"no-ssh": REASON}}
    assert not resources(template, "AWS::EC2::SecurityGroupIngress")


# ---- the group


def test_a_group_starts_empty_and_grows_old_for_two_weeks(default: Template):
    group = properties(default, GROUP)
    assert (group["MinSize"], group["MaxSize"]) == ("0", "4")
    assert "DesiredCapacity" not in group, "each deployment would reset the number that scaling chose"
    assert group["MaxInstanceLifetime"] == 14 * 86_400
    assert group["HealthCheckType"] == "EC2"
    assert group["HealthCheckGracePeriod"] == 300


def test_a_new_launch_template_reaches_the_instances_without_losing_one(default: Template):
    refresh = resource(default, GROUP)["UpdatePolicy"]["AutoScalingInstanceRefresh"]
    assert refresh["Strategy"] == "Rolling"
    assert refresh["Preferences"]["MinHealthyPercentage"] == 100
    assert refresh["Preferences"]["ScaleInProtectedInstances"] == "Refresh"


def test_on_demand_and_spot_mix_types():
    template = template_of(
        instance_types=["m7i.large", "m6i.large", "m5.large"], spot=Spot(on_demand_base=1, on_demand_percent=25)
    )
    group = properties(template, GROUP)
    policy = group["MixedInstancesPolicy"]
    assert [entry["InstanceType"] for entry in policy["LaunchTemplate"]["Overrides"]] == [
        "m7i.large",
        "m6i.large",
        "m5.large",
    ]
    distribution = policy["InstancesDistribution"]
    assert distribution["OnDemandBaseCapacity"] == 1
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 25
    assert distribution["SpotAllocationStrategy"] == "price-capacity-optimized"
    assert group["CapacityRebalance"] is True
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true" in user_data(template)


def test_several_types_without_spot_are_on_demand_in_their_order():
    policy = properties(template_of(instance_types=["m7i.large", "m6i.large"]), GROUP)["MixedInstancesPolicy"]
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 100
    assert policy["InstancesDistribution"]["OnDemandAllocationStrategy"] == "prioritized"


def test_somebody_is_told_of_each_instance():
    stack = new_stack()
    capacity(stack, notification_topic=sns.Topic(stack, "Topic"))
    [notification] = properties(synth(stack), GROUP)["NotificationConfigurations"]
    assert notification["NotificationTypes"] == [
        "autoscaling:EC2_INSTANCE_LAUNCH",
        "autoscaling:EC2_INSTANCE_LAUNCH_ERROR",
        "autoscaling:EC2_INSTANCE_TERMINATE",
        "autoscaling:EC2_INSTANCE_TERMINATE_ERROR",
    ]


# ---- scaling


def test_ecs_scales_protects_and_drains_the_instances(default: Template):
    provider = properties(default, PROVIDER)["AutoScalingGroupProvider"]
    assert provider["ManagedScaling"] == {
        "Status": "ENABLED",
        "TargetCapacity": 100,
        "MinimumScalingStepSize": 1,
        "MaximumScalingStepSize": 10_000,
        "InstanceWarmupPeriod": 300,
    }
    assert provider["ManagedTerminationProtection"] == "ENABLED"
    assert provider["ManagedDraining"] == "ENABLED"
    assert properties(default, GROUP)["NewInstancesProtectedFromScaleIn"] is True
    assert not resources(default, "AWS::AutoScaling::ScalingPolicy")


def test_some_capacity_may_be_kept_in_reserve():
    scaling = ManagedScaling(
        target_capacity_percent=80, minimum_step=2, maximum_step=5, instance_warmup=timedelta(seconds=90)
    )
    found = managed_scaling(template_of(scaling=scaling))
    assert (found["TargetCapacity"], found["MinimumScalingStepSize"], found["MaximumScalingStepSize"]) == (80, 2, 5)
    assert found["InstanceWarmupPeriod"] == 90


def test_an_environment_that_is_thrown_away_can_be_deleted_with_running_instances():
    template = template_of(scaling=ManagedScaling(termination_protection=OFF, draining=OFF), max_instance_lifetime=OFF)
    provider = properties(template, PROVIDER)["AutoScalingGroupProvider"]
    assert provider["ManagedTerminationProtection"] == "DISABLED"
    assert provider["ManagedDraining"] == "DISABLED"
    assert provider["ManagedScaling"]["Status"] == "ENABLED"
    group = properties(template, GROUP)
    assert not group.get("NewInstancesProtectedFromScaleIn")
    assert "MaxInstanceLifetime" not in group
    assert opt_outs(template) == {
        GROUP: {"instance-lifetime": REASON},
        PROVIDER: {"managed-termination-protection": REASON, "managed-draining": REASON},
    }


def test_nothing_is_off(default: Template):
    assert opt_outs(default) == {}


def test_old_types_need_a_reason():
    options = InstanceOptions(nitro_only=OFF)
    template = template_of(instance_types=["m4.large"], instances=options)
    assert opt_outs(template) == {GROUP: {"nitro-instances": REASON}}


def test_a_group_that_scales_itself_has_no_termination_protection():
    """ECS refuses managed termination protection without managed scaling: `GroupScaling` has no word for it."""
    template = template_of(scaling=GroupScaling())
    provider = properties(template, PROVIDER)["AutoScalingGroupProvider"]
    assert provider["ManagedTerminationProtection"] == "DISABLED"
    assert provider.get("ManagedScaling", {"Status": "DISABLED"})["Status"] == "DISABLED"
    assert not properties(template, GROUP).get("NewInstancesProtectedFromScaleIn")
    with pytest.raises(TypeError, match="termination_protection"):
        GroupScaling(termination_protection=True)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("scaling", "kinds"),
    [
        (GroupScaling(), ["TargetTrackingScaling"]),
        (GroupScaling(cpu_percent=None, predictive=PredictiveScaling()), ["PredictiveScaling"]),
        (GroupScaling(predictive=PredictiveScaling()), ["PredictiveScaling", "TargetTrackingScaling"]),
    ],
    ids=["dynamic", "predictive", "both"],
)
def test_dynamic_and_predictive_scaling_work_alone_and_together(scaling: GroupScaling, kinds: list[str]):
    policies = [
        entry["Properties"]
        for entry in resources(template_of(scaling=scaling), "AWS::AutoScaling::ScalingPolicy").values()
    ]
    assert sorted(policy["PolicyType"] for policy in policies) == kinds


def test_a_forecast_may_be_watched_before_it_acts():
    scaling = GroupScaling(
        cpu_percent=None,
        predictive=PredictiveScaling(cpu_percent=50, forecast_only=True, buffer=timedelta(minutes=10)),
    )
    policy = properties(template_of(scaling=scaling), "AWS::AutoScaling::ScalingPolicy")
    forecast = policy["PredictiveScalingConfiguration"]
    assert (forecast["Mode"], forecast["SchedulingBufferTime"]) == ("ForecastOnly", 600)
    [metric] = forecast["MetricSpecifications"]
    assert metric["TargetValue"] == 50
    assert metric["PredefinedMetricPairSpecification"] == {"PredefinedMetricType": "ASGCPUUtilization"}


# ---- in a cluster


def test_one_cluster_has_fargate_spot_and_several_capacities_at_once():
    stack = new_stack()
    shared = own_cluster(stack)
    on_demand = capacity(stack, "OnDemand", cluster=shared)
    spot = capacity(stack, "Cheap", cluster=shared, spot=Spot())
    backend(stack, "Steady", cluster=shared, capacity=[on_demand.share(base=2), spot.share(weight=3)])
    backend(stack, "Serverless", cluster=shared)
    template = synth(stack)
    providers = properties(template, "AWS::ECS::ClusterCapacityProviderAssociations")["CapacityProviders"]
    assert providers[:2] == ["FARGATE", "FARGATE_SPOT"]
    assert [entry["Ref"] for entry in providers[2:]] == list(resources(template, PROVIDER))
    strategy = properties(template, "AWS::ECS::Service", like="Steady")["CapacityProviderStrategy"]
    assert [(share["Base"], share["Weight"]) for share in strategy] == [(2, 1), (0, 3)]
    assert [share["CapacityProvider"] for share in strategy] == providers[2:]
    serverless = properties(template, "AWS::ECS::Service", like="Serverless")["CapacityProviderStrategy"]
    assert [share["CapacityProvider"] for share in serverless] == ["FARGATE"]


# ---- errors


PRACTICE_CASES: list[tuple[dict[str, Any], str, str, str | None]] = [
    ({"instance_types": []}, "instance_types", "at least one", None),
    ({"instance_types": ["large"]}, "instance_types", "m7g.large", None),
    ({"instance_types": "m7i.large"}, "instance_types", "a list of str", None),
    ({"instance_types": ["m7i.large", "m7g.large"]}, "instance_types", "one architecture", "instance-architecture"),
    (
        {"instance_types": ["m7i.large", "g6.xlarge"]},
        "instance_types",
        "one of the two",
        "instance-architecture",
    ),
    ({"instance_types": ["g5g.xlarge"]}, "instance_types", "BOTTLEROCKET", "instance-architecture"),
    (
        {"instance_types": ["m7i.large", "inf2.xlarge"]},
        "instance_types",
        "one of the two",
        "instance-architecture",
    ),
    (
        {"instance_types": ["inf2.xlarge"], "instances": InstanceOptions(machine_image="BOTTLEROCKET")},
        "instance_types",
        "AL2023",
        "neuron-devices",
    ),
    ({"instance_types": ["m4.large"]}, "instance_types", "nitro_only=Disabled", "nitro-instances"),
    ({"max_instances": 0}, "max_instances", "1 or more", "managed-instance-scaling"),
    ({"min_instances": 5}, "max_instances", "5 or more", "managed-instance-scaling"),
    ({"min_instances": -1}, "min_instances", "0 or more", "managed-instance-scaling"),
    ({"max_instance_lifetime": timedelta(hours=1)}, "max_instance_lifetime", "1–365 days", "instance-lifetime"),
    ({"max_instance_lifetime": Disabled("no")}, "max_instance_lifetime.reason", "a reviewer", None),
    (
        {"instances": InstanceOptions(machine_image="AL2")},  # type: ignore[arg-type]
        "instances.machine_image",
        "AL2023 or BOTTLEROCKET",
        "supported-machine-image",
    ),
    ({"instances": InstanceOptions(machine_image="UBUNTU")}, "instances.machine_image", "'AL2023'", None),  # type: ignore[arg-type]
    ({"instances": InstanceOptions(root_volume_gib=8)}, "instances.root_volume_gib", "30 or more", None),
    (
        {"instances": InstanceOptions(machine_image="BOTTLEROCKET", user_data=["ls"])},
        "instances.user_data",
        "AL2023, or no commands",
        "supported-machine-image",
    ),
    ({"instances": InstanceOptions(nitro_only=Disabled("no"))}, "instances.nitro_only.reason", "a reviewer", None),
    ({"spot": Spot(on_demand_percent=101)}, "spot.on_demand_percent", "0–100", None),
    ({"spot": Spot(on_demand_base=-1)}, "spot.on_demand_base", "0 or more", None),
    ({"spot": True}, "spot", "Spot", None),
    (
        {"scaling": ManagedScaling(target_capacity_percent=0)},
        "scaling.target_capacity_percent",
        "1–100",
        "managed-instance-scaling",
    ),
    (
        {"scaling": ManagedScaling(minimum_step=5, maximum_step=2)},
        "scaling.minimum_step",
        "up to 2",
        "managed-instance-scaling",
    ),
    ({"scaling": ManagedScaling(draining=False)}, "scaling.draining", "Disabled", None),  # type: ignore[arg-type]
    ({"scaling": GroupScaling(cpu_percent=None)}, "scaling.cpu_percent", "predictive", "scaling-bounds"),
    (
        {"scaling": GroupScaling(predictive=PredictiveScaling(buffer=timedelta(hours=2)))},
        "scaling.predictive.buffer",
        "0–3600",
        "scaling-bounds",
    ),
]


@pytest.mark.parametrize(("options", "option", "allowed", "practice"), PRACTICE_CASES, ids=stable)
def test_wrong_input(options: dict[str, Any], option: str, allowed: str, practice: str | None):
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        capacity(stack, **options)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert allowed in problem.allowed
    assert raised.value.path == "Shop/Instances"
    assert stack.node.try_find_child("Instances") is None


def test_a_key_for_ssh_needs_a_reason():
    stack = new_stack()
    key = ec2.KeyPair.from_key_pair_name(stack, "Key", "operators")
    with pytest.raises(TypeError, match="reason"):
        SshKey(key_pair=key)  # type: ignore[call-arg]
    with pytest.raises(ConstructError) as raised:
        capacity(stack, instances=InstanceOptions(ssh_key=SshKey(key_pair=key, reason="debug")))
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == ("instances.ssh_key.reason", "no-ssh")


def test_capacity_and_cluster_are_in_one_stack():
    app = cdk.App()
    here, there = cdk.Stack(app, "Here"), cdk.Stack(app, "There")
    shared = own_cluster(there)
    with pytest.raises(ConstructError) as raised:
        capacity(here, cluster=shared)
    [problem] = raised.value.problems
    assert (problem.option, problem.given, problem.practice) == ("cluster", "'There'", "capacity-beside-cluster")
    assert here.node.try_find_child("Instances") is None


def test_an_imported_cluster_takes_no_capacity():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        capacity(stack, cluster=cluster(stack))
    [problem] = raised.value.problems
    assert (problem.option, problem.given, problem.practice) == ("cluster", "'Shop/Cluster'", "capacity-beside-cluster")


def test_a_strategy_takes_fargate_or_instances():
    stack = new_stack()
    made = capacity(stack)
    with pytest.raises(ConstructError) as raised:
        backend(stack, cluster=own_cluster(stack), capacity=[FargateCapacity(), made.share()])
    [problem] = raised.value.problems
    assert (problem.option, problem.given, problem.practice) == (
        "capacity",
        "EC2 and Fargate",
        "one-kind-per-strategy",
    )


def test_one_call_says_all_that_is_wrong():
    stack = new_stack()
    with pytest.raises(ConstructError) as raised:
        Ec2Capacity(
            stack,
            "Instances",
            cluster=Cluster.from_attributes(stack, "Cluster", cluster_name="shop", network=network(stack)),
            instance_types=["m7i.large", "m7g.large", "m4.large"],
            max_instances=0,
            spot=Spot(on_demand_percent=200),
            instances=InstanceOptions(root_volume_gib=1),
            scaling=ManagedScaling(target_capacity_percent=0),
            max_instance_lifetime="a week",  # type: ignore[arg-type]
        )
    assert [problem.option for problem in raised.value.problems] == [
        "max_instance_lifetime",
        "instances.root_volume_gib",
        "scaling.target_capacity_percent",
        "spot.on_demand_percent",
        "instance_types",
        "max_instances",
        "cluster",
    ]
