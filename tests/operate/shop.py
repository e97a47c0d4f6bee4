"""A shop that is deployed: its assembly, and what AWS says of it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.operate.script import ACCOUNT, NOW, REGION

CLUSTER = "shop-cluster"
_ECS = f"arn:aws:ecs:{REGION}:{ACCOUNT}"
STACK = "dev-application"


def service_arn(name: str) -> str:
    return f"{_ECS}:service/{CLUSTER}/{STACK}-{name}"


def revision_arn(name: str, number: int) -> str:
    return f"{_ECS}:service-revision/{CLUSTER}/{STACK}-{name}/{number:019}"


def deployment_arn(name: str, id_: str = "dep-1") -> str:
    return f"{_ECS}:service-deployment/{CLUSTER}/{STACK}-{name}/{id_}"


def task_definition_arn(name: str, revision: int = 42) -> str:
    return f"{_ECS}:task-definition/{name}:{revision}"


def group_arn(name: str) -> str:
    return f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:targetgroup/{name}/0123456789abcdef"


# ---- the assembly


def resource(type_: str, path: str, **properties: Any) -> dict[str, Any]:
    return {"Type": type_, "Properties": properties, "Metadata": {"aws:cdk:path": path}}


def service(path: str, **properties: Any) -> dict[str, Any]:
    return resource("AWS::ECS::Service", f"{path}/Service/Service", **properties)


def job(path: str, key: str) -> dict[str, dict[str, Any]]:
    return {
        f"{key}Task": resource("AWS::ECS::TaskDefinition", f"{path}/Task/Definition/Resource"),
        f"{key}Machine": resource("AWS::StepFunctions::StateMachine", f"{path}/StateMachine/Resource"),
        f"{key}Schedule": resource("AWS::Scheduler::Schedule", f"{path}/Schedule"),
    }


def stack(*, name: str = STACK, environment: str = "dev") -> dict[str, Any]:
    tags = [{"Key": "environment", "Value": environment}, {"Key": "application", "Value": "Shop"}]
    return {
        "WebTask": resource("AWS::ECS::TaskDefinition", f"{name}/Shop/Web/Task/Definition/Resource"),
        "Web": service(f"{name}/Shop/Web", TaskDefinition={"Ref": "WebTask"}, DesiredCount=2, Tags=tags),
        "Orders": service(f"{name}/Shop/Orders", TaskDefinition={"Ref": "OrdersTask"}, Tags=tags),
        "OrdersTask": resource("AWS::ECS::TaskDefinition", f"{name}/Shop/Orders/Task/Definition/Resource"),
        **job(f"{name}/Shop/Nightly", "Nightly"),
        "Kubernetes": resource("AWS::EKS::Cluster", f"{name}/Kubernetes/Cluster/Resource"),
    }


def assembly(
    folder: Path,
    stacks: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    environment: str = "aws://unknown-account/unknown-region",
    version: str = "55.0.0",
) -> Path:
    """Write an assembly with a stack for each name."""
    folder.mkdir(parents=True, exist_ok=True)
    artifacts = {}
    for name, resources in ({STACK: stack()} if stacks is None else stacks).items():
        file = f"{name}.template.json"
        (folder / file).write_text(json.dumps({"Resources": resources}))
        artifacts[name] = {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": file},
            "displayName": name,
        }
    (folder / "manifest.json").write_text(json.dumps({"version": version, "artifacts": artifacts}))
    return folder


# ---- what AWS says

PHYSICAL = {
    "Web": service_arn("Web"),
    "Orders": service_arn("Orders"),
    "WebTask": task_definition_arn("web"),
    "NightlyTask": task_definition_arn("nightly", 7),
    "NightlyMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:nightly",
    "NightlySchedule": "nightly",
    "Kubernetes": "kubernetes",
}


def _summary(key: str, physical: str) -> dict[str, Any]:
    return {
        "LogicalResourceId": key,
        "PhysicalResourceId": physical,
        "ResourceType": "AWS::ECS::Service",
        "ResourceStatus": "CREATE_COMPLETE",
    }


def found(physical: Mapping[str, str] = PHYSICAL) -> dict[str, Any]:
    """What CloudFormation says of the stack."""

    def one(parameters: Mapping[str, Any]) -> dict[str, Any]:
        key = parameters["LogicalResourceId"]
        return {"StackResources": [{**_summary(key, physical[key]), "Timestamp": NOW}] if key in physical else []}

    every = [{**_summary(*it), "LastUpdatedTimestamp": NOW} for it in physical.items()]
    return {
        "cloudformation.describe_stack_resources": one,
        "cloudformation.list_stack_resources": {"StackResourceSummaries": every},
    }


def ecs_service(name: str = "Web", **changes: Any) -> dict[str, Any]:
    return {
        "serviceArn": service_arn(name),
        "serviceName": f"{STACK}-{name}",
        "clusterArn": f"{_ECS}:cluster/{CLUSTER}",
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "schedulingStrategy": "REPLICA",
        "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
        "taskDefinition": task_definition_arn(name.lower()),
        "loadBalancers": [{"targetGroupArn": group_arn("web-tg"), "containerName": "app", "containerPort": 8080}],
        "events": [],
        "deploymentConfiguration": {"alarms": {"alarmNames": ["web-5xx"], "rollback": True, "enable": True}},
        **changes,
    }


def side(number: int, name: str = "Web", **counts: Any) -> dict[str, Any]:
    return {
        "arn": revision_arn(name, number),
        "requestedTaskCount": 2,
        "runningTaskCount": 2,
        "pendingTaskCount": 0,
        **counts,
    }


CANARY = {
    "strategy": "CANARY",
    "bakeTimeInMinutes": 5,
    "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 5},
}
ROLLING = {"strategy": "ROLLING", "maximumPercent": 200, "minimumHealthyPercent": 100}


def deployment(
    status: str = "IN_PROGRESS",
    stage: str = "",
    *,
    name: str = "Web",
    begun: datetime = NOW - timedelta(minutes=6, seconds=10),
    configuration: Mapping[str, Any] = CANARY,
    **changes: Any,
) -> dict[str, Any]:
    ended = status in ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")
    return {
        "serviceDeploymentArn": deployment_arn(name),
        "serviceArn": service_arn(name),
        "clusterArn": f"{_ECS}:cluster/{CLUSTER}",
        "createdAt": begun,
        "startedAt": begun,
        **({"finishedAt": NOW} if ended else {}),
        "status": status,
        **({"lifecycleStage": stage} if stage else {}),
        "sourceServiceRevisions": [side(41, name)],
        "targetServiceRevision": side(42, name),
        "deploymentConfiguration": configuration,
        "deploymentCircuitBreaker": {"status": "MONITORING", "failureCount": 1, "threshold": 3},
        "alarms": {"status": "MONITORING", "alarmNames": ["web-5xx", "web-latency", "web-unhealthy"]},
        **changes,
    }


def revisions(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "serviceRevisions": [
            {
                "serviceRevisionArn": arn,
                "taskDefinition": task_definition_arn("web", int(arn.rpartition("/")[2])),
                "containerImages": [
                    {"containerName": "app", "image": "shop/web:1.2", "imageDigest": "sha256:3f9c" + "0" * 60}
                ],
            }
            for arn in parameters["serviceRevisionArns"]
        ]
    }


def deployed(*deployments: Mapping[str, Any]) -> dict[str, Any]:
    """What ECS says of deployments, one after the other."""
    kept = ("serviceDeploymentArn", "serviceArn", "clusterArn", "createdAt", "startedAt", "status")
    listed = [{key: it[key] for key in kept if key in it} for it in deployments[:1]]
    return {
        "ecs.list_service_deployments": {"serviceDeployments": listed},
        "ecs.describe_service_deployments": [{"serviceDeployments": [it]} for it in deployments]
        or {"serviceDeployments": []},
        "ecs.describe_service_revisions": revisions,
    }


def stopped_task(id_: str = "a1b2c3", **changes: Any) -> dict[str, Any]:
    return {
        "taskArn": f"{_ECS}:task/{CLUSTER}/{id_}",
        "taskDefinitionArn": task_definition_arn("web"),
        "clusterArn": f"{_ECS}:cluster/{CLUSTER}",
        "group": f"service:{STACK}-Web",
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "startedAt": NOW - timedelta(minutes=12),
        "stoppedAt": NOW - timedelta(minutes=2),
        "launchType": "FARGATE",
        "memory": "512",
        "containers": [{"name": "app", "lastStatus": "STOPPED", "exitCode": 1}],
        **changes,
    }


OUT_OF_MEMORY = {
    "containers": [
        {
            "name": "app",
            "lastStatus": "STOPPED",
            "exitCode": 137,
            "reason": "OutOfMemoryError: Container killed due to memory usage",
        }
    ]
}


def tasks(stopped: Sequence[Mapping[str, Any]] = (), running: Sequence[Mapping[str, Any]] = ()) -> dict[str, Any]:
    every = {it["taskArn"]: it for it in (*stopped, *running)}

    def listed(parameters: Mapping[str, Any]) -> dict[str, Any]:
        wanted = running if parameters["desiredStatus"] == "RUNNING" else stopped
        return {"taskArns": [it["taskArn"] for it in wanted]}

    def described(parameters: Mapping[str, Any]) -> dict[str, Any]:
        ids = {arn.rpartition("/")[2]: arn for arn in every}
        return {
            "tasks": [every[ids[it.rpartition("/")[2]]] for it in parameters["tasks"] if it.rpartition("/")[2] in ids]
        }

    return {"ecs.list_tasks": listed, "ecs.describe_tasks": described}


def health(*states: str) -> dict[str, Any]:
    return {
        "elbv2.describe_target_health": {
            "TargetHealthDescriptions": [
                {"Target": {"Id": f"10.0.0.{number}"}, "TargetHealth": {"State": state}}
                for number, state in enumerate(states)
            ]
        }
    }


def alarms(**states: str) -> dict[str, Any]:
    return {
        "cloudwatch.describe_alarms": {
            "MetricAlarms": [{"AlarmName": name.replace("_", "-"), "StateValue": it} for name, it in states.items()]
        }
    }


def steady(*others: Mapping[str, Any]) -> dict[str, Any]:
    """A service that is well, but for what the others say."""
    told = {
        **found(),
        "ecs.describe_services": {"services": [ecs_service()]},
        **deployed(deployment("SUCCESSFUL", begun=NOW - timedelta(minutes=12))),
        **tasks(),
        **health("healthy", "healthy"),
        **alarms(web_5xx="OK"),
        "application-autoscaling.describe_scalable_targets": {"ScalableTargets": []},
        "eks.describe_cluster": {"cluster": {"name": "kubernetes", "status": "ACTIVE", "version": "1.36"}},
    }
    for other in others:
        told.update(other)
    return told
