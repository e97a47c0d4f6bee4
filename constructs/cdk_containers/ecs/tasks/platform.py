"""Platforms of tasks."""

from __future__ import annotations

from typing import Literal, TypeAlias

Platform: TypeAlias = Literal["FARGATE", "EC2", "MANAGED_INSTANCES", "EXTERNAL"]
"""Platform of a task, as ECS names it; each has its own rules for task definitions."""
