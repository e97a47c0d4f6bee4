"""Practices for seeing what a service does."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="service-alarms",
        title="Create alarms for what users of a service notice",
        why=(
            "Without alarms on errors, response time, unhealthy targets, CPU and memory, users report an outage before "
            "you see it. A deployment also has no alarm to roll back on."
        ),
        source=(
            "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/"
            "Best_Practice_Recommended_Alarms_AWS_Services.html"
        ),
        severity=Severity.MEDIUM,
        option="WebService.alarms",
        checkers={
            "control-tower": ("CT.CLOUDWATCH.PR.1", "CT.CLOUDWATCH.PR.4"),
            "guard": ("CLOUDWATCH_ALARM_ACTION_CHECK",),
        },
    ),
    Practice(
        id="service-dashboard",
        title="Show the state of a service on one page",
        why=(
            "During an incident, finding the right graphs takes time: load balancer, tasks and scaling are in "
            "different places of the console."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html",
        severity=Severity.LOW,
        option="ServiceDashboard",
        check="none",
        not_in_templates=(
            "Dashboards can be created by hand or in another stack, so their absence from a template means nothing."
        ),
    ),
    Practice(
        id="cluster-events",
        title="Keep ECS events, and send notifications for failures",
        why=(
            "ECS shows why a task stopped for only one hour, and keeps only the last hundred messages of a service. "
            "Without stored events, you do not see a deployment that rolled back at night or a task that fails every "
            "hour."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html",
        severity=Severity.MEDIUM,
        option="ClusterEvents",
        check="live",
        not_in_templates="One rule keeps the events of all clusters of an account, and it can be in any stack.",
    ),
    Practice(
        id="cluster-dashboard",
        title="Show the state of a cluster on one page",
        why=(
            "Services share the capacity of a cluster. A full cluster or a stuck deployment shows only in a view of "
            "all services."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html",
        severity=Severity.LOW,
        option="ClusterDashboard",
        check="none",
        not_in_templates=(
            "Dashboards can be created by hand or in another stack, so their absence from a template means nothing."
        ),
    ),
)
