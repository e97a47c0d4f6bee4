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
