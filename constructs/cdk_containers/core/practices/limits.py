"""Practices for the limits that AWS sets."""

from .model import Practice, Severity

PRACTICES = (
    Practice(
        id="hard-limits",
        title="Stay within the limits that AWS does not raise",
        why=(
            "AWS refuses what goes beyond them, mostly in the middle of a deployment, and no support case helps: the "
            "design has to be split."
        ),
        source="https://docs.aws.amazon.com/AmazonECS/latest/developerguide/operating-at-scale-service-quotas.html",
        severity=Severity.HIGH,
        option="PracticeChecks",
    ),
    Practice(
        id="quota-headroom",
        title="Ask for a higher quota before you need it",
        why=(
            "A deployment that goes beyond a quota fails, and a higher quota takes hours or days. New accounts have "
            "the defaults, whatever your old ones have."
        ),
        source="https://docs.aws.amazon.com/servicequotas/latest/userguide/request-quota-increase.html",
        severity=Severity.MEDIUM,
        option="PracticeChecks",
    ),
)
