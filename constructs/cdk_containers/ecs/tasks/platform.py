"""What a task runs on."""

from __future__ import annotations

from typing import Literal, TypeAlias

Platform: TypeAlias = Literal["FARGATE", "EC2", "MANAGED_INSTANCES", "EXTERNAL"]
"""What a task runs on, in the words of ECS: each has rules of its own for the task definition."""
