"""Workloads and the nodes of their cluster: what fits, what runs on Fargate, and who applies it."""

from __future__ import annotations

import aws_cdk as cdk
import pytest

from cdk_containers import (
    ConstructError,
    EksCluster,
    FargateProfile,
    FargateSelector,
    KubectlProvider,
    KubernetesService,
    ManagedNodeGroup,
    PodOptions,
    WorkloadIdentity,
)
from tests.eks.workloads.made import daemon, job, objects, only, service
from tests.toolkit import IMAGE, REASON, container, eks_cluster, network, new_stack, resources, synth


def test_a_pod_that_no_node_holds_is_refused():
    stack = new_stack()
    cluster = eks_cluster(stack)
    ManagedNodeGroup(stack, "Nodes", cluster=cluster, instance_types=["m7i.large"], max_nodes=3)
    service(stack, "Small", cluster=cluster, cpu=1024, memory_limit_mib=2048)
    with pytest.raises(ConstructError) as info:
        service(stack, "Large", cluster=cluster, cpu=4096, memory_limit_mib=2048)
    [problem] = info.value.problems
    assert (problem.option, problem.practice) == ("cpu", "eks-pod-fits-node")
    assert "m7i.large" in str(problem.given)
    with pytest.raises(ConstructError, match="the pod fits on no node of the cluster"):
        job(stack, "Wide", cluster=cluster, memory_limit_mib=64 * 1024)
    with pytest.raises(ConstructError, match="no label team"):
        service(stack, "Elsewhere", cluster=cluster, pod=PodOptions(node_selector={"team": "shop"}))
    with pytest.raises(ConstructError, match="but the pod is ARM64"):
        service(stack, "Arm", cluster=cluster, pod=PodOptions(architecture="ARM64"))


def test_sidecars_count_and_of_init_containers_the_largest():
    stack = new_stack()
    cluster = eks_cluster(stack)
    ManagedNodeGroup(stack, "Nodes", cluster=cluster, instance_types=["m7i.large"], max_nodes=3)
    main = container(cpu=1024, memory_limit_mib=1024)
    with pytest.raises(ConstructError, match="the pod fits on no node of the cluster"):
        service(
            stack,
            cluster=cluster,
            container=main,
            sidecars=[container(name="b", cpu=1024, memory_limit_mib=512)],
            cpu=None,
            memory_limit_mib=None,
        )
    first = container(name="first", cpu=1024, memory_limit_mib=512, essential=False)
    after = container(cpu=1024, memory_limit_mib=1024, depends_on={"first": "SUCCESS"})
    service(stack, "After", cluster=cluster, container=after, sidecars=[first], cpu=None, memory_limit_mib=None)


def test_pods_that_a_profile_selects_run_on_fargate():
    stack = new_stack()
    cluster = eks_cluster(stack)
    ManagedNodeGroup(stack, "Nodes", cluster=cluster, instance_types=["m7i.large"], max_nodes=3)
    FargateProfile(stack, "Profile", cluster=cluster, selectors=[FargateSelector(namespace="jobs-*")])
    selected = job(stack, cluster=cluster, namespace="jobs-shop", cpu=4096, memory_limit_mib=8192)
    assert selected.identity.mode == "IRSA"
    assert "eks.amazonaws.com/role-arn" in only(selected, "ServiceAccount")["metadata"]["annotations"]
    other = job(stack, "Other", cluster=cluster)
    assert other.identity.mode == "POD_IDENTITY"
    with pytest.raises(ConstructError, match="Fargate has no nodes for a daemon"):
        daemon(stack, cluster=cluster, namespace="jobs-shop")


def test_what_applies_files_applies_a_workload_as_it_is_after_it_was_connected():
    app = cdk.App()
    stack, kubectl = cdk.Stack(app, "Shop"), cdk.Stack(app, "Kubectl")
    cluster = eks_cluster(stack)
    KubectlProvider(kubectl, "Kubectl", cluster=cluster, reason=REASON)
    orders = service(stack, "Orders", cluster=cluster, container=container(ports=[8080]))
    caller = service(stack, "Web", cluster=cluster, image=IMAGE)
    caller.connect_to(orders)
    applied = [
        str(entry["Properties"]["Manifest"])
        for entry in resources(synth(kubectl), "Custom::AWSCDK-EKS-KubernetesResource").values()
    ]
    assert len([text for text in applied if "ORDERS_URL" in text]) == 1
    assert len([text for text in applied if '"name":"web"' in text and "Deployment" in text]) == 1
    assert objects(caller, "Deployment")


def test_pods_that_could_get_no_role_are_refused_before_anything_is_made():
    stack = new_stack()
    cluster = EksCluster.from_attributes(
        stack,
        "Cluster",
        cluster_name="legacy",
        version="1.35",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
    )
    with pytest.raises(ConstructError) as raised:
        KubernetesService(stack, "Web", cluster=cluster, image=IMAGE)
    assert raised.value.path == "Shop/Web"
    assert [problem.option for problem in raised.value.problems] == ["cluster"]
    assert stack.node.try_find_child("Web") is None


def test_a_service_account_of_others_is_refused_before_anything_is_made():
    stack = new_stack()
    cluster = eks_cluster(stack)
    WorkloadIdentity(stack, "Other", cluster=cluster, namespace="apps", service_account="web")
    with pytest.raises(ConstructError, match="service_name: the service account already has an identity"):
        KubernetesService(stack, "Web", cluster=cluster, image=IMAGE)
    assert stack.node.try_find_child("Web") is None
