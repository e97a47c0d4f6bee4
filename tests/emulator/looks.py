"""Closer looks at single parts of what was deployed, taken once, while the emulator is up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .cdk_cli import ACCOUNT, REGION, Emulator
from .clusters import read_storage
from .inventory import every, names

Look = Callable[[Emulator], Any]


def construct(name: str) -> str:
    """Find stack and logical id in a name that CloudFormation made up: `dev-jobs-NightlyQueue0123ABCD-...`.

    A name that would be too long is cut, and may have less of the hash.
    """
    found = re.search(r"[a-z]+-(?P<stack>[a-z-]+)-(?P<id>[A-Z]\w+?)[0-9A-F]{6,8}-", name)
    assert found, name
    return f"{found['stack']}/{found['id']}"


def queue(name: str, emulator: Emulator) -> str:
    """Give the URL of a queue by its stack and logical id."""
    (found,) = (it for it in emulator.client("sqs").list_queues()["QueueUrls"] if construct(it) == name)
    url: str = found
    return url


def topic(name: str, emulator: Emulator) -> str:
    (found,) = (it for it in names(emulator.client("sns").list_topics()["Topics"], "TopicArn") if construct(it) == name)
    arn: str = found
    return arn


# ---- queues, and what becomes of a message


def read_queues(emulator: Emulator) -> dict[str, dict[str, str]]:
    sqs = emulator.client("sqs")
    return {
        construct(url): sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        for url in sqs.list_queues()["QueueUrls"]
    }


def receive(emulator: Emulator, url: str) -> list[str]:
    """Take the messages, and give them back at once."""
    sqs = emulator.client("sqs")
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=0).get("Messages", [])
    for message in found:
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return [it["Body"] for it in found]


def send_orders(emulator: Emulator) -> dict[str, Any]:
    """Publish orders of several sizes, and let the worker's queue fail to get them done."""
    sns = emulator.client("sns")
    for size, price in (("large", 150), ("large", 50), ("small", 150)):
        attributes = {
            "size": {"DataType": "String", "StringValue": size},
            "price": {"DataType": "Number", "StringValue": str(price)},
        }
        arn = topic("workers/Orders", emulator)
        sns.publish(TopicArn=arn, Message=f"{size} for {price}", MessageAttributes=attributes)
    tried = [receive(emulator, queue("workers/LargeOrdersQueue", emulator)) for _ in range(4)]
    dead = queue("workers/LargeOrdersDeadLetters", emulator)
    left = receive(emulator, dead)
    emulator.client("sqs").purge_queue(QueueUrl=dead)
    return {"tried": tried, "dead": left}


# ---- scaling, schedules, rules


def read_scaling(emulator: Emulator) -> dict[str, dict[str, Any]]:
    """Give policies and scheduled actions of each service."""
    scaling = emulator.client("application-autoscaling")
    found: dict[str, dict[str, Any]] = {}
    for kind, member in (("policies", "ScalingPolicies"), ("actions", "ScheduledActions")):
        read = scaling.describe_scaling_policies if kind == "policies" else scaling.describe_scheduled_actions
        for it in read(ServiceNamespace="ecs")[member]:
            name = construct(it["ResourceId"].split("/")[-1]).removesuffix("Service")
            found.setdefault(name, {"policies": [], "actions": []})[kind].append(it)
    return found


def read_alarm_actions(emulator: Emulator) -> set[str]:
    alarms = every(emulator.client("cloudwatch"), "describe_alarms", "MetricAlarms")
    return {action for alarm in alarms for action in alarm["AlarmActions"]}


def read_schedules(emulator: Emulator) -> dict[str, Any]:
    scheduler = emulator.client("scheduler")
    return {
        construct(it["Name"]): scheduler.get_schedule(Name=it["Name"], GroupName=it["GroupName"])
        for it in scheduler.list_schedules()["Schedules"]
    }


def read_rules(emulator: Emulator) -> dict[str, Any]:
    """Yield rules with their targets, except rules that store events, which have other names."""
    events = emulator.client("events")
    found = {it["Name"]: it for it in events.list_rules()["Rules"]}
    targets = {name: events.list_targets_by_rule(Rule=name)["Targets"] for name in found}
    return {
        construct(name): {**it, "Targets": targets[name]}
        for name, it in found.items()
        if ":logs:" not in targets[name][0]["Arn"]
    }


def read_state_machines(emulator: Emulator) -> dict[str, Any]:
    states = emulator.client("stepfunctions")
    found = (
        states.describe_state_machine(stateMachineArn=it["stateMachineArn"])
        for it in states.list_state_machines()["stateMachines"]
    )
    return {it["stateMachineArn"]: {**it, "definition": json.loads(it["definition"])} for it in found}


# ---- events of ECS


def deployment_event(cluster: str, name: str) -> dict[str, Any]:
    service = f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/{cluster}/web"
    detail = {"eventName": name, "deploymentId": "ecs-svc/1", "reason": f"reason of {name}"}
    return {"DetailType": "ECS Deployment State Change", "Resources": [service], "Detail": json.dumps(detail)}


def task_event(cluster: str, status: str) -> dict[str, Any]:
    arn = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
    detail = {
        "clusterArn": f"{arn}:cluster/{cluster}",
        "taskArn": f"{arn}:task/{cluster}/1",
        "group": "service:web",
        "lastStatus": status,
        "stopCode": "TaskFailedToStart",
        "stoppedReason": "no image",
    }
    return {"DetailType": "ECS Task State Change", "Resources": [detail["taskArn"]], "Detail": json.dumps(detail)}


