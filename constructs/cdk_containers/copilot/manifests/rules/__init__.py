"""What fits into the types and still makes no sense: Copilot's own refusals, and what AWS would refuse later."""

from .rulebook import check_environment, check_pipeline, check_workload

__all__ = ["check_environment", "check_pipeline", "check_workload"]
