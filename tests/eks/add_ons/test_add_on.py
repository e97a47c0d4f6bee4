from typing import Any

import pytest
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers import AddOn, CloudWatchObservability, ConstructError, Disabled, Logs
from tests.toolkit import REASON, eks_cluster, new_stack, properties, resource, resources, synth

WITHOUT_AGENT = {"eks-pod-identity-agent": Disabled(REASON), "vpc-cni": Disabled(REASON)}
EBS = iam.ManagedPolicy.from_aws_managed_policy_name


def test_any_add_on_by_its_name():
    stack = new_stack()
    AddOn(stack, "AddOn", cluster=eks_cluster(stack), name="netapp_trident-operator")
    assert properties(synth(stack), "AWS::EKS::Addon", like="AddOn") == {
        "AddonName": "netapp_trident-operator",
        "ClusterName": {"Ref": "EksCluster9EEA9CA8"},
        "PreserveOnDelete": False,
        "ResolveConflicts": "OVERWRITE",
    }


def test_a_configuration_is_checked_json_with_tokens_in_it():
    stack = new_stack()
    AddOn(
        stack,
        "AddOn",
        cluster=eks_cluster(stack),
        name="aws-ebs-csi-driver",
        configuration={"controller": {"region": stack.region, "replicaCount": 3}},
    )
    values = properties(synth(stack), "AWS::EKS::Addon", like="AddOn")["ConfigurationValues"]
    assert values["Fn::Join"][1] == [
        '{"controller":{"region":"',
        {"Ref": "AWS::Region"},
        '","replicaCount":3}}',
    ]


def test_none_is_written_as_null_or_refused_and_never_lost():
    stack = new_stack()
    cluster = eks_cluster(stack)
    AddOn(stack, "AddOn", cluster=cluster, name="aws-ebs-csi-driver", configuration={"a": [None, 1.5], "b": None})
    values = properties(synth(stack), "AWS::EKS::Addon", like="AddOn")["ConfigurationValues"]
    assert values == '{"a":[null,1.5],"b":null}'
    with pytest.raises(ConstructError) as error:
        AddOn(stack, "Efs", cluster=cluster, name="aws-efs-csi-driver", configuration={"a": stack.region, "b": None})
    assert [problem.option for problem in error.value.problems] == ["configuration['b']"]


