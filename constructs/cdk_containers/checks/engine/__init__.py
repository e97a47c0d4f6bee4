"""What a check is, how it runs over an estate, and what it finds."""

from .check import CHECKS, Check, Outcome, check, fault, ok, worst
from .finding import Finding, Report, Verdict
from .run import run_checks

__all__ = [
    "CHECKS",
    "Check",
    "Finding",
    "Outcome",
    "Report",
    "Verdict",
    "check",
    "fault",
    "ok",
    "run_checks",
    "worst",
]
