"""What CDK's own targets for tasks do, and what the jobs here do in their place."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as events_targets
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as sfn_tasks

from tests.ecs.jobs.making import by_action, definition, on_event, scheduled, text_of
from tests.toolkit import IMAGE, Template, cluster, new_stack, properties, resources, synth

HOUR = cdk.Duration.hours(1)


def plain(stack: cdk.Stack, id: str = "Task") -> tuple[ecs.ICluster, ecs.FargateTaskDefinition]:  # noqa: A002
    """Return what CDK wants for a target: a cluster, and a task with a container."""
    task = ecs.FargateTaskDefinition(stack, id)
    task.add_container("App", image=ecs.ContainerImage.from_registry(IMAGE))
    return cluster(stack).cluster, task


def plain_schedule(**options: Any) -> Template:
    stack = new_stack()
    where, task = plain(stack)
    target = scheduler_targets.EcsRunFargateTask(where, task_definition=task, **options)
    scheduler.Schedule(
        stack, "Schedule", schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)), target=target
    )
    return synth(stack)


def plain_rule(**options: Any) -> Template:
    stack = new_stack()
    where, task = plain(stack)
    target = events_targets.EcsTask(cluster=where, task_definition=task, **options)
    events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["aws.s3"]), targets=[target])
    return synth(stack)


def plain_machine(**context: Any) -> Template:
    stack = cdk.Stack(cdk.App(context=context), "Shop")
    where, task = plain(stack)
    run = sfn_tasks.EcsRunTask(
        stack,
        "Run",
        cluster=where,
        task_definition=task,
        launch_target=sfn_tasks.EcsFargateLaunchTarget(platform_version=ecs.FargatePlatformVersion.LATEST),
        integration_pattern=sfn.IntegrationPattern.RUN_JOB,
    )
    sfn.StateMachine(stack, "Machine", definition_body=sfn.DefinitionBody.from_chainable(run))
    return synth(stack)


class TestSchedule:
    def test_cdk_gives_the_run_no_security_group_so_it_gets_the_default_one(self):
        parameters = properties(plain_schedule(), "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
        assert "SecurityGroups" not in parameters["NetworkConfiguration"]["AwsvpcConfiguration"]

    def test_cdk_tags_no_run(self):
        parameters = properties(plain_schedule(), "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
        assert {"PropagateTags", "EnableECSManagedTags"} & parameters.keys() == set()

    def test_cdk_drops_what_it_could_not_start_after_a_day(self):
        target = properties(plain_schedule(), "AWS::Scheduler::Schedule")["Target"]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185}
        assert "DeadLetterConfig" not in target

    def test_cdk_lets_one_revision_run_in_any_cluster(self):
        """A run that is tried again after a deployment has another revision than the role."""
        run = by_action(plain_schedule(), "SchedulerRole")["ecs:RunTask"]
        assert set(run["Resource"]) == {"Ref"}
        assert "Condition" not in run

    def test_ours_runs_every_revision_in_one_cluster(self):
        stack = new_stack()
        scheduled(stack)
        run = by_action(synth(stack), "ScheduleRole")["ecs:RunTask"]
        assert text_of(run["Resource"]).endswith(":*")
        assert set(run["Condition"]) == {"ArnEquals"}

    def test_cdk_makes_one_role_for_all_schedules_in_a_cluster(self):
        stack = new_stack()
        for name in ("One", "Two"):
            where, task = plain(stack, name)
            scheduler.Schedule(
                stack,
                f"{name}Schedule",
                schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)),
                target=scheduler_targets.EcsRunFargateTask(where, task_definition=task),
            )
        template = synth(stack)
        assert len([name for name in resources(template, "AWS::IAM::Role") if "SchedulerRole" in name]) == 1
        assert len(resources(template, "AWS::Scheduler::Schedule")) == 2

    def test_ours_has_a_role_for_each(self):
        stack = new_stack()
        scheduled(stack, "One")
        scheduled(stack, "Two")
        roles = [name for name in resources(synth(stack), "AWS::IAM::Role") if "ScheduleRole" in name]
        assert len(roles) == 2


class TestRule:
    def test_cdk_lets_anybodys_rule_take_the_role_on(self):
        role = properties(plain_rule(), "AWS::IAM::Role", like="EventsRole")
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert "Condition" not in statement

    def test_cdk_lets_it_tag_tasks_of_any_account_and_pass_roles_to_any_service(self):
        granted = by_action(plain_rule(), "EventsRole")
        assert ":*:task/" in text_of(granted["ecs:TagResource"]["Resource"])
        assert "Condition" not in granted["ecs:TagResource"]
        assert "Condition" not in granted["iam:PassRole"]

    def test_cdk_has_no_capacity_providers_so_no_spot(self):
        [target] = properties(plain_rule(), "AWS::Events::Rule")["Targets"]
        assert target["EcsParameters"]["LaunchType"] == "FARGATE"
        assert "capacity_provider_strategies" not in dir(events_targets.EcsTaskProps)

    def test_cdk_has_no_managed_tags_and_no_dead_letter_queue(self):
        [target] = properties(plain_rule(), "AWS::Events::Rule")["Targets"]
        assert "EnableECSManagedTags" not in target["EcsParameters"]
        assert "DeadLetterConfig" not in target
        assert "RetryPolicy" not in target

    def test_cdk_does_not_pass_the_task_role_on_ec2(self):
        stack = new_stack()
        task = ecs.Ec2TaskDefinition(stack, "Task", network_mode=ecs.NetworkMode.BRIDGE)
        task.add_container("App", image=ecs.ContainerImage.from_registry(IMAGE), memory_limit_mib=128)
        target = events_targets.EcsTask(cluster=cluster(stack).cluster, task_definition=task)
        events.Rule(stack, "Rule", event_pattern=events.EventPattern(source=["aws.s3"]), targets=[target])
        granted = by_action(synth(stack), "EventsRole")
        assert "ecs:RunTask" in granted
        assert "iam:PassRole" not in granted

    def test_cdk_starts_the_task_before_its_role_may(self):
        [rule] = resources(plain_rule(), "AWS::Events::Rule").values()
        assert "DependsOn" not in rule

    def test_ours_do_all_of_this(self):
        stack = new_stack()
        on_event(stack)
        template = synth(stack)
        [target] = properties(template, "AWS::Events::Rule", like="JobRule")["Targets"]
        assert target["EcsParameters"]["EnableECSManagedTags"] is True
        assert target["EcsParameters"]["LaunchType"] == "FARGATE"
        assert {"DeadLetterConfig", "RetryPolicy"} <= target.keys()
        granted = by_action(template, "RuleRole")
        assert "Condition" in granted["ecs:TagResource"]
        assert "Condition" in granted["iam:PassRole"]


class TestStateMachine:
    def test_cdk_lets_it_stop_and_describe_every_task(self):
        granted = by_action(plain_machine(), "MachineRole")
        assert granted["ecs:StopTask"]["Resource"] == "*"
        assert "Condition" not in granted["iam:PassRole"]
        assert "Condition" not in granted["ecs:RunTask"]

    def test_cdk_lets_it_run_one_revision_and_runs_the_newest(self):
        """With the feature flag that new apps have; during a deployment these are two."""
        flag = {"@aws-cdk/aws-stepfunctions-tasks:fixRunEcsTaskPolicy": True}
        template = plain_machine(**flag)
        granted = by_action(template, "MachineRole")
        assert set(granted["ecs:RunTask"]["Resource"]) == {"Ref"}
        run = definition(template)["States"]["Run"]["Parameters"]
        assert run["TaskDefinition"] == properties(template, "AWS::ECS::TaskDefinition")["Family"]

    def test_cdk_logs_and_traces_nothing(self):
        machine = properties(plain_machine(), "AWS::StepFunctions::StateMachine")
        assert "LoggingConfiguration" not in machine
        assert "TracingConfiguration" not in machine

    def test_cdk_makes_no_tags(self):
        assert "PropagateTags" not in definition(plain_machine())["States"]["Run"]["Parameters"]

    def test_ours_do_all_of_this(self):
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        template = synth(stack)
        granted = by_action(template, "RunRole")
        assert text_of(granted["ecs:RunTask"]["Resource"]).endswith(":*")
        assert text_of(granted["ecs:StopTask"]["Condition"]["ArnEquals"]["ecs:cluster"]).endswith(":cluster/shop")
        assert "PropagateTags" in definition(template)["States"]["Run"]["Arguments"]


def test_cdk_queues_are_open_to_plain_http():
    stack = new_stack()
    sqs.Queue(stack, "Queue")
    template = synth(stack)
    assert len(resources(template, "AWS::SQS::Queue")) == 1
    assert resources(template, "AWS::SQS::QueuePolicy") == {}


def test_cdk_takes_a_security_group_only_if_it_is_given_one():
    stack = new_stack()
    group = ec2.SecurityGroup.from_security_group_id(stack, "Group", "sg-0123456789abcdef0")
    where, task = plain(stack)
    target = scheduler_targets.EcsRunFargateTask(where, task_definition=task, security_groups=[group])
    scheduler.Schedule(
        stack, "Schedule", schedule=scheduler.ScheduleExpression.rate(cdk.Duration.days(1)), target=target
    )
    parameters = properties(synth(stack), "AWS::Scheduler::Schedule")["Target"]["EcsParameters"]
    assert parameters["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] == ["sg-0123456789abcdef0"]
