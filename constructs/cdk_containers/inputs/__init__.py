"""Reading what a caller gave, without CDK: tokens, types, durations, names and schedules."""

from .arns import arn_problems
from .durations import DurationLike, as_duration, in_seconds, seconds
from .members import has_members
from .names import name_problem
from .opt_outs import disabled_problems
from .places import remember_stack
from .schedules import schedule_examples, schedule_problem, time_zone_problem
from .tokens import is_token
from .types import argument_problems, field_problems, usable_arguments

__all__ = [
    "DurationLike",
    "argument_problems",
    "arn_problems",
    "as_duration",
    "disabled_problems",
    "field_problems",
    "has_members",
    "in_seconds",
    "is_token",
    "name_problem",
    "remember_stack",
    "schedule_examples",
    "schedule_problem",
    "seconds",
    "time_zone_problem",
    "usable_arguments",
]
