"""Reading arguments without CDK: tokens, types, durations, names and schedules."""

from .arns import arn_problems, security_group_problems
from .calls import check_names_of_construct, check_names_of_values
from .durations import DurationLike, as_duration, in_seconds, seconds
from .members import has_members
from .names import name_problem
from .opt_outs import disabled_problems
from .places import known_stack_of, remember_stack
from .schedules import is_over, schedule_examples, schedule_problem, time_zone_problem
from .tokens import HIDDEN, LATER, REFERENCE, is_token, remember_reference, stack_of_reference, written_out
from .types import argument_problems, field_problems, usable_arguments, usable_options
from .ways_in import way_in

__all__ = [
    "HIDDEN",
    "LATER",
    "REFERENCE",
    "DurationLike",
    "argument_problems",
    "arn_problems",
    "as_duration",
    "check_names_of_construct",
    "check_names_of_values",
    "disabled_problems",
    "field_problems",
    "has_members",
    "in_seconds",
    "is_over",
    "is_token",
    "known_stack_of",
    "name_problem",
    "remember_reference",
    "remember_stack",
    "schedule_examples",
    "schedule_problem",
    "seconds",
    "security_group_problems",
    "stack_of_reference",
    "time_zone_problem",
    "usable_arguments",
    "usable_options",
    "way_in",
    "written_out",
]
