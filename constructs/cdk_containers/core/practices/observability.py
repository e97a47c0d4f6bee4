"""Practices for seeing what a service does."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="service-alarms",
        title="Alarm on what users of a service notice",
        why=(
            "Without alarms on errors, response time, unhealthy targets, CPU and memory it is the users who report "
            "an outage, and a deployment has nothing to roll back on."
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
            "In an incident the time goes into finding the right graphs: load balancer, tasks and scaling are in "
            "different places of the console."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html",
        severity=Severity.LOW,
        option="ServiceDashboard",
        check="none",
        not_in_templates="Dashboards are made by hand or elsewhere as well: that a template has none says nothing.",
    ),
    Practice(
        id="cluster-events",
        title="Keep the events of ECS, and be told of the bad ones",
        why=(
            "ECS forgets why a task stopped after an hour, and shows the last hundred messages of a service only. A "
            "deployment that was rolled back at night, or a task that dies each hour, is seen by nobody otherwise."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html",
        severity=Severity.MEDIUM,
        option="ClusterEvents",
        check="live",
        not_in_templates="One rule keeps the events of all clusters of an account, and may be in any of its stacks.",
    ),
    Practice(
        id="cluster-dashboard",
        title="Show the state of a cluster on one page",
        why=(
            "Services share the capacity of a cluster: that one has no room, or that a deployment hangs, is seen where "
            "all of them are."
        ),
        source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Dashboards.html",
        severity=Severity.LOW,
        option="ClusterDashboard",
        check="none",
        not_in_templates="Dashboards are made by hand or elsewhere as well: that a template has none says nothing.",
    ),
)
