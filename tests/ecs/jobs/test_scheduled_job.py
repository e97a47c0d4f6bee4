"""A job on a schedule: how it is started, by whom, and what happens if it is not."""

import json
from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam

from cdk_containers import Container, FargateCapacity, ScheduledJob, SharedVolume, StartRetry, TaskOptions, VolumeMount
from tests.ecs.jobs.making import by_action, on_event, outputs, scheduled, text_of
from tests.toolkit import (
    IMAGE,
    capacity,
    cluster,
    container,
    containers,
    new_stack,
    own_cluster,
    properties,
    resource,
    resources,
    synth,
)

HERE = "<AWS::Region>:<AWS::AccountId>"
FAMILY = f"arn:<AWS::Partition>:ecs:{HERE}:task-definition/ShopJobTaskDefinition"


def schedule_of(**options: Any) -> dict[str, Any]:
    stack = new_stack()
    scheduled(stack, **options)
    return properties(synth(stack), "AWS::Scheduler::Schedule")


def target_of(**options: Any) -> dict[str, Any]:
    target: dict[str, Any] = schedule_of(**options)["Target"]
    return target


class TestTheSchedule:
    def test_it_says_its_time_zone(self):
        schedule = schedule_of()
        assert schedule["ScheduleExpression"] == "cron(0 3 * * ? *)"
        assert schedule["ScheduleExpressionTimezone"] == "UTC"
        assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
        assert schedule["State"] == "ENABLED"

    def test_it_can_be_in_another_time_zone(self):
        assert schedule_of(time_zone="Europe/Berlin")["ScheduleExpressionTimezone"] == "Europe/Berlin"

    def test_once_has_a_time_zone_too(self):
        assert schedule_of(schedule="at(2027-01-31T08:00:00)")["ScheduleExpressionTimezone"] == "UTC"

    def test_a_rate_has_no_time_zone(self):
        schedule = schedule_of(schedule="rate(5 minutes)")
        assert schedule["ScheduleExpression"] == "rate(5 minutes)"
        assert "ScheduleExpressionTimezone" not in schedule

    @pytest.mark.parametrize("window", [timedelta(minutes=15), cdk.Duration.minutes(15)])
    def test_it_can_start_within_a_window(self, window: Any):
        assert schedule_of(flexible_window=window)["FlexibleTimeWindow"] == {
            "Mode": "FLEXIBLE",
            "MaximumWindowInMinutes": 15,
        }

    def test_it_can_be_switched_off(self):
        assert schedule_of(enabled=False)["State"] == "DISABLED"

    def test_it_is_alone_in_its_group(self):
        stack = new_stack()
        scheduled(stack)
        template = synth(stack)
        [group] = resources(template, "AWS::Scheduler::ScheduleGroup")
        assert properties(template, "AWS::Scheduler::Schedule")["GroupName"] == {"Ref": group}


