"""A service, a worker, a job and a daemon in a landscape that was there before: nothing of it is made a second time."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import assertions, aws_logs
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
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
    Disabled,
    Ec2Capacity,
    Image,
    JobAlarms,
    ListenerRule,
    Namespace,
    Network,
    Port,
    Repository,
    ScheduledJob,
    ServiceConnect,
    TaskOptions,
    WebService,
    WorkerAlarms,
    WorkerService,
    WorkQueue,
)
from tests.toolkit import REASON, Template, resources

HERE = "eu-west-1:111111111111"
KEY = f"arn:aws:kms:{HERE}:key/shop"
QUEUE_KEY = f"arn:aws:kms:{HERE}:key/queue"
SECRET = f"arn:aws:secretsmanager:{HERE}:secret:shop/database-AbCdEf"
BUCKET = "shop-uploads"
TASKS, INSTANCES, BALANCER = "sg-0aaaaaaaaaaaaaaaa", "sg-0bbbbbbbbbbbbbbbb", "sg-0cccccccccccccccc"


class Landscape(cdk.Stack):
    """Everything that a team finds when it starts."""

    def __init__(self) -> None:
        super().__init__(cdk.App(), "Shop", env=cdk.Environment(account="111111111111", region="eu-west-1"))
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=["eu-west-1a", "eu-west-1b"],
            private_subnet_ids=["subnet-0a1", "subnet-0a2", "subnet-0d1", "subnet-0d2"],
            private_subnet_names=["App", "Data"],
        )
        self.network = Network.from_vpc(
            self, "Network", vpc=vpc, task_subnets=ec2.SubnetSelection(subnet_group_name="App")
        )
        self.logs = aws_logs.LogGroup.from_log_group_name(self, "Logs", "/team/shop")
        self.task = TaskOptions(logs=ContainerLogs(log_group=self.logs))
        self.tasks = ec2.SecurityGroup.from_security_group_id(self, "Tasks", TASKS)
        key = kms.Key.from_key_arn(self, "Key", KEY)
        self.cluster = Cluster.from_attributes(
            self,
            "Cluster",
            cluster_name="shop",
            network=self.network,
            execute_command_log_group=aws_logs.LogGroup.from_log_group_name(self, "Sessions", "/team/sessions"),
            encryption_key=key,
            has_container_insights=True,
        )
        self.instances = Ec2Capacity.from_attributes(
            self,
            "Instances",
            cluster=self.cluster,
            capacity_provider_name="shop-instances",
            security_group_id=INSTANCES,
            instance_types=["m7i.large"],
        )
        self.balancer = ApplicationLoadBalancer.from_attributes(
            self,
            "Balancer",
            load_balancer_arn=f"arn:aws:elasticloadbalancing:{HERE}:loadbalancer/app/shop/0123456789abcdef",
            listener_arn=f"arn:aws:elasticloadbalancing:{HERE}:listener/app/shop/0123456789abcdef/0123456789abcdef",
            security_group_id=BALANCER,
            dns_name="shop.eu-west-1.elb.amazonaws.com",
            vpc=vpc,
        )
        self.namespace = Namespace.from_attributes(
            self,
            "Namespace",
            name="shop.internal",
            namespace_id="ns-0123456789abcdef",
            namespace_arn=f"arn:aws:servicediscovery:{HERE}:namespace/ns-0123456789abcdef",
        )
        self.queue = WorkQueue.from_attributes(
            self,
            "Queue",
            queue_arn=f"arn:aws:sqs:{HERE}:orders",
            visibility_timeout=cdk.Duration.minutes(2),
            dead_letter_queue_arn=f"arn:aws:sqs:{HERE}:letters",
            encryption_key=kms.Key.from_key_arn(self, "QueueKey", QUEUE_KEY),
        )
        self.image: Image = Repository.from_attributes(self, "Images", repository_name="shop").image("1.4.2")
        self.topic = sns.Topic.from_topic_arn(self, "Topic", f"arn:aws:sns:{HERE}:alarms")
        self.secret = secretsmanager.Secret.from_secret_attributes(
            self, "Secret", secret_complete_arn=SECRET, encryption_key=key
        )
        self.uploads = s3.Bucket.from_bucket_attributes(self, "Uploads", bucket_name=BUCKET, encryption_key=key)

    def serve(self) -> WebService:
        web = WebService(
            self,
            "Web",
            cluster=self.cluster,
            container=Container(
                image=self.image,
                ports=[Port(number=8080, name="http")],
                readonly_root_filesystem=Disabled(REASON),
                secrets={"DATABASE": self.secret},
            ),
            exposure=AlbExposure(port=8080, load_balancer=self.balancer, rule=ListenerRule(paths=["/shop/*"])),
            service_connect=ServiceConnect(namespace=self.namespace),
            security_groups=[self.tasks],
            service_name="shop-web",
            task=self.task,
            alarms=Alarms(topic=self.topic),
            enable_execute_command=True,
        )
        self.uploads.grant_read(web)
        return web


@cache
def everything() -> tuple[Landscape, Template]:
    stack = Landscape()
    web = stack.serve()
    orders = BackendService(
        stack,
        "Orders",
        cluster=stack.cluster,
        capacity=[stack.instances.share()],
        image=stack.image,
        task=TaskOptions(network_mode="bridge", logs=stack.task.logs),
        cpu=None,
        alarms=Alarms(topic=stack.topic),
    )
    orders.connect_to(web)
    WorkerService(
        stack,
        "Worker",
        cluster=stack.cluster,
        image=stack.image,
        queue=stack.queue,
        security_groups=[stack.tasks],
        task=stack.task,
        alarms=WorkerAlarms(topic=stack.topic),
    )
    ScheduledJob(
        stack,
        "Report",
        schedule="rate(1 day)",
        cluster=stack.cluster,
        image=stack.image,
        security_groups=[stack.tasks],
        task=stack.task,
        alarms=JobAlarms(topic=stack.topic),
    )
    DaemonService(
        stack,
        "Agent",
        cluster=stack.cluster,
        image=stack.image,
        task=TaskOptions(network_mode="host", logs=stack.task.logs),
        alarms=Alarms(topic=stack.topic),
    )
    return stack, assertions.Template.from_stack(stack).to_json()


def services() -> dict[str, dict[str, Any]]:
    _, template = everything()
    return {name[:3]: entry["Properties"] for name, entry in resources(template, "AWS::ECS::Service").items()}


def granted(role: str) -> dict[str, list[Any]]:
    """Return the resources of each action that the policies of a role allow."""
    _, template = everything()
    found: dict[str, list[Any]] = {}
    for name, entry in resources(template, "AWS::IAM::Policy").items():
        if not name.startswith(role):
            continue
        for statement in entry["Properties"]["PolicyDocument"]["Statement"]:
            actions, where = statement["Action"], statement["Resource"]
            for action in [actions] if isinstance(actions, str) else actions:
                found.setdefault(action, []).extend(where if isinstance(where, list) else [where])
    return found


def test_nothing_is_made_that_is_there():
    _, template = everything()
    made = Counter(entry["Type"] for entry in template["Resources"].values())
    for kind in (
        "AWS::EC2::SecurityGroup",
        "AWS::ECS::Cluster",
        "AWS::ECS::CapacityProvider",
        "AWS::ECS::ClusterCapacityProviderAssociations",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ECR::Repository",
        "AWS::Logs::LogGroup",
        "AWS::KMS::Key",
        "AWS::ServiceDiscovery::HttpNamespace",
        "AWS::SNS::Topic",
        "AWS::S3::Bucket",
    ):
        assert made[kind] == 0, kind
    assert made["AWS::ECS::Service"] == 4
    assert made["AWS::ElasticLoadBalancingV2::ListenerRule"] == 1
    # Two of the job: runs that could not be started, and runs that failed.
    assert {name[:6] for name in resources(template, "AWS::SQS::Queue")} == {"Report"}


def test_each_runs_by_what_the_cluster_has():
    found = services()
    assert found["Web"]["LaunchType"] == found["Wor"]["LaunchType"] == "FARGATE"
    assert found["Age"]["LaunchType"] == "EC2"
    assert found["Age"]["SchedulingStrategy"] == "DAEMON"
    assert found["Ord"]["CapacityProviderStrategy"] == [{"CapacityProvider": "shop-instances", "Base": 0, "Weight": 1}]
    assert found["Web"]["ServiceName"] == "shop-web"
    for name in ("Web", "Wor"):
        interface = found[name]["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert interface["SecurityGroups"] == [TASKS]
        assert interface["Subnets"] == ["subnet-0a1", "subnet-0a2"]


def test_the_given_group_lets_in_the_load_balancer_and_the_caller():
    _, template = everything()
    opened = [entry["Properties"] for entry in resources(template, "AWS::EC2::SecurityGroupIngress").values()]
    assert {rule["GroupId"] for rule in opened} == {TASKS}
    assert {rule["SourceSecurityGroupId"] for rule in opened} == {BALANCER, INSTANCES}
    assert {rule["FromPort"] for rule in opened} == {8080}


def test_ecs_may_start_the_tasks():
    for role in ("WebTaskExecutionRole", "WorkerTaskExecutionRole", "ReportTaskExecutionRole"):
        may = granted(role)
        assert "repository/shop" in str(may["ecr:BatchGetImage"])
        assert ":log-group:/team/shop:*" in str(may["logs:PutLogEvents"])
    assert granted("WebTaskExecutionRole")["secretsmanager:GetSecretValue"] == [SECRET]
    assert "secretsmanager:GetSecretValue" not in granted("WorkerTaskExecutionRole")


def test_applications_may_do_their_work_and_no_more():
    web, worker = granted("WebTaskTaskRole"), granted("WorkerTaskTaskRole")
    assert BUCKET in str(web["s3:GetObject*"])
    assert KEY in web["kms:Decrypt"]
    assert ":log-group:/team/sessions:*" in str(web["logs:PutLogEvents"])
    assert worker["sqs:ReceiveMessage"] == [f"arn:aws:sqs:{HERE}:orders"]
    assert worker["kms:Decrypt"] == [QUEUE_KEY]
    assert "s3:GetObject*" not in worker
    assert not granted("AgentTaskTaskRole")
    assert not granted("ReportTaskTaskRole")


def test_alarms_tell_the_topic_and_watch_the_queue():
    _, template = everything()
    alarms = [entry["Properties"] for entry in resources(template, "AWS::CloudWatch::Alarm").values()]
    assert all(alarm["AlarmActions"] == [f"arn:aws:sns:{HERE}:alarms"] for alarm in alarms)
    watched = str([alarm.get("Dimensions") for alarm in alarms])
    assert "'orders'" in watched
    assert "'letters'" in watched


def test_the_members_of_the_namespace_name_it():
    found = services()
    for name in ("Web", "Ord"):
        assert found[name]["ServiceConnectConfiguration"]["Namespace"].endswith("namespace/ns-0123456789abcdef")
