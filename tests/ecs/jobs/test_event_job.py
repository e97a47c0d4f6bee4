"""A job that an event starts, or somebody."""

import json
from datetime import timedelta
from typing import Any

from aws_cdk import aws_events as events

from cdk_containers import FargateCapacity, StartRetry, TaskOptions
from tests.ecs.jobs.making import PATTERN, by_action, on_event, outputs, text_of
from tests.toolkit import capacity, new_stack, own_cluster, properties, resource, resources, synth

HERE = "<AWS::Region>:<AWS::AccountId>"


def rule_of(**options: Any) -> dict[str, Any]:
    stack = new_stack()
    on_event(stack, **options)
    return properties(synth(stack), "AWS::Events::Rule", like="JobRule")


def target_of(**options: Any) -> dict[str, Any]:
    [target] = rule_of(**options)["Targets"]
    read: dict[str, Any] = target
    return read


class TestTheRule:
    def test_it_matches_the_pattern(self):
        rule = rule_of()
        assert rule["EventPattern"] == PATTERN
        assert rule["State"] == "ENABLED"
        assert "EventBusName" not in rule

    def test_it_can_listen_to_another_bus(self):
        stack = new_stack()
        bus = events.EventBus(stack, "Bus")
        on_event(stack, event_bus=bus)
        rule = properties(synth(stack), "AWS::Events::Rule", like="JobRule")
        assert rule["EventBusName"]["Ref"].startswith("Bus")

    def test_it_runs_the_task_in_private_subnets(self):
        parameters = target_of()["EcsParameters"]
        assert parameters["TaskDefinitionArn"]["Ref"].startswith("JobTaskDefinition")
        assert parameters["TaskCount"] == 1
        assert parameters["PlatformVersion"] == "LATEST"
        assert parameters["EnableECSManagedTags"] is True
        assert parameters["PropagateTags"] == "TASK_DEFINITION"
        network = parameters["NetworkConfiguration"]["AwsVpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
        assert network["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
        assert network["SecurityGroups"][0]["Fn::GetAtt"][0].startswith("JobSecurityGroup")

    def test_its_capacity_can_be_said(self):
        parameters = target_of(capacity=[FargateCapacity.spot()])["EcsParameters"]
        assert parameters["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE_SPOT", "Base": 0, "Weight": 1}]
        assert "LaunchType" not in parameters

    def test_on_instances_with_their_address_there_is_no_network(self):
        stack = new_stack()
        shares = [capacity(stack).share()]
        on_event(stack, cluster=own_cluster(stack), capacity=shares, task=TaskOptions(network_mode="host"))
        [target] = properties(synth(stack), "AWS::Events::Rule", like="JobRule")["Targets"]
        assert "CapacityProviderStrategy" in target["EcsParameters"]
        assert "NetworkConfiguration" not in target["EcsParameters"]
        assert "PlatformVersion" not in target["EcsParameters"]

    def test_the_event_is_not_taken_for_what_run_task_is_told(self):
        target = target_of()
        assert target["Input"] == "{}"
        assert "InputTransformer" not in target

    def test_the_container_gets_what_it_needs_of_the_event(self):
        transformer = target_of(environment_from={"BUCKET": "$.detail.bucket.name", "KEY": "$.detail.object.key"})[
            "InputTransformer"
        ]
        assert transformer["InputPathsMap"] == {"v0": "$.detail.bucket.name", "v1": "$.detail.object.key"}
        assert transformer["InputTemplate"] == (
            '{"containerOverrides": [{"name": "app", "environment": '
            '[{"name": "BUCKET", "value": <v0>}, {"name": "KEY", "value": <v1>}]}]}'
        ), "in quotes, a key with a quote in it could add overrides of its own"

    def test_it_is_tried_for_an_hour_and_then_kept(self):
        stack = new_stack()
        on_event(stack)
        template = synth(stack)
        [name] = [name for name in resources(template, "AWS::SQS::Queue") if "DeadLetters" in name]
        [target] = properties(template, "AWS::Events::Rule", like="JobRule")["Targets"]
        assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}
        assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [name, "Arn"]}}
        assert resources(template, "AWS::SQS::Queue")[name]["Properties"]["SqsManagedSseEnabled"] is True

    def test_it_can_be_tried_for_less(self):
        retry = StartRetry(attempts=0, max_age=timedelta(minutes=1))
        assert target_of(start_retry=retry)["RetryPolicy"] == {
            "MaximumEventAgeInSeconds": 60,
            "MaximumRetryAttempts": 0,
        }

    def test_only_the_rule_may_send_to_the_queue(self):
        stack = new_stack()
        on_event(stack)
        template = synth(stack)
        [rule] = [name for name in resources(template, "AWS::Events::Rule") if name.startswith("JobRule")]
        policy = properties(template, "AWS::SQS::QueuePolicy", like="DeadLetters")["PolicyDocument"]["Statement"]
        [allowed] = [statement for statement in policy if statement["Effect"] == "Allow"]
        assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
        assert allowed["Action"] == "sqs:SendMessage"
        assert allowed["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}}

    def test_it_waits_for_its_role_and_for_the_task(self):
        stack = new_stack()
        on_event(stack)
        needs = resource(synth(stack), "AWS::Events::Rule", like="JobRule")["DependsOn"]
        for like in ("JobRuleRoleStartRuns", "JobTaskExecutionRoleDefaultPolicy", "JobTaskTaskRole"):
            assert any(name.startswith(like) for name in needs), like


class TestTheRole:
    def test_only_rules_of_this_account_can_take_it_on(self):
        stack = new_stack()
        on_event(stack)
        role = properties(synth(stack), "AWS::IAM::Role", like="RuleRole")
        [statement] = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "events.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        source = text_of(statement["Condition"]["ArnLike"]["aws:SourceArn"])
        assert source == f"arn:<AWS::Partition>:events:{HERE}:rule/*"

    def test_it_runs_this_task_in_this_cluster_with_its_two_roles(self):
        stack = new_stack()
        on_event(stack)
        granted = by_action(synth(stack), "RuleRole")
        assert set(granted) == {"ecs:RunTask", "ecs:TagResource", "iam:PassRole"}
        family = f"arn:<AWS::Partition>:ecs:{HERE}:task-definition/ShopJobTaskDefinition"
        assert text_of(granted["ecs:RunTask"]["Resource"]).startswith(family)
        assert text_of(granted["ecs:RunTask"]["Condition"]["ArnEquals"]["ecs:cluster"]).endswith(":cluster/shop")
        assert len(granted["iam:PassRole"]["Resource"]) == 2

    def test_with_a_state_machine_it_starts_that(self):
        stack = new_stack()
        on_event(stack, timeout=timedelta(hours=1))
        template = synth(stack)
        [machine] = resources(template, "AWS::StepFunctions::StateMachine")
        granted = by_action(template, "RuleRole")
        assert set(granted) == {"states:StartExecution"}
        assert granted["states:StartExecution"]["Resource"] == {"Ref": machine}
        [target] = properties(template, "AWS::Events::Rule", like="JobRule")["Targets"]
        assert target["Arn"] == {"Ref": machine}
        assert {"EcsParameters", "Input", "InputTransformer"} & target.keys() == set()


class TestByHand:
    def test_without_an_event_nothing_starts_it_but_somebody(self):
        stack = new_stack()
        job = on_event(stack, event_pattern=None)
        template = synth(stack)
        assert job.rule is None
        assert job.dead_letter_queue is None
        assert [name for name in resources(template, "AWS::Events::Rule") if name.startswith("JobRule")] == []
        assert [name for name in resources(template, "AWS::Events::Rule") if "FailedRuns" in name] != []
        command = next(value for name, value in outputs(template).items() if "StartCommand" in name)
        assert command.startswith("aws ecs run-task")

    def test_the_command_has_a_place_for_what_the_event_would_say(self):
        stack = new_stack()
        on_event(stack, environment_from={"KEY": "$.detail.object.key"})
        command = next(value for name, value in outputs(synth(stack)).items() if "StartCommand" in name)
        overrides = json.loads(command.split("--overrides ")[1].strip("'"))
        assert overrides == {
            "containerOverrides": [{"name": "app", "environment": [{"name": "KEY", "value": "VALUE"}]}]
        }

    def test_the_command_of_many_inputs_wants_them(self):
        stack = new_stack()
        on_event(stack, for_each="$.files")
        command = next(value for name, value in outputs(synth(stack)).items() if "StartCommand" in name)
        assert command.startswith("aws stepfunctions start-execution")
        assert command.endswith("--input file://input.json")
