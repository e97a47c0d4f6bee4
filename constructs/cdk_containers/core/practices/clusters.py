"""Practices for clusters."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="container-insights",
        title="Enable Container Insights",
        why=(
            "Without Container Insights, CloudWatch has little more than the CPU and memory of a service: no task "
            "counts, no network and no storage metrics. A task that keeps crashing then looks like an idle one."
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
            "ECS Exec opens a root shell in a running container. Without its own log and a KMS key, you cannot tell "
            "afterwards what was typed and shown there."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html",
        severity=Severity.MEDIUM,
        option="Cluster.execute_command_logs",
    ),
    Practice(
        id="one-kind-per-strategy",
        title="Use one type of capacity in a capacity provider strategy",
        why=(
            "A strategy contains either Fargate and Fargate Spot, or Auto Scaling groups, or Managed Instances. If you "
            "mix them, ECS refuses the cluster or service in the middle of a deployment."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ManagedInstances.html",
        severity=Severity.HIGH,
        option="Cluster.capacity",
    ),
)
