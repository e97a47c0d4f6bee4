"""The AWS Load Balancer Controller: values for its chart, and classes of ingresses."""

from __future__ import annotations

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam

from cdk_containers import AutoMode, ConstructError, EksCluster, LoadBalancerController
from tests.eks.manifest_checks import check
from tests.eks.reading import files_of, manifests_of
from tests.toolkit import eks_cluster, network, new_stack, resources, synth

from .chart_values import value_errors


def controller(cluster: EksCluster, id: str = "Controller", **options: Any) -> LoadBalancerController:  # noqa: A002
    return LoadBalancerController(cdk.Stack.of(cluster), id, cluster=cluster, **options)


def test_the_chart_is_told_what_pods_cannot_ask_for():
    stack = new_stack(region="eu-west-1")
    cluster = eks_cluster(stack, cluster_name="shop")
    values = controller(cluster).chart_values
    assert list(value_errors(values)) == []
    assert (values["clusterName"], values["region"], values["vpcId"]) == ("shop", "eu-west-1", "vpc-0123456789abcdef0")
    assert values["image"] == {"repository": "public.ecr.aws/eks/aws-load-balancer-controller"}
    assert values["serviceAccount"] == {"create": True, "name": "aws-load-balancer-controller"}


def test_services_can_be_made_while_it_is_away():
    assert controller(eks_cluster(new_stack())).chart_values["enableServiceMutatorWebhook"] is False


def test_the_values_are_an_output_as_json():
    stack = new_stack(region="eu-west-1")
    made = controller(eks_cluster(stack))
    [output] = [entry for name, entry in synth(stack)["Outputs"].items() if "ChartValues" in name]
    assert json.loads(output["Value"]) == made.chart_values


def test_what_only_a_deployment_knows_is_in_the_output_too():
    stack = new_stack()
    made = controller(eks_cluster(stack, compute="FARGATE"))
    [output] = [entry for name, entry in synth(stack)["Outputs"].items() if "ChartValues" in name]
    parts = output["Value"]["Fn::Join"][1]
    assert {"Ref": "AWS::Region"} in parts
    assert made.identity is not None
    assert stack.resolve(made.identity.role.role_arn) in parts
    whole = "".join(part if isinstance(part, str) else "later" for part in parts)
    assert list(value_errors(json.loads(whole))) == []


def test_on_nodes_it_gets_its_role_by_pod_identity():
    stack = new_stack()
    controller(eks_cluster(stack))
    [association] = resources(synth(stack), "AWS::EKS::PodIdentityAssociation").values()
    given = association["Properties"]
    assert (given["Namespace"], given["ServiceAccount"]) == ("kube-system", "aws-load-balancer-controller")


def test_on_fargate_by_its_token():
    stack = new_stack()
    made = controller(eks_cluster(stack, compute="FARGATE"))
    assert made.identity is not None
    annotations = made.chart_values["serviceAccount"]["annotations"]
    assert annotations == {"eks.amazonaws.com/role-arn": made.identity.role.role_arn}
    assert resources(synth(stack), "AWS::EKS::PodIdentityAssociation") == {}


def test_workloads_know_that_it_is_there():
    cluster = eks_cluster(new_stack())
    assert cluster.facts.load_balancer_controller is False
    controller(cluster)
    assert cluster.facts.load_balancer_controller is True


@pytest.mark.parametrize(("internet_facing", "scheme"), [(True, "internet-facing"), (False, "internal")])
def test_a_class_of_ingresses(internet_facing: bool, scheme: str):  # noqa: FBT001
    cluster = eks_cluster(new_stack())
    controller(cluster, internet_facing=internet_facing)
    parameters, ingress_class = files_of(cluster)["ingress-class-alb"]
    assert parameters["apiVersion"] == "elbv2.k8s.aws/v1beta1"
    assert parameters["spec"]["scheme"] == scheme
    assert ingress_class["spec"] == {
        "controller": "ingress.k8s.aws/alb",
        "parameters": {"apiGroup": "elbv2.k8s.aws", "kind": "IngressClassParams", "name": "alb"},
    }
    check(manifests_of(cluster))


def test_another_class_and_a_default():
    cluster = eks_cluster(new_stack())
    made = controller(cluster, default_ingress_class=True)
    assert made.ingress_class("inside", internet_facing=False) == "inside"
    assert "annotations" not in files_of(cluster)["ingress-class-inside"][1]["metadata"]
    annotations = files_of(cluster)["ingress-class-alb"][1]["metadata"]["annotations"]
    assert annotations == {"ingressclass.kubernetes.io/is-default-class": "true"}
    check(manifests_of(cluster))


