"""The checks inside a CDK app: a validation plugin."""

from .plugin import PracticeChecks

__all__ = ["PracticeChecks"]
