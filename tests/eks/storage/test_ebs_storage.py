"""Block storage of EBS."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms

from cdk_containers import AddOn, AutoMode, ConstructError
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of, manifests_of
from tests.toolkit import eks_cluster, new_stack, resources, synth

from .making import add_ons, ebs, imported, statements, storage_class

KEY = "arn:aws:kms:eu-west-1:111111111111:key/12345678-0000"


def test_the_storage_class_is_encrypted_gp3_in_the_zone_of_the_pod():
    cluster = eks_cluster(new_stack())
    ebs(cluster)
    assert storage_class(cluster, "ebs") == {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {"name": "ebs"},
        "provisioner": "ebs.csi.aws.com",
        "parameters": {"type": "gp3", "encrypted": "true", "csi.storage.k8s.io/fstype": "ext4"},
        "reclaimPolicy": "Retain",
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }


def test_a_claim_is_added_and_its_name_returned():
    cluster = eks_cluster(new_stack())
    assert ebs(cluster).claim("data", namespace="shop", size_gib=20) == "data"
    [claim] = files_of(cluster)["claim-shop-data"]
    assert claim["spec"] == {
        "accessModes": ["ReadWriteOnce"],
        "resources": {"requests": {"storage": "20Gi"}},
        "storageClassName": "ebs",
    }
    check(manifests_of(cluster))


def test_the_driver_gets_the_policy_that_is_limited_to_its_volumes():
    stack = new_stack()
    ebs(eks_cluster(stack))
    template = synth(stack)
    [add_on] = [
        entry
        for entry in resources(template, "AWS::EKS::Addon").values()
        if entry["Properties"]["AddonName"] == "aws-ebs-csi-driver"
    ]
    [association] = add_on["Properties"]["PodIdentityAssociations"]
    assert association["ServiceAccount"] == "ebs-csi-controller-sa"
    role = template["Resources"][association["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    assert "AmazonEBSCSIDriverPolicyV2" in str(role["ManagedPolicyArns"])
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]["StringEquals"]
    assert condition["aws:RequestTag/kubernetes-service-account"] == "ebs-csi-controller-sa"
    assert condition["aws:RequestTag/kubernetes-namespace"] == "kube-system"


def test_several_storages_share_the_driver():
    stack = new_stack()
    cluster = eks_cluster(stack)
    one = ebs(cluster, default_class=True)
    other = ebs(cluster, "Fast", storage_class_name="fast", volume_type="io2", iops=5000)
    assert one.driver_role is other.driver_role
    assert add_ons(synth(stack)) == ["aws-ebs-csi-driver"]
    assert storage_class(cluster, "fast")["parameters"]["iops"] == "5000"
    annotations = storage_class(cluster, "ebs")["metadata"]["annotations"]
    assert annotations == {"storageclass.kubernetes.io/is-default-class": "true"}
    check(manifests_of(cluster))


def test_the_driver_may_use_a_key_of_yours():
    stack = new_stack()
    cluster = eks_cluster(stack)
    ebs(cluster, encryption_key=kms.Key.from_key_arn(stack, "Key", KEY))
    assert storage_class(cluster, "ebs")["parameters"]["kmsKeyId"] == KEY
    grants, uses = statements(synth(stack), "EbsDriverPolicy")
    assert grants["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert "kms:CreateGrant" in grants["Action"]
    assert {grants["Resource"], uses["Resource"]} == {KEY}


def test_auto_mode_has_the_driver_built_in():
    stack = new_stack()
    cluster = eks_cluster(stack, auto_mode=AutoMode())
    made = ebs(cluster, encryption_key=kms.Key.from_key_arn(stack, "Key", KEY))
    template = synth(stack)
    assert (add_ons(template), made.driver_role) == ([], None)
    assert storage_class(cluster, "ebs")["provisioner"] == "ebs.csi.eks.amazonaws.com"
    [policy] = [entry for name, entry in resources(template, "AWS::IAM::Policy").items() if "EbsDriver" in name]
    [role] = policy["Properties"]["Roles"]
    [made_cluster] = resources(template, "AWS::EKS::Cluster").values()
    assert role["Ref"] == made_cluster["Properties"]["RoleArn"]["Fn::GetAtt"][0]


def test_a_cluster_that_exists_with_its_own_driver():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/ebs-driver")
    cluster = imported(stack)
    ebs(cluster, driver_role=role, encryption_key=kms.Key.from_key_arn(stack, "Key", KEY))
    template = synth(stack)
    assert add_ons(template) == []
    [policy] = resources(template, "AWS::IAM::Policy").values()
    assert policy["Properties"]["Roles"] == ["ebs-driver"]


def test_a_cluster_that_exists_gets_the_driver():
    stack = new_stack()
    ebs(imported(stack))
    assert add_ons(synth(stack)) == ["aws-ebs-csi-driver"]


# ---- wrong input


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"storage_class_name": "EBS"}, "storage_class_name"),
        ({"volume_type": "io2"}, "iops"),
        ({"iops": 5}, "iops"),
        ({"throughput_mib": 5000}, "throughput_mib"),
        ({"volume_type": "io2", "iops": 5000, "throughput_mib": 200}, "throughput_mib"),
    ],
)
def test_volumes_that_ebs_does_not_have(options: dict[str, Any], wrong: str):
    with pytest.raises(ConstructError) as error:
        ebs(eks_cluster(new_stack()), **options)
    assert [problem.option for problem in error.value.problems] == [wrong]


def test_fargate_cannot_mount_ebs():
    with pytest.raises(ConstructError) as error:
        ebs(eks_cluster(new_stack(), compute="FARGATE"))
    assert [(problem.option, problem.practice) for problem in error.value.problems] == [
        ("cluster", "eks-storage-on-fargate")
    ]


def test_a_second_default_and_a_name_that_is_taken():
    cluster = eks_cluster(new_stack())
    ebs(cluster, default_class=True)
    with pytest.raises(ConstructError) as error:
        ebs(cluster, "Second", default_class=True)
    assert [(problem.option, problem.practice) for problem in error.value.problems] == [
        ("storage_class_name", None),
        ("default_class", "eks-storage-default-class"),
    ]
    assert "Shop/Ebs" in str(error.value)


def test_what_is_refused_leaves_no_trace():
    cluster = eks_cluster(new_stack())
    with pytest.raises(ConstructError):
        ebs(cluster, default_class=True, volume_type="io2")
    ebs(cluster, "Second", default_class=True)
    assert "storage-class-ebs" in files_of(cluster)


def test_a_driver_that_the_app_installs_itself():
    stack = new_stack()
    cluster = eks_cluster(stack)
    AddOn(stack, "Driver", cluster=cluster, name="aws-ebs-csi-driver")
    with pytest.raises(ConstructError, match="already has the add-on aws-ebs-csi-driver, from Shop/Driver"):
        ebs(cluster)
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/ebs-driver")
    ebs(cluster, driver_role=role)
    assert add_ons(synth(stack)) == ["aws-ebs-csi-driver"]


def test_a_driver_role_in_auto_mode():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/ebs-driver")
    with pytest.raises(ConstructError, match="the driver is built into Auto Mode"):
        ebs(eks_cluster(stack, auto_mode=AutoMode()), driver_role=role)


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"name": "Data"}, "name"),
        ({"name": 5}, "name"),
        ({"namespace": "Shop"}, "namespace"),
        ({"size_gib": 0}, "size_gib"),
        ({"size_gib": "20Gi"}, "size_gib"),
    ],
)
def test_claims_that_kubernetes_refuses(options: dict[str, Any], wrong: str):
    storage = ebs(eks_cluster(new_stack()))
    given = {"name": "data", "namespace": "shop", "size_gib": 20} | options
    with pytest.raises(ConstructError) as error:
        storage.claim(given.pop("name"), **given)
    assert [problem.option for problem in error.value.problems] == [wrong]


def test_a_claim_whose_name_is_taken():
    cluster = eks_cluster(new_stack())
    storage = ebs(cluster)
    storage.claim("data", namespace="shop", size_gib=20)
    storage.claim("data", namespace="checkout", size_gib=20)
    with pytest.raises(ConstructError, match="already has a claim with this name: Shop/Ebs"):
        storage.claim("data", namespace="shop", size_gib=10)
