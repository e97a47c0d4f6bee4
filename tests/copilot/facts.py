"""What a template does for a workload, by paths that do not depend on who wrote it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.copilot.templates import Template

_CONTAINER = {
    "Command": "command",
    "EntryPoint": "entrypoint",
    "DockerLabels": "labels",
    "FirelensConfiguration": "firelens",
    "HealthCheck": "health_check",
    "User": "user",
}
_CHECK = {"Interval": 30, "Retries": 3, "StartPeriod": 0, "Timeout": 5}
_QUEUE = {
    "DelaySeconds": 0,
    "MessageRetentionPeriod": 345600,
    "VisibilityTimeout": 30,
    "ContentBasedDeduplication": None,
    "DeduplicationScope": None,
    "FifoThroughputLimit": None,
}
_TARGETS = {
    "HealthCheckPath": "/",
    "HealthCheckPort": "traffic-port",
    "HealthCheckIntervalSeconds": 30,
    "HealthyThresholdCount": 5,
    "UnhealthyThresholdCount": 2,
    "ProtocolVersion": "HTTP1",
    "Port": None,
    "Protocol": None,
}


def facts_of(template: Template, name: str) -> dict[str, Any]:
    """Return the facts by their paths."""
    found = _Facts(template, name)
    leaves = {path: _leaf(value) for path, value in _flat("", found.all())}
    return {path: value for path, value in leaves.items() if value not in (None, [], {}, "")}


def _leaf(value: Any) -> Any:
    """Return a value as text, in lists too: templates have numbers and truth values in words and without."""
    if isinstance(value, list | tuple):
        return [_leaf(one) for one in value]
    if isinstance(value, Mapping):
        return {key: _leaf(one) for key, one in sorted(value.items())}
    if value is None or isinstance(value, bool):
        return value if value is None else str(value).lower()
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if text.startswith('{"'):
        return json.dumps(json.loads(text), sort_keys=True)
    return re.sub(r"[.]0$", "", text)


class _Facts:
    def __init__(self, template: Template, name: str) -> None:
        self._resources = template.resources
        self._name = name
        self._roles = self._queue_roles()

    def all(self) -> dict[str, Any]:
        task = next((one for _, one in self._of("ECS::TaskDefinition")), {})
        return {
            "task": self._task(task),
            "containers": {one["Name"]: self._container(one) for one in task.get("ContainerDefinitions", [])}
            | dict(self._app_runner()),
            "service": self._service(),
            "alb": {"rules": dict(self._rules())},
            "nlb": dict(self._listeners()),
            "scaling": self._scaling(),
            "messaging": self._messaging(),
            "job": self._job(),
            "static_site": self._site(),
        }

    def _of(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        for name, (type_, properties) in self._resources.items():
            if type_ == f"AWS::{kind}":
                yield name, properties

    def _named(self, reference: Any) -> dict[str, Any]:
        """Return the resource that a value refers to."""
        return self._resources.get(str(reference).strip("<>"), ("", {}))[1]

    def _task(self, task: Mapping[str, Any]) -> dict[str, Any]:
        platform = task.get("RuntimePlatform", {})
        volumes = {}
        for volume in task.get("Volumes", []):
            mounted = {key.lower(): value for key, value in volume.get("EFSVolumeConfiguration", {}).items()}
            point = mounted.get("authorizationconfig", {}).get("AccessPointId")
            made = self._named(point)
            mounted["point"] = (made.get("PosixUser"), made.get("RootDirectory", {}).get("Path")) if made else point
            mounted.pop("authorizationconfig", None)
            volumes[volume["Name"]] = {**mounted, "there": True}
        return {
            "cpu": str(task.get("Cpu", "")),
            "memory": str(task.get("Memory", "")),
            "os": platform.get("OperatingSystemFamily", "LINUX") if task else None,
            "architecture": platform.get("CpuArchitecture", "X86_64") if task else None,
            "ephemeral": task.get("EphemeralStorage", {}).get("SizeInGiB"),
            "volumes": volumes,
        }

    def _container(self, one: Mapping[str, Any]) -> dict[str, Any]:
        found = {path: one.get(key) for key, path in _CONTAINER.items()}
        if found["health_check"]:
            found["health_check"] = {**_CHECK, **found["health_check"]}
        logs = one.get("LogConfiguration", {})
        group = self._named(logs.get("Options", {}).get("awslogs-group"))
        own = {key: value for key, value in logs.get("Options", {}).items() if not key.startswith("awslogs-")}
        image = str(one.get("Image", ""))
        credentials = one.get("RepositoryCredentials", {}).get("CredentialsParameter")
        return {
            **found,
            "image": "<built>" if f"/acme/{self._name}" in image or "<ContainerImage>" in image else image,
            "ports": sorted(
                f"{port['ContainerPort']}/{port.get('Protocol', 'tcp')}" for port in one.get("PortMappings", [])
            ),
            "environment": {entry["Name"]: _text(entry["Value"]) for entry in one.get("Environment", [])},
            "secrets": {entry["Name"]: _secret(entry["ValueFrom"]) for entry in one.get("Secrets", [])},
            "essential": str(one.get("Essential", True)).lower(),
            "depends_on": {entry["ContainerName"]: entry["Condition"] for entry in one.get("DependsOn", [])},
            "mounts": sorted(
                f"{m['SourceVolume']} {m['ContainerPath']} {str(m.get('ReadOnly', False)).lower()}"
                for m in one.get("MountPoints", [])
            ),
            "logging": {"driver": logs.get("LogDriver"), "retention": group.get("RetentionInDays"), "options": own},
            "readonly_root": str(one.get("ReadonlyRootFilesystem", False)).lower(),
            "credentials": credentials and _secret(credentials),
            "env_files": bool(one.get("EnvironmentFiles")),
            "ulimits": one.get("Ulimits"),
        }

    def _app_runner(self) -> Iterator[tuple[str, Any]]:
        for _, service in self._of("AppRunner::Service"):
            source = service["SourceConfiguration"]["ImageRepository"]
            told = source.get("ImageConfiguration", {})
            yield (
                self._name,
                {
                    "image": "<built>"
                    if f"/acme/{self._name}" in source["ImageIdentifier"]
                    else source["ImageIdentifier"],
                    "ports": [f"{told.get('Port')}/tcp"],
                    "command": str(told.get("StartCommand", "")).split(),
                    "environment": {
                        one["Name"]: _text(one["Value"]) for one in told.get("RuntimeEnvironmentVariables", [])
                    },
                    "secrets": {
                        one["Name"]: _secret(one["Value"]) for one in told.get("RuntimeEnvironmentSecrets", [])
                    },
                    "repository": source["ImageRepositoryType"],
                },
            )

    def _service(self) -> dict[str, Any]:
        service = next((one for _, one in self._of("ECS::Service")), None)
        if service is None:
            return {"platform": "app runner"} if any(self._of("AppRunner::Service")) else {}
        deployment = service.get("DeploymentConfiguration", {})
        network = service["NetworkConfiguration"]["AwsvpcConfiguration"]
        connect = service.get("ServiceConnectConfiguration", {})
        alarms = deployment.get("Alarms", {})
        names = alarms.get("AlarmNames", []) if str(alarms.get("Enable")).lower() == "true" else []
        strategy = service.get("CapacityProviderStrategy") or [{"CapacityProvider": "FARGATE", "Weight": 1}]
        found = {
            "capacity": sorted(
                f"{s['CapacityProvider']} {s.get('Base', 0)} {s['Weight']}"
                for s in strategy
                if s["Weight"] or s.get("Base")
            ),
            "least": self._least(service),
            "percent": f"{deployment.get('MinimumHealthyPercent')} {deployment.get('MaximumPercent')}",
            "alarms": {name: self._threshold(name) for name in names},
            "grace": service.get("HealthCheckGracePeriodSeconds"),
            "exec": str(service.get("EnableExecuteCommand", False)).lower(),
            "public_ip": network["AssignPublicIp"],
            "subnets": _kind(network["Subnets"]),
            "groups": sorted(network["SecurityGroups"]),
            "load_balancers": sorted(
                f"{b['ContainerName']}:{b['ContainerPort']}" for b in service.get("LoadBalancers", [])
            ),
            "connect": str(connect.get("Enabled", False)).lower(),
            "served": [(one.get("DiscoveryName"), one.get("ClientAliases")) for one in connect.get("Services", [])],
            "platform_version": service.get("PlatformVersion", "LATEST"),
        }
        for registry in service.get("ServiceRegistries", []):
            named = self._named(registry["RegistryArn"])
            records = sorted(f"{one['Type']} {one['TTL']}" for one in named["DnsConfig"]["DnsRecords"])
            found["found_as"] = {"name": named["Name"], "port": str(registry["Port"]), "records": records}
        return found

    def _least(self, service: Mapping[str, Any]) -> str:
        target = next((one for _, one in self._of("ApplicationAutoScaling::ScalableTarget")), {})
        return str(service.get("DesiredCount", target.get("MinCapacity")))

    def _threshold(self, name: str) -> Any:
        for _, alarm in self._of("CloudWatch::Alarm"):
            if alarm.get("AlarmName") == name:
                return [alarm["MetricName"], str(alarm["Threshold"]), alarm["EvaluationPeriods"], alarm["Period"]]
        return "yours"

    def _rules(self) -> Iterator[tuple[str, Any]]:
        for _, rule in self._of("ElasticLoadBalancingV2::ListenerRule"):
            conditions = {}
            for condition in rule["Conditions"]:
                config = next((value for key, value in condition.items() if key.endswith("Config")), condition)
                conditions[condition["Field"]] = sorted(config["Values"])
            action = rule["Actions"][0]
            redirect = action.get("RedirectConfig", {})
            group = action.get("TargetGroupArn") or next(
                (one["TargetGroupArn"] for one in action.get("ForwardConfig", {}).get("TargetGroups", [])), None
            )
            yield (
                f"{rule['ListenerArn']} {conditions['path-pattern'][0]}",
                {**conditions, "redirect": redirect.get("StatusCode"), "targets": group and self._targets(group)},
            )

    def _targets(self, reference: str) -> dict[str, Any]:
        group = self._named(reference)
        attributes = {one["Key"]: str(one["Value"]).lower() for one in group.get("TargetGroupAttributes", [])}
        found = {key: str(group.get(key, default)) for key, default in _TARGETS.items()}
        network = group.get("Protocol") in ("TCP", "UDP", "TLS")
        matcher = group.get("Matcher", {})
        grpc = found["ProtocolVersion"] == "GRPC"
        codes = None if network else str(matcher.get("GrpcCode", matcher.get("HttpCode", "12" if grpc else "200")))
        default = 10 if network else 5
        return {
            **{
                key: value
                for key, value in found.items()
                if not (network and key in ("HealthCheckPath", "ProtocolVersion"))
            },
            "codes": codes,
            "timeout": group.get("HealthCheckTimeoutSeconds", default),
            "delay": attributes.get("deregistration_delay.timeout_seconds", "300"),
            "sticky": attributes.get("stickiness.enabled", "false"),
        }

    def _listeners(self) -> Iterator[tuple[str, Any]]:
        for _, listener in self._of("ElasticLoadBalancingV2::Listener"):
            yield (
                str(listener["Port"]),
                {
                    "protocol": listener["Protocol"],
                    "policy": listener.get("SslPolicy"),
                    "certificate": bool(listener.get("Certificates")),
                    "targets": self._targets(listener["DefaultActions"][0]["TargetGroupArn"]),
                },
            )

    def _scaling(self) -> dict[str, Any]:
        policies = {}
        for _, policy in self._of("ApplicationAutoScaling::ScalingPolicy"):
            told = policy["TargetTrackingScalingPolicyConfiguration"]
            custom = told.get("CustomizedMetricSpecification", {})
            metric = told.get("PredefinedMetricSpecification", {}).get("PredefinedMetricType", custom.get("MetricName"))
            metric = {"RequestCountPerTarget": "ALBRequestCountPerTarget"}.get(
                metric, metric or "TargetTrackingScaling"
            )
            if metric == "BacklogPerTask":
                metric += f" {self._roles.get(custom['Dimensions'][0]['Value'])}"
            policies[metric] = {
                "target": float(told["TargetValue"]),
                "in": told["ScaleInCooldown"],
                "out": told["ScaleOutCooldown"],
            }
        target = next((one for _, one in self._of("ApplicationAutoScaling::ScalableTarget")), {})
        return {"min": str(target.get("MinCapacity", "")), "max": target.get("MaxCapacity"), "policies": policies}

    def _queue_roles(self) -> dict[str, str]:
        """Return what queues are for: the topic that fills them, and whose dead letters they hold."""
        topics = {one["Endpoint"]: one["TopicArn"].rpartition(":")[2] for _, one in self._of("SNS::Subscription")}
        dead = {
            one["RedrivePolicy"]["deadLetterTargetArn"]: name
            for name, one in self._of("SQS::Queue")
            if "RedrivePolicy" in one
        }
        roles = {f"<{name}>": topics.get(f"<{name}>", "main") for name, _ in self._of("SQS::Queue")}
        return roles | {queue: f"dead-letter of {roles[f'<{source}>']}" for queue, source in dead.items()}

    def _messaging(self) -> dict[str, Any]:
        queues = {}
        for name, queue in self._of("SQS::Queue"):
            queues[self._roles[f"<{name}>"]] = {
                **{key: _text(queue.get(key, default)) for key, default in _QUEUE.items()},
                "fifo": str(queue.get("FifoQueue", False)).lower(),
                "tries": queue.get("RedrivePolicy", {}).get("maxReceiveCount"),
                "encryption": "kms" if "KmsMasterKeyId" in queue else "sqs",
            }
        topics = {
            one["TopicName"]: [
                str(one.get("FifoTopic", False)).lower(),
                str(one.get("ContentBasedDeduplication", False)).lower(),
            ]
            for _, one in self._of("SNS::Topic")
        }
        subscriptions = {
            one["TopicArn"].rpartition(":")[2]: [
                self._roles[one["Endpoint"]],
                json.dumps(one.get("FilterPolicy"), sort_keys=True),
                str(one.get("RawMessageDelivery", False)).lower(),
            ]
            for _, one in self._of("SNS::Subscription")
        }
        return {"queues": queues, "topics": topics, "subscriptions": subscriptions}

    def _job(self) -> dict[str, Any]:
        for kind in ("Events::Rule", "Scheduler::Schedule"):
            for _, rule in self._of(kind):
                if "BacklogPerTask" in json.dumps(rule):
                    continue
                machine = next(one for _, one in self._of("StepFunctions::StateMachine"))
                text = machine["DefinitionString"]
                for key, value in machine.get("DefinitionSubstitutions", {}).items():
                    text = text.replace(f"${{{key}}}", str(value))
                told = json.loads(text)
                run = next(one for one in told["States"].values() if "ecs:runTask" in one.get("Resource", ""))
                where = (run.get("Parameters") or run["Arguments"])["NetworkConfiguration"]["AwsvpcConfiguration"]
                retries = [one["MaxAttempts"] for one in run.get("Retry", []) if "States.ALL" in one["ErrorEquals"]]
                return {
                    "schedule": rule["ScheduleExpression"],
                    "state": rule.get("State", "ENABLED"),
                    "timeout": told.get("TimeoutSeconds"),
                    "retries": retries,
                    "public_ip": where["AssignPublicIp"],
                    "subnets": _kind(where["Subnets"]),
                    "groups": sorted(where["SecurityGroups"]),
                }
        return {}

    def _site(self) -> dict[str, Any]:
        for _, one in self._of("CloudFront::Distribution"):
            told = one["DistributionConfig"]
            behaviour = told["DefaultCacheBehavior"]
            certificate = told.get("ViewerCertificate", {})
            return {
                "aliases": told.get("Aliases"),
                "cache": behaviour["CachePolicyId"],
                "https": behaviour["ViewerProtocolPolicy"],
                "certificate": "given" if str(certificate.get("AcmCertificateArn")).startswith("arn:") else "made",
                "minimum_tls": certificate.get("MinimumProtocolVersion"),
            }
        return {}


def _text(value: Any) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _kind(subnets: Any) -> Any:
    listed = subnets if isinstance(subnets, list) else [subnets]
    return sorted({re.sub(r"[<>]", "", str(one)) for one in listed})


def _secret(value: Any) -> str:
    """Return where a secret is, however it is written: with or without account, region and slash."""
    text = re.sub(r"^arn:aws:ssm:us-west-2:123456789012:parameter", "", str(value)).lstrip("/")
    return re.sub(r":+$", "", text.removeprefix("arn:aws:secretsmanager:us-west-2:123456789012:secret:"))


def _flat(prefix: str, node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping) and node:
        for key, value in node.items():
            yield from _flat(f"{prefix}.{key}" if prefix else str(key), value)
    else:
        yield prefix, node
