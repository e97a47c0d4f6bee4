"""The engine: checks, how they run over an estate, and their findings."""

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
