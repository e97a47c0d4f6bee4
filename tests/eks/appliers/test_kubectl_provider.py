"""A function that applies manifests, for those who ask for it."""

from __future__ import annotations

import json
import sys
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sqs as sqs
from cdk_nag import AwsSolutionsChecks

from cdk_containers import AccessEntry, ConstructError, EksCluster, KubectlProvider
from tests.eks.manifests.objects import objects
from tests.toolkit import REASON, eks_cluster, opt_outs, resources, statements, synth

MANIFEST = "Custom::AWSCDK-EKS-KubernetesResource"


def config_map(name: str, namespace: str = "default", **data: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data or {"a": "b"}}


def in_two_stacks(**options: Any) -> tuple[EksCluster, KubectlProvider]:
    app = cdk.App(analytics_reporting=False)
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    return cluster, KubectlProvider(
        cdk.Stack(app, "Apply"), "Kubectl", **{"cluster": cluster, "reason": REASON} | options
    )


def manifests(template: Any) -> dict[str, Any]:
    return resources(template, MANIFEST)


def test_files_are_applied_in_the_order_of_the_folder_those_of_later_included() -> None:
    cluster, provider = in_two_stacks()
    cluster.add_manifests("web", [config_map("web", "shop")])
    cluster.add_manifests("team", [objects()["Namespace"]])
    template = synth(provider)
    made = manifests(template)
    assert len(made) == 2
    [web], [team] = ([name for name in made if part in name] for part in ("Fileweb", "Fileteam"))
    assert team in made[web]["DependsOn"]
    assert web not in made[team].get("DependsOn", [])
    [entry] = resources(template, "AWS::EKS::AccessEntry")
    assert all(entry in resource["DependsOn"] for resource in made.values())
    assert json.loads(made[web]["Properties"]["Manifest"])[0]["data"] == {"a": "b"}
    assert made[web]["Properties"]["Overwrite"] is True


def test_files_from_before_are_applied_too() -> None:
    app = cdk.App()
    cluster = eks_cluster(cdk.Stack(app, "Shop"))
    cluster.add_manifests("before", [config_map("before")])
    provider = KubectlProvider(cdk.Stack(app, "Apply"), "Kubectl", cluster=cluster, reason=REASON)
    assert len(manifests(synth(provider))) == 1


def test_the_stack_of_the_cluster_stays_without_functions_and_waits_for_nobody() -> None:
    cluster, provider = in_two_stacks()
    queue = sqs.Queue(cdk.Stack(cdk.Stage.of(cluster), "Orders"), "Queue")
    cluster.add_manifests("web", [config_map("web", queue=queue.queue_url)])
    template = synth(provider)
    own = synth(cluster)
    assert resources(own, "AWS::Lambda::Function") == {}
    assert len(resources(template, "AWS::Lambda::Function")) == 2
    assert cdk.Stack.of(cluster).dependencies == []
    assert sorted(stack.stack_name for stack in cdk.Stack.of(provider).dependencies) == ["Orders", "Shop"]
    assert "Fn::ImportValue" in json.dumps(manifests(template))


def test_the_function_is_in_the_network_writes_to_its_own_log_and_has_an_entry() -> None:
    cluster, provider = in_two_stacks()
    template = synth(provider)
    functions = resources(template, "AWS::Lambda::Function")
    [log] = resources(template, "AWS::Logs::LogGroup")
    assert [made["Properties"]["LoggingConfig"]["LogGroup"] for made in functions.values()] == [{"Ref": log}] * 2
    assert all(made["Properties"]["VpcConfig"]["SubnetIds"] for made in functions.values())
    [entry] = resources(template, "AWS::EKS::AccessEntry").values()
    [policy] = entry["Properties"]["AccessPolicies"]
    assert "AmazonEKSClusterAdminPolicy" in json.dumps(policy["PolicyArn"])
    assert opt_outs(template)["AWS::Lambda::Function"] == {"eks-manifests-as-files": REASON}
    with pytest.raises(ConstructError, match="already has an access entry"):
        AccessEntry(cdk.Stack.of(cluster), "Again", cluster=cluster, principal=provider.role)


def test_kubectl_is_near_the_cluster() -> None:
    cluster, provider = in_two_stacks()
    assert provider.kubectl_version == "1.36"
    app = cdk.App()
    older = eks_cluster(cdk.Stack(app, "Older"), version="1.35")
    assert KubectlProvider(cdk.Stack(app, "Apply"), "A", cluster=older, reason=REASON).kubectl_version == "1.36"
    oldest = eks_cluster(cdk.Stack(app, "Oldest"), version="1.34")
    with pytest.raises(ConstructError) as caught:
        KubectlProvider(cdk.Stack(app, "B"), "B", cluster=oldest, reason=REASON)
    assert "pip install aws-cdk.lambda-layer-kubectl-v34" in str(caught.value)
    with pytest.raises(ConstructError) as caught:
        KubectlProvider(cdk.Stack(app, "C"), "C", cluster=cluster, reason=REASON, kubectl_version="1.34")
    assert "more than one minor version from the cluster" in str(caught.value)
    with pytest.raises(ConstructError, match="it is not installed"):
        KubectlProvider(cdk.Stack(app, "D"), "D", cluster=cluster, reason=REASON, kubectl_version="1.35")


def test_without_any_kubectl_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    cluster, _ = in_two_stacks()
    monkeypatch.setitem(sys.modules, "aws_cdk.lambda_layer_kubectl_v36", None)
    with pytest.raises(ConstructError, match=r"pip install aws-cdk\.lambda-layer-kubectl-v36"):
        KubectlProvider(cdk.Stack(cdk.App(), "Apply"), "Kubectl", cluster=cluster, reason=REASON)


def test_wrong_input_is_refused() -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    with pytest.raises(ConstructError) as caught:
        KubectlProvider(stack, "Kubectl", cluster=eks_cluster(stack), reason="why not", memory_mib=128)
    assert [problem.option for problem in caught.value.problems] == ["reason", "memory_mib", "scope"]


def test_a_file_that_is_too_large_is_refused() -> None:
    cluster, _ = in_two_stacks()
    with pytest.raises(ConstructError, match="more than a custom resource supports"):
        cluster.add_manifests("large", [config_map("large", text="x" * 300_000)])


def test_the_role_may_write_its_log_and_find_the_cluster_and_no_more() -> None:
    _, provider = in_two_stacks()
    template = synth(provider)
    [role] = [made for name, made in resources(template, "AWS::IAM::Role").items() if "framework" not in name.lower()]
    assert [policy["Fn::Join"][1][-1] for policy in role["Properties"]["ManagedPolicyArns"]] == [
        ":iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    ]
    actions = {action for entry in statements(template, "KubectlRole") for action in listed(entry["Action"])}
    assert actions == {"eks:DescribeCluster", "logs:CreateLogStream", "logs:PutLogEvents"}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@pytest.mark.slow
def test_cdk_nag_finds_nothing() -> None:
    cluster, _ = in_two_stacks()
    cluster.add_manifests("web", [config_map("web")])
    app = cdk.Stage.of(cluster)
    assert app is not None
    report = AwsSolutionsChecks().validate_scope(app)
    assert [f"{found.rule_name}: {found.description}" for found in report.violations] == []
