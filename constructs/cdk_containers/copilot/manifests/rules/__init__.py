"""Rules beyond types: what Copilot rejects, and what AWS would reject during a deployment."""

from .rulebook import check_environment, check_pipeline, check_workload

__all__ = ["check_environment", "check_pipeline", "check_workload"]
