"""Alarms of jobs: what failed, what never began, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from aws_cdk import aws_sns as sns

from cdk_containers import AlarmTopic, Disabled, JobAlarms
from tests.ecs.jobs.making import on_event, scheduled, text_of
from tests.toolkit import REASON, container, new_stack, opt_outs, properties, resources, synth

HOUR = timedelta(hours=1)


class TestRunsOfATask:
    def test_a_run_that_failed_goes_off(self):
        stack = new_stack()
        job = scheduled(stack)
        template = synth(stack)
        alarm = properties(template, "AWS::CloudWatch::Alarm", like="FailedRuns")
        [rule] = [name for name in resources(template, "AWS::Events::Rule") if "FailedRuns" in name]
        assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Events", "TriggeredRules")
        assert alarm["Dimensions"] == [{"Name": "RuleName", "Value": {"Ref": rule}}]
        assert (alarm["Statistic"], alarm["Period"], alarm["Threshold"]) == ("Sum", 300, 1)
        assert alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
        assert alarm["TreatMissingData"] == "notBreaching"
        assert set(job.alarms) == {"FailedRuns", "NotStarted"}

    def test_it_knows_this_tasks_runs_that_failed_or_were_ended(self):
        stack = new_stack()
        scheduled(stack, container=container(name="etl"), sidecars=[container(name="proxy")])
        pattern = properties(synth(stack), "AWS::Events::Rule")["EventPattern"]
        assert pattern["source"] == ["aws.ecs"]
        assert pattern["detail-type"] == ["ECS Task State Change"]
        detail = pattern["detail"]
        assert detail["lastStatus"] == ["STOPPED"]
        assert text_of(detail["clusterArn"][0]).endswith(":cluster/shop")
        [family] = detail["taskDefinitionArn"]
        assert ":task-definition/ShopJobTaskDefinition" in text_of(family["prefix"])
        assert text_of(family["prefix"]).endswith(":"), "every revision, and no family whose name begins alike"
        own, ended = detail["$or"]
        assert own == {"containers": {"name": ["etl"], "exitCode": [{"anything-but": 0}]}}
        assert ended == {"stopCode": ["TaskFailedToStart", "SpotInterruption", "TerminationNotice"]}

    def test_what_ecs_says_of_them_is_kept(self):
        stack = new_stack()
        job = scheduled(stack)
        template = synth(stack)
        [queue] = [name for name in resources(template, "AWS::SQS::Queue") if "FailedRuns" in name]
        [target] = properties(template, "AWS::Events::Rule")["Targets"]
        assert target["Arn"] == {"Fn::GetAtt": [queue, "Arn"]}
        assert resources(template, "AWS::SQS::Queue")[queue]["Properties"]["SqsManagedSseEnabled"] is True
        assert job.failed_runs_queue is not None

    def test_a_run_that_never_began_goes_off(self):
        stack = new_stack()
        scheduled(stack)
        template = synth(stack)
        [queue] = [name for name in resources(template, "AWS::SQS::Queue") if "DeadLetters" in name]
        alarm = properties(template, "AWS::CloudWatch::Alarm", like="NotStarted")
        assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
        assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue, "QueueName"]}}]
        assert (alarm["Threshold"], alarm["Period"], alarm["Statistic"]) == (1, 60, "Maximum")


class TestExecutions:
    @pytest.mark.parametrize("make", [scheduled, on_event])
    def test_one_that_failed_or_ran_out_of_time_goes_off(self, make: Any):
        stack = new_stack()
        job = make(stack, timeout=HOUR)
        template = synth(stack)
        alarm = properties(template, "AWS::CloudWatch::Alarm", like="FailedRuns")
        stats = [entry["MetricStat"] for entry in alarm["Metrics"] if "MetricStat" in entry]
        assert {entry["Metric"]["MetricName"] for entry in stats} == {"ExecutionsFailed", "ExecutionsTimedOut"}
        [machine] = resources(template, "AWS::StepFunctions::StateMachine")
        for entry in stats:
            assert entry["Metric"]["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": machine}}]
        [sum_] = [entry["Expression"] for entry in alarm["Metrics"] if "Expression" in entry]
        assert sum_ == "FILL(failed, 0) + FILL(late, 0)"
        assert set(job.alarms) == {"FailedRuns", "NotStarted"}
        assert job.failed_runs_queue is None, "a run that is tried again has not failed yet"
        assert [name for name in resources(template, "AWS::Events::Rule") if "FailedRuns" in name] == []


def test_without_an_event_nothing_can_be_left_unstarted():
    stack = new_stack()
    assert set(on_event(stack, event_pattern=None).alarms) == {"FailedRuns"}


def test_nobody_is_told_unless_said():
    stack = new_stack()
    scheduled(stack)
    for alarm in resources(synth(stack), "AWS::CloudWatch::Alarm").values():
        assert "AlarmActions" not in alarm["Properties"]


def test_a_topic_is_told_when_it_begins_and_when_it_is_over():
    stack = new_stack()
    topic = sns.Topic.from_topic_arn(stack, "Topic", "arn:aws:sns:eu-west-1:111111111111:alarms")
    scheduled(stack, alarms=JobAlarms(topic=topic))
    alarms = resources(synth(stack), "AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 2
    for alarm in alarms:
        assert alarm["Properties"]["AlarmActions"] == ["arn:aws:sns:eu-west-1:111111111111:alarms"]
        assert alarm["Properties"]["OKActions"] == alarm["Properties"]["AlarmActions"]


def test_the_encrypted_topic_for_alarms_is_told_too():
    """A rule of EventBridge could not publish to it, which is why runs that failed are counted by an alarm."""
    stack = new_stack()
    topic = AlarmTopic(stack, "Alerts")
    scheduled(stack, alarms=JobAlarms(topic=topic.topic))
    template = synth(stack)
    alarm = properties(template, "AWS::CloudWatch::Alarm", like="FailedRuns")
    assert alarm["AlarmActions"][0]["Ref"].startswith("AlertsTopic")
    targets = properties(template, "AWS::Events::Rule")["Targets"]
    assert [target["Id"] for target in targets] == ["FailedRuns"]


def test_some_may_fail():
    stack = new_stack()
    on_event(stack, alarms=JobAlarms(failed_runs=10, within=HOUR))
    alarm = properties(synth(stack), "AWS::CloudWatch::Alarm", like="FailedRuns")
    assert (alarm["Threshold"], alarm["Period"]) == (10, 3600)


def test_they_can_be_left_out_with_a_reason():
    stack = new_stack()
    job = scheduled(stack, alarms=Disabled(REASON))
    template = synth(stack)
    assert job.alarms == {}
    assert resources(template, "AWS::CloudWatch::Alarm") == {}
    assert resources(template, "AWS::Events::Rule") == {}
    assert len(resources(template, "AWS::SQS::Queue")) == 1, "what could not be started is kept all the same"
    assert opt_outs(template)["AWS::ECS::TaskDefinition"]["job-alarms"] == REASON
