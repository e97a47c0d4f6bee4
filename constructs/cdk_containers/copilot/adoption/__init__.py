"""How an application that Copilot runs becomes one of this library: what is kept, imported or made anew."""

from .decisions import Decision
from .planning import Plan, plan

__all__ = ["Decision", "Plan", "plan"]
