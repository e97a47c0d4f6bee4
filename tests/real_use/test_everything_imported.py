"""A service, a worker, a job and a daemon on what others own: nothing of it is made again or changed."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sns as sns

from cdk_containers import (
    Alarms,
    AlbExposure,
    ApplicationLoadBalancer,
    BackendService,
    Cluster,
    Container,
    ContainerLogs,
    DaemonService,
    Ec2Capacity,
    JobAlarms,
    ListenerRule,
    Namespace,
    Network,
    Port,
    Repository,
    ScheduledJob,
    ServiceConnect,
    ServiceScaling,
    TaskOptions,
    WebService,
    WorkerAlarms,
    WorkerService,
    WorkQueue,
)
from tests.real_use.synthesis import Synthesized, actions_of, statements_of, synthesize, the_problem
from tests.toolkit import Template, new_stack, properties, resources
from tests.updates.consequences import consequences

HERE = "eu-west-1:111111111111"
KEY = f"arn:aws:kms:{HERE}:key/11111111-2222-3333-4444-555555555555"
BALANCER = f"arn:aws:elasticloadbalancing:{HERE}:{{}}/app/shared/0123456789abcdef"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:shop/database-AbCdEf"


class TeamStack(cdk.Stack):
    """What a team deploys on a platform of which it knows ids and ARNs."""

    def __init__(
        self,
        scope: cdk.App,
        id: str,  # noqa: A002
        *,
        tag: str = "1.4.2",
        paths: tuple[str, ...] = ("/orders/*",),
        schedule: str = "cron(0 3 * * ? *)",
        workers: int = 5,
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        network = Network.from_attributes(
            self,
            "Network",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            private_subnet_ids=["subnet-0aaaaaaaaaaaaaaaa", "subnet-0bbbbbbbbbbbbbbbb"],
        )
        cluster = Cluster.from_attributes(
            self, "Cluster", cluster_name="platform", network=network, has_container_insights=True
        )
        instances = Ec2Capacity.from_attributes(
            self,
            "Instances",
            cluster=cluster,
            capacity_provider_name="platform-instances",
            security_group_id="sg-0aaaaaaaaaaaaaaaa",
            instance_types=["m7i.xlarge"],
        )
        balancer = ApplicationLoadBalancer.from_attributes(
            self,
            "LoadBalancer",
            load_balancer_arn=BALANCER.format("loadbalancer"),
            listener_arn=BALANCER.format("listener") + "/0123456789abcdef",
            security_group_id="sg-0bbbbbbbbbbbbbbbb",
            dns_name="shared-123456789.eu-west-1.elb.amazonaws.com",
            vpc=network.vpc,
            security_group_allows_all_outbound=True,
        )
        namespace = Namespace.from_attributes(
            self,
            "Namespace",
            name="platform.internal",
            namespace_id="ns-0123456789abcdef",
            namespace_arn=f"arn:aws:servicediscovery:{HERE}:namespace/ns-0123456789abcdef",
        )
        key = kms.Key.from_key_arn(self, "Key", KEY)
        secret = secretsmanager.Secret.from_secret_attributes(
            self, "Database", secret_complete_arn=SECRET, encryption_key=key
        )
        alerts = sns.Topic.from_topic_arn(self, "Alerts", f"arn:aws:sns:{HERE}:alerts")
        group = ec2.SecurityGroup.from_security_group_id(self, "Group", "sg-0cccccccccccccccc")
        image = Repository.from_attributes(self, "Images", repository_name="shop/orders").image(tag)
        log_group = aws_logs.LogGroup.from_log_group_name(self, "Logs", "/team/shop")

        def logs(workload: str) -> ContainerLogs:
            return ContainerLogs(log_group=log_group, stream_prefix=workload)

        secrets = {"DATABASE_PASSWORD": ecs.Secret.from_secrets_manager(secret, "password")}

        self.web = WebService(
            self,
            "Web",
            cluster=cluster,
            capacity=[instances.share()],
            container=Container(image=image, ports=[Port(number=8080, name="orders")], secrets=secrets),
            task=TaskOptions(logs=logs("web")),
            exposure=AlbExposure(
                port=8080, load_balancer=balancer, rule=ListenerRule(paths=paths), health_check_path="/healthz"
            ),
            service_connect=ServiceConnect(namespace=namespace),
            security_groups=[group],
            alarms=Alarms(topic=alerts),
        )
        queue = WorkQueue.from_attributes(
            self,
            "Orders",
            queue_arn=f"arn:aws:sqs:{HERE}:orders",
            visibility_timeout=cdk.Duration.minutes(5),
            dead_letter_queue_arn=f"arn:aws:sqs:{HERE}:orders-failed",
            encryption_key=key,
        )
        queue.grant_send_messages(self.web)
        self.worker = WorkerService(
            self,
            "Packer",
            cluster=cluster,
            capacity=[instances.share()],
            container=Container(image=image, command=["work"], secrets=secrets),
            task=TaskOptions(logs=logs("packer")),
            queue=queue,
            processing_time=cdk.Duration.minutes(2),
            scaling=ServiceScaling(min_tasks=0, max_tasks=workers, messages_per_task=10),
            security_groups=[group],
            alarms=WorkerAlarms(topic=alerts),
        )
        self.job = ScheduledJob(
            self,
            "Report",
            cluster=cluster,
            capacity=[instances.share()],
            container=Container(image=image, command=["report"], secrets=secrets),
            task=TaskOptions(logs=logs("report")),
            schedule=schedule,
            timeout=cdk.Duration.hours(1),
            security_groups=[group],
            alarms=JobAlarms(topic=alerts),
        )
        self.daemon = DaemonService(
            self,
            "Agent",
            cluster=cluster,
            image=Repository.from_attributes(self, "AgentImages", repository_name="platform/agent").image("2.0.0"),
            cpu=128,
            memory_limit_mib=128,
            task=TaskOptions(network_mode="bridge", logs=logs("agent")),
            alarms=Alarms(topic=alerts),
        )


def build(app: cdk.App, **changes: Any) -> None:
    TeamStack(app, "Team", env=cdk.Environment(account="111111111111", region="eu-west-1"), **changes)


@pytest.fixture(scope="module")
def made() -> Synthesized:
    app = cdk.App()
    build(app)
    return synthesize(app)


@pytest.fixture(scope="module")
def template(made: Synthesized) -> Template:
    return made.templates["Team"]


def test_cdk_warns_of_nothing(made: Synthesized):
    assert made.warnings == []


def test_nothing_of_the_platform_is_made_again(template: Template):
    types = {entry["Type"] for entry in template["Resources"].values()}
    assert {
        "AWS::ECS::Service",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
        "AWS::StepFunctions::StateMachine",
    } <= types
    assert not types & {
        "AWS::AutoScaling::AutoScalingGroup",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::VPC",
        "AWS::ECR::Repository",
        "AWS::ECS::CapacityProvider",
        "AWS::ECS::Cluster",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::KMS::Key",
        "AWS::SNS::Topic",
        "AWS::SecretsManager::Secret",
        "AWS::ServiceDiscovery::HttpNamespace",
    }
    # Of its own a job has a log for its runs and a queue for those that did not start.
    assert all("Report" in name for name in resources(template, "AWS::Logs::LogGroup"))
    assert all("Report" in name for name in resources(template, "AWS::SQS::Queue"))


def test_the_only_rule_lets_the_load_balancer_reach_the_tasks(template: Template):
    rule = properties(template, "AWS::EC2::SecurityGroupIngress")
    assert rule["GroupId"] == "sg-0cccccccccccccccc"
    assert rule["SourceSecurityGroupId"] == "sg-0bbbbbbbbbbbbbbbb"
    assert rule["FromPort"] == 8080
    assert not resources(template, "AWS::EC2::SecurityGroupEgress")


def test_all_run_on_the_instances_of_the_platform(template: Template):
    for name in ("Web", "Packer"):
        service = properties(template, "AWS::ECS::Service", like=name)
        assert service["Cluster"] == "platform"
        assert service["CapacityProviderStrategy"][0]["CapacityProvider"] == "platform-instances"
        assert service["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] == ["sg-0cccccccccccccccc"]
    assert "platform-instances" in str(properties(template, "AWS::StepFunctions::StateMachine"))
    daemon = properties(template, "AWS::ECS::Service", like="Agent")
    assert (daemon["SchedulingStrategy"], daemon["LaunchType"]) == ("DAEMON", "EC2")


def test_the_secret_and_its_key_are_readable_by_who_needs_them(template: Template):
    for name in ("Web", "Packer", "Report"):
        role = statements_of(template, f"{name}TaskExecutionRole")
        [read] = [found for found in role if "secretsmanager:GetSecretValue" in found["Action"]]
        [decrypt] = [found for found in role if found["Action"] == "kms:Decrypt"]
        assert read["Resource"] == SECRET
        assert decrypt["Resource"] == KEY
        assert decrypt["Condition"]["StringEquals"]["kms:ViaService"] == "secretsmanager.eu-west-1.amazonaws.com"
    assert "kms:Decrypt" not in actions_of(template, "AgentTaskExecutionRole")


def test_senders_encrypt_and_the_worker_decrypts(template: Template):
    assert {"sqs:SendMessage", "kms:GenerateDataKey*"} <= actions_of(template, "WebTaskTaskRole")
    assert {"sqs:DeleteMessage", "kms:Decrypt"} <= actions_of(template, "PackerTaskTaskRole")
    assert "sqs:SendMessage" not in actions_of(template, "PackerTaskTaskRole")


def test_logs_go_to_the_log_group_of_the_team(template: Template):
    prefixes = set()
    for definition in resources(template, "AWS::ECS::TaskDefinition").values():
        for container in definition["Properties"]["ContainerDefinitions"]:
            options = container["LogConfiguration"]["Options"]
            assert options["awslogs-group"] == "/team/shop"
            prefixes.add(options["awslogs-stream-prefix"])
    assert prefixes == {"web", "packer", "report", "agent"}
    for name in ("Web", "Packer", "Report", "Agent"):
        [write] = [f for f in statements_of(template, f"{name}TaskExecutionRole") if "logs:PutLogEvents" in f["Action"]]
        assert "log-group:/team/shop:*" in str(write["Resource"])


def test_every_alarm_tells_the_topic_of_the_platform(template: Template):
    told = {
        name: entry["Properties"]["AlarmActions"]
        for name, entry in resources(template, "AWS::CloudWatch::Alarm").items()
    }
    scaling = {name for name in told if "TaskCount" in name}
    assert len(told) - len(scaling) == 15
    assert all(told[name] == [f"arn:aws:sns:{HERE}:alerts"] for name in told.keys() - scaling)


@pytest.mark.parametrize(
    "change",
    [{"tag": "1.5.0"}, {"paths": ("/orders/*", "/returns/*")}, {"schedule": "cron(0 4 * * ? *)"}, {"workers": 9}],
    ids=str,
)
def test_a_change_replaces_nothing_that_serves_or_works(template: Template, change: dict[str, Any]):
    app = cdk.App()
    build(app, **change)
    after = synthesize(app).templates["Team"]
    assert after != template
    assert consequences(template, after) == set()


class TestMistakes:
    def network(self, stack: cdk.Stack, id: str = "Network") -> Network:  # noqa: A002
        return Network.from_attributes(
            stack,
            id,
            vpc_id=f"vpc-{id.lower()}",
            availability_zones=["eu-west-1a"],
            private_subnet_ids=["subnet-0aaaaaaaaaaaaaaaa"],
        )

    def test_cdk_s_own_cluster(self):
        stack = new_stack()
        theirs = ecs.Cluster.from_cluster_attributes(
            stack, "Cluster", cluster_name="platform", vpc=ec2.Vpc(stack, "Vpc"), security_groups=[]
        )
        wrong: Any = theirs
        problem = the_problem(lambda: BackendService(stack, "Orders", cluster=wrong, image="shop/orders:1.0.0"))
        assert "Cluster.from_attributes(" in problem

    def test_capacity_of_another_cluster(self):
        stack = new_stack()
        network = self.network(stack)
        ours = Cluster.from_attributes(stack, "Ours", cluster_name="ours", network=network)
        theirs = Cluster.from_attributes(stack, "Theirs", cluster_name="theirs", network=network)
        instances = Ec2Capacity.from_attributes(
            stack,
            "Instances",
            cluster=theirs,
            capacity_provider_name="theirs",
            security_group_id="sg-0aaaaaaaaaaaaaaaa",
        )
        options: dict[str, Any] = {"capacity": [instances.share()], "image": "shop/orders:1.0.0"}
        problem = the_problem(lambda: BackendService(stack, "Orders", cluster=ours, **options))
        assert "not capacity of the service's cluster" in problem

    def test_a_load_balancer_of_another_network(self):
        stack = new_stack()
        shared = ApplicationLoadBalancer.from_attributes(
            stack,
            "Shared",
            load_balancer_arn=BALANCER.format("loadbalancer"),
            listener_arn=BALANCER.format("listener") + "/0123456789abcdef",
            security_group_id="sg-0bbbbbbbbbbbbbbbb",
            dns_name="shared-123456789.eu-west-1.elb.amazonaws.com",
            vpc=self.network(stack, "Other").vpc,
            security_group_allows_all_outbound=True,
        )
        cluster = Cluster.from_attributes(stack, "Cluster", cluster_name="platform", network=self.network(stack))
        exposure = AlbExposure(port=8080, load_balancer=shared)
        problem = the_problem(
            lambda: BackendService(stack, "Orders", cluster=cluster, image="shop/orders:1.0.0", exposure=exposure)
        )
        assert "not in the network of the tasks" in problem

    def test_the_listener_in_place_of_the_load_balancer(self):
        stack = new_stack()
        listener = BALANCER.format("listener") + "/0123456789abcdef"
        problem = the_problem(
            lambda: ApplicationLoadBalancer.from_attributes(
                stack,
                "Shared",
                load_balancer_arn=listener,
                listener_arn=listener,
                security_group_id="sg-0bbbbbbbbbbbbbbbb",
                dns_name="shared-123456789.eu-west-1.elb.amazonaws.com",
                vpc=self.network(stack).vpc,
            )
        )
        assert "loadbalancer/app/…" in problem

    def test_a_key_of_another_region(self):
        stack = new_stack(region="eu-west-1")
        key = kms.Key.from_key_arn(stack, "Key", KEY.replace("eu-west-1", "us-east-1"))
        problem = the_problem(
            lambda: WorkQueue.from_attributes(
                stack, "Orders", queue_arn=f"arn:aws:sqs:{HERE}:orders", encryption_key=key
            )
        )
        assert "us-east-1" in problem

    def test_a_misspelt_attribute(self):
        stack = new_stack()
        wrong: dict[str, Any] = {"cluster": "platform", "network": self.network(stack)}
        problem = the_problem(lambda: Cluster.from_attributes(stack, "Cluster", **wrong))
        assert "cluster_name" in problem
