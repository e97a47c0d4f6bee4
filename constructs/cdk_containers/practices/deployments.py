"""Practices for how new versions take over."""

from .model import Practice, Severity

PRACTICES: tuple[Practice, ...] = (
    Practice(
        id="quick-rollouts",
        title="Wait no longer in a deployment than the application needs",
        why=(
            "The defaults of AWS wait minutes for health checks that passed long ago, and for connections that are "
            "closed. Slow deployments are put off and get large, and a bad version stays longer."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-healthcheck.html",
        severity=Severity.LOW,
        option="TargetHealthCheck.interval",
    ),
)
