"""Plans the adoption of a deployed Copilot application: which resources are kept, imported or recreated."""

from .decisions import Decision
from .planning import Plan, plan

__all__ = ["Decision", "Plan", "plan"]
