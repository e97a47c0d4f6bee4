"""What waits for the end of a run: timeouts, retries, overlaps, and many inputs."""

from datetime import timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from cdk_containers import ContainerLogs, StartRetry, TaskOptions
from tests.ecs.jobs.making import by_action, definition, on_event, scheduled, text_of
from tests.iam.evaluation import arn_of, service_surely_can
from tests.toolkit import capacity, new_stack, own_cluster, properties, resource, resources, synth

HERE = "<AWS::Region>:<AWS::AccountId>"
HOUR = timedelta(hours=1)


def states_of(make: Any, **options: Any) -> dict[str, Any]:
    stack = new_stack()
    make(stack, **options)
    states: dict[str, Any] = definition(synth(stack))["States"]
    return states


class TestOneRun:
    def test_it_waits_for_the_end(self):
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        made = definition(synth(stack))
        assert made["StartAt"] == "Run"
        assert list(made["States"]) == ["Run"]
        run = made["States"]["Run"]
        assert run["Resource"] == "arn:<AWS::Partition>:states:::ecs:runTask.sync"
        assert run["TimeoutSeconds"] == 3600
        assert run["End"] is True

    def test_the_task_is_run_as_without(self):
        told = states_of(scheduled, timeout=HOUR)["Run"]["Arguments"]
        assert told["Cluster"] == f"arn:<AWS::Partition>:ecs:{HERE}:cluster/shop"
        assert told["LaunchType"] == "FARGATE"
        assert "CapacityProviderStrategy" not in told
        assert told["PropagateTags"] == "TASK_DEFINITION"
        assert told["PlatformVersion"] == "LATEST"
        network = told["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
        assert network["Subnets"] == ["subnet-0aaaaaaaaaaaaaaa1", "subnet-0aaaaaaaaaaaaaaa2"]
        assert network["SecurityGroups"][0].startswith("<JobSecurityGroup")

    def test_it_runs_the_newest_revision_and_waits_for_it(self):
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        template = synth(stack)
        family = properties(template, "AWS::ECS::TaskDefinition")["Family"]
        assert definition(template)["States"]["Run"]["Arguments"]["TaskDefinition"] == family
        needs = resource(template, "AWS::StepFunctions::StateMachine")["DependsOn"]
        assert any(name.startswith("JobTaskDefinition") for name in needs)

    def test_on_instances_with_their_address_there_is_no_network(self):
        stack = new_stack()
        shares = [capacity(stack).share()]
        scheduled(
            stack, cluster=own_cluster(stack), capacity=shares, task=TaskOptions(network_mode="bridge"), timeout=HOUR
        )
        told = definition(synth(stack))["States"]["Run"]["Arguments"]
        assert "CapacityProviderStrategy" in told
        assert "NetworkConfiguration" not in told
        assert "PlatformVersion" not in told

    def test_a_failed_run_is_not_tried_again_but_a_failed_start_is(self):
        [retry] = states_of(scheduled, timeout=HOUR)["Run"]["Retry"]
        assert "AmazonECS.Unknown" in retry["ErrorEquals"], "there was no place for the task"
        assert retry["MaxAttempts"] == 10
        assert not [error for error in retry["ErrorEquals"] if error.startswith("States.")]

    def test_a_throttled_call_is_a_failed_start(self):
        """RunTask answers it with an exception, not with a list of failures; `StartRetry` promises both."""
        [retry] = states_of(scheduled, timeout=HOUR)["Run"]["Retry"]
        assert {"ECS.AmazonECSException", "ECS.ThrottlingException"} <= set(retry["ErrorEquals"])

    def test_a_failed_run_can_be_tried_again(self):
        start, work = states_of(scheduled, retries=3, start_retry=StartRetry(attempts=1))["Run"]["Retry"]
        assert start["MaxAttempts"] == 1
        assert work["ErrorEquals"] == ["States.TaskFailed"], "a run that ran out of time would do so again"
        assert work["MaxAttempts"] == 3
        assert work["IntervalSeconds"] == 60
        assert work["BackoffRate"] == 2
        assert work["JitterStrategy"] == "FULL"

    def test_without_a_timeout_there_is_none(self):
        assert "TimeoutSeconds" not in states_of(scheduled, retries=1)["Run"]

    def test_a_scheduled_run_knows_its_time_also_when_it_is_started_by_hand(self):
        overrides = states_of(scheduled, timeout=HOUR)["Run"]["Arguments"]["Overrides"]["ContainerOverrides"]
        assert overrides[0]["Name"] == "app"
        [variable] = overrides[0]["Environment"]
        assert variable["Name"] == "SCHEDULED_TIME"
        assert "$states.context.Execution.StartTime" in variable["Value"]
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        target = properties(synth(stack), "AWS::Scheduler::Schedule")["Target"]
        assert target["Input"] == '{"scheduled_time": "<aws.scheduler.scheduled-time>"}'
        assert "EcsParameters" not in target
        assert target["Arn"]["Ref"].startswith("JobStateMachine")

    def test_who_starts_it_may_start_it_and_no_task(self):
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        template = synth(stack)
        granted = by_action(template, "ScheduleRole")
        assert set(granted) == {"states:StartExecution", "sqs:SendMessage"}
        [machine] = resources(template, "AWS::StepFunctions::StateMachine")
        assert granted["states:StartExecution"]["Resource"] == {"Ref": machine}


class TestTheRole:
    @pytest.fixture
    def template(self):
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        return synth(stack)

    def test_only_state_machines_of_this_account_can_take_it_on(self, template):
        [statement] = properties(template, "AWS::IAM::Role", like="RunRole")["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "states.amazonaws.com"}
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        source = text_of(statement["Condition"]["ArnLike"]["aws:SourceArn"])
        assert source == f"arn:<AWS::Partition>:states:{HERE}:stateMachine:*"

    def test_it_runs_this_task_and_stops_tasks_of_this_cluster(self, template):
        granted = by_action(template, "RunRole")
        family = f"arn:<AWS::Partition>:ecs:{HERE}:task-definition/ShopJobTaskDefinition"
        assert text_of(granted["ecs:RunTask"]["Resource"]).startswith(family)
        in_cluster = granted["ecs:RunTask"]["Condition"]
        assert text_of(in_cluster["ArnEquals"]["ecs:cluster"]).endswith(":cluster/shop")
        assert granted["ecs:StopTask"]["Condition"] == in_cluster
        tasks = f"arn:<AWS::Partition>:ecs:{HERE}:task/*"
        assert text_of(granted["ecs:StopTask"]["Resource"]) == tasks
        assert text_of(granted["ecs:DescribeTasks"]["Resource"]) == tasks
        assert granted["iam:PassRole"]["Condition"] == {
            "StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}
        }
        rule = text_of(granted["events:PutRule"]["Resource"])
        assert rule == f"arn:<AWS::Partition>:events:{HERE}:rule/StepFunctionsGetEventsForECSTaskRule"

    def test_only_logs_and_traces_have_no_resource(self, template):
        everywhere = {
            action.split(":")[0]
            for action, statement in by_action(template, "RunRole").items()
            if statement["Resource"] == "*"
        }
        assert everywhere == {"logs", "xray"}


class TestLogs:
    def test_executions_are_logged_and_traced(self):
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        template = synth(stack)
        machine = properties(template, "AWS::StepFunctions::StateMachine")
        assert machine["TracingConfiguration"] == {"Enabled": True}
        assert machine["LoggingConfiguration"]["Level"] == "ALL"
        [destination] = machine["LoggingConfiguration"]["Destinations"]
        group = destination["CloudWatchLogsLogGroup"]["LogGroupArn"]["Fn::GetAtt"][0]
        assert group.startswith("JobRunLogs")
        assert resources(template, "AWS::Logs::LogGroup")[group]["Properties"]["RetentionInDays"] == 365

    def test_their_delivery_takes_no_policy_of_the_account(self):
        """Which Step Functions would make or extend for a group that allows nothing itself; an account has ten."""
        stack = new_stack()
        scheduled(stack, timeout=HOUR)
        template = synth(stack)
        group = arn_of(template, next(name for name in resources(template, "AWS::Logs::LogGroup") if "RunLogs" in name))
        assert ":log-group:/aws/vendedlogs/states/" in group
        here = {"aws:SourceAccount": "<AccountId>", "aws:SourceArn": "arn:<Partition>:logs:<Region>:<AccountId>:*"}
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            assert service_surely_can(template, "delivery.logs.amazonaws.com", action, group, here)

    def test_they_are_kept_like_those_of_the_containers(self):
        stack = new_stack()
        key = kms.Key(stack, "Key")
        logs = ContainerLogs(encryption_key=key, removal_policy=cdk.RemovalPolicy.DESTROY)
        scheduled(stack, timeout=HOUR, task=TaskOptions(logs=logs))
        template = synth(stack)
        for like in ("RunLogs", "TaskLogs"):
            group = resource(template, "AWS::Logs::LogGroup", like=like)
            assert group["DeletionPolicy"] == "Delete"
            assert group["Properties"]["KmsKeyId"]["Fn::GetAtt"][0].startswith("Key")


class TestOverlap:
    def test_both_run_unless_one_is_to_be_skipped(self):
        assert list(states_of(scheduled, timeout=HOUR)) == ["Run"]

    def test_a_run_is_skipped_while_another_runs(self):
        stack = new_stack()
        job = scheduled(stack, overlap="SKIP")
        assert job.state_machine is not None
        made = definition(synth(stack))
        assert made["StartAt"] == "OtherExecutions"
        states = made["States"]
        asked = states["OtherExecutions"]["Arguments"]
        assert asked["StateMachineArn"] == "{% $states.context.StateMachine.Id %}"
        assert asked["StatusFilter"] == "RUNNING"
        assert asked["MaxResults"] == 2, "itself, and another"
        assert "ExecutionArn != $states.context.Execution.Id" in states["OtherExecutions"]["Assign"]["others"]
        assert states["OtherExecutions"]["Output"] == "{% $states.input %}", "the run still learns its time"
        assert states["OtherExecutions"]["Next"] == "Alone"
        assert states["Alone"]["Choices"] == [{"Condition": "{% $others > 0 %}", "Next": "Skipped"}]
        assert states["Alone"]["Default"] == "Run"
        assert states["Skipped"] == {"Type": "Succeed"}

    def test_it_may_see_its_own_executions_before_the_schedule_starts_it(self):
        stack = new_stack()
        scheduled(stack, overlap="SKIP")
        template = synth(stack)
        [machine] = resources(template, "AWS::StepFunctions::StateMachine")
        [statement] = properties(template, "AWS::IAM::Policy", like="OverlapPolicy")["PolicyDocument"]["Statement"]
        assert statement["Action"] == "states:ListExecutions"
        assert statement["Resource"] == {"Ref": machine}
        needs = resource(template, "AWS::Scheduler::Schedule")["DependsOn"]
        assert any("OverlapPolicy" in name for name in needs)


class TestManyInputs:
    @pytest.fixture
    def states(self):
        return states_of(
            on_event, for_each="$.detail.files", environment_from={"FILE": "$"}, timeout=HOUR, max_concurrency=5
        )

    def test_there_is_a_run_for_each(self, states):
        each = states["RunEach"]
        assert each["Type"] == "Map"
        assert each["Items"] == "{% $states.input.`detail`.`files` %}"
        assert each["MaxConcurrency"] == 5
        assert each["ItemProcessor"]["ProcessorConfig"] == {"Mode": "INLINE"}

    def test_each_run_is_one_with_timeout_and_retries_and_its_own_input(self, states):
        run = states["RunEach"]["ItemProcessor"]["States"]["Run"]
        assert run["Resource"].endswith("ecs:runTask.sync")
        assert run["TimeoutSeconds"] == 3600
        [override] = run["Arguments"]["Overrides"]["ContainerOverrides"]
        assert override["Environment"] == [{"Name": "FILE", "Value": "{% $string($states.input) %}"}]

    def test_a_bad_input_stops_no_other_and_fails_the_whole_at_the_end(self, states):
        run = states["RunEach"]["ItemProcessor"]["States"]["Run"]
        assert run["Catch"] == [{"ErrorEquals": ["States.ALL"], "Output": {"failed": True}, "Next": "Note"}]
        assert states["RunEach"]["Output"]["failed"] == "{% $count($states.result[failed]) %}"
        [choice] = states["AllWell"]["Choices"]
        assert choice == {"Condition": "{% $states.input.failed > 0 %}", "Next": "SomeFailed"}
        assert states["SomeFailed"]["Type"] == "Fail"
        assert states["AllWell"]["Default"] == "Done"

    def test_runs_keep_only_whether_they_failed(self, states):
        assert states["RunEach"]["ItemProcessor"]["States"]["Run"]["Output"] == {"failed": False}

    def test_ten_run_at_once_unless_said(self):
        assert states_of(on_event, for_each="$.files")["RunEach"]["MaxConcurrency"] == 10

    def test_a_map_takes_a_token(self):
        stack = new_stack()
        number = cdk.CfnParameter(stack, "Given", type="Number").value_as_number
        on_event(stack, for_each="$.files", max_concurrency=number)
        text = str(properties(synth(stack), "AWS::StepFunctions::StateMachine")["DefinitionString"])
        assert "'Ref': 'Given'" in text


@pytest.mark.parametrize(
    ("path", "expression"),
    [
        ("$", "$states.input"),
        ("$.detail-type", "$states.input.`detail-type`"),
        ("$.detail.files[0].name", "$states.input.`detail`.`files`[0].`name`"),
    ],
)
def test_a_path_is_written_as_an_expression(path: str, expression: str):
    run = states_of(on_event, timeout=HOUR, environment_from={"A": path})["Run"]
    [override] = run["Arguments"]["Overrides"]["ContainerOverrides"]
    assert override["Environment"] == [{"Name": "A", "Value": f"{{% $string({expression}) %}}"}]