def test_a_role_is_made_for_policies_and_a_role_is_used():
    stack = new_stack()
    cluster = eks_cluster(stack)
    given = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/efs")
    ebs = AddOn(
        stack,
        "Ebs",
        cluster=cluster,
        name="aws-ebs-csi-driver",
        service_accounts={"ebs-csi-controller-sa": [EBS("AmazonEBSCSIDriverPolicyV2")]},
    )
    AddOn(stack, "Efs", cluster=cluster, name="aws-efs-csi-driver", service_accounts={"efs-csi-controller-sa": given})
    template = synth(stack)
    [made] = properties(template, "AWS::EKS::Addon", like="Ebs")["PodIdentityAssociations"]
    [used] = properties(template, "AWS::EKS::Addon", like="Efs")["PodIdentityAssociations"]
    assert used == {"RoleArn": given.role_arn, "ServiceAccount": "efs-csi-controller-sa"}
    role = template["Resources"][made["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    condition = role["AssumeRolePolicyDocument"]["Statement"][0]["Condition"]
    assert condition["StringEquals"]["aws:RequestTag/kubernetes-namespace"] == "kube-system"
    assert condition["ArnEquals"] == {"aws:SourceArn": {"Fn::GetAtt": ["EksCluster9EEA9CA8", "Arn"]}}
    agent = next(name for name in resources(template, "AWS::EKS::Addon") if "PodIdentityAgent" in name)
    assert resource(template, "AWS::EKS::Addon", like="Ebs")["DependsOn"] == [agent]
    assert isinstance(ebs.roles["ebs-csi-controller-sa"], iam.Role)


def test_an_add_on_waits_for_nodes_unless_nodes_need_it():
    stack = new_stack()
    cluster = eks_cluster(stack)
    AddOn(stack, "After", cluster=cluster, name="aws-ebs-csi-driver")
    AddOn(stack, "Before", cluster=cluster, name="my-network", phase="BEFORE_NODES")
    nodes = eks.CfnNodegroup(
        stack, "Nodes", cluster_name="x", node_role="arn:aws:iam::111111111111:role/node", subnets=["subnet-1"]
    )
    cluster.add_nodes(nodes)
    template = synth(stack)
    assert resource(template, "AWS::EKS::Addon", like="After")["DependsOn"] == ["Nodes"]
    before = next(name for name in resources(template, "AWS::EKS::Addon") if "Before" in name)
    assert before in resource(template, "AWS::EKS::Nodegroup")["DependsOn"]


@pytest.mark.parametrize("name", ["vpc-cni", "coredns", "eks-pod-identity-agent", "metrics-server"])
def test_an_add_on_that_the_cluster_has_names_both(name: str):
    stack = new_stack()
    cluster = eks_cluster(stack)
    with pytest.raises(ConstructError) as error:
        AddOn(stack, "Again", cluster=cluster, name=name)
    [problem] = error.value.problems
    assert "Shop/Eks and Shop/Again" in problem.what
    left = eks_cluster(stack, "Other", default_add_ons={one: Disabled(REASON) for one in (name, "vpc-cni")})
    assert AddOn(stack, "Own", cluster=left, name=name)
    with pytest.raises(ConstructError, match="Shop/Own and Shop/Third"):
        AddOn(stack, "Third", cluster=left, name=name)


@pytest.mark.parametrize(
    ("given", "option"),
    [
        ({"name": "Aws EBS"}, "name"),
        ({"name": ""}, "name"),
        ({"configuration": "{"}, "configuration"),
        ({"configuration": {"a": object()}}, "configuration['a']"),
        ({"version": "1.2.3"}, "version"),
        ({"service_accounts": {"ebs-csi": []}}, "service_accounts"),
        ({"phase": "DURING_NODES"}, "phase"),
        ({"resolve_conflicts": "overwrite"}, "resolve_conflicts"),
    ],
)
def test_bad_input(given: dict[str, Any], option: str):
    stack = new_stack()
    cluster = eks_cluster(stack)
    with pytest.raises(ConstructError) as error:
        AddOn(stack, "AddOn", **{"cluster": cluster, "name": "aws-ebs-csi-driver"} | given)
    assert [problem.option for problem in error.value.problems] == [option]


def test_roles_of_pods_where_nothing_gives_them():
    stack = new_stack()
    given = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/efs")
    fargate = eks_cluster(stack, "Fargate", compute="FARGATE")
    without = eks_cluster(stack, "Without", default_add_ons=WITHOUT_AGENT)
    for cluster, what in ((fargate, "does not work on Fargate"), (without, "no eks-pod-identity-agent")):
        with pytest.raises(ConstructError) as error:
            AddOn(
                stack,
                "AddOn",
                cluster=cluster,
                name="aws-efs-csi-driver",
                service_accounts={"efs-csi-controller-sa": given},
            )
        [problem] = error.value.problems
        assert problem.option == "service_accounts"
        assert what in problem.what


@pytest.mark.parametrize("name", ["aws-ebs-csi-driver", "eks-pod-identity-agent"])
def test_what_runs_on_nodes_only_on_fargate_alone(name: str):
    stack = new_stack()
    with pytest.raises(ConstructError, match="it runs only on nodes"):
        AddOn(stack, "AddOn", cluster=eks_cluster(stack, compute="FARGATE"), name=name)


# ---- Container Insights


def test_the_logs_of_container_insights_have_an_end():
    stack = new_stack()
    cluster = eks_cluster(stack)
    assert not cluster.facts.container_insights
    insights = CloudWatchObservability(stack, "Insights", cluster=cluster)
    assert cluster.facts.container_insights
    template = synth(stack)
    groups = {
        entry["Properties"]["LogGroupName"].removeprefix(f"/aws/containerinsights/{cluster.cluster_name}/"): name
        for name, entry in resources(template, "AWS::Logs::LogGroup").items()
        if "Insights" in name
    }
    assert groups.keys() == {"performance", "application", "dataplane", "host"} == insights.log_groups.keys()
    add_on = resource(template, "AWS::EKS::Addon", like="Insights")
    assert set(groups.values()) <= set(add_on["DependsOn"])
    assert add_on["Properties"]["ConfigurationValues"] == '{"containerLogs":{"enabled":true}}'
    role = properties(template, "AWS::IAM::Role", like="Insights")
    assert "CloudWatchAgentServerPolicy" in str(role["ManagedPolicyArns"])
    assert "amazon-cloudwatch" in str(role["AssumeRolePolicyDocument"])


def test_metrics_alone():
    stack = new_stack()
    insights = CloudWatchObservability(stack, "Insights", cluster=eks_cluster(stack), container_logs=False)
    assert list(insights.log_groups) == ["performance"]
    add_on = properties(synth(stack), "AWS::EKS::Addon", like="Insights")
    assert add_on["ConfigurationValues"] == '{"containerLogs":{"enabled":false}}'


def test_a_log_group_of_yours_and_a_cluster_of_fargate_alone():
    stack = new_stack()
    group = aws_logs.LogGroup.from_log_group_name(stack, "Group", "/shop")
    with pytest.raises(ConstructError) as error:
        CloudWatchObservability(
            stack, "Insights", cluster=eks_cluster(stack, compute="FARGATE"), logs=Logs(log_group=group)
        )
    assert {problem.option for problem in error.value.problems} == {"cluster", "logs.log_group"}
