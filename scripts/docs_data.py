"""What the documentation says beyond the code: what stands on which page, how a practice is left, what to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

PAGES: Mapping[str, Sequence[str]] = {
    "network": ("Network", "Network.from_attributes", "NatGateways"),
    "repository": ("Repository", "Repository.image", "Repository.from_attributes"),
    "pull-through-cache": ("PullThroughCache", "PullThroughCache.image"),
    "cluster": ("Cluster", "Cluster.from_attributes", "FargateCapacity"),
    "ec2-capacity": (
        "Ec2Capacity",
        "Ec2Capacity.share",
        "InstanceOptions",
        "Spot",
        "ManagedScaling",
        "GroupScaling",
        "PredictiveScaling",
        "SshKey",
    ),
    "managed-instances-capacity": (
        "ManagedInstancesCapacity",
        "ManagedInstancesCapacity.share",
        "InstanceRequirements",
        "ManagedInstancesTaskDefinition",
    ),
    "container": (
        "Container",
        "Image.from_registry",
        "Image.from_asset",
        "Port",
        "HealthCheck",
        "RestartPolicy",
        "Tmpfs",
        "VolumeMount",
        "SharedVolume",
        "EfsVolume",
        "EbsVolume",
        "HostVolume",
        "DockerVolume",
        "Ulimit",
        "LinuxOptions",
        "Privileged",
        "LogDriver",
        "NotSecret",
        "Workload",
    ),
    "fargate-task-definition": ("FargateTaskDefinition", "TaskOptions"),
    "ec2-task-definition": ("Ec2TaskDefinition",),
    "web-service": ("WebService", "WebService.from_attributes"),
    "backend-service": ("BackendService",),
    "daemon-service": ("DaemonService",),
    "express-service": ("ExpressService",),
    "external-service": ("ExternalService", "ExternalDaemonService", "ExternalInstances", "ExternalTaskDefinition"),
    "beanstalk-environment": ("BeanstalkEnvironment",),
    "application-load-balancer": (
        "ApplicationLoadBalancer",
        "ApplicationLoadBalancer.from_attributes",
        "AccessLogs",
    ),
    "alb-exposure": ("AlbExposure", "ListenerRule", "TargetHealthCheck"),
    "network-load-balancer": ("NetworkLoadBalancer",),
    "nlb-exposure": ("NlbExposure",),
    "classic-exposure": ("ClassicExposure",),
    "rolling": ("Rolling",),
    "service-scaling": ("ServiceScaling",),
    "logs": ("Logs", "ContainerLogs"),
    "alarms": ("Alarms", "AlarmTopic"),
    "service-dashboard": ("ServiceDashboard",),
    "audit-trail": ("AuditTrail",),
    "cluster-access": (
        "ClusterAccess",
        "ClusterAccess.read",
        "ClusterAccess.operate",
        "ClusterAccess.deny",
        "ClusterAccess.deny_everything_else",
        "ClusterAccess.to_managed_policy",
        "ExecuteCommandAccess",
    ),
}
"""What stands on each page of a construct; the first name is its title."""

BY_HAND: Mapping[str, Set[str]] = {
    "errors": {"ConstructError", "Problem", "Disabled", "Practice"},
    "placement": {
        "PlacementStrategy",
        "PlacementConstraint",
        "ContainerInstance",
        "container_instances",
        "simulate_placement",
        "instance_type",
        "tasks_per_instance",
    },
}
"""Public names that a page without tables describes, by page of docs/."""

NOT_OPTIONS: Mapping[str, Set[str]] = {
    "DaemonService": {"desired_count", "scaling", "capacity", "placement_strategies"},
    "ExternalService": {"exposure", "scaling", "capacity", "health_check_grace_period"},
    "ExternalDaemonService": {
        "desired_count",
        "exposure",
        "scaling",
        "capacity",
        "placement_strategies",
        "health_check_grace_period",
    },
}
"""Options that a construct has in its signature and refuses."""

INSTANCE_TYPES = (
    "t4g.medium",
    "m7g.medium",
    "m7g.large",
    "m7g.xlarge",
    "m7g.4xlarge",
    "m7i.large",
    "c7g.large",
    "r7g.large",
    "g5.xlarge",
)
"""Instance types whose room for tasks docs/capacity.md shows."""

SAME_OPTIONS = {"BackendService": "WebService"}
"""Constructs whose practices the catalogue writes under the other name."""

REFUSED = "none: anything else is refused"

OPT_OUTS: Mapping[str, str] = {
    "multiple-availability-zones": "`max_azs=2` at the least",
    "nat-gateway-per-az": "`nat_gateways=NatGateways.SINGLE` or `NONE`",
    "vpc-endpoints": "off unless `interface_endpoints=True`",
    "one-kind-per-strategy": REFUSED,
    "repository-encryption": "none: the key is AWS's, or yours with `encryption_key`",
    "image-lifecycle": "another `keep_images` or `untagged_days`",
    "retain-images": "`removal_policy=RemovalPolicy.DESTROY`",
    "execute-command-audit": "none: `execute_command_logs` says where",
    "task-role-per-service": "`task_role=…`; one that another task has is refused",
    "task-role-trust": "`task_role=…`",
    "least-privilege-execution-role": "`execution_role=…`",
    "no-secrets-in-environment": '`NotSecret("…", reason="…")` for a value that is none',
    "no-access-keys": REFUSED,
    "http-redirect": "`redirect_http=False` closes port 80",
    "tls-policy": "`tls_policy=…`, from Security Hub's list",
    "explicit-ingress": "`ingress=[…]`",
    "listener-rule-priority": "`priority=…`; a rule or number that is taken is refused",
    "target-health-check": "`health_check_path=…`",
    "deregistration-delay": "`deregistration_delay=…`",
    "full-capacity-during-deployment": "`min_healthy_percent=…`",
    "fixed-count-or-scaling": REFUSED,
    "scaling-bounds": REFUSED,
    "several-tasks": "`desired_count=1`",
    "encrypted-instance-volumes": "none: the key is AWS's, or yours with `encryption_key`",
    "no-ssh": '`ssh_key=SshKey(key_pair=…, reason="…")`',
    "supported-machine-image": '`machine_image="BOTTLEROCKET"`',
    "instance-architecture": REFUSED,
    "managed-instance-scaling": "`scaling=GroupScaling()`",
    "capacity-beside-cluster": REFUSED,
    "task-fits-instance": REFUSED,
    "host-ports": "`host_port=…`",
    "gpu-capacity": REFUSED,
    "instance-volumes": REFUSED,
    "instance-kernel-options": REFUSED,
    "ebs-volume": REFUSED,
    "daemon-scheduling": REFUSED,
    "classic-load-balancer": REFUSED,
    "fargate-task-size": REFUSED,
    "container-count": REFUSED,
    "essential-container": "`essential=False`, but not on every container",
    "container-memory": "`memory_limit_mib=…`; more than the task has is refused",
    "container-dependencies": REFUSED,
    "port-mappings": REFUSED,
    "fargate-log-driver": REFUSED,
    "log-configuration": "`log_driver=LogDriver(…)`",
    "log-retention": "`retention=…`",
    "log-encryption": "off unless `encryption_key=…`",
    "log-delivery-mode": '`mode="blocking"`',
    "no-privileged-containers": '`privileged=Privileged("…")`, on EC2',
    "efs-access-point": "`access_point=…`",
    "efs-same-vpc": REFUSED,
    "ephemeral-storage": REFUSED,
    "stop-timeout": "`stop_timeout=…`, 2–120 s",
    "container-health-check": "off unless `health_check=HealthCheck(…)`",
    "runtime-platform": '`architecture="ARM64"`',
    "container-names": REFUSED,
    "placement-strategy": "other `placement_strategies`, of those that ECS has",
    "placement-constraints": "`placement_constraints=[…]`, in words that ECS knows",
    "service-dashboard": "off unless you make a `ServiceDashboard`",
    "audit-log-encryption": "none: a key is made, or it is yours with `encryption_key`",
    "cluster-access-by-arn": "off unless you make a `ClusterAccess`",
    "managed-instances-tasks": REFUSED,
    "external-tasks": REFUSED,
    "external-activation": "another `registration_limit`",
    "express-mode": REFUSED,
    "beanstalk-platform": REFUSED,
    "beanstalk-monitoring": "another `log_retention_days`",
    "beanstalk-capacity": "other `min_instances`, `max_instances`",
    "beanstalk-containers": REFUSED,
    "express-private-by-default": "`internet_facing=True`",
    "managed-instance-requirements": "`requirements=InstanceRequirements(…)`",
    "execute-command-by-permission": '`execute_command=ExecuteCommandAccess(reason="…")`',
}
"""How a practice is left where the option takes no `Disabled`."""

DEFAULTS: Mapping[str, str] = {
    "log-configuration": "a log group of the task",
    "log-encryption": "the key of CloudWatch Logs",
    "no-secrets-in-environment": "what looks like a secret is refused",
    "health-check-grace-period": "60 s, with an exposure",
    "service-dashboard": "none",
    "instance-architecture": "that of the types, in one capacity",
    "capacity-beside-cluster": "one stack",
    "task-fits-instance": "checked for each type that the package has facts about",
    "gpu-capacity": "no GPU",
    "instance-volumes": "no volume",
    "instance-kernel-options": "Docker's",
    "ebs-volume": "encrypted, one for each task",
    "daemon-scheduling": "one task on each instance",
    "classic-load-balancer": "none",
    "placement-strategy": "over zones, then over instances; on EC2 only",
    "placement-constraints": "any instance; on EC2 only",
    "cluster-access-by-arn": "none",
    "audit-log-integrity": "always, with an `AuditTrail`",
    "task-role-trust": "account and region of the stack",
    "managed-instances-tasks": "no tmpfs",
    "external-tasks": "bridge networking",
    "beanstalk-platform": "none",
    "beanstalk-monitoring": "always; kept for a year",
    "managed-instance-requirements": "general-purpose types, as ECS chooses",
    "managed-instance-scale-in": "as ECS decides",
}
"""Defaults that no option shows."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """Something that the first example of the README switched on, and where its template shows it."""

    practice: str
    resource: str
    path: str


FACTS = (
    Fact(
        practice="no-public-ip", resource="ECS::Service", path="NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp"
    ),
    Fact(practice="no-public-ip-on-launch", resource="EC2::Subnet", path="MapPublicIpOnLaunch"),
    Fact(practice="flow-logs", resource="EC2::FlowLog", path="TrafficType"),
    Fact(practice="https-listener", resource="ElasticLoadBalancingV2::Listener", path="Protocol"),
    Fact(practice="tls-policy", resource="ElasticLoadBalancingV2::Listener", path="SslPolicy"),
    Fact(
        practice="http-redirect",
        resource="ElasticLoadBalancingV2::Listener",
        path="DefaultActions.0.RedirectConfig.StatusCode",
    ),
    Fact(practice="access-logs", resource="ElasticLoadBalancingV2::LoadBalancer", path="access_logs.s3.enabled"),
    Fact(
        practice="drop-invalid-headers",
        resource="ElasticLoadBalancingV2::LoadBalancer",
        path="routing.http.drop_invalid_header_fields.enabled",
    ),
    Fact(
        practice="deletion-protection",
        resource="ElasticLoadBalancingV2::LoadBalancer",
        path="deletion_protection.enabled",
    ),
    Fact(
        practice="deregistration-delay",
        resource="ElasticLoadBalancingV2::TargetGroup",
        path="deregistration_delay.timeout_seconds",
    ),
    Fact(practice="container-insights", resource="ECS::Cluster", path="ClusterSettings.0.Value"),
    Fact(
        practice="execute-command-audit",
        resource="ECS::Cluster",
        path="Configuration.ExecuteCommandConfiguration.Logging",
    ),
    Fact(practice="non-root-user", resource="ECS::TaskDefinition", path="ContainerDefinitions.0.User"),
    Fact(
        practice="read-only-root-filesystem",
        resource="ECS::TaskDefinition",
        path="ContainerDefinitions.0.ReadonlyRootFilesystem",
    ),
    Fact(
        practice="init-process",
        resource="ECS::TaskDefinition",
        path="ContainerDefinitions.0.LinuxParameters.InitProcessEnabled",
    ),
    Fact(practice="container-memory", resource="ECS::TaskDefinition", path="ContainerDefinitions.0.Memory"),
    Fact(
        practice="log-delivery-mode",
        resource="ECS::TaskDefinition",
        path="ContainerDefinitions.0.LogConfiguration.Options.mode",
    ),
    Fact(practice="log-retention", resource="Logs::LogGroup", path="RetentionInDays"),
    Fact(
        practice="task-role-trust",
        resource="IAM::Role",
        path="AssumeRolePolicyDocument.Statement.0.Condition.StringEquals",
    ),
    Fact(practice="several-tasks", resource="ECS::Service", path="DesiredCount"),
    Fact(
        practice="deployment-circuit-breaker",
        resource="ECS::Service",
        path="DeploymentConfiguration.DeploymentCircuitBreaker.Rollback",
    ),
    Fact(practice="deployment-alarms", resource="ECS::Service", path="DeploymentConfiguration.Alarms.Rollback"),
    Fact(
        practice="full-capacity-during-deployment",
        resource="ECS::Service",
        path="DeploymentConfiguration.MinimumHealthyPercent",
    ),
    Fact(practice="availability-zone-rebalancing", resource="ECS::Service", path="AvailabilityZoneRebalancing"),
    Fact(practice="cost-allocation-tags", resource="ECS::Service", path="PropagateTags"),
    Fact(practice="latest-platform-version", resource="ECS::Service", path="PlatformVersion"),
)
