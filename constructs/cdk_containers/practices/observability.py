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
        checkers={"control-tower": ("CT.CLOUDWATCH.PR.1", "CT.CLOUDWATCH.PR.4")},
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
    ),
)
