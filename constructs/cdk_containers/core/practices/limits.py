"""Practices for the limits that AWS sets."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="hard-limits",
        title="Stay within the limits that AWS does not raise",
        why=(
            "AWS refuses what exceeds these limits, usually in the middle of a deployment, and support cannot raise "
            "them. You must split the design."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-service-quotas.html",
        severity=Severity.HIGH,
        option="PracticeChecks",
    ),
    Practice(
        id="quota-headroom",
        title="Request a higher quota before you need it",
        why=(
            "A deployment that exceeds a quota fails, and an increase takes hours or days. New accounts start with the "
            "defaults, regardless of your other accounts."
        ),
        source="https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html",
        severity=Severity.MEDIUM,
        option="PracticeChecks",
    ),
)
