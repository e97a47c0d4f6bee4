"""What resources cost: each kind of them in a small template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cdk_containers.checks.templates import Estate
from cdk_containers.costs import Bill, Line, Price, Prices, difference, estimate
from cdk_containers.costs.jobs import runs_per_month
from cdk_containers.costs.report import bill_text

KEYS = {
    "fargate-vcpu-x86": 1.0,
    "fargate-gb-x86": 0.1,
    "fargate-vcpu-arm": 0.5,
    "fargate-gb-arm": 0.05,
    "fargate-storage": 0.01,
    "spot-discount:fargate": 0.7,
    "spot-discount:ec2": 0.9,
    "alb": 2.0,
    "alb-lcu": 0.2,
    "ipv4": 0.3,
    "nat": 4.0,
    "nat-gb": 0.045,
    "endpoint": 0.5,
    "alarm-metric": 0.1,
    "dashboard": 3.0,
    "logs-gb": 0.5,
    "eks-cluster": 0.1,
    "ec2:m7g.large": 1.0,
    "ec2:m6g.large": 0.5,
    "gp3-gb": 0.08,
}
PRICES = Prices(
    region="nowhere-1",
    by_key={key: Price(usd=usd, unit="hour", date="2026-01-01", source="test") for key, usd in KEYS.items()},
)
HOURS = 730
TASK = {
    "Type": "AWS::ECS::TaskDefinition",
    "Properties": {"Cpu": "512", "Memory": "1024", "RequiresCompatibilities": ["FARGATE"]},
}
PER_TASK = (0.5 * 1.0 + 1 * 0.1) * HOURS


def bill(resources: Mapping[str, Any], prices: Prices = PRICES, **options: Any) -> Bill:
    estate = Estate(assume_defaults=True)
    estate.add("shop.template.json", {"Resources": resources}, stack_name="shop")
    return estimate(estate, prices, **options)


def line(resources: Mapping[str, Any], **options: Any) -> Line:
    """The one line of the first resource."""
    first = next(iter(resources))
    [found] = [it for it in bill(resources, **options).lines if it.construct == first]
    return found


def service(task: Mapping[str, Any] = TASK, **properties: Any) -> dict[str, Any]:
    given = {"TaskDefinition": {"Ref": "Task"}, **properties}
    return {"Service": {"Type": "AWS::ECS::Service", "Properties": given}, "Task": task}


def task(**properties: Any) -> dict[str, Any]:
    return {**TASK, "Properties": {**TASK["Properties"], **properties}}  # type: ignore[dict-item]


def strategy(*items: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"CapacityProvider": name, "Base": base, "Weight": weight} for name, base, weight in items]


def scaled(low: int, high: int) -> dict[str, Any]:
    path = {"Fn::Join": ["", ["service/c/", {"Fn::GetAtt": ["Service", "Name"]}]]}
    given = {"ServiceNamespace": "ecs", "ResourceId": path, "MinCapacity": low, "MaxCapacity": high}
    return {"Target": {"Type": "AWS::ApplicationAutoScaling::ScalableTarget", "Properties": given}}


# ---- services


def test_tasks_cost_by_their_size_and_number():
    found = line(service(LaunchType="FARGATE", DesiredCount=3))
    assert (found.low, found.high) == pytest.approx((3 * PER_TASK, 3 * PER_TASK))
    assert found.what == "3 tasks, 0.5 vCPU, 1 GB, x86, Fargate"


def test_with_scaling_there_is_a_range():
    found = line({**service(LaunchType="FARGATE"), **scaled(2, 10)})
    assert (found.low, found.high) == pytest.approx((2 * PER_TASK, 10 * PER_TASK))


def test_arm_and_disk_have_prices_of_their_own():
    own = task(RuntimePlatform={"CpuArchitecture": "ARM64"}, EphemeralStorage={"SizeInGiB": 50})
    found = line(service(own, LaunchType="FARGATE"))
    assert found.low == pytest.approx((0.5 * 0.5 + 0.05 + 30 * 0.01) * HOURS)


def test_sizes_are_written_in_several_ways():
    found = line(service(task(Cpu=".5 vCPU", Memory="1GB"), LaunchType="FARGATE"))
    assert found.low == pytest.approx(PER_TASK)


def test_spot_is_a_range_and_said_to_vary():
    found = line(service(DesiredCount=5, CapacityProviderStrategy=strategy(("FARGATE", 1, 1), ("FARGATE_SPOT", 0, 3))))
    assert found.varies
    assert found.high == pytest.approx(5 * PER_TASK)
    assert found.low == pytest.approx((2 + 3 * 0.3) * PER_TASK)  # a base of one, and a quarter of the other four
    without = Prices(region="x", by_key={key: it for key, it in PRICES.by_key.items() if "spot" not in key})
    assert line(service(CapacityProviderStrategy=strategy(("FARGATE_SPOT", 0, 1))), prices=without).low == 0


def test_a_missing_price_is_said_and_counts_nothing():
    windows = task(Cpu="1024", Memory="2048", RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"})
    found = line(service(windows, LaunchType="FARGATE"))
    assert found.high == 0
    assert "no price of fargate-vcpu-windows" in found.unknown
    assert "nowhere-1" in found.unknown


def test_what_depends_on_a_deployment_is_said():
    found = line(service(LaunchType="FARGATE", DesiredCount={"Fn::ImportValue": "count"}))
    assert found.high == 0
    assert "count" in found.unknown


def test_tasks_on_instances_are_counted_with_the_instances():
    found = bill(service(LaunchType="EC2", DesiredCount=3))
    assert found.lines == ()


def test_managed_instances_are_unknown():
    provider = {"Type": "AWS::ECS::CapacityProvider", "Properties": {"ManagedInstancesProvider": {}}}
    own = service(CapacityProviderStrategy=[{"CapacityProvider": {"Ref": "Provider"}, "Weight": 1}])
    found = line({**own, "Provider": provider})
    assert (found.high, found.unknown) == (0, "ECS chooses the instances")


# ---- jobs


@pytest.mark.parametrize(
    ("expression", "runs"),
    [
        ("rate(5 minutes)", 730 * 12),
        ("rate(1 day)", 730 / 24),
        ("cron(0 3 * * ? *)", 730 / 24),
        ("cron(0/15 8-17 ? * MON-FRI *)", 4 * 10 * 5 / 7 * 730 / 24),
        ("cron(0 0 1,15 * ? *)", 2),
        ("cron(0 0 L * ? *)", 1),
        ("cron(0 0 ? JAN 2#1 *)", 1 / 12),
        ("at(2027-01-31T08:00:00)", 0),
        ("every day", None),
        ("cron(x * * * ? *)", None),
    ],
)
def test_runs_of_a_schedule(expression: str, runs: float | None):
    assert runs_per_month(expression) == (runs if runs is None else pytest.approx(runs))


def job(**target: Any) -> dict[str, Any]:
    parameters = {"TaskDefinitionArn": {"Ref": "Task"}, "LaunchType": "FARGATE"}
    given = {"ScheduleExpression": "rate(1 hour)", "Target": {"Arn": "c", "EcsParameters": parameters, **target}}
    return {"Nightly": {"Type": "AWS::Scheduler::Schedule", "Properties": given}, "Task": TASK}


def test_a_job_goes_by_use_until_somebody_says_how_long_it_takes():
    found = line(job())
    assert (found.high, found.by_use) == (0, ("0.6 USD per hour of a run, 730 runs a month",))
    found = line(job(), run_minutes={"Nightly": 6})
    assert found.high == pytest.approx(730 * 0.1 * 0.6)
    assert found.by_use == ()
    assert line(job(), run_minutes={"Nightly": 0.1}).high == pytest.approx(730 / 60 * 0.6)  # a minute at the least


# ---- everything else


@pytest.mark.parametrize(
    ("type_", "properties", "low", "high"),
    [
        ("AWS::EC2::NatGateway", {}, 4 * HOURS, 4 * HOURS),
        ("AWS::EC2::EIP", {}, 0.3 * HOURS, 0.3 * HOURS),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Subnets": ["a", "b"]}, 2.6 * HOURS, 2.6 * HOURS),
        ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Scheme": "internal"}, 2 * HOURS, 2 * HOURS),
        ("AWS::EC2::VPCEndpoint", {"VpcEndpointType": "Interface", "SubnetIds": ["a", "b", "c"]}, 1095, 1095),
        ("AWS::CloudWatch::Alarm", {"MetricName": "x"}, 0.1, 0.1),
        ("AWS::CloudWatch::Alarm", {"Metrics": [{"Id": "e"}, {"MetricStat": {}}, {"MetricStat": {}}]}, 0.2, 0.2),
        ("AWS::CloudWatch::Dashboard", {}, 3, 3),
        ("AWS::EKS::Cluster", {}, 0.1 * HOURS, 0.1 * HOURS),
        (
            "AWS::EKS::Nodegroup",
            {"ScalingConfig": {"MinSize": 1, "MaxSize": 3}, "InstanceTypes": ["m7g.large"]},
            HOURS + 1.6,
            3 * (HOURS + 1.6),
        ),
        (
            "AWS::EKS::Nodegroup",
            {"ScalingConfig": {"MinSize": 2, "MaxSize": 2}, "InstanceTypes": ["m7g.large", "m6g.large"], "DiskSize": 0},
            HOURS,
            2 * HOURS,
        ),
        (
            "AWS::EKS::Nodegroup",
            {
                "ScalingConfig": {"MinSize": 1, "MaxSize": 1},
                "InstanceTypes": ["m7g.large"],
                "CapacityType": "SPOT",
                "DiskSize": 0,
            },
            0.1 * HOURS,
            HOURS,
        ),
    ],
)
def test_a_resource_costs(type_: str, properties: dict[str, Any], low: float, high: float):
    found = line({"It": {"Type": type_, "Properties": properties}})
    assert (found.low, found.high) == pytest.approx((low, high))


@pytest.mark.parametrize(("base", "low"), [({}, 0.1), ({"OnDemandBaseCapacity": 1}, 1)])
def test_a_group_has_its_instances_and_disks(base: dict[str, int], low: float):
    launch = {
        "Type": "AWS::EC2::LaunchTemplate",
        "Properties": {
            "LaunchTemplateData": {
                "InstanceType": "m7g.large",
                "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 50, "VolumeType": "gp3"}}],
            }
        },
    }
    group = {
        "Type": "AWS::AutoScaling::AutoScalingGroup",
        "Properties": {
            "MinSize": "1",
            "MaxSize": "4",
            "MixedInstancesPolicy": {
                "InstancesDistribution": {**base, "OnDemandPercentageAboveBaseCapacity": 0},
                "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Launch"}}},
            },
        },
    }
    found = line({"Group": group, "Launch": launch})
    assert found.what == "1–4 instances, m7g.large, Spot, 50 GB of disk each"
    assert found.low == pytest.approx(low * HOURS + 4)
    assert found.high == pytest.approx(4 * HOURS + 16)


def test_what_is_free_is_not_there_and_what_goes_by_use_is():
    found = bill({"Role": {"Type": "AWS::IAM::Role"}, "Logs": {"Type": "AWS::Logs::LogGroup"}})
    assert [(it.construct, it.by_use) for it in found.lines] == [("Logs", ("0.5 USD per GB of logs",))]
    assert bill({"S3": {"Type": "AWS::EC2::VPCEndpoint", "Properties": {"ServiceName": "s3"}}}).lines == ()


def test_a_price_by_use_names_three_that_use_it():
    def shown(count: int) -> str:
        text = bill_text(bill({f"Logs{number}": {"Type": "AWS::Logs::LogGroup"} for number in range(count)}))
        return next(row.strip() for row in text.splitlines() if "per GB of logs" in row)

    assert shown(3) == "0.5 USD per GB of logs: Logs0, Logs1, Logs2"
    assert shown(5) == "0.5 USD per GB of logs: Logs0, Logs1, Logs2 and 2 more"


def test_types_that_nobody_knows_are_named():
    assert bill({"It": {"Type": "AWS::RDS::DBInstance"}}).not_known == ("AWS::RDS::DBInstance",)
    assert bill({"It": {"Type": "AWS::EC2::VPC"}}).not_known == ()


def test_what_a_condition_leaves_out_costs_nothing():
    estate = Estate(assume_defaults=True)
    nat = {"Type": "AWS::EC2::NatGateway", "Condition": "Wanted"}
    conditions = {"Wanted": {"Fn::Equals": ["a", "b"]}}
    estate.add("t", {"Resources": {"Nat": nat, "Other": {"Type": "AWS::EC2::EIP"}}, "Conditions": conditions})
    assert [it.construct for it in estimate(estate, PRICES).lines] == ["Other"]


def test_alarms_of_one_construct_are_one_line():
    def alarm(name: str) -> dict[str, Any]:
        path = f"shop/Web/{name}/Resource"
        return {"Type": "AWS::CloudWatch::Alarm", "Properties": {}, "Metadata": {"aws:cdk:path": path}}

    [found] = bill({"A": alarm("Cpu"), "B": alarm("Memory")}).lines
    assert (found.construct, found.what, found.low) == ("shop/Web", "2 × alarm", pytest.approx(0.2))


# ---- differences


def test_a_difference_says_what_is_new_what_goes_and_what_changes():
    nat = {"Type": "AWS::EC2::NatGateway"}
    before = bill({"Nat": nat, "Old": {"Type": "AWS::CloudWatch::Dashboard"}, **service(LaunchType="FARGATE")})
    after = bill({"Nat": nat, "New": nat, **service(LaunchType="FARGATE", DesiredCount=2)})
    found = difference(before, after)
    changes = {it.construct: (it.before, it.after, round(it.high, 2)) for it in found.changes}
    assert changes == {
        "New": ("", "NAT gateway", 2920.0),
        "Old": ("dashboard", "", -3.0),
        "Service": (
            "1 task, 0.5 vCPU, 1 GB, x86, Fargate",
            "2 tasks, 0.5 vCPU, 1 GB, x86, Fargate",
            round(PER_TASK, 2),
        ),
    }
    assert found.high == pytest.approx(2920 - 3 + PER_TASK)
    assert difference(before, before).changes == ()
    assert difference(after, before).high == pytest.approx(-found.high)


def test_the_changes_that_cost_most_come_first_and_those_by_use_last():
    logs, alarm, nat = (
        {"Type": it} for it in ("AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::EC2::NatGateway")
    )
    found = difference(bill({"Gone": nat}), bill({"A": logs, "B": alarm, "C": alarm, "Z": nat}))
    assert [it.construct for it in found.changes] == ["Gone", "Z", "B", "C", "A"]
