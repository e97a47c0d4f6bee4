"""Argo CD as an EKS capability."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest

from cdk_containers import AccessEntry, ArgoCd, ArgoCdUsers, ConstructError
from tests.eks.manifest_checks import check, kustomize
from tests.toolkit import eks_cluster, new_stack, properties, resources, synth

INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
ADMINS = ArgoCdUsers(groups=["906713b0-5011-70d5-d5b4-4a1f8a4b5c6d"])
ROLE = "arn:aws:iam::111111111111:role/argo"


def argo_cd(stack: cdk.Stack, **options: Any) -> ArgoCd:
    options.setdefault("cluster", eks_cluster(stack))
    return ArgoCd(stack, "ArgoCd", **{"identity_center_instance_arn": INSTANCE, "admins": ADMINS} | options)


def test_eks_runs_it_with_a_role_that_may_nothing_and_people_who_sign_in() -> None:
    stack = new_stack()
    made = argo_cd(stack, viewers=ArgoCdUsers(users=["906713b0-5011-70d5-d5b4-4a1f8a4b5c6e"]))
    template = synth(stack)
    capability = properties(template, "AWS::EKS::Capability")
    assert capability["Type"] == "ARGOCD"
    assert capability["ClusterName"] == stack.resolve(made.cluster.cluster.cluster_name)
    assert capability["Configuration"]["ArgoCd"] == {
        "AwsIdc": {"IdcInstanceArn": INSTANCE},
        "Namespace": "argocd",
        "RbacRoleMappings": [
            {"Role": "ADMIN", "Identities": [{"Type": "SSO_GROUP", "Id": ADMINS.groups[0]}]},
            {"Role": "VIEWER", "Identities": [{"Type": "SSO_USER", "Id": "906713b0-5011-70d5-d5b4-4a1f8a4b5c6e"}]},
        ],
    }
    role = properties(template, "AWS::IAM::Role", like="ArgoCd")
    assert role == {
        "AssumeRolePolicyDocument": {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "capabilities.eks.amazonaws.com"},
                    "Action": ["sts:AssumeRole", "sts:TagSession"],
                }
            ],
        }
    }
    assert resources(template, "AWS::Lambda::Function") == {}
    assert resources(template, "AWS::EKS::Capability") != {}


def test_rights_in_namespaces_are_manifests_for_the_group_that_eks_makes(tmp_path: Path) -> None:
    app = cdk.App(outdir=str(tmp_path / "out"))
    made = argo_cd(cdk.Stack(app, "Shop"), namespaces=["shop", "team"])
    app.synth()
    folder = made.cluster.manifests.path
    [output] = [line.split(".")[1] for line in (folder / "kustomization.yaml").read_text().split() if "data." in line]
    objects = kustomize(folder, {output: f"eks-access-entry:{ROLE}"}, tmp_path / "copy")
    check(objects)
    subjects = [entry["subjects"] for entry in objects if "subjects" in entry]
    assert len(subjects) == 3
    assert {subject["name"] for listed in subjects for subject in listed} == {f"eks-access-entry:{ROLE}"}
    write = [entry["metadata"]["namespace"] for entry in objects if entry["kind"] == "Role"]
    assert write == ["shop", "team"]
    [everywhere] = [entry["rules"][0]["verbs"] for entry in objects if entry["kind"] == "ClusterRole"]
    assert everywhere == ["get", "list", "watch"]


def test_nobody_makes_a_second_access_entry_for_its_role() -> None:
    stack = new_stack()
    made = argo_cd(stack)
    with pytest.raises(ConstructError, match="already has an access entry"):
        AccessEntry(stack, "Again", cluster=made.cluster, principal=made.role)


def test_it_may_be_in_another_stack() -> None:
    app = cdk.App()
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    other = cdk.Stack(app, "Delivery")
    argo_cd(other, cluster=cluster, namespaces=["shop"])
    template = synth(other)
    assert resources(template, "AWS::EKS::Capability") != {}
    assert [name for name in template["Outputs"] if name.startswith("ShopEksManifests")] != []
    assert cdk.Stack.of(cluster).dependencies == []


def test_wrong_input_is_refused() -> None:
    stack = new_stack()
    with pytest.raises(ConstructError) as caught:
        argo_cd(
            stack,
            identity_center_instance_arn="ssoins-1234567890abcdef",
            admins=ArgoCdUsers(),
            editors=ArgoCdUsers(users=["alice"]),
            namespaces=["Shop"],
            vpc_endpoint_ids=["vpc-0123456789abcdef0"],
        )
    assert [problem.option for problem in caught.value.problems] == [
        "admins.groups",
        "editors.users[0]",
        "identity_center_instance_arn",
        "namespaces[0]",
        "vpc_endpoint_ids[0]",
    ]
