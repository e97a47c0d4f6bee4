"""What Karpenter needs in AWS, and what it is told."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_kms as kms

from cdk_containers import Disabled, KarpenterPool, NodeOptions, Taint
from tests.eks.nodes.making import ENTRY, ROLE, karpenter, problem, problems
from tests.toolkit import REASON, Template, eks_cluster, new_stack, opt_outs, properties, resources, synth

PROFILE = "AWS::IAM::InstanceProfile"


def pool(**options: Any) -> KarpenterPool:
    return KarpenterPool(**{"name": "general", "max_vcpus": 100} | options)


def objects(**options: Any) -> tuple[Any, Any]:
    """Return the EC2NodeClass and the NodePool of a pool."""
    stack = new_stack()
    made = karpenter(stack, pools=[pool(**options)])
    node_class, node_pool = stack.resolve(list(made.cluster.manifests.files["karpenter-karpenter"]))
    return node_class, node_pool


def requirements(**options: Any) -> dict[str, tuple[str, list[str]]]:
    given = objects(**options)[1]["spec"]["template"]["spec"]["requirements"]
    return {one["key"]: (one["operator"], one["values"]) for one in given}


def statements(template: Template) -> list[Any]:
    policy = properties(template, "AWS::IAM::Policy", like="ControllerPolicy")
    found: list[Any] = policy["PolicyDocument"]["Statement"]
    return found


def actions(statement: Any) -> list[str]:
    given = statement["Action"]
    return [given] if isinstance(given, str) else given


def test_a_node_answers_metadata_requests_to_itself_and_encrypts_its_volumes():
    spec = objects()[0]["spec"]
    assert spec["metadataOptions"]["httpTokens"] == "required"
    assert spec["metadataOptions"]["httpPutResponseHopLimit"] == 1
    [volume] = spec["blockDeviceMappings"]
    assert (volume["deviceName"], volume["ebs"]["encrypted"], volume["ebs"]["volumeSize"]) == (
        "/dev/xvda",
        True,
        "50Gi",
    )
    assert spec["associatePublicIPAddress"] is False


def test_subnets_group_and_profile_are_said_by_their_ids_and_not_by_tags():
    spec = objects()[0]["spec"]
    assert spec["subnetSelectorTerms"] == [{"id": "subnet-0aaaaaaaaaaaaaaa1"}, {"id": "subnet-0aaaaaaaaaaaaaaa2"}]
    [group] = spec["securityGroupSelectorTerms"]
    assert group["id"]["Fn::GetAtt"][1] == "ClusterSecurityGroupId"
    assert "InstanceProfile" in spec["instanceProfile"]["Ref"]
    assert "role" not in spec


def test_bottlerocket_and_a_key_and_a_version_of_the_image():
    stack = new_stack()
    key = kms.Key(stack, "VolumeKey")
    nodes = NodeOptions(machine_image="BOTTLEROCKET", root_volume_gib=80, encryption_key=key)
    made = karpenter(stack, pools=[pool(nodes=nodes, image_version="v1.50.0")])
    spec = stack.resolve(made.cluster.manifests.files["karpenter-karpenter"][0])["spec"]
    assert spec["amiSelectorTerms"] == [{"alias": "bottlerocket@v1.50.0"}]
    sizes = {one["deviceName"]: one["ebs"]["volumeSize"] for one in spec["blockDeviceMappings"]}
    assert sizes == {"/dev/xvda": "4Gi", "/dev/xvdb": "80Gi"}
    assert {one["ebs"]["kmsKeyID"]["Fn::GetAtt"][1] for one in spec["blockDeviceMappings"]} == {"Arn"}
    assert "kms:CreateGrant" in str(resources(synth(stack), "AWS::IAM::Policy"))


def test_a_pool_has_a_limit_a_budget_and_an_end_of_its_nodes():
    spec = objects()[1]["spec"]
    assert spec["limits"] == {"cpu": "100"}
    assert spec["disruption"] == {
        "consolidationPolicy": "WhenEmptyOrUnderutilized",
        "consolidateAfter": "300s",
        "budgets": [{"nodes": "10%"}],
    }
    assert spec["template"]["spec"]["expireAfter"] == f"{14 * 86_400}s"
    other = objects(disrupted_percent=0, consolidate_after=timedelta(minutes=1), max_node_lifetime=timedelta(days=1))[
        1
    ]["spec"]
    assert other["disruption"]["budgets"] == [{"nodes": "0%"}]
    assert other["disruption"]["consolidateAfter"] == "60s"
    assert other["template"]["spec"]["expireAfter"] == "86400s"


def test_a_pool_says_what_may_be_started():
    wanted = requirements()
    assert wanted["kubernetes.io/arch"] == ("In", ["amd64"])
    assert wanted["karpenter.sh/capacity-type"] == ("In", ["on-demand"])
    assert wanted["karpenter.k8s.aws/instance-category"] == ("In", ["c", "m", "r"])
    assert wanted["karpenter.k8s.aws/instance-generation"] == ("Gt", ["4"])
    assert wanted["karpenter.k8s.aws/instance-hypervisor"] == ("In", ["nitro"])
    named = requirements(
        architecture="ARM64", capacity_types=["SPOT", "ON_DEMAND"], instance_types=["m7g.large", "m7g.xlarge"]
    )
    assert named["kubernetes.io/arch"] == ("In", ["arm64"])
    assert named["karpenter.sh/capacity-type"] == ("In", ["spot", "on-demand"])
    assert named["node.kubernetes.io/instance-type"] == ("In", ["m7g.large", "m7g.xlarge"])
    assert "karpenter.k8s.aws/instance-category" not in named


def test_labels_and_taints_are_the_pools():
    template = objects(nodes=NodeOptions(labels={"team": "shop"}, taints=[Taint(key="gpu", effect="NoExecute")]))[1][
        "spec"
    ]["template"]
    assert template["metadata"]["labels"] == {"team": "shop"}
    assert template["spec"]["taints"] == [{"key": "gpu", "effect": "NoExecute"}]


def test_nodes_of_a_cluster_with_prefixes_hold_more_pods():
    assert objects()[0]["spec"]["kubelet"] == {"maxPods": 110}


def test_objects_are_plain_data_in_the_order_that_people_read():
    for manifest in objects():
        assert list(manifest) == ["apiVersion", "kind", "metadata", "spec"]
        assert json.loads(json.dumps(manifest)) == manifest


def test_the_controller_ends_and_tags_nothing_that_is_not_the_clusters():
    stack = new_stack()
    cluster = karpenter(stack).cluster
    owner = f"aws:ResourceTag/kubernetes.io/cluster/{cluster.cluster_name}"
    ends = [one for one in statements(synth(stack)) if "ec2:TerminateInstances" in actions(one)]
    assert [one["Condition"]["StringEquals"] for one in ends] == [{owner: "owned"}]


def test_the_controller_starts_nothing_without_the_tags_of_the_cluster():
    stack = new_stack()
    cluster = karpenter(stack).cluster
    asked = f"aws:RequestTag/kubernetes.io/cluster/{cluster.cluster_name}"
    starts = [one for one in statements(synth(stack)) if "ec2:RunInstances" in actions(one)]
    with_instances = [one for one in starts if "instance/*" in str(one["Resource"])]
    assert [one["Condition"]["StringEquals"] for one in with_instances] == [{asked: "owned"}]
    assert len(starts) == 3


def test_the_controller_passes_one_role_and_makes_no_instance_profile():
    stack = new_stack()
    karpenter(stack)
    given = statements(synth(stack))
    [passing] = [one for one in given if "iam:PassRole" in actions(one)]
    assert "NodeRole" in str(passing["Resource"])
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    of_iam = {action for one in given for action in actions(one) if action.startswith("iam:")}
    assert of_iam == {"iam:PassRole", "iam:GetInstanceProfile", "iam:ListInstanceProfiles"}


def test_the_controller_alone_takes_on_its_role():
    stack = new_stack()
    karpenter(stack)
    template = synth(stack)
    [statement] = properties(template, ROLE, like="KarpenterController")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-service-account"] == "karpenter"
    assert statement["Condition"]["StringEquals"]["aws:RequestTag/kubernetes-namespace"] == "kube-system"
    assert "Eks" in str(statement["Condition"]["ArnEquals"]["aws:SourceArn"])
    association = properties(template, "AWS::EKS::PodIdentityAssociation", like="Karpenter")
    assert (association["Namespace"], association["ServiceAccount"]) == ("kube-system", "karpenter")


def test_karpenter_hears_of_instances_that_are_about_to_end():
    stack = new_stack()
    made = karpenter(stack)
    template = synth(stack)
    queue = properties(template, "AWS::SQS::Queue")
    assert queue["MessageRetentionPeriod"] == 300
    assert queue["SqsManagedSseEnabled"] is True
    rules = resources(template, "AWS::Events::Rule").values()
    kinds = {rule["Properties"]["EventPattern"]["detail-type"][0] for rule in rules}
    assert "EC2 Spot Instance Interruption Warning" in kinds
    assert len(kinds) == 4
    assert "aws:SecureTransport" in str(resources(template, "AWS::SQS::QueuePolicy"))
    [output] = [entry["Value"] for name, entry in template["Outputs"].items() if "InterruptionQueue" in name]
    settings = {"clusterName": made.cluster.cluster_name, "interruptionQueue": output}
    assert stack.resolve(made.chart_values["settings"]) == settings
    assert "QueueName" not in queue  # a queue with a name cannot be replaced


def test_the_nodes_are_let_in_with_an_instance_profile_of_the_stack():
    stack = new_stack()
    karpenter(stack)
    template = synth(stack)
    assert properties(template, ENTRY, like="Karpenter")["Type"] == "EC2_LINUX"
    assert "NodeRole" in str(properties(template, PROFILE)["Roles"])


def test_a_cluster_knows_the_pools():
    stack = new_stack()
    pools = [pool(), pool(name="gpus", instance_types=["g5.xlarge"], capacity_types=["SPOT"])]
    general, gpus = karpenter(stack, pools=pools).cluster.nodes
    assert (general.instance_types, general.gpu, general.capacity_type) == ((), False, "ON_DEMAND")
    assert (gpus.instance_types, gpus.gpu, gpus.capacity_type) == (("g5.xlarge",), True, "SPOT")


def test_an_old_type_is_taken_with_a_reason():
    stack = new_stack()
    nodes = NodeOptions(nitro_only=Disabled(REASON))
    karpenter(stack, pools=[pool(instance_types=["m4.large"], nodes=nodes)])
    assert opt_outs(synth(stack))[PROFILE] == {"nitro-instances": REASON}


@pytest.mark.parametrize(
    ("options", "option"),
    [
        ({"name": "General"}, "name"),
        ({"max_vcpus": 0}, "max_vcpus"),
        ({"disrupted_percent": 101}, "disrupted_percent"),
        ({"capacity_types": []}, "capacity_types"),
        ({"instance_categories": []}, "instance_categories"),
        ({"instance_types": ["m7g.large"]}, "architecture"),
        ({"instance_types": ["m7g.large", "m7i.large"]}, "instance_types"),
        ({"nodes": NodeOptions(root_volume_gib=1)}, "nodes.root_volume_gib"),
    ],
)
def test_wrong_input_is_one_clear_error(options: dict[str, Any], option: str):
    found = problems(karpenter, new_stack(), pools=[pool(**options)])
    assert [one.option for one in found] == [f"pools[0].{option}"]


def test_pools_have_names_of_their_own_and_there_is_one():
    assert problem(karpenter, new_stack(), pools=[pool(), pool()]).option == "pools"
    assert problem(karpenter, new_stack(), pools=[]).option == "pools"


def test_a_cluster_is_made_once():
    stack = new_stack()
    assert karpenter(stack).cluster is eks_cluster(stack)
