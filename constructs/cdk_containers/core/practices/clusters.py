"""Practices for clusters."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="container-insights",
        title="Switch Container Insights on",
        why=(
            "Without it CloudWatch knows the CPU and memory of a service and little else: no task counts, no network, "
            "no storage. A task that keeps crashing then looks like a quiet one."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContainerInsights.html",
        severity=Severity.MEDIUM,
        option="Cluster.container_insights",
        checkers={
            "security-hub": ("ECS.12",),
            "control-tower": ("CT.ECS.PR.2",),
            "cdk-nag": ("AwsSolutions-ECS4",),
            "checkov": ("CKV_AWS_65",),
            "prowler": ("ecs_cluster_container_insights_enabled",),
        },
    ),
    Practice(
        id="execute-command-audit",
        title="Record and encrypt ECS Exec sessions",
        why=(
            "ECS Exec gives a shell as root inside a running container. Without its own log and a KMS key nobody "
            "can tell afterwards what was typed and seen there."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        severity=Severity.MEDIUM,
        option="Cluster.execute_command_logs",
    ),
    Practice(
        id="one-kind-per-strategy",
        title="Use one kind of capacity in a capacity provider strategy",
        why=(
            "A strategy holds Fargate and Fargate Spot, or Auto Scaling groups, or Managed Instances. ECS refuses a "
            "mix when the cluster or service is created, in the middle of a deployment."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html",
        severity=Severity.HIGH,
        option="Cluster.capacity",
    ),
)
