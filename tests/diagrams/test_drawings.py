"""Templates as drawings: what gets a box, what is a line in one, and which arrows there are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cdk_containers.checks.templates import Estate
from cdk_containers.cli.main import main
from cdk_containers.diagrams import FORMATS, Arrow, Drawing, drawing_of


def resource(type_: str, path: str = "", **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties, "Metadata": {"aws:cdk:path": path}}


def get(name: str, attribute: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [name, attribute]}


TASK = resource(
    "AWS::ECS::TaskDefinition",
    "shop/Web/Task/Definition",
    Cpu="512",
    Memory="1024",
    TaskRoleArn=get("Role"),
    ContainerDefinitions=[{"Name": "app"}, {"Name": "proxy"}],
)
SERVICE = resource(
    "AWS::ECS::Service",
    "shop/Web/Service/Service",
    TaskDefinition={"Ref": "Task"},
    DesiredCount=2,
    CapacityProviderStrategy=[{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}],
    LoadBalancers=[{"TargetGroupArn": {"Ref": "Targets"}}],
)
SHOP: dict[str, dict[str, Any]] = {
    "Balancer": resource(
        "AWS::ElasticLoadBalancingV2::LoadBalancer", "shop/Public/LoadBalancer/Resource", Type="application"
    ),
    "Listener": resource(
        "AWS::ElasticLoadBalancingV2::Listener", LoadBalancerArn={"Ref": "Balancer"}, Protocol="HTTPS", Port=443
    ),
    "Rule": resource(
        "AWS::ElasticLoadBalancingV2::ListenerRule",
        ListenerArn={"Ref": "Listener"},
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/shop/*"]}}],
        Actions=[{"Type": "forward", "TargetGroupArn": {"Ref": "Targets"}}],
    ),
    "Targets": resource("AWS::ElasticLoadBalancingV2::TargetGroup"),
    "Role": resource("AWS::IAM::Role", "shop/Web/Task/TaskRole/Resource"),
    "Policy": resource(
        "AWS::IAM::Policy",
        Roles=[{"Ref": "Role"}],
        PolicyDocument={
            "Statement": [
                {"Action": ["dynamodb:GetItem", "dynamodb:PutItem"], "Resource": get("Orders")},
                {"Action": "sqs:ReceiveMessage", "Resource": [get("Mail")]},
            ]
        },
    ),
    "Orders": resource("AWS::DynamoDB::Table", "shop/Orders/Resource"),
    "Mail": resource("AWS::SQS::Queue", "shop/Mail/Resource"),
    "Unread": resource("AWS::SQS::Queue", "shop/Web/DeadLetters/Resource"),
    "Alarm": resource("AWS::CloudWatch::Alarm", "shop/Web/Alarms/Cpu/Resource"),
    "Key": resource("AWS::KMS::Key", "shop/Key/Resource"),
    "Task": TASK,
    "Service": SERVICE,
}


def draw(resources: Mapping[str, dict[str, Any]], *, name: str = "shop.template.json") -> Drawing:
    estate = Estate()
    return drawing_of(estate.add(name, {"Resources": resources}))


def box(drawing: Drawing, name: str) -> Any:
    (found,) = (it for it in drawing.boxes if it.name == name)
    return found


def arrows(drawing: Drawing) -> set[tuple[str, str, str]]:
    names = {it.id: it.name or it.kind for it in drawing.boxes}
    return {(names[it.source], names[it.target], it.label) for it in drawing.arrows}


def test_what_has_a_name_in_a_conversation_is_a_box() -> None:
    drawing = draw(SHOP)
    assert drawing.title == "shop"
    assert {it.name or it.kind for it in drawing.boxes} == {"Internet", "Public", "Web", "Orders", "Mail"}


def test_what_belongs_to_a_box_is_a_line_in_it() -> None:
    drawing = draw(SHOP)
    assert box(drawing, "Web").lines == [
        "2 tasks · 0.5 vCPU, 1 GiB · 2 containers · Fargate Spot",
        "1 alarm · 1 role · 1 queue",
    ]
    assert drawing.shared == ["1 KMS key"]


def test_arrows_are_traffic_and_data() -> None:
    assert arrows(draw(SHOP)) == {
        ("Internet", "Public", "HTTPS 443"),
        ("Public", "Web", "/shop/*"),
        ("Web", "Orders", "reads and writes"),
        ("Mail", "Web", "messages"),
    }


def test_an_internal_load_balancer_is_not_reached_from_the_internet() -> None:
    internal = SHOP["Balancer"]["Properties"] | {"Scheme": "internal"}
    drawing = draw(SHOP | {"Balancer": SHOP["Balancer"] | {"Properties": internal}})
    assert box(drawing, "Public").lines == ["internal"]
    assert "Internet" not in {it.kind for it in drawing.boxes}


def test_a_service_stands_in_the_instances_that_it_runs_on() -> None:
    strategy = {"CapacityProviderStrategy": [{"CapacityProvider": {"Ref": "Provider"}}]}
    drawing = draw(
        {
            "Instances": resource("AWS::AutoScaling::AutoScalingGroup", "shop/Spot/ASG", MinSize="1", MaxSize="4"),
            "Provider": resource(
                "AWS::ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": {"Ref": "Instances"}}
            ),
            "Task": TASK,
            "Service": SERVICE | {"Properties": SERVICE["Properties"] | strategy},
        }
    )
    assert box(drawing, "Web").inside == box(drawing, "Spot").id
    assert box(drawing, "Spot").lines == ["1 to 4 instances"]
    assert "subgraph" in FORMATS["dot"](drawing)


def test_a_service_may_call_another_if_its_security_group_lets_it_in() -> None:
    def service(name: str) -> dict[str, Any]:
        network = {"AwsvpcConfiguration": {"SecurityGroups": [get(f"{name}Group", "GroupId")]}}
        return resource("AWS::ECS::Service", f"shop/{name}/Service", NetworkConfiguration=network)

    drawing = draw(
        {
            "Web": service("Web"),
            "Orders": service("Orders"),
            "WebGroup": resource("AWS::EC2::SecurityGroup"),
            "OrdersGroup": resource("AWS::EC2::SecurityGroup"),
            "Rule": resource(
                "AWS::EC2::SecurityGroupIngress",
                GroupId=get("OrdersGroup", "GroupId"),
                SourceSecurityGroupId=get("WebGroup", "GroupId"),
                IpProtocol="tcp",
                FromPort=8080,
            ),
        }
    )
    assert arrows(drawing) == {("Web", "Orders", "tcp 8080")}


def test_a_service_on_several_groups_of_instances_points_to_each() -> None:
    strategy = {"CapacityProviderStrategy": [{"CapacityProvider": {"Ref": f"{name}Provider"}} for name in ("A", "B")]}
    groups = {
        name: resource("AWS::AutoScaling::AutoScalingGroup", f"shop/{name}/ASG", MinSize="2", MaxSize="2")
        for name in ("A", "B")
    }
    providers = {
        f"{name}Provider": resource(
            "AWS::ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": {"Ref": name}}
        )
        for name in ("A", "B")
    }
    service = SERVICE | {"Properties": SERVICE["Properties"] | strategy}
    drawing = draw(groups | providers | {"Task": TASK, "Service": service})
    assert box(drawing, "Web").inside is None
    assert arrows(drawing) == {("Web", "A", "runs on"), ("Web", "B", "runs on")}
    assert box(drawing, "A").lines == ["2 instances"]


NETWORK = {
    "Vpc": resource("AWS::EC2::VPC", "shop/Network/Vpc/Resource"),
    "Subnet": resource("AWS::EC2::Subnet", VpcId={"Ref": "Vpc"}),
}
EKS = {
    "Eks": resource(
        "AWS::EKS::Cluster",
        "shop/Eks/Cluster",
        Version="1.36",
        ComputeConfig={"Enabled": True},
        ResourcesVpcConfig={"SubnetIds": [{"Ref": "Subnet"}]},
    ),
    "PodRole": resource("AWS::IAM::Role", "shop/Api/Identity/Role"),
    "Pods": resource(
        "AWS::EKS::PodIdentityAssociation",
        "shop/Api/Identity/Association",
        ClusterName={"Ref": "Eks"},
        Namespace="apps",
        ServiceAccount="api",
        RoleArn=get("PodRole"),
    ),
}


def names_around(drawing: Drawing, name: str) -> list[str]:
    names = {it.id: it.name for it in drawing.boxes}
    return [names[it] for it in drawing.around(box(drawing, name))]


def test_what_is_in_the_subnets_of_a_network_stands_in_it() -> None:
    subnet = {"Ref": "Subnet"}
    drawing = draw(
        NETWORK
        | {
            "Inside": resource("AWS::ElasticLoadBalancingV2::LoadBalancer", "shop/Inside", Subnets=[subnet]),
            "Files": resource("AWS::EFS::FileSystem", "shop/Files/FileSystem"),
            "Target": resource("AWS::EFS::MountTarget", FileSystemId={"Ref": "Files"}, SubnetId=subnet),
            "Subnets": resource("AWS::RDS::DBSubnetGroup", SubnetIds=[subnet]),
            "Database": resource("AWS::RDS::DBInstance", "shop/Database", DBSubnetGroupName={"Ref": "Subnets"}),
            "Job": resource("AWS::ECS::TaskDefinition", "shop/Job/Definition"),
            "Schedule": resource(
                "AWS::Scheduler::Schedule", Target={"Arn": {"Ref": "Job"}, "NetworkConfiguration": [subnet]}
            ),
            "Outside": resource("AWS::DynamoDB::Table", "shop/Outside/Resource"),
        }
    )
    assert {it.name for it in drawing.within(box(drawing, "Network"))} == {"Inside", "Files", "Database", "Job"}
    assert box(drawing, "Outside").inside is None


def test_pods_and_nodes_stand_in_their_cluster_and_that_in_its_network() -> None:
    drawing = draw(
        NETWORK
        | EKS
        | {
            "Nodes": resource("AWS::EKS::Nodegroup", "shop/Nodes/Nodegroup", ClusterName={"Ref": "Eks"}),
            "Own": resource("AWS::AutoScaling::AutoScalingGroup", "shop/Own/ASG", LaunchTemplate={"Ref": "Template"}),
            "Template": resource("AWS::EC2::LaunchTemplate", LaunchTemplateData={"UserData": get("Eks", "Endpoint")}),
        }
    )
    for name in ("Api", "Nodes", "Own"):
        assert names_around(drawing, name) == ["Eks", "Network"]
    assert box(drawing, "Eks").lines == ["Kubernetes 1.36 · Auto Mode"]
    assert box(drawing, "Api").lines == ["service account apps/api", "1 role"]
    assert drawing.shared == []
    text = FORMATS["dot"](drawing)
    assert text.index("subgraph cluster_n0") < text.index("subgraph cluster_n1") < text.index("<B>Api</B>")
    assert FORMATS["mermaid"](drawing).count("subgraph") == 2


def test_pods_have_the_traffic_and_data_that_services_have() -> None:
    statement = {"Action": "sqs:ReceiveMessage", "Resource": get("Mail")}
    policy = resource("AWS::IAM::Policy", Roles=[{"Ref": "PodRole"}], PolicyDocument={"Statement": [statement]})
    targets = resource("AWS::ElasticLoadBalancingV2::TargetGroup", "shop/Api/Alb/Targets/Resource")
    shop = {name: SHOP[name] for name in ("Balancer", "Listener", "Rule", "Mail")}
    drawing = draw(EKS | shop | {"Targets": targets, "PodPolicy": policy})
    assert {("Public", "Api", "/shop/*"), ("Mail", "Api", "messages")} <= arrows(drawing)


def test_a_cluster_mounts_file_systems_that_let_it_in() -> None:
    rule = resource(
        "AWS::EC2::SecurityGroupIngress",
        GroupId=get("FilesGroup", "GroupId"),
        SourceSecurityGroupId=get("Eks", "ClusterSecurityGroupId"),
        IpProtocol="tcp",
        FromPort=988,
    )
    files = resource(
        "AWS::FSx::FileSystem",
        "shop/Files",
        FileSystemType="LUSTRE",
        StorageCapacity=1200,
        SecurityGroupIds=[get("FilesGroup", "GroupId")],
    )
    group = resource("AWS::EC2::SecurityGroup")
    drawing = draw(EKS | {"Files": files, "FilesGroup": group, "Rule": rule})
    assert arrows(drawing) == {("Eks", "Files", "mounts")}
    assert box(drawing, "Files").lines == ["Lustre, 1200 GiB"]
    assert "ltail=cluster_" in FORMATS["dot"](drawing)


def test_older_and_newer_ways_to_a_service_are_drawn() -> None:
    classic = resource(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "shop/Old",
        Listeners=[{"Protocol": "https", "LoadBalancerPort": "443"}],
    )
    ways = {
        "LoadBalancers": [{"LoadBalancerName": {"Ref": "Old"}}],
        "VpcLatticeConfigurations": [{"TargetGroupArn": get("Targets")}],
    }
    drawing = draw(
        {
            "Old": classic,
            "Service": SERVICE | {"Properties": SERVICE["Properties"] | ways},
            "Mesh": resource("AWS::VpcLattice::ServiceNetwork", "shop/Mesh/Network"),
            "New": resource("AWS::VpcLattice::Service", "shop/New/Service"),
            "In": resource(
                "AWS::VpcLattice::ServiceNetworkServiceAssociation",
                ServiceNetworkIdentifier=get("Mesh"),
                ServiceIdentifier=get("New"),
            ),
            "Targets": resource("AWS::VpcLattice::TargetGroup"),
            "Lattice": resource(
                "AWS::VpcLattice::Listener",
                ServiceIdentifier=get("New"),
                Protocol="HTTPS",
                Port=443,
                DefaultAction={"Forward": {"TargetGroups": [{"TargetGroupIdentifier": get("Targets")}]}},
            ),
        }
    )
    assert arrows(drawing) == {
        ("Internet", "Old", "HTTPS 443"),
        ("Old", "Web", ""),
        ("Network", "New", ""),
        ("New", "Web", "HTTPS 443"),
    }


def test_delivery_pushes_images_and_its_own_bucket_is_plumbing() -> None:
    statements = [
        {"Action": ["ecr:PutImage"], "Resource": get("Images")},
        {"Action": ["s3:PutObject"], "Resource": get("Artifacts")},
    ]
    drawing = draw(
        {
            "Images": resource("AWS::ECR::Repository", "shop/Images/Repository"),
            "Artifacts": resource("AWS::S3::Bucket", "shop/Release/Artifacts/Resource"),
            "Pipeline": resource(
                "AWS::CodePipeline::Pipeline", "shop/Release/Delivery/Pipeline", Stages=[{"Project": {"Ref": "Build"}}]
            ),
            "Build": resource("AWS::CodeBuild::Project", ServiceRole=get("Role")),
            "Role": resource("AWS::IAM::Role"),
            "Policy": resource("AWS::IAM::Policy", Roles=[{"Ref": "Role"}], PolicyDocument={"Statement": statements}),
        }
    )
    assert arrows(drawing) == {("Release", "Images", "pushes")}


def test_an_event_starts_a_job() -> None:
    rule = resource(
        "AWS::Events::Rule", EventPattern={"bucket": [{"Ref": "Uploads"}]}, Targets=[{"Arn": {"Ref": "Task"}}]
    )
    uploads = resource("AWS::S3::Bucket", "shop/Uploads/Resource")
    assert arrows(draw({"Task": TASK, "Rule": rule, "Uploads": uploads})) == {("Uploads", "Web", "events")}


def test_a_service_finds_its_task_definition_by_the_family_too() -> None:
    task = TASK | {"Properties": TASK["Properties"] | {"Family": "web"}}
    service = SERVICE | {"Properties": SERVICE["Properties"] | {"TaskDefinition": "web"}}
    drawing = draw({"Task": task, "Service": service})
    assert [it.kind for it in drawing.boxes] == ["ECS service"]
    assert "0.5 vCPU, 1 GiB" in box(drawing, "Web").lines[0]


def test_what_was_there_before_is_drawn_only_where_something_new_reaches_it() -> None:
    estate = Estate()
    template = estate.add("shop.template.json", {"Resources": SHOP | NETWORK})
    drawing = drawing_of(template, before={*NETWORK, "Balancer", "Listener", "Orders", "Key"})
    assert {it.name or it.kind for it in drawing.boxes if not it.elsewhere} == {"Web", "Mail"}
    assert {it.name: it.lines for it in drawing.boxes if it.elsewhere} == {
        "Public": ["exists already"],
        "Orders": ["exists already"],
    }
    assert (drawing.shared, drawing_of(template).shared) == ([], ["1 KMS key"])


def test_a_picture_is_read_from_left_to_right_if_it_would_be_wide() -> None:
    tables = {f"Table{number}": resource("AWS::DynamoDB::Table", f"shop/Table{number}") for number in range(5)}
    assert "rankdir=LR" in FORMATS["dot"](draw(tables))
    assert "rankdir=TB" in FORMATS["dot"](draw(SHOP))


def test_a_task_that_no_service_runs_is_a_job_with_its_schedule() -> None:
    schedule = resource(
        "AWS::Scheduler::Schedule",
        ScheduleExpression="rate(1 hour)",
        Target={"EcsParameters": {"TaskDefinitionArn": {"Ref": "Task"}}},
    )
    drawing = draw({"Task": TASK, "Schedule": schedule})
    assert [it.kind for it in drawing.boxes] == ["job"]
    assert box(drawing, "Web").lines[0].startswith("rate(1 hour)")


def test_what_another_stack_makes_is_named_with_its_stack() -> None:
    estate = Estate()
    balancer = {it: SHOP[it] for it in ("Balancer", "Listener")}
    export = {"Value": {"Ref": "Listener"}, "Export": {"Name": "listener"}}
    estate.add("platform.template.json", {"Resources": balancer, "Outputs": {"Listener": export}})
    rule = SHOP["Rule"] | {"Properties": SHOP["Rule"]["Properties"] | {"ListenerArn": {"Fn::ImportValue": "listener"}}}
    shop = {"Rule": rule} | {it: SHOP[it] for it in ("Targets", "Task", "Service")}
    drawing = drawing_of(estate.add("shop.template.json", {"Resources": shop}))
    assert box(drawing, "Public").elsewhere
    assert box(drawing, "Public").lines == ["of platform"]
    assert ("Public", "Web", "/shop/*") in arrows(drawing)


def test_a_broken_template_is_drawn_as_far_as_it_goes() -> None:
    drawing = draw({"Service": resource("AWS::ECS::Service", DesiredCount={"Ref": "Nowhere"}, LoadBalancers="no list")})
    assert [it.name for it in drawing.boxes] == ["Service"]


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_shows_boxes_and_arrows(name: str) -> None:
    text = FORMATS[name](draw(SHOP))
    assert "Web" in text
    assert "reads and writes" in text
    assert text == FORMATS[name](draw(SHOP))


def test_names_cannot_break_a_format() -> None:
    odd = draw({"Table": resource("AWS::DynamoDB::Table", 'shop/<b>"odd"&\\')})
    assert "<b>&quot;odd" not in FORMATS["dot"](odd).replace("&lt;", "")
    assert "&lt;b&gt;" in FORMATS["dot"](odd)
    assert "#lt;b#gt;#quot;odd#quot;#amp;" in FORMATS["mermaid"](odd)


def test_sentences_say_all_that_is_drawn() -> None:
    drawing = draw(SHOP)
    said = " ".join(drawing.sentences())
    for arrow in drawing.arrows:
        assert arrow.label in said
    assert all(it.name in said for it in drawing.boxes)
    assert "Also: 1 KMS key." in said
    assert Arrow(source="a", target="b").label == ""


def test_the_command_draws_an_assembly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "shop.template.json").write_text('{"Resources": {"Orders": {"Type": "AWS::DynamoDB::Table"}}}')
    assert main(["diagram", str(tmp_path)]) == 0
    assert '```mermaid\nflowchart TD\n  n0["DynamoDB table: Orders"]\n```' in capsys.readouterr().out
    assert main(["diagram", str(tmp_path), "--stack", "shpo"]) == 2
    assert "there is no stack shpo; did you mean shop?" in capsys.readouterr().err
    assert main(["diagram", str(tmp_path / "nowhere")]) == 2
    assert "no such file or folder" in capsys.readouterr().err