def test_an_ingress_of_the_class_is_valid():
    cluster = eks_cluster(new_stack())
    controller(cluster)
    ingress = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop"},
        "spec": {
            "ingressClassName": "alb",
            "rules": [
                {
                    "http": {
                        "paths": [
                            {
                                "path": "/",
                                "pathType": "Prefix",
                                "backend": {"service": {"name": "web", "port": {"number": 80}}},
                            }
                        ]
                    }
                }
            ],
        },
    }
    check([*manifests_of(cluster), ingress], complete=False)


def test_auto_mode_has_it_built_in():
    stack = new_stack()
    cluster = eks_cluster(stack, auto_mode=AutoMode())
    made = controller(cluster)
    template = synth(stack)
    assert (made.identity, made.chart_values) == (None, {})
    assert [name for name in template.get("Outputs", {}) if "ChartValues" in name] == []
    assert [name for name in template["Resources"] if name.startswith("Controller")] == []
    parameters, ingress_class = files_of(cluster)["ingress-class-alb"]
    assert parameters["apiVersion"] == "eks.amazonaws.com/v1"
    assert ingress_class["spec"]["controller"] == "eks.amazonaws.com/alb"
    check(manifests_of(cluster), compute="AUTO")


def test_a_cluster_that_exists_and_a_role_that_exists():
    stack = new_stack()
    cluster = EksCluster.from_attributes(
        stack,
        "Eks",
        cluster_name="shop",
        version="1.36",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
        installed=["POD_IDENTITY_AGENT"],
    )
    controller(cluster, role=iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/controller"))
    template = synth(stack)
    [policy] = resources(template, "AWS::IAM::Policy").values()
    assert policy["Properties"]["Roles"] == ["controller"]


def test_a_controller_in_another_stack_than_the_cluster():
    app = cdk.App()
    platform, edge = cdk.Stack(app, "Platform"), cdk.Stack(app, "Edge")
    LoadBalancerController(edge, "Controller", cluster=eks_cluster(platform))
    app.synth()
    assert [stack.stack_name for stack in edge.dependencies] == ["Platform"]
    assert platform.dependencies == []


# ---- wrong input


def test_a_second_controller():
    cluster = eks_cluster(new_stack())
    controller(cluster)
    with pytest.raises(ConstructError, match="the cluster already has a controller"):
        controller(cluster, "Second", ingress_class_name="other")


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        ({"ingress_class_name": "ALB"}, "ingress_class_name"),
        ({"replicas": 0}, "replicas"),
    ],
)
def test_wrong_input(options: dict[str, Any], wrong: str):
    with pytest.raises(ConstructError) as error:
        controller(eks_cluster(new_stack()), **options)
    assert [problem.option for problem in error.value.problems] == [wrong]


def test_options_of_a_controller_that_auto_mode_has_built_in():
    stack = new_stack()
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::111111111111:role/controller")
    with pytest.raises(ConstructError) as error:
        controller(eks_cluster(stack, auto_mode=AutoMode()), replicas=3, image_repository="mirror", role=role)
    assert [problem.option for problem in error.value.problems] == ["replicas", "image_repository", "role"]


def test_a_role_of_the_app_on_fargate():
    stack = new_stack()
    role = iam.Role(stack, "Given", assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"))
    with pytest.raises(ConstructError) as error:
        controller(eks_cluster(stack, compute="FARGATE"), role=role)
    assert [(problem.option, error.value.path) for problem in error.value.problems] == [("role", "Shop/Controller")]


def test_classes_whose_name_is_taken_and_a_second_default():
    cluster = eks_cluster(new_stack())
    made = controller(cluster, default_ingress_class=True)
    with pytest.raises(ConstructError) as error:
        made.ingress_class("alb", internet_facing=True, default=True)
    assert [problem.option for problem in error.value.problems] == ["name", "default"]
    with pytest.raises(ConstructError):
        made.ingress_class("In Side", internet_facing=True)
    with pytest.raises(ConstructError):
        made.ingress_class(5, internet_facing=True)  # type: ignore[arg-type]


def test_the_check_of_values_finds_what_the_chart_does_not_have():
    wrong = {"clustername": "shop", "replicaCount": "2", "image": "x", "serviceAccount": {"created": True}}
    assert list(value_errors(wrong)) == [
        "clustername: the chart does not have it",
        "replicaCount: str where int belongs",
        "image: not a mapping",
        "serviceAccount.created: the chart does not have it",
    ]
