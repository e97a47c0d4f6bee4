"""An application fills in what its services and jobs do not say, and nothing that they do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs

from cdk_containers import (
    Alarms,
    AlbExposure,
    Application,
    ApplicationLoadBalancer,
    BackendService,
    ConstructError,
    ContainerLogs,
    Disabled,
    Environment,
    EventJob,
    FargateTaskDefinition,
    ListenerRule,
    NlbExposure,
    OpenTelemetry,
    Port,
    ScheduledJob,
    ServiceScaling,
    TaskOptions,
    WebService,
    WorkerService,
)
from tests.toolkit import (
    IMAGE,
    REASON,
    attributes,
    certificate,
    cluster,
    container,
    network,
    new_stack,
    opt_outs,
    properties,
    resource,
    resources,
    synth,
)


def application(stack: cdk.Stack, **options: Any) -> Application:
    options.setdefault("network", network(stack))
    if "https" not in options:
        options.setdefault("certificates", [certificate(stack)])
    return Application(stack, "App", **options)


def services(template: Any) -> dict[str, Any]:
    return {name: entry["Properties"] for name, entry in resources(template, "AWS::ECS::Service").items()}


def test_it_is_what_its_services_share():
    stack = new_stack()
    shop = application(stack)
    web = shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))
    api = shop.add(WebService, "Api", image=IMAGE, exposure=AlbExposure(port=8080, rule=ListenerRule(paths=["/api/*"])))
    orders = shop.add(BackendService, "Orders", image=IMAGE)
    assert (type(web), type(orders)) == (WebService, BackendService)
    assert web.load_balancer is api.load_balancer is shop.public_load_balancer
    assert web.node.path == "Shop/App/Web"
    template = synth(stack)
    [cluster_id] = resources(template, "AWS::ECS::Cluster")
    assert [service["Cluster"] for service in services(template).values()] == [{"Ref": cluster_id}] * 3
    assert properties(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")["Scheme"] == "internet-facing"
    assert len(resources(template, "AWS::ElasticLoadBalancingV2::ListenerRule")) == 2


def test_what_is_shared_and_not_needed_is_not_made():
    stack = new_stack()
    application(stack).add(BackendService, "Orders", image=IMAGE)
    template = synth(stack)
    assert resources(template, "AWS::ElasticLoadBalancingV2::LoadBalancer") == {}
    assert len(resources(template, "AWS::CloudWatch::Dashboard")) == 1
    empty = new_stack()
    assert application(empty).dashboard is None
    assert resources(synth(empty), "AWS::CloudWatch::Dashboard") == {}


def test_a_backend_with_an_exposure_has_the_internal_load_balancer():
    stack = new_stack()
    shop = application(stack)
    orders = shop.add(BackendService, "Orders", image=IMAGE, exposure=[AlbExposure(port=8080)])
    assert orders.load_balancer is shop.internal_load_balancer
    balancer = properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")
    assert balancer["Scheme"] == "internal"
    assert attributes(balancer)["deletion_protection.enabled"] == "true"


def test_every_alarm_is_sent_to_the_topic():
    stack = new_stack()
    shop = application(stack, email_addresses=["team@example.com"])
    shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))
    template = synth(stack)
    [topic] = resources(template, "AWS::SNS::Topic")
    alarms = resources(template, "AWS::CloudWatch::Alarm")
    assert len(alarms) >= 4
    assert [entry["Properties"]["AlarmActions"] for entry in alarms.values()] == [[{"Ref": topic}]] * len(alarms)
    assert properties(template, "AWS::SNS::Subscription")["Endpoint"] == "team@example.com"


def test_the_dashboard_has_a_row_for_each_service():
    stack = new_stack()
    shop = application(stack)
    for name in ("Orders", "Stock", "Mail"):
        shop.add(BackendService, name, image=IMAGE)
    body = json.dumps(properties(synth(stack), "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert [name for name in ("Orders", "Stock", "Mail", "Other") if f"{name}: Running tasks" in body] == [
        "Orders",
        "Stock",
        "Mail",
    ]


def test_workers_and_jobs_have_alarms_of_their_own_and_rows():
    stack = new_stack()
    shop = application(stack)
    mailer = shop.add(WorkerService, "Mailer", image=IMAGE)
    shop.add(ScheduledJob, "Nightly", image=IMAGE, schedule="cron(0 3 * * ? *)", timeout=timedelta(hours=1))
    shop.add(EventJob, "Import", image=IMAGE)
    template = synth(stack)
    [topic] = resources(template, "AWS::SNS::Topic")
    alarms = resources(template, "AWS::CloudWatch::Alarm")
    assert {"DeadLetters", "OldestMessage"} <= mailer.alarms.keys()
    assert [name for name in alarms if "Nightly" in name]
    assert [entry["Properties"]["AlarmActions"] for entry in alarms.values()] == [[{"Ref": topic}]] * len(alarms)
    body = json.dumps(properties(template, "AWS::CloudWatch::Dashboard")["DashboardBody"])
    for title in ("Mailer: Messages", "Nightly: Runs", "Nightly: Alarms", "Import: Alarms"):
        assert title in body
    assert "Import: Runs" not in body
    # The queue decides how many work, and not a count of the environment.
    [service] = services(template).values()
    assert "DesiredCount" not in service


def test_the_dashboard_may_begin_with_a_job():
    stack = new_stack()
    shop = application(stack)
    shop.add(ScheduledJob, "Nightly", image=IMAGE, schedule="rate(1 day)")
    shop.add(BackendService, "Orders", image=IMAGE)
    body = json.dumps(properties(synth(stack), "AWS::CloudWatch::Dashboard")["DashboardBody"])
    assert body.index("Nightly: Alarms") < body.index("Orders: Running tasks")


def test_a_named_port_is_found_in_the_namespace_of_the_application():
    stack = new_stack()
    shop = application(stack)
    web = shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))
    orders = shop.add(BackendService, "Orders", container=container(ports=[Port(number=8080, name="orders")]))
    web.connect_to(orders)
    template = synth(stack)
    assert properties(template, "AWS::ServiceDiscovery::HttpNamespace")["Name"] == "shop.app"
    by_name = {"Web" if "Web" in name else "Orders": entry for name, entry in services(template).items()}
    assert by_name["Orders"]["ServiceConnectConfiguration"]["Services"][0]["PortName"] == "orders"
    assert by_name["Web"]["ServiceConnectConfiguration"]["Enabled"] is True
    assert orders.endpoint == "http://orders:8080"


def test_without_a_named_port_there_is_no_namespace():
    stack = new_stack()
    application(stack).add(BackendService, "Orders", container=container(ports=[8080]))
    template = synth(stack)
    assert not [entry for entry in template["Resources"].values() if "ServiceDiscovery" in entry["Type"]]
    assert "ServiceConnectConfiguration" not in next(iter(services(template).values()))


def test_what_ecs_says_is_stored_and_told():
    stack = new_stack()
    shop = application(stack)
    template = synth(stack)
    assert set(shop.events.rules) == {"Store", "FailedDeployments", "FailedTasks", "ServiceTrouble"}
    assert len(resources(template, "AWS::Events::Rule")) == 4


class TestEnvironment:
    def test_production_is_the_default(self):
        stack = new_stack()
        shop = Application(stack, "App", certificates=[certificate(stack)])
        shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))
        template = synth(stack)
        [service] = services(template).values()
        assert service["DesiredCount"] == 2
        assert [entry["CapacityProvider"] for entry in service["CapacityProviderStrategy"]] == ["FARGATE"]
        assert len(resources(template, "AWS::EC2::NatGateway")) == 2
        assert resource(template, "AWS::Logs::LogGroup", like="AppWebTask")["DeletionPolicy"] == "Retain"
        assert opt_outs(template) == {}
        assert {"Key": "environment", "Value": "production"} in service["Tags"]

    def test_development_costs_little_and_leaves_nothing(self):
        stack = new_stack()
        environment = Environment.development("test")
        shop = Application(stack, "App", certificates=[certificate(stack)], environment=environment)
        shop.add(WebService, "Web", image=IMAGE, exposure=AlbExposure(port=8080))
        template = synth(stack)
        [service] = services(template).values()
        assert service["DesiredCount"] == 1
        assert [entry["CapacityProvider"] for entry in service["CapacityProviderStrategy"]] == ["FARGATE_SPOT"]
        assert len(resources(template, "AWS::EC2::NatGateway")) == 1
        groups = resources(template, "AWS::Logs::LogGroup").values()
        assert {(group["DeletionPolicy"], group["Properties"]["RetentionInDays"]) for group in groups} == {
            ("Delete", 30)
        }
        assert {"Key": "environment", "Value": "test"} in service["Tags"]
        assert set(opt_outs(template)["AWS::ElasticLoadBalancingV2::LoadBalancer"]) == {
            "access-logs",
            "deletion-protection",
        }

    def test_what_a_service_says_is_kept(self):
        stack = new_stack()
        shop = application(stack, environment=Environment.development())
        own = ApplicationLoadBalancer(
            stack, "Own", network=network(stack), certificates=[certificate(stack, "OwnCertificate")]
        )
        web = shop.add(
            WebService,
            "Web",
            cluster=cluster(stack, "Other"),
            container=container(),
            exposure=AlbExposure(port=8080, load_balancer=own),
            scaling=ServiceScaling(min_tasks=2, max_tasks=4),
            alarms=Disabled(REASON),
            task=TaskOptions(family="shop"),
        )
        assert web.load_balancer is own
        assert web.cluster.node.id == "Other"
        template = synth(stack)
        [service] = services(template).values()
        assert "DesiredCount" not in service
        assert properties(template, "AWS::ECS::TaskDefinition")["Family"] == "shop"
        assert resources(template, "AWS::CloudWatch::Alarm").keys() == {
            name for name in resources(template, "AWS::CloudWatch::Alarm") if "ServerErrors" in name
        }

    def test_exposures_of_another_kind_are_left_alone(self):
        stack = new_stack()
        shop = application(stack)
        shop.add(WebService, "Tcp", image=IMAGE, exposure=NlbExposure(port=8080))
        assert properties(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")["Type"] == "network"


def test_other_constructs_are_given_what_they_take():
    stack = new_stack()
    shop = application(stack)
    task = shop.add(FargateTaskDefinition, "Task", containers=[container()])
    assert task.node.path == "Shop/App/Task"
    group = shop.add(ec2.SecurityGroup, "Group", vpc=shop.cluster.vpc)
    assert group.node.path == "Shop/App/Group"


@pytest.mark.parametrize(
    ("options", "option", "practice"),
    [
        ({"https": Disabled(REASON)}, "https", "https-listener"),
        ({"environment": Environment(name="")}, "environment.name", None),
        ({"environment": Environment(desired_count=-1)}, "environment.desired_count", "several-tasks"),
        ({"environment": Environment(capacity=[])}, "environment.capacity", "one-kind-per-strategy"),
        ({"environment": "production"}, "environment", None),
        ({"environment": Environment(throw_away=Disabled("dev"))}, "environment.throw_away.reason", None),
        ({"email_addresses": ["nobody"]}, "email_addresses", "service-alarms"),
    ],
)
def test_wrong_input(options: dict[str, Any], option: str, practice: str | None):
    stack = new_stack()
    given = {"network": network(stack), "certificates": [certificate(stack)]} | options
    with pytest.raises(ConstructError) as raised:
        Application(stack, "App", **given)
    [problem] = raised.value.problems
    assert (problem.option, problem.practice) == (option, practice)
    assert raised.value.path == "Shop/App"
    assert stack.node.try_find_child("App") is None


@pytest.mark.parametrize("kind", ["WebService", Application.add, int, None])
def test_what_is_no_construct_cannot_be_added(kind: Any):
    shop = application(new_stack())
    with pytest.raises(ConstructError, match=r"Shop/App/Web: 1 problem.*\n.*kind: not a construct"):
        shop.add(kind, "Web", image=IMAGE)


def test_what_nobody_reaches_needs_no_certificate():
    stack = new_stack()
    shop = application(stack, certificates=[])
    shop.add(BackendService, "Orders", image=IMAGE)
    own = AlbExposure(port=8080, https=Disabled(REASON))
    shop.add(BackendService, "Own", image=IMAGE, exposure=own)
    assert len(resources(synth(stack), "AWS::ElasticLoadBalancingV2::LoadBalancer")) == 1
    with pytest.raises(ConstructError) as raised:
        shop.add(WebService, "Web", image=IMAGE, exposure=[AlbExposure(port=8080)])
    [problem] = raised.value.problems
    assert (raised.value.path, problem.option, problem.practice) == ("Shop/App/Web", "exposure", "https-listener")
    assert shop.node.try_find_child("Web") is None


def test_a_mistake_of_a_service_is_reported_under_its_path():
    shop = application(new_stack())
    with pytest.raises(ConstructError) as raised:
        shop.add(WebService, "Web", image=IMAGE, exposure=5, cpu=300)  # type: ignore[arg-type]
    assert raised.value.path == "Shop/App/Web"
    assert {problem.root for problem in raised.value.problems} == {"exposure", "cpu"}
    assert shop.dashboard is None
    with pytest.raises(ConstructError, match="a web service needs a load balancer"):
        shop.add(WebService, "Web", image=IMAGE)


# ---- what is filled in, part by part


def test_options_of_a_task_keep_what_the_environment_says_of_the_others():
    stack = new_stack()
    shop = application(stack, environment=Environment.development())
    task = TaskOptions(architecture="ARM64", telemetry=OpenTelemetry(sampling=1.0))
    shop.add(BackendService, "Orders", image=IMAGE, task=task)
    template = synth(stack)
    definition = properties(template, "AWS::ECS::TaskDefinition")
    assert definition["RuntimePlatform"]["CpuArchitecture"] == "ARM64"
    groups = {name: entry for name, entry in resources(template, "AWS::Logs::LogGroup").items() if "Orders" in name}
    assert len(groups) == 2
    assert {(entry["Properties"]["RetentionInDays"], entry["DeletionPolicy"]) for entry in groups.values()} == {
        (30, "Delete")
    }


def test_what_is_said_of_logs_and_alarms_is_kept_and_the_rest_filled_in():
    stack = new_stack()
    shop = application(stack, environment=Environment.development())
    logs = ContainerLogs(retention=aws_logs.RetentionDays.ONE_WEEK)
    orders = shop.add(BackendService, "Orders", image=IMAGE, task=TaskOptions(logs=logs), alarms=Alarms(cpu_percent=50))
    template = synth(stack)
    group = resource(template, "AWS::Logs::LogGroup", like="OrdersTask")
    assert (group["Properties"]["RetentionInDays"], group["DeletionPolicy"]) == (7, "Delete")
    told = [
        entry["Properties"] for name, entry in resources(template, "AWS::CloudWatch::Alarm").items() if "Cpu" in name
    ]
    assert orders.alarms
    assert [(alarm["Threshold"], len(alarm["AlarmActions"])) for alarm in told] == [(50, 1)]


def test_the_processor_of_an_environment_and_of_a_service_that_says_otherwise():
    stack = new_stack()
    shop = application(stack, environment=Environment(architecture="ARM64"))
    shop.add(BackendService, "Orders", image=IMAGE)
    shop.add(BackendService, "Legacy", image=IMAGE, task=TaskOptions(architecture="X86_64"))
    found = {
        name: entry["Properties"]["RuntimePlatform"]["CpuArchitecture"]
        for name, entry in resources(synth(stack), "AWS::ECS::TaskDefinition").items()
    }
    assert {name[3:9]: processor for name, processor in found.items()} == {"Orders": "ARM64", "Legacy": "X86_64"}
