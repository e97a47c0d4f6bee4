"""Services on EKS: their objects, what is refused and what is said of the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_efs as efs
from aws_cdk import aws_secretsmanager as secretsmanager

from cdk_containers import (
    Alarms,
    AlbExposure,
    ApplicationLoadBalancer,
    AutoMode,
    BlueGreen,
    ConstructError,
    Container,
    Disabled,
    EarlySuccess,
    EfsVolume,
    EksCluster,
    Image,
    KubernetesService,
    ListenerRule,
    Network,
    NlbExposure,
    PodOptions,
    Rolling,
    ServiceScaling,
    TargetHealthCheck,
    TaskOptions,
    Ulimit,
    VolumeMount,
)
from cdk_containers.model.workload import RepositoryImage
from tests.eks.manifest_checks import check
from tests.eks.workloads.made import objects, only, service, warnings
from tests.toolkit import (
    ADMIN,
    IMAGE,
    REASON,
    certificate,
    container,
    eks_cluster,
    equipped_cluster,
    network,
    new_stack,
    properties,
    resources,
    synth,
)

OFF = Disabled(REASON)


# ---- defaults


def test_a_service_is_a_deployment_with_what_it_needs_before_it():
    stack = new_stack()
    made = service(stack, container=container(ports=[8080]))
    kinds = [manifest["kind"] for manifest in made.manifests]
    assert kinds == ["ServiceAccount", "NetworkPolicy", "PodDisruptionBudget", "Service", "Deployment"]
    deployment = only(made, "Deployment")
    assert deployment["metadata"]["name"] == "web"
    assert deployment["metadata"]["namespace"] == "apps"
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["selector"] == {"matchLabels": {"app.kubernetes.io/name": "web"}}
    check(made.manifests, level="restricted")


def test_its_role_is_its_own_and_gets_what_is_granted():
    stack = new_stack()
    made = service(stack)
    secretsmanager.Secret.from_secret_name_v2(stack, "Login", "login").grant_read(made)
    template = synth(stack)
    association = properties(template, "AWS::EKS::PodIdentityAssociation", like="WebIdentity")
    assert association["ServiceAccount"] == "web"
    assert association["Namespace"] == "apps"
    assert "secretsmanager:GetSecretValue" in str(properties(template, "AWS::IAM::Policy", like="WebIdentity"))
    assert only(made, "ServiceAccount")["metadata"]["name"] == "web"


def test_a_template_has_no_function_and_no_custom_resource():
    stack = new_stack()
    service(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack)))
    types = {entry["Type"] for entry in synth(stack)["Resources"].values()}
    assert "AWS::ElasticLoadBalancingV2::TargetGroup" in types
    assert not {type_ for type_ in types if "Lambda" in type_ or "Custom" in type_}


def test_names_come_from_the_id():
    stack = new_stack()
    assert service(stack, "OrderAPI2").workload_name == "order-api-2"
    assert service(stack, "Other", service_name="stock").workload_name == "stock"


def test_on_fargate_the_service_account_says_the_role():
    stack = new_stack()
    cluster = equipped_cluster(stack, compute="FARGATE")
    cluster.facts = replace(cluster.facts, secrets=None)
    made = service(stack, cluster=cluster)
    annotations = only(made, "ServiceAccount")["metadata"]["annotations"]
    assert stack.resolve(annotations["eks.amazonaws.com/role-arn"]) == {
        "Fn::GetAtt": ["WebIdentityRole83988654", "Arn"]
    }
    assert resources(synth(stack), "AWS::EKS::PodIdentityAssociation") == {} or "WebIdentity" not in str(
        resources(synth(stack), "AWS::EKS::PodIdentityAssociation")
    )


# ---- images, secrets, volumes


def test_images_of_repositories_and_secrets_come_along():
    stack = new_stack()
    repository = ecr.Repository.from_repository_name(stack, "Images", "shop")
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "Login", "login")
    made = service(
        stack,
        container=Container(
            image=Image.from_registry("public.ecr.aws/nginx/nginx:1.29.1"), secrets={"PASSWORD": secret}
        ),
        sidecars=[container(name="b", image=repository_image(repository), memory_limit_mib=64)],
    )
    pod = only(made, "Deployment")["spec"]["template"]["spec"]
    images = {one["name"]: one["image"] for one in [*pod["containers"], *pod.get("initContainers", [])]}
    assert "dkr.ecr" in str(stack.resolve(images["b"]))
    [provider] = objects(made, "SecretProviderClass")
    assert provider["spec"]["provider"] == "aws"
    assert "secretsmanager:GetSecretValue" in str(properties(synth(stack), "AWS::IAM::Policy", like="WebIdentity"))


def repository_image(repository: ecr.IRepository) -> Any:
    return RepositoryImage(repository=repository, tag="1.2.3")


def test_a_file_system_is_mounted_through_an_access_point_and_opened():
    stack = new_stack()
    files = efs.FileSystem(stack, "Files", vpc=eks_cluster(stack).vpc)
    made = service(
        stack,
        container=container(mounts=[VolumeMount(volume="data", path="/data")]),
        volumes=[EfsVolume(name="data", file_system=files)],
    )
    [volume] = objects(made, "PersistentVolume")
    handle = stack.resolve(volume["spec"]["csi"]["volumeHandle"])
    assert "AccessPoint" in str(handle)
    template = synth(stack)
    assert [entry for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values() if "2049" in str(entry)]


# ---- load balancers


def test_a_load_balancer_is_cdks_and_its_targets_are_pods():
    stack = new_stack()
    made = service(stack, exposure=AlbExposure(port=8080, certificate=certificate(stack)))
    binding = only(made, "TargetGroupBinding")
    assert binding["apiVersion"] == "elbv2.k8s.aws/v1beta1"
    assert binding["spec"]["serviceRef"] == {"name": "web", "port": 8080}
    assert binding["spec"]["targetType"] == "ip"
    assert "networking" not in binding["spec"]
    template = synth(stack)
    [group] = resources(template, "AWS::ElasticLoadBalancingV2::TargetGroup")
    assert stack.resolve(binding["spec"]["targetGroupARN"]) == {"Ref": group}
    assert properties(template, "AWS::ElasticLoadBalancingV2::TargetGroup")["TargetType"] == "ip"
    ingress = [
        entry["Properties"]
        for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values()
        if entry["Properties"].get("FromPort") == 8080
    ]
    assert [entry["GroupId"] for entry in ingress] == [{"Fn::GetAtt": [cluster_id(template), "ClusterSecurityGroupId"]}]
    kinds = [manifest["kind"] for manifest in made.manifests]
    assert kinds.index("Service") < kinds.index("TargetGroupBinding") < kinds.index("Deployment")
    check(made.manifests)


def cluster_id(template: Any) -> str:
    [found] = resources(template, "AWS::EKS::Cluster")
    return found


def test_on_auto_mode_the_binding_is_that_of_auto_mode():
    stack = new_stack()
    cluster = EksCluster(stack, "Eks", version="1.36", admins=[ADMIN], network=network(stack), auto_mode=AutoMode())
    made = service(stack, cluster=cluster, exposure=NlbExposure(port=8080))
    assert only(made, "TargetGroupBinding")["apiVersion"] == "eks.amazonaws.com/v1"
    check(made.manifests, compute="AUTO")


def test_load_balancers_are_internal_unless_it_is_said():
    stack = new_stack()
    service(stack, "Inside", exposure=AlbExposure(port=8080, https=OFF))
    service(stack, "Outside", exposure=AlbExposure(port=8080, https=OFF), internet_facing=True)
    template = synth(stack)
    schemes = {
        name[:6]: entry["Properties"]["Scheme"]
        for name, entry in resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer").items()
    }
    assert schemes == {"Inside": "internal", "Outsid": "internet-facing"}


def test_a_rollout_waits_until_load_balancers_send_to_a_pod():
    stack = new_stack()
    check_ = TargetHealthCheck(interval=cdk.Duration.seconds(15), healthy_threshold=3)
    made = service(stack, exposure=AlbExposure(port=8080, https=OFF, health_check=check_))
    assert only(made, "Deployment")["spec"]["minReadySeconds"] == 45
    assert only(service(stack, "Inner"), "Deployment")["spec"]["minReadySeconds"] == 0


def test_the_alarms_of_its_target_group_are_those_of_ecs():
    stack = new_stack()
    made = service(
        stack, exposure=AlbExposure(port=8080, https=OFF), alarms=Alarms(response_time=cdk.Duration.seconds(1))
    )
    assert set(made.alarms) == {"Cpu", "Memory", "UnhealthyTasks", "ResponseTime", "ServerErrors"}
    cpu = properties(synth(stack), "AWS::CloudWatch::Alarm", like="Cpu")
    assert cpu["Namespace"] == "ContainerInsights"
    assert {entry["Name"]: entry["Value"] for entry in cpu["Dimensions"]}["PodName"] == "web"


def test_without_container_insights_there_are_no_alarms_on_pods_and_it_is_said():
    stack = new_stack()
    cluster = eks_cluster(stack)
    made = service(stack, cluster=cluster)
    assert made.alarms == {}
    assert [text for text in warnings(stack) if "[ack: cdk-containers:eks-alarms]" in text]
    other = service(stack, "Other", cluster=cluster, alarms=OFF)
    assert "alarms" not in [loss.option for loss in other.losses]


# ---- what is refused, and what is said


def test_everything_wrong_is_said_at_once():
    stack = new_stack()
    with pytest.raises(ConstructError) as info:
        KubernetesService(
            stack,
            "Web",
            cluster=eks_cluster(stack),
            container=Container(image=IMAGE, ulimits=[Ulimit(name="nofile", soft=1, hard=2)]),
            exposure=AlbExposure(port=8080, https=OFF),
            deployment=BlueGreen(),
            desired_count=3,
            scaling=ServiceScaling(min_tasks=1, max_tasks=5, requests_per_target=100),
            service_name="Web_Shop",
            task=TaskOptions(),
            placement_strategies=[],
            captions=3,
        )
    options = [problem.option for problem in info.value.problems]
    for option in ("task", "placement_strategies", "captions", "service_name", "exposure", "deployment"):
        assert option in options
    assert "scaling.requests_per_target" in options
    assert "desired_count" in options


def test_an_option_of_the_container_that_is_refused_has_its_name():
    stack = new_stack()
    limits = [Ulimit(name="nofile", soft=1, hard=2)]
    with pytest.raises(ConstructError) as info:
        service(stack, container=container(), sidecars=[container(name="b", memory_limit_mib=64, ulimits=limits)])
    assert [problem.option for problem in info.value.problems] == ["sidecars[0].ulimits"]


@pytest.mark.parametrize(
    ("option", "way_out"),
    [
        ("capacity", "spot_percent"),
        ("service_connect", "connect_to"),
        ("cloud_map", "connect_to"),
        ("enable_execute_command", "kubectl exec"),
        ("security_groups", "connections"),
    ],
)
def test_an_option_of_ecs_is_refused_by_name_with_the_way_out(option: str, way_out: str):
    stack = new_stack()
    with pytest.raises(ConstructError) as info:
        service(stack, **{option: None})
    [problem] = info.value.problems
    assert problem.option == option
    assert way_out in problem.allowed


def test_a_cluster_without_a_controller_takes_no_exposure():
    stack = new_stack()
    cluster = eks_cluster(stack)
    with pytest.raises(ConstructError) as info:
        service(stack, cluster=cluster, exposure=AlbExposure(port=8080, https=OFF))
    assert "LoadBalancerController" in str(info.value)
    cluster.now_has(load_balancer_controller=True)
    service(stack, cluster=cluster, exposure=AlbExposure(port=8080, https=OFF))


def test_two_workloads_of_one_name_are_refused_in_a_namespace():
    stack = new_stack()
    service(stack, "Web")
    with pytest.raises(ConstructError, match="Shop/Web already has this name"):
        service(stack, "Other", service_name="web")
    service(stack, "Elsewhere", service_name="web", namespace="other")


def test_a_namespace_has_one_level_of_security():
    stack = new_stack()
    service(stack, "Web")
    with pytest.raises(ConstructError, match="another workload uses restricted in apps"):
        service(stack, "Other", pod=PodOptions(pod_security="baseline"))
    cluster = equipped_cluster(stack)
    [namespace, _] = cluster.manifests.files["namespace-apps"]
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_that_nothing_rolls_back_is_a_warning_unless_nothing_is_asked_to():
    stack = new_stack()
    service(stack)
    assert len([text for text in warnings(stack) if "nothing rolls it back" in text]) == 1
    quiet = service(stack, "Quiet", deployment=Rolling(circuit_breaker=OFF, alarm_rollback=OFF))
    assert "deployment" not in [loss.option for loss in quiet.losses]
    with pytest.raises(ConstructError, match=r"deployment\.early_success"):
        service(stack, "Early", deployment=Rolling(early_success=EarlySuccess()))


def test_a_warning_can_be_acknowledged():
    stack = new_stack()
    made = service(stack)
    cdk.Annotations.of(made).acknowledge_warning("cdk-containers:eks-deployment", REASON)
    assert [text for text in warnings(stack) if "eks-deployment" in text] == []


def test_what_is_off_is_written_to_the_role():
    stack = new_stack()
    service(stack, alarms=OFF)
    roles = resources(synth(stack), "AWS::IAM::Role")
    [role] = [entry for name, entry in roles.items() if "WebIdentity" in name]
    assert role["Metadata"]["cdk_containers"]["opt_outs"] == {"service-alarms": REASON}


# ---- the second deployment, other stacks, and what is there already


def test_a_second_deployment_changes_neither_selector_nor_names():
    before, after = (
        [
            (manifest["kind"], manifest["metadata"]["name"], manifest["spec"].get("selector"))
            for manifest in service(
                stack, container=container(image=image, ports=[8080]), desired_count=count
            ).manifests
            if "spec" in manifest
        ]
        for stack, image, count in ((new_stack(), IMAGE, 2), (new_stack(), "nginx:1.29.2", 5))
    )
    assert before == after


def test_an_imported_cluster_takes_services():
    stack = new_stack()
    cluster = EksCluster.from_attributes(
        stack,
        "Imported",
        cluster_name="shop",
        version="1.36",
        network=network(stack),
        security_group_id="sg-0123456789abcdef0",
        installed=["LOAD_BALANCER_CONTROLLER", "POD_IDENTITY_AGENT"],
    )
    service(stack, cluster=cluster, exposure=AlbExposure(port=8080, https=OFF))
    template = synth(stack)
    rules = [entry["Properties"] for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values()]
    assert [rule["GroupId"] for rule in rules if rule.get("FromPort") == 8080] == ["sg-0123456789abcdef0"]


@pytest.mark.parametrize("home", ["Balancer", "Network"])
def test_cluster_load_balancer_and_services_may_be_in_stacks_of_their_own(home: str):
    app = cdk.App()
    network_stack, cluster_stack, balancer_stack, first, second = (
        cdk.Stack(app, name) for name in ("Network", "Cluster", "Balancer", "First", "Second")
    )
    own = Network(network_stack, "Network")
    cluster = EksCluster(cluster_stack, "Eks", version="1.36", admins=[ADMIN], network=own)
    cluster.now_has(load_balancer_controller=True)
    place = {"Balancer": balancer_stack, "Network": network_stack}[home]
    balancer = ApplicationLoadBalancer(place, "Balancer", network=own, https=OFF)
    for stack, name in ((first, "web"), (second, "shop")):
        exposure = AlbExposure(port=8080, load_balancer=balancer, rule=ListenerRule(paths=[f"/{name}/*"]))
        service(stack, name.capitalize(), cluster=cluster, exposure=exposure)
    assembly = app.synth()
    rules = [
        artifact.stack_name
        for artifact in assembly.stacks
        for entry in artifact.template.get("Resources", {}).values()
        if entry["Type"] == "AWS::EC2::SecurityGroupIngress" and entry["Properties"].get("FromPort") == 8080
    ]
    assert rules == ["Cluster" if home == "Network" else home], "EC2 takes the rule once"
    assert [name for name in assembly.get_stack_by_name("First").template["Outputs"] if "TargetGroupARN" in name]