def send_events_of_ecs(emulator: Emulator) -> dict[str, list[str]]:
    """Send what ECS would send of the web application's cluster and of another one: what is stored, who is told."""
    ecs, events, sqs, sns = (emulator.client(it) for it in ("ecs", "events", "sqs", "sns"))
    clusters = [it.split("/")[-1] for it in ecs.list_clusters()["clusterArns"]]
    (own,) = (it for it in clusters if construct(it + "-") == "web-application/Cluster")
    listener = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=listener, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    alerts = topic("web-application/AlertsTopic", emulator)
    raw = {"RawMessageDelivery": "true"}
    subscription = sns.subscribe(TopicArn=alerts, Protocol="sqs", Endpoint=arn, Attributes=raw)["SubscriptionArn"]
    sent = [
        deployment_event(own, "SERVICE_DEPLOYMENT_FAILED"),
        deployment_event(own, "SERVICE_DEPLOYMENT_COMPLETED"),
        deployment_event("another", "SERVICE_DEPLOYMENT_FAILED"),
        task_event(own, "STOPPED"),
        task_event(own, "RUNNING"),
        task_event("another", "STOPPED"),
    ]
    for event in sent:
        events.put_events(Entries=[{"Source": "aws.ecs", **event}])
    told = receive(emulator, listener)
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=listener)
    logs = emulator.client("logs")
    (group,) = (
        it["logGroupName"]
        for it in every(logs, "describe_log_groups", "logGroups")
        if it["logGroupName"].startswith("/aws/events/EventsLogs")
    )
    stored = names(logs.filter_log_events(logGroupName=group)["events"], "message")
    for stream in names(logs.describe_log_streams(logGroupName=group)["logStreams"], "logStreamName"):
        logs.delete_log_stream(logGroupName=group, logStreamName=stream)
    return {"told": told, "stored": stored}


# ---- discovery


def read_discovery(emulator: Emulator) -> dict[str, Any]:
    discovery, lattice = emulator.client("servicediscovery"), emulator.client("vpc-lattice")
    services = lattice.list_services()["items"]
    return {
        "namespaces": discovery.list_namespaces()["Namespaces"],
        "services": discovery.list_services()["Services"],
        "networks": lattice.list_service_networks()["items"],
        "lattice services": services,
        "listeners": [it for one in services for it in lattice.list_listeners(serviceIdentifier=one["id"])["items"]],
        "target groups": lattice.list_target_groups()["items"],
        "of services": lattice.list_service_network_service_associations()["items"],
        "of networks": lattice.list_service_network_vpc_associations()["items"],
    }


# ---- deployments


def targets_of(action: dict[str, Any]) -> list[dict[str, Any]]:
    """Yield the target groups of an action. A single group gets all traffic."""
    if "TargetGroupArn" in action:
        return [{"TargetGroupArn": action["TargetGroupArn"], "Weight": 1}]
    found: list[dict[str, Any]] = action.get("ForwardConfig", {}).get("TargetGroups", [])
    return found


def read_forwards(emulator: Emulator) -> dict[str, list[dict[str, Any]]]:
    """Give the target groups, with their weights, of each rule; and of each listener under its own ARN."""
    elbv2 = emulator.client("elbv2")
    found: dict[str, list[dict[str, Any]]] = {}
    for balancer in names(elbv2.describe_load_balancers()["LoadBalancers"], "LoadBalancerArn"):
        for listener in elbv2.describe_listeners(LoadBalancerArn=balancer)["Listeners"]:
            rules = elbv2.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"]
            actions = {it["RuleArn"]: it["Actions"] for it in rules}
            actions[listener["ListenerArn"]] = listener["DefaultActions"]
            for arn, all_of_it in actions.items():
                found[arn] = [group for it in all_of_it for group in targets_of(it)]
    return found


def read_deployment_groups(emulator: Emulator) -> list[dict[str, Any]]:
    codedeploy = emulator.client("codedeploy")
    return [
        codedeploy.get_deployment_group(applicationName=application, deploymentGroupName=name)["deploymentGroupInfo"]
        for application in codedeploy.list_applications()["applications"]
        for name in codedeploy.list_deployment_groups(applicationName=application)["deploymentGroups"]
    ]


def read_target_groups(emulator: Emulator) -> dict[str, str]:
    """Give the ARNs of target groups by their names."""
    found = emulator.client("elbv2").describe_target_groups()["TargetGroups"]
    return {it["TargetGroupName"]: it["TargetGroupArn"] for it in found}


def read_streams(emulator: Emulator) -> list[dict[str, Any]]:
    firehose = emulator.client("firehose")
    return [
        firehose.describe_delivery_stream(DeliveryStreamName=it)["DeliveryStreamDescription"]
        for it in firehose.list_delivery_streams()["DeliveryStreamNames"]
    ]


def read_trust(emulator: Emulator) -> dict[str, Any]:
    """Yield the ARN of each role, and its trusted principals."""
    roles = every(emulator.client("iam"), "list_roles", "Roles")
    return {it["Arn"]: it["AssumeRolePolicyDocument"]["Statement"] for it in roles}


LOOKS: dict[str, Look] = {
    "alarm actions": read_alarm_actions,
    "deployment groups": read_deployment_groups,
    "discovery": read_discovery,
    "events of ECS": send_events_of_ecs,
    "forwards": read_forwards,
    "orders": send_orders,
    "queues": read_queues,
    "rules": read_rules,
    "scaling": read_scaling,
    "schedules": read_schedules,
    "state machines": read_state_machines,
    "storage": read_storage,
    "streams": read_streams,
    "target groups": read_target_groups,
    "trust": read_trust,
}
