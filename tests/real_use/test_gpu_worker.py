"""Inference on GPUs of Spot instances, from none to four, by an imported queue with a key; the model is in S3."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3

from cdk_containers import (
    AlarmTopic,
    Cluster,
    Container,
    Ec2Capacity,
    InstanceOptions,
    ManagedScaling,
    Network,
    Repository,
    ServiceScaling,
    SharedVolume,
    Spot,
    VolumeMount,
    WorkerAlarms,
    WorkerService,
    WorkQueue,
)
from tests.real_use.synthesis import Synthesized, actions_of, statements_of, synthesize, the_problem
from tests.toolkit import Template, new_stack, own_cluster, properties, resources
from tests.updates.consequences import consequences

KEY = "arn:aws:kms:eu-west-1:111111111111:key/11111111-2222-3333-4444-555555555555"
QUEUE = "arn:aws:sqs:eu-west-1:111111111111:pictures"


class InferenceStack(cdk.Stack):
    """A worker with one GPU for each task."""

    def __init__(
        self,
        scope: cdk.App,
        id: str,  # noqa: A002
        *,
        tag: str = "24.09",
        max_tasks: int = 4,
        instance_types: tuple[str, ...] = ("g5.xlarge", "g4dn.xlarge", "g6.xlarge"),
        **kwargs: Any,
    ) -> None:
        super().__init__(scope, id, **kwargs)
        cluster = Cluster(self, "Cluster", network=Network(self, "Network"))
        gpus = Ec2Capacity(
            self,
            "Gpus",
            cluster=cluster,
            instance_types=list(instance_types),
            max_instances=max_tasks + 1,  # room for one more during a deployment
            spot=Spot(),
            instances=InstanceOptions(root_volume_gib=200),
            scaling=ManagedScaling(instance_warmup=cdk.Duration.minutes(5)),
        )
        pictures = WorkQueue.from_attributes(
            self,
            "Pictures",
            queue_arn=QUEUE,
            visibility_timeout=cdk.Duration.minutes(15),
            dead_letter_queue_arn=f"{QUEUE}-failed",
            encryption_key=kms.Key.from_key_arn(self, "Key", KEY),
        )
        models = s3.Bucket.from_bucket_name(self, "Models", "example-models")
        images = Repository.from_attributes(self, "Images", repository_name="vision/triton")
        self.worker = WorkerService(
            self,
            "Recognition",
            cluster=cluster,
            capacity=[gpus.share()],
            container=Container(
                image=images.image(tag),
                gpus=1,
                environment={"MODEL": f"s3://{models.bucket_name}/resnet/3", "AWS_REGION": self.region},
                mounts=[VolumeMount(volume="model", path="/model")],
            ),
            volumes=[SharedVolume(name="model")],
            cpu=3072,
            memory_limit_mib=12288,
            queue=pictures,
            processing_time=cdk.Duration.minutes(10),
            task_protection=True,
            scaling=ServiceScaling(min_tasks=0, max_tasks=max_tasks, messages_per_task=50),
            alarms=WorkerAlarms(topic=AlarmTopic(self, "Alerts", email_addresses=["team@example.com"]).topic),
        )
        models.grant_read(self.worker, "resnet/*")


def build(app: cdk.App, **changes: Any) -> None:
    InferenceStack(app, "Inference", env=cdk.Environment(account="111111111111", region="eu-west-1"), **changes)


@pytest.fixture(scope="module")
def made() -> Synthesized:
    app = cdk.App()
    build(app)
    return synthesize(app)


@pytest.fixture(scope="module")
def template(made: Synthesized) -> Template:
    return made.templates["Inference"]


def test_cdk_warns_of_nothing(made: Synthesized):
    assert made.warnings == []


def test_nothing_runs_and_nothing_is_paid_for_without_messages(template: Template):
    target = properties(template, "AWS::ApplicationAutoScaling::ScalableTarget")
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 4)
    group = properties(template, "AWS::AutoScaling::AutoScalingGroup")
    assert (group["MinSize"], group["MaxSize"]) == ("0", "5")
    assert "DesiredCount" not in properties(template, "AWS::ECS::Service")
    first = properties(template, "AWS::CloudWatch::Alarm", like="FirstTask")
    assert "FILL(running, 0)" in str(first["Metrics"])
    assert "Lambda" not in str([entry["Type"] for entry in template["Resources"].values()])


def test_instances_are_of_spot_and_have_gpu_drivers(template: Template):
    distribution = properties(template, "AWS::AutoScaling::AutoScalingGroup")["MixedInstancesPolicy"]
    assert distribution["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 0
    types = [override["InstanceType"] for override in distribution["LaunchTemplate"]["Overrides"]]
    assert types == ["g5.xlarge", "g4dn.xlarge", "g6.xlarge"]
    data = properties(template, "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    assert "/gpu/" in template["Parameters"][data["ImageId"]["Ref"]]["Default"]
    assert "ECS_ENABLE_SPOT_INSTANCE_DRAINING=true" in str(data["UserData"])
    provider = properties(template, "AWS::ECS::CapacityProvider")["AutoScalingGroupProvider"]
    assert provider["ManagedScaling"]["Status"] == "ENABLED"


def test_each_task_has_a_gpu(template: Template):
    [container] = properties(template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert container["ResourceRequirements"] == [{"Type": "GPU", "Value": "1"}]
    service = properties(template, "AWS::ECS::Service")
    [share] = service["CapacityProviderStrategy"]
    assert share["CapacityProvider"]["Ref"] in resources(template, "AWS::ECS::CapacityProvider")


def test_the_worker_reads_the_queue_decrypts_its_messages_and_reads_the_model(template: Template):
    role = statements_of(template, "RecognitionTaskTaskRole")
    [receive] = [found for found in role if "sqs:ReceiveMessage" in found["Action"]]
    assert receive["Resource"] == QUEUE
    [decrypt] = [found for found in role if "kms:Decrypt" in str(found["Action"])]
    assert decrypt["Resource"] == KEY
    assert "resnet/*" in str([found for found in role if "s3:GetObject*" in found["Action"]])
    assert "ecs:UpdateTaskProtection" in actions_of(template, "RecognitionTaskTaskRole")
    assert not [action for action in actions_of(template, "GpusInstanceRole") if action.startswith(("s3:", "sqs:"))]


def test_neither_the_queue_nor_its_key_is_touched(template: Template):
    assert not resources(template, "AWS::SQS::Queue")
    assert not resources(template, "AWS::SQS::QueuePolicy")
    assert all("Alerts" in name for name in resources(template, "AWS::KMS::Key"))
    assert properties(template, "AWS::CloudWatch::Alarm", like="DeadLetters")["Dimensions"] == [
        {"Name": "QueueName", "Value": "pictures-failed"}
    ]


@pytest.mark.parametrize(
    "change", [{"tag": "24.10"}, {"max_tasks": 8}, {"instance_types": ("g6.xlarge", "g5.xlarge")}], ids=str
)
def test_a_change_replaces_nothing_that_works(template: Template, change: dict[str, Any]):
    app = cdk.App()
    build(app, **change)
    after = synthesize(app).templates["Inference"]
    assert after != template
    assert consequences(template, after) == set()


class TestMistakes:
    def worker(self, stack: cdk.Stack, types: list[str], **options: Any) -> WorkerService:
        cluster = own_cluster(stack)
        gpus = Ec2Capacity(stack, "Gpus", cluster=cluster, instance_types=types, max_instances=4, spot=Spot())
        given: dict[str, Any] = {
            "container": Container(image="vision/triton:24.09", gpus=1),
            "capacity": [gpus.share()],
        }
        return WorkerService(stack, "Recognition", cluster=cluster, **(given | options))

    def test_instances_without_a_gpu(self):
        problem = the_problem(lambda: self.worker(new_stack(), ["m7i.xlarge"]))
        assert "gpu" in problem.lower()

    def test_more_gpus_than_an_instance_has(self):
        container = Container(image="vision/triton:24.09", gpus=4)
        problem = the_problem(lambda: self.worker(new_stack(), ["g5.xlarge"], container=container))
        assert "g5.xlarge" in problem

    def test_a_gpu_on_fargate(self):
        stack = new_stack()
        container = Container(image="vision/triton:24.09", gpus=1)
        problem = the_problem(
            lambda: WorkerService(stack, "Recognition", cluster=own_cluster(stack), container=container)
        )
        assert "Fargate" in problem

    def test_messages_that_come_back_while_they_are_worked_on(self):
        stack = new_stack()
        pictures = WorkQueue.from_attributes(
            stack, "Pictures", queue_arn=QUEUE, visibility_timeout=cdk.Duration.seconds(30)
        )
        options: dict[str, Any] = {"queue": pictures, "processing_time": cdk.Duration.minutes(10)}
        problem = the_problem(lambda: self.worker(stack, ["g5.xlarge"], **options))
        assert "visibility" in problem

    def test_a_queue_by_its_url(self):
        url = "https://sqs.eu-west-1.amazonaws.com/111111111111/pictures"
        problem = the_problem(lambda: WorkQueue.from_attributes(new_stack(), "Pictures", queue_arn=url))
        assert "queue_arn: not an ARN" in problem
