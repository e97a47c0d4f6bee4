"""Each recipe makes, changes and removes its resources, shown by stacks of a few resources; and what ECS refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.cdk_cli import Emulator, run_emulator
from tests.emulator.inventory import READERS

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-rules")]

NAME = "small"
Resources = dict[str, Any]


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    with run_emulator(tmp_path_factory.mktemp("emulator-stacks")) as running:
        yield running


@contextmanager
def stack(emulator: Emulator, resources: Resources) -> Iterator[dict[str, str]]:
    """Deploy a stack for as long as the block runs, and give its physical ids; nothing of it must be left."""
    cloudformation = emulator.client("cloudformation")
    before = inventory(emulator, resources)
    try:
        cloudformation.create_stack(StackName=NAME, TemplateBody=template(resources))
        found = cloudformation.describe_stack_resources(StackName=NAME)["StackResources"]
        assert {it["LogicalResourceId"] for it in found} == set(resources)
        assert inventory(emulator, resources) != before
        yield {it["LogicalResourceId"]: it["PhysicalResourceId"] for it in found}
    finally:
        cloudformation.delete_stack(StackName=NAME)
    assert inventory(emulator, resources) == before


def inventory(emulator: Emulator, resources: Resources) -> dict[str, list[str]]:
    return {kind: sorted(READERS[kind](emulator.client)) for kind, _ in resources.values() if kind in READERS}


def update(emulator: Emulator, resources: Resources) -> None:
    emulator.client("cloudformation").update_stack(StackName=NAME, TemplateBody=template(resources))


def refused(emulator: Emulator, resources: Resources, why: str) -> None:
    cloudformation = emulator.client("cloudformation")
    with pytest.raises(ClientError, match=why):
        cloudformation.create_stack(StackName=NAME, TemplateBody=template(resources))
    cloudformation.delete_stack(StackName=NAME)


def template(resources: Resources) -> str:
    return json.dumps({"Resources": {name: {"Type": kind, "Properties": it} for name, (kind, it) in resources.items()}})


def attribute(name: str, attribute: str = "Arn") -> dict[str, list[str]]:
    return {"Fn::GetAtt": [name, attribute]}


def role(service: str, *managed: str) -> tuple[str, dict[str, Any]]:
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    return "AWS::IAM::Role", {"AssumeRolePolicyDocument": document, "ManagedPolicyArns": list(managed)}


TASK: Resources = {
    "Cluster": ("AWS::ECS::Cluster", {}),
    "Task": (
        "AWS::ECS::TaskDefinition",
        {
            "Family": "app",
            "NetworkMode": "awsvpc",
            "ContainerDefinitions": [
                {"Name": "app", "Image": "app", "Memory": 64, "PortMappings": [{"ContainerPort": 80, "Name": "web"}]}
            ],
        },
    ),
}
VPC: Resources = {
    "Vpc": ("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"}),
    "Subnet": ("AWS::EC2::Subnet", {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}),
}


def service(**options: Any) -> tuple[str, dict[str, Any]]:
    given = {"Cluster": {"Ref": "Cluster"}, "TaskDefinition": {"Ref": "Task"}, "DesiredCount": 1, **options}
    return "AWS::ECS::Service", given


def target_group(**options: Any) -> tuple[str, dict[str, Any]]:
    given = {"Protocol": "HTTP", "Port": 80, "VpcId": {"Ref": "Vpc"}, "TargetType": "ip", **options}
    return "AWS::ElasticLoadBalancingV2::TargetGroup", given


def test_a_queue_hands_failed_messages_to_another_under_a_policy(emulator: Emulator) -> None:
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": attribute("Queue")}
    redrive = {"deadLetterTargetArn": attribute("Dead"), "maxReceiveCount": 1}
    resources: Resources = {
        "Dead": ("AWS::SQS::Queue", {"MessageRetentionPeriod": 1209600}),
        "Queue": ("AWS::SQS::Queue", {"VisibilityTimeout": 0, "RedrivePolicy": redrive, "SqsManagedSseEnabled": True}),
        "Policy": (
            "AWS::SQS::QueuePolicy",
            {"Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]}},
        ),
    }
    sqs = emulator.client("sqs")
    with stack(emulator, resources) as made:
        found = sqs.get_queue_attributes(QueueUrl=made["Queue"], AttributeNames=["All"])["Attributes"]
        assert json.loads(found["Policy"])["Statement"][0]["Resource"] == found["QueueArn"]
        sqs.send_message(QueueUrl=made["Queue"], MessageBody="poison")
        assert [len(sqs.receive_message(QueueUrl=made["Queue"]).get("Messages", [])) for _ in range(2)] == [1, 0]
        assert sqs.receive_message(QueueUrl=made["Dead"])["Messages"][0]["Body"] == "poison"
        update(emulator, {**resources, "Queue": ("AWS::SQS::Queue", {"VisibilityTimeout": 60})})
        found = sqs.get_queue_attributes(QueueUrl=made["Queue"], AttributeNames=["All"])["Attributes"]
        assert found["VisibilityTimeout"] == "60"


def test_a_topic_sends_to_its_subscribers(emulator: Emulator) -> None:
    options = {"RawMessageDelivery": True, "FilterPolicy": {"kind": ["order"]}}
    subscription = {"TopicArn": {"Ref": "Topic"}, "Protocol": "sqs", "Endpoint": attribute("Queue"), **options}
    resources: Resources = {
        "Topic": ("AWS::SNS::Topic", {}),
        "Queue": ("AWS::SQS::Queue", {}),
        "Subscription": ("AWS::SNS::Subscription", subscription),
    }
    sqs, sns = emulator.client("sqs"), emulator.client("sns")
    with stack(emulator, resources) as made:
        for kind in ("order", "other"):
            attributes = {"kind": {"DataType": "String", "StringValue": kind}}
            sns.publish(TopicArn=made["Topic"], Message=kind, MessageAttributes=attributes)
        received = sqs.receive_message(QueueUrl=made["Queue"], MaxNumberOfMessages=10)["Messages"]
        assert [it["Body"] for it in received] == ["order"]


def test_a_rule_sends_what_it_matches(emulator: Emulator) -> None:
    target = {
        "Id": "Queue",
        "Arn": attribute("Queue"),
        "DeadLetterConfig": {"Arn": attribute("Dead")},
        "InputTransformer": {"InputPathsMap": {"why": "$.detail.reason"}, "InputTemplate": '{"because": "<why>"}'},
    }
    pattern = {"source": ["shop"], "detail": {"state": ["FAILED"]}}
    resources: Resources = {
        "Dead": ("AWS::SQS::Queue", {}),
        "Queue": ("AWS::SQS::Queue", {}),
        "Rule": ("AWS::Events::Rule", {"EventPattern": pattern, "State": "ENABLED", "Targets": [target]}),
    }
    events, sqs = emulator.client("events"), emulator.client("sqs")
    with stack(emulator, resources) as made:
        for state in ("FAILED", "COMPLETED"):
            detail = json.dumps({"state": state, "reason": state})
            events.put_events(Entries=[{"Source": "shop", "DetailType": "Deployment", "Detail": detail}])
        received = sqs.receive_message(QueueUrl=made["Queue"], MaxNumberOfMessages=10)["Messages"]
        assert [json.loads(it["Body"]) for it in received] == [{"because": "FAILED"}]
        changed = {**target, "Id": "Other"}
        update(emulator, {**resources, "Rule": ("AWS::Events::Rule", {"EventPattern": pattern, "Targets": [changed]})})
        (found,) = events.list_targets_by_rule(Rule=made["Rule"])["Targets"]
        assert found["Id"] == "Other"
        assert found["DeadLetterConfig"]["Arn"].endswith(made["Dead"].split("/")[-1])


def test_a_schedule_runs_a_task(emulator: Emulator) -> None:
    network = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "AssignPublicIp": "DISABLED"}}
    target = {
        "Arn": attribute("Cluster"),
        "RoleArn": attribute("Role"),
        "EcsParameters": {"TaskDefinitionArn": {"Ref": "Task"}, "NetworkConfiguration": network, "TaskCount": 1},
        "RetryPolicy": {"MaximumRetryAttempts": 3},
    }
    given = {"ScheduleExpression": "rate(1 hour)", "FlexibleTimeWindow": {"Mode": "OFF"}, "GroupName": {"Ref": "Group"}}
    resources: Resources = {
        **TASK,
        **VPC,
        "Role": role("scheduler.amazonaws.com"),
        "Group": ("AWS::Scheduler::ScheduleGroup", {}),
        "Nightly": ("AWS::Scheduler::Schedule", {**given, "Target": target}),
    }
    scheduler = emulator.client("scheduler")
    with stack(emulator, resources) as made:
        update(
            emulator,
            {**resources, "Nightly": ("AWS::Scheduler::Schedule", {**given, "Target": target, "State": "DISABLED"})},
        )
        found = scheduler.get_schedule(Name=made["Nightly"], GroupName=made["Group"])
        assert found["State"] == "DISABLED"
        assert found["Target"]["EcsParameters"]["TaskDefinitionArn"] == made["Task"]
        assert found["Target"]["EcsParameters"]["NetworkConfiguration"]["awsvpcConfiguration"]["Subnets"] == [
            made["Subnet"]
        ]


def test_a_state_machine_has_its_definition_and_its_log(emulator: Emulator) -> None:
    definition = {"StartAt": "Done", "States": {"Done": {"Type": "Pass", "Result": "${what}", "End": True}}}
    given = {
        "StateMachineType": "STANDARD",
        "RoleArn": attribute("Role"),
        "DefinitionSubstitutions": {"what": {"Ref": "Log"}},
        "LoggingConfiguration": {
            "Level": "ALL",
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": attribute("Log")}}],
        },
    }
    kind = "AWS::StepFunctions::StateMachine"
    resources: Resources = {
        "Role": role("states.amazonaws.com"),
        "Log": ("AWS::Logs::LogGroup", {}),
        "Machine": (kind, {**given, "DefinitionString": json.dumps(definition)}),
    }
    states = emulator.client("stepfunctions")
    with stack(emulator, resources) as made:
        found = states.describe_state_machine(stateMachineArn=made["Machine"])
        assert json.loads(found["definition"])["States"]["Done"]["Result"] == made["Log"]
        assert found["loggingConfiguration"]["level"] == "ALL"
        update(emulator, {**resources, "Machine": (kind, {**given, "Definition": {**definition, "Comment": "new"}})})
        found = states.describe_state_machine(stateMachineArn=made["Machine"])
        assert json.loads(found["definition"])["Comment"] == "new"


def test_a_function_of_a_few_lines_and_who_may_call_it(emulator: Emulator) -> None:
    code = {"ZipFile": "def handler(event, context):\n    return {'hookStatus': 'SUCCEEDED'}\n"}
    function = {"Runtime": "python3.13", "Handler": "index.handler", "Role": attribute("Role"), "Code": code}
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    permission = {"FunctionName": {"Ref": "Hook"}, "Action": "lambda:InvokeFunction", "Principal": "ecs.amazonaws.com"}
    resources: Resources = {
        "Role": role("lambda.amazonaws.com", basic),
        "Hook": ("AWS::Lambda::Function", function),
        "Permission": ("AWS::Lambda::Permission", permission),
    }
    functions = emulator.client("lambda")
    with stack(emulator, resources) as made:
        (attached,) = emulator.client("iam").list_attached_role_policies(RoleName=made["Role"])["AttachedPolicies"]
        assert attached["PolicyArn"] == basic
        (statement,) = json.loads(functions.get_policy(FunctionName=made["Hook"])["Policy"])["Statement"]
        assert statement["Principal"] == {"Service": "ecs.amazonaws.com"}
        update(emulator, {**resources, "Hook": ("AWS::Lambda::Function", {**function, "Timeout": 30})})
        assert functions.get_function(FunctionName=made["Hook"])["Configuration"]["Timeout"] == 30


def test_a_role_cannot_have_a_managed_policy_that_aws_does_not_have(emulator: Emulator) -> None:
    resources = {"Role": role("ecs-tasks.amazonaws.com", "arn:aws:iam::aws:policy/AmazonECSTaskExecutionRolePolicy")}
    refused(emulator, resources, "AmazonECSTaskExecutionRolePolicy")


def test_namespaces_and_their_services(emulator: Emulator) -> None:
    dns = {"DnsRecords": [{"Type": "A", "TTL": 10}], "NamespaceId": attribute("Private", "Id")}
    properties = {"DnsProperties": {"SOA": {"TTL": 15}}}
    resources: Resources = {
        **VPC,
        "Private": (
            "AWS::ServiceDiscovery::PrivateDnsNamespace",
            {"Name": "shop.internal", "Vpc": {"Ref": "Vpc"}, "Properties": properties},
        ),
        "Http": ("AWS::ServiceDiscovery::HttpNamespace", {"Name": "shop"}),
        "Orders": ("AWS::ServiceDiscovery::Service", {"Name": "orders", "DnsConfig": dns}),
    }
    discovery = emulator.client("servicediscovery")
    with stack(emulator, resources) as made:
        assert discovery.get_service(Id=made["Orders"])["Service"]["DnsConfig"]["NamespaceId"] == made["Private"]
        kinds = {it["Name"]: it["Type"] for it in discovery.list_namespaces()["Namespaces"]}
        assert kinds == {"shop.internal": "DNS_PRIVATE", "shop": "HTTP"}


def test_a_service_in_service_connect(emulator: Emulator) -> None:
    connect = {
        "Enabled": True,
        "Namespace": attribute("Namespace"),
        "Services": [{"PortName": "web", "DiscoveryName": "app", "ClientAliases": [{"Port": 80, "DnsName": "app"}]}],
    }
    resources: Resources = {
        **TASK,
        "Namespace": ("AWS::ServiceDiscovery::HttpNamespace", {"Name": "shop"}),
        "Service": service(ServiceConnectConfiguration=connect),
    }
    with stack(emulator, resources) as made:
        (found,) = describe(emulator, made["Service"])["deployments"]
        assert found["serviceConnectConfiguration"]["services"][0]["portName"] == "web"
    connect["Services"] = [{"PortName": "other"}]
    refused(emulator, {**resources, "Service": service(ServiceConnectConfiguration=connect)}, r"no port \['other'\]")
    connect = {"Enabled": True, "Namespace": "elsewhere"}
    refused(emulator, {**resources, "Service": service(ServiceConnectConfiguration=connect)}, "no namespace elsewhere")


def describe(emulator: Emulator, arn: str) -> dict[str, Any]:
    found = emulator.client("ecs").describe_services(cluster=arn.split("/")[1], services=[arn])["services"]
    one: dict[str, Any] = found[0]
    return one


def balanced(*, weights: tuple[int, ...] = (1, 0)) -> Resources:
    """Give a load balancer with two target groups and a rule that knows as many as there are weights."""
    groups = [
        {"TargetGroupArn": {"Ref": name}, "Weight": it} for name, it in zip(("Blue", "Green"), weights, strict=False)
    ]
    listener = {"LoadBalancerArn": {"Ref": "Balancer"}, "Port": 80, "Protocol": "HTTP"}
    return {
        **VPC,
        **TASK,
        "Blue": target_group(),
        "Green": target_group(),
        "Balancer": ("AWS::ElasticLoadBalancingV2::LoadBalancer", {"Subnets": [{"Ref": "Subnet"}]}),
        "Listener": (
            "AWS::ElasticLoadBalancingV2::Listener",
            {**listener, "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Blue"}}]},
        ),
        "Test": (
            "AWS::ElasticLoadBalancingV2::Listener",
            {**listener, "Port": 81, "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Green"}}]},
        ),
        "Rule": (
            "AWS::ElasticLoadBalancingV2::ListenerRule",
            {
                "ListenerArn": {"Ref": "Listener"},
                "Priority": 1,
                "Conditions": [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
                "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
            },
        ),
        "Role": role("ecs.amazonaws.com", f"{MANAGED}AmazonECSInfrastructureRolePolicyForLoadBalancers"),
    }


MANAGED = "arn:aws:iam::aws:policy/"
ADVANCED = {
    "AlternateTargetGroupArn": {"Ref": "Green"},
    "ProductionListenerRule": {"Ref": "Rule"},
    "RoleArn": attribute("Role"),
}
ATTACHED = {"ContainerName": "app", "ContainerPort": 80, "TargetGroupArn": {"Ref": "Blue"}}


def test_a_blue_green_service_has_both_target_groups(emulator: Emulator) -> None:
    deployment = {"Strategy": "BLUE_GREEN", "BakeTimeInMinutes": 5, "MaximumPercent": 200, "MinimumHealthyPercent": 100}
    attached = {**ATTACHED, "AdvancedConfiguration": ADVANCED}
    blue_green = service(DeploymentConfiguration=deployment, LoadBalancers=[attached])
    with stack(emulator, {**balanced(), "Service": blue_green}) as made:
        found = describe(emulator, made["Service"])
        assert found["deploymentConfiguration"]["strategy"] == "BLUE_GREEN"
        assert found["loadBalancers"][0]["advancedConfiguration"]["alternateTargetGroupArn"] == made["Green"]
    refused(emulator, {**balanced(weights=(1,)), "Service": blue_green}, "associated load balancer|does not forward to")


def test_codedeploy_takes_a_service_over(emulator: Emulator) -> None:
    controlled = service(DeploymentController={"Type": "CODE_DEPLOY"}, LoadBalancers=[ATTACHED])
    route = {"ListenerArns": [{"Ref": "Listener"}]}
    pair = [{"Name": attribute("Blue", "TargetGroupName")}, {"Name": attribute("Green", "TargetGroupName")}]
    group = {
        "ApplicationName": {"Ref": "Application"},
        "ServiceRoleArn": attribute("Role"),
        "DeploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes",
        "ECSServices": [{"ClusterName": {"Ref": "Cluster"}, "ServiceName": attribute("Service", "Name")}],
        "DeploymentStyle": {"DeploymentType": "BLUE_GREEN", "DeploymentOption": "WITH_TRAFFIC_CONTROL"},
        "LoadBalancerInfo": {"TargetGroupPairInfoList": [{"TargetGroups": pair, "ProdTrafficRoute": route}]},
    }
    kind = "AWS::CodeDeploy::DeploymentGroup"
    resources: Resources = {
        **balanced(),
        "Role": role("codedeploy.amazonaws.com", f"{MANAGED}AWSCodeDeployRoleForECS"),
        "Service": controlled,
        "Application": ("AWS::CodeDeploy::Application", {"ComputePlatform": "ECS"}),
        "Group": (kind, group),
    }
    codedeploy = emulator.client("codedeploy")
    with stack(emulator, resources) as made:
        name = {"applicationName": made["Application"], "deploymentGroupName": made["Group"]}
        found = codedeploy.get_deployment_group(**name)["deploymentGroupInfo"]
        assert found["ecsServices"] == [{"clusterName": made["Cluster"], "serviceName": made["Service"].split("/")[-1]}]
        rollback = {"Enabled": True, "Events": ["DEPLOYMENT_FAILURE"]}
        update(emulator, {**resources, "Group": (kind, {**group, "AutoRollbackConfiguration": rollback})})
        found = codedeploy.get_deployment_group(**name)["deploymentGroupInfo"]
        assert found["autoRollbackConfiguration"]["enabled"] is True
        task = ("AWS::ECS::TaskDefinition", {**TASK["Task"][1], "Cpu": "256"})
        with pytest.raises(ClientError, match="CODE_DEPLOY deployment controller changes"):
            update(emulator, {**resources, "Task": task})


def test_policies_of_each_kind_and_scheduled_actions(emulator: Emulator) -> None:
    resource = {"Fn::Join": ["/", ["service", {"Ref": "Cluster"}, attribute("Service", "Name")]]}
    actions = [
        {"ScheduledActionName": "morning", "Schedule": "cron(0 7 * * ? *)", "Timezone": "Europe/Berlin"},
        {"ScheduledActionName": "evening", "Schedule": "cron(0 19 * * ? *)"},
    ]
    actions = [{**it, "ScalableTargetAction": {"MinCapacity": 2, "MaxCapacity": 9}} for it in actions]
    key = {"ResourceId": resource, "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs"}
    target = {**key, "MinCapacity": 1, "MaxCapacity": 9, "ScheduledActions": actions}
    step = {
        "AdjustmentType": "ChangeInCapacity",
        "StepAdjustments": [{"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1}],
    }
    pair = {"PredefinedMetricType": "ECSServiceCPUUtilization"}
    predictive = {
        "MetricSpecifications": [{"TargetValue": 60, "PredefinedMetricPairSpecification": pair}],
        "Mode": "ForecastAndScale",
    }
    tracking = {
        "TargetValue": 60,
        "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
    }
    configured = {
        "StepScaling": ("StepScalingPolicyConfiguration", step),
        "PredictiveScaling": ("PredictiveScalingPolicyConfiguration", predictive),
        "TargetTrackingScaling": ("TargetTrackingScalingPolicyConfiguration", tracking),
    }
    policies = {
        kind: (
            "AWS::ApplicationAutoScaling::ScalingPolicy",
            {"PolicyName": kind, "PolicyType": kind, "ScalingTargetId": {"Ref": "Target"}, member: configuration},
        )
        for kind, (member, configuration) in configured.items()
    }
    kind = "AWS::ApplicationAutoScaling::ScalableTarget"
    resources: Resources = {**TASK, "Service": service(), "Target": (kind, target), **policies}
    scaling = emulator.client("application-autoscaling")
    with stack(emulator, resources):
        found = {
            it["PolicyName"]: it for it in scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"]
        }
        assert {name: set(it) & {member for member, _ in configured.values()} for name, it in found.items()} == {
            name: {member} for name, (member, _) in configured.items()
        }
        registered = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
        assert {it["ScheduledActionName"]: it.get("Timezone") for it in registered} == {
            "morning": "Europe/Berlin",
            "evening": None,
        }
        update(emulator, {**resources, "Target": (kind, {**target, "ScheduledActions": actions[:1]})})
        registered = scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"]
        assert [it["ScheduledActionName"] for it in registered] == ["morning"]
    assert scaling.describe_scheduled_actions(ServiceNamespace="ecs")["ScheduledActions"] == []


def test_a_stream_delivers_logs_to_a_bucket(emulator: Emulator) -> None:
    destination = {"BucketARN": attribute("Bucket"), "RoleARN": attribute("Role"), "CompressionFormat": "GZIP"}
    transformation = {"MetricName": "Errors", "MetricNamespace": "Shop", "MetricValue": "1"}
    resources: Resources = {
        "Bucket": ("AWS::S3::Bucket", {}),
        "Role": role("firehose.amazonaws.com"),
        "Log": ("AWS::Logs::LogGroup", {}),
        "Stream": (
            "AWS::KinesisFirehose::DeliveryStream",
            {"DeliveryStreamType": "DirectPut", "ExtendedS3DestinationConfiguration": destination},
        ),
        "Filter": (
            "AWS::Logs::MetricFilter",
            {"LogGroupName": {"Ref": "Log"}, "FilterPattern": "ERROR", "MetricTransformations": [transformation]},
        ),
        "Subscription": (
            "AWS::Logs::SubscriptionFilter",
            {
                "LogGroupName": {"Ref": "Log"},
                "FilterPattern": "",
                "DestinationArn": attribute("Stream"),
                "RoleArn": attribute("Role"),
            },
        ),
    }
    firehose = emulator.client("firehose")
    with stack(emulator, resources) as made:
        found = firehose.describe_delivery_stream(DeliveryStreamName=made["Stream"])["DeliveryStreamDescription"]
        assert found["Destinations"][0]["ExtendedS3DestinationDescription"]["CompressionFormat"] == "GZIP"


def test_lattice_leads_to_a_service(emulator: Emulator) -> None:
    config = {"Port": 80, "Protocol": "HTTP", "VpcIdentifier": {"Ref": "Vpc"}}
    forward = {"Forward": {"TargetGroups": [{"TargetGroupIdentifier": {"Ref": "Targets"}, "Weight": 100}]}}
    network, lattice = {"Ref": "Network"}, {"Ref": "Lattice"}
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "vpc-lattice-svcs:Invoke"}],
    }
    resources: Resources = {
        **VPC,
        **TASK,
        "Role": role("ecs.amazonaws.com", f"{MANAGED}AmazonECSInfrastructureRolePolicyForVpcLattice"),
        "Log": ("AWS::Logs::LogGroup", {}),
        "Network": ("AWS::VpcLattice::ServiceNetwork", {"AuthType": "AWS_IAM"}),
        "Lattice": ("AWS::VpcLattice::Service", {"AuthType": "AWS_IAM"}),
        "Targets": ("AWS::VpcLattice::TargetGroup", {"Type": "IP", "Config": config}),
        "Listener": (
            "AWS::VpcLattice::Listener",
            {"ServiceIdentifier": lattice, "Protocol": "HTTPS", "Port": 443, "DefaultAction": forward},
        ),
        "OfVpc": (
            "AWS::VpcLattice::ServiceNetworkVpcAssociation",
            {"ServiceNetworkIdentifier": network, "VpcIdentifier": {"Ref": "Vpc"}},
        ),
        "OfService": (
            "AWS::VpcLattice::ServiceNetworkServiceAssociation",
            {"ServiceNetworkIdentifier": network, "ServiceIdentifier": lattice},
        ),
        "Policy": ("AWS::VpcLattice::AuthPolicy", {"ResourceIdentifier": lattice, "Policy": policy}),
        "Access": (
            "AWS::VpcLattice::AccessLogSubscription",
            {"ResourceIdentifier": lattice, "DestinationArn": attribute("Log")},
        ),
        "Service": service(
            VpcLatticeConfigurations=[
                {"PortName": "web", "TargetGroupArn": {"Ref": "Targets"}, "RoleArn": attribute("Role")}
            ]
        ),
    }
    with stack(emulator, resources) as made:
        (deployment,) = describe(emulator, made["Service"])["deployments"]
        assert deployment["vpcLatticeConfigurations"][0]["targetGroupArn"] == made["Targets"]
        (listener,) = emulator.client("vpc-lattice").list_listeners(serviceIdentifier=made["Lattice"].split("/")[-1])[
            "items"
        ]
        assert listener["arn"] == made["Listener"]


def test_managed_instances_belong_to_their_cluster(emulator: Emulator) -> None:
    template = {
        "Ec2InstanceProfileArn": attribute("Profile"),
        "NetworkConfiguration": {"Subnets": [{"Ref": "Subnet"}]},
        "InstanceRequirements": {"VCpuCount": {"Min": 1, "Max": 4}, "MemoryMiB": {"Min": 1024}},
    }
    provider = {"InfrastructureRoleArn": attribute("Role"), "InstanceLaunchTemplate": template}
    associations: dict[str, list[Any]] = {"CapacityProviders": ["FARGATE"], "DefaultCapacityProviderStrategy": []}
    resources: Resources = {
        **VPC,
        **TASK,
        "Role": role("ecs.amazonaws.com", f"{MANAGED}AmazonECSInfrastructureRolePolicyForManagedInstances"),
        "InstanceRole": role("ec2.amazonaws.com", f"{MANAGED}AmazonECSInstanceRolePolicyForManagedInstances"),
        "Profile": ("AWS::IAM::InstanceProfile", {"Roles": [{"Ref": "InstanceRole"}]}),
        "Managed": (
            "AWS::ECS::CapacityProvider",
            {"Name": "managed", "ClusterName": {"Ref": "Cluster"}, "ManagedInstancesProvider": provider},
        ),
        "Service": service(CapacityProviderStrategy=[{"CapacityProvider": {"Ref": "Managed"}, "Weight": 1}]),
        "Fargate": ("AWS::ECS::ClusterCapacityProviderAssociations", {"Cluster": {"Ref": "Cluster"}, **associations}),
    }
    with stack(emulator, resources) as made:
        (found,) = emulator.client("ecs").describe_capacity_providers(capacityProviders=["managed"])[
            "capacityProviders"
        ]
        assert found["cluster"].endswith(made["Cluster"])
        assert found["managedInstancesProvider"]["infrastructureRoleArn"].endswith(made["Role"])
        (cluster,) = emulator.client("ecs").describe_clusters(clusters=[made["Cluster"]])["clusters"]
        assert set(cluster["capacityProviders"]) == {"FARGATE", "managed"}
    associations["CapacityProviders"].append({"Ref": "Managed"})
    refused(emulator, resources, "Managed Instances cannot be associated")


def test_a_prefix_list(emulator: Emulator) -> None:
    given = {"PrefixListName": "office", "AddressFamily": "IPv4", "MaxEntries": 2, "Entries": [{"Cidr": "10.9.0.0/24"}]}
    with stack(emulator, {"Office": ("AWS::EC2::PrefixList", given)}) as made:
        (entry,) = emulator.client("ec2").get_managed_prefix_list_entries(PrefixListId=made["Office"])["Entries"]
        assert entry["Cidr"] == "10.9.0.0/24"