class TestTheStart:
    def test_it_runs_the_task_in_private_subnets_with_a_security_group_of_its_own(self):
        parameters = target_of()["EcsParameters"]
        assert parameters["TaskDefinitionArn"]["Ref"].startswith("JobTaskDefinition")
        assert parameters["TaskCount"] == 1
        assert parameters["PlatformVersion"] == "LATEST"
        network = parameters["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
        assert network["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
        [group] = network["SecurityGroups"]
        assert group["Fn::GetAtt"][0].startswith("JobSecurityGroup")

    def test_it_is_tagged_for_the_bill(self):
        parameters = target_of()["EcsParameters"]
        assert parameters["EnableECSManagedTags"] is True
        assert parameters["PropagateTags"] == "TASK_DEFINITION"

    def test_its_capacity_is_that_of_the_cluster(self):
        stack = new_stack()
        spot = cluster(stack, capacity=[FargateCapacity(base=1), FargateCapacity.spot(weight=3)])
        scheduled(stack, cluster=spot)
        target = properties(synth(stack), "AWS::Scheduler::Schedule")["Target"]
        assert target["EcsParameters"]["CapacityProviderStrategy"] == [
            {"CapacityProvider": "FARGATE", "Base": 1, "Weight": 1},
            {"CapacityProvider": "FARGATE_SPOT", "Base": 0, "Weight": 3},
        ]

    def test_its_capacity_can_be_said(self):
        strategy = target_of(capacity=[FargateCapacity.spot()])["EcsParameters"]["CapacityProviderStrategy"]
        assert [share["CapacityProvider"] for share in strategy] == ["FARGATE_SPOT"]

    def test_the_container_knows_for_which_time_it_runs(self):
        overrides = json.loads(target_of(container=container(name="etl"))["Input"])
        assert overrides == {
            "containerOverrides": [
                {
                    "name": "etl",
                    "environment": [{"name": "SCHEDULED_TIME", "value": "<aws.scheduler.scheduled-time>"}],
                }
            ]
        }

    def test_it_is_tried_for_an_hour(self):
        assert target_of()["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}

    def test_it_can_be_tried_for_less(self):
        retry = StartRetry(attempts=2, max_age=timedelta(minutes=5))
        assert target_of(start_retry=retry)["RetryPolicy"] == {
            "MaximumEventAgeInSeconds": 300,
            "MaximumRetryAttempts": 2,
        }

    def test_what_could_not_be_started_is_kept_encrypted(self):
        stack = new_stack()
        job = scheduled(stack)
        template = synth(stack)
        [name] = [name for name in resources(template, "AWS::SQS::Queue") if "DeadLetters" in name]
        queue = properties(template, "AWS::SQS::Queue", like="DeadLetters")
        assert queue == {"MessageRetentionPeriod": 14 * 24 * 3600, "SqsManagedSseEnabled": True}
        target = properties(template, "AWS::Scheduler::Schedule")["Target"]
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [name, "Arn"]}}
        [statement] = properties(template, "AWS::SQS::QueuePolicy", like="DeadLetters")["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        assert job.dead_letter_queue is not None

    def test_there_is_no_state_machine_without_need(self):
        stack = new_stack()
        job = scheduled(stack)
        assert job.state_machine is None
        assert resources(synth(stack), "AWS::StepFunctions::StateMachine") == {}


class TestTheRole:
    @pytest.fixture
    def template(self):
        stack = new_stack()
        scheduled(stack)
        return synth(stack)

    def test_only_schedules_of_this_group_can_take_it_on(self, template):
        [group] = resources(template, "AWS::Scheduler::ScheduleGroup")
        [statement] = properties(template, "AWS::IAM::Role", like="ScheduleRole")["AssumeRolePolicyDocument"][
            "Statement"
        ]
        assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        source = text_of(statement["Condition"]["ArnLike"]["aws:SourceArn"])
        assert source == f"arn:<AWS::Partition>:scheduler:{HERE}:schedule-group/<{group}>"

    def test_it_runs_this_task_in_this_cluster(self, template):
        run = by_action(template, "ScheduleRole")["ecs:RunTask"]
        assert text_of(run["Resource"]).startswith(FAMILY)
        assert text_of(run["Resource"]).endswith(":*"), "any revision, so that a deployment takes nothing away"
        assert text_of(run["Condition"]["ArnEquals"]["ecs:cluster"]) == (
            f"arn:<AWS::Partition>:ecs:{HERE}:cluster/shop"
        )

    def test_it_passes_the_two_roles_of_the_task_to_ecs_tasks(self, template):
        pass_role = by_action(template, "ScheduleRole")["iam:PassRole"]
        names = [role["Fn::GetAtt"][0] for role in pass_role["Resource"]]
        assert {name.rstrip("0123456789ABCDEF") for name in names} == {"JobTaskTaskRole", "JobTaskExecutionRole"}
        assert pass_role["Condition"] == {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}

    def test_it_tags_tasks_only_when_it_runs_them(self, template):
        tag = by_action(template, "ScheduleRole")["ecs:TagResource"]
        assert text_of(tag["Resource"]) == f"arn:<AWS::Partition>:ecs:{HERE}:task/*"
        assert tag["Condition"] == {"StringEquals": {"ecs:CreateAction": "RunTask"}}

    def test_that_is_all(self, template):
        assert set(by_action(template, "ScheduleRole")) == {
            "ecs:RunTask",
            "ecs:TagResource",
            "iam:PassRole",
            "sqs:SendMessage",
        }

    def test_the_schedule_waits_for_it_and_for_the_task(self, template):
        needs = resource(template, "AWS::Scheduler::Schedule")["DependsOn"]
        for like in ("JobScheduleRoleStartRuns", "JobTaskExecutionRoleDefaultPolicy", "JobTaskDefinition"):
            assert any(name.startswith(like) for name in needs), like


def test_the_schedule_waits_for_what_the_application_may_do():
    stack = new_stack()
    job = scheduled(stack)
    dynamodb.Table.from_table_name(stack, "Orders", "orders").grant_read_data(job)
    needs = resource(synth(stack), "AWS::Scheduler::Schedule")["DependsOn"]
    assert any(name.startswith("JobTaskTaskRoleDefaultPolicy") for name in needs)


def test_the_schedule_waits_for_the_capacity_of_the_cluster():
    stack = new_stack()
    scheduled(stack, cluster=own_cluster(stack))
    needs = resource(synth(stack), "AWS::Scheduler::Schedule")["DependsOn"]
    assert any(name.startswith("OwnCapacityProviders") for name in needs)


def test_a_grant_goes_to_the_task_role_and_to_no_other():
    stack = new_stack()
    job = scheduled(stack)
    dynamodb.Table.from_table_name(stack, "Orders", "orders").grant_read_data(job)
    template = synth(stack)
    holders = [
        name for name in resources(template, "AWS::IAM::Policy") if "dynamodb:GetItem" in by_action(template, name)
    ]
    assert [name.startswith("JobTaskTaskRoleDefaultPolicy") for name in holders] == [True]
    assert job.task_role is job.task.task_role
    assert job.log_group is job.task.log_group


def test_it_can_be_let_in():
    stack = new_stack()
    job = scheduled(stack)
    database = ec2.SecurityGroup.from_security_group_id(stack, "Database", "sg-0123456789abcdef0")
    database.connections.allow_from(job, ec2.Port.tcp(5432))
    rule = properties(synth(stack), "AWS::EC2::SecurityGroupIngress")
    assert rule["GroupId"] == "sg-0123456789abcdef0"
    assert rule["SourceSecurityGroupId"]["Fn::GetAtt"][0].startswith("JobSecurityGroup")


def test_its_task_is_made_like_that_of_a_service():
    stack = new_stack()
    scheduled(stack, sidecars=[container(name="b")], cpu=512, memory_limit_mib=1024)
    template = synth(stack)
    assert list(containers(template)) == ["app", "b"]
    assert containers(template)["app"]["ReadonlyRootFilesystem"] is True
    assert properties(template, "AWS::ECS::TaskDefinition")["Cpu"] == "512"


@pytest.mark.parametrize("make", [scheduled, on_event])
def test_a_volume_is_mounted(make: Any):
    stack = new_stack()
    mounting = container(mounts=[VolumeMount(volume="data", path="/data")])
    make(stack, container=mounting, volumes=[SharedVolume(name="data")])
    assert properties(synth(stack), "AWS::ECS::TaskDefinition")["Volumes"] == [{"Name": "data"}]


def test_it_makes_a_cluster_if_it_is_given_none():
    stack = new_stack()
    job = ScheduledJob(stack, "Job", image=IMAGE, schedule="rate(1 day)")
    template = synth(stack)
    assert len(resources(template, "AWS::ECS::Cluster")) == 1
    network = properties(template, "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]["NetworkConfiguration"]
    subnets = [subnet["Ref"] for subnet in network["AwsvpcConfiguration"]["Subnets"]]
    assert subnets
    assert all("Private" in name for name in subnets)
    assert job.cluster.node.path == "Shop/Job/Cluster"


class TestOnEc2:
    def test_with_an_address_of_its_own_it_has_a_security_group(self):
        stack = new_stack()
        made = capacity(stack)
        job = scheduled(stack, cluster=own_cluster(stack), capacity=[made.share()])
        parameters = properties(synth(stack), "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
        assert "PlatformVersion" not in parameters
        assert "NetworkConfiguration" in parameters
        assert job.security_group is not None

    @pytest.mark.parametrize("mode", ["bridge", "host"])
    def test_with_the_address_of_its_instance_it_has_that_ones(self, mode: Any):
        stack = new_stack()
        made = capacity(stack)
        job = scheduled(stack, cluster=own_cluster(stack), capacity=[made.share()], task=TaskOptions(network_mode=mode))
        database = ec2.SecurityGroup.from_security_group_id(stack, "Database", "sg-0123456789abcdef0")
        database.connections.allow_from(job, ec2.Port.tcp(5432))
        template = synth(stack)
        parameters = properties(template, "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
        assert parameters["CapacityProviderStrategy"][0]["CapacityProvider"]["Ref"].startswith("Instances")
        assert "NetworkConfiguration" not in parameters
        assert job.security_group is None
        rules = resources(template, "AWS::EC2::SecurityGroupIngress").values()
        [source] = [
            rule["Properties"]["SourceSecurityGroupId"]["Fn::GetAtt"][0]
            for rule in rules
            if rule["Properties"].get("FromPort") == 5432
        ]
        assert source.startswith("Instances")

    def test_in_another_stack_than_the_instances_the_rule_is_the_jobs(self):
        stack = new_stack()
        made = capacity(stack)
        other = cdk.Stack(cdk.App.of(stack), "Jobs")  # type: ignore[arg-type]
        job = scheduled(
            other, cluster=own_cluster(stack), capacity=[made.share()], task=TaskOptions(network_mode="bridge")
        )
        database = ec2.SecurityGroup.from_security_group_id(other, "Database", "sg-0123456789abcdef0")
        database.connections.allow_from(job, ec2.Port.tcp(5432))
        assert len(resources(synth(other), "AWS::EC2::SecurityGroupIngress")) == 1


class TestByHand:
    def test_the_outputs_have_the_command(self):
        stack = new_stack()
        scheduled(stack)
        command = next(value for name, value in outputs(synth(stack)).items() if "StartCommand" in name)
        assert command.startswith("aws ecs run-task --cluster shop --task-definition ShopJobTaskDefinition")
        assert "--launch-type FARGATE" in command
        assert "--capacity-provider-strategy" not in command
        assert (
            "subnets=[subnet-0aaaaaaaaaaaaaaa1,subnet-0aaaaaaaaaaaaaaa2],securityGroups=[<JobSecurityGroup" in command
        )
        assert command.endswith("assignPublicIp=DISABLED}'")

    def test_the_outputs_can_be_left_out(self):
        stack = new_stack()
        scheduled(stack, outputs=False)
        assert outputs(synth(stack)) == {}

    def test_who_is_let_start_it_may_do_that_only(self):
        stack = new_stack()
        job = scheduled(stack)
        someone = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
        job.grant_start(someone)
        template = synth(stack)
        granted = by_action(template, "Someone")
        assert set(granted) == {"ecs:RunTask", "ecs:TagResource", "iam:PassRole", "ecs:DescribeTasks"}
        mine = by_action(template, "ScheduleRole")
        assert {action: mine[action] for action in granted if action != "ecs:DescribeTasks"} == {
            action: statement for action, statement in granted.items() if action != "ecs:DescribeTasks"
        }

    def test_the_command_of_a_state_machine_starts_it(self):
        stack = new_stack()
        job = scheduled(stack, timeout=timedelta(hours=1))
        someone = iam.Role(stack, "Someone", assumed_by=iam.AccountRootPrincipal())
        job.grant_start(someone)
        template = synth(stack)
        [machine] = resources(template, "AWS::StepFunctions::StateMachine")
        command = next(value for name, value in outputs(template).items() if "StartCommand" in name)
        assert command == f"aws stepfunctions start-execution --state-machine-arn <{machine}>"
        statement = by_action(template, "Someone")["states:StartExecution"]
        assert statement["Action"] == "states:StartExecution"
        assert statement["Resource"] == {"Ref": machine}


def test_a_container_of_one_job_is_not_another_jobs():
    stack = new_stack()
    one = scheduled(stack, "One")
    two = scheduled(stack, "Two", container=Container(image=IMAGE))
    assert one.security_group is not two.security_group
    assert len(resources(synth(stack), "AWS::EC2::SecurityGroup")) == 2
