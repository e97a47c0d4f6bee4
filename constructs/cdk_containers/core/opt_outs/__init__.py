"""Writing reasons into the template: for defaults that you turned off, and for findings that no construct can avoid.

The reasons are in the metadata of the resource, where reviewers and checkers find them.
"""

from .acknowledge import Acknowledgement, accept_in, acknowledge, acknowledge_open_egress, resource_of
from .past_schedules import warn_of_past_schedule
from .record import copy_opt_outs, opt_outs_of, record_opt_out
from .wildcards import acknowledge_wildcards, acknowledge_wildcards_within

__all__ = [
    "Acknowledgement",
    "accept_in",
    "acknowledge",
    "acknowledge_open_egress",
    "acknowledge_wildcards",
    "acknowledge_wildcards_within",
    "copy_opt_outs",
    "opt_outs_of",
    "record_opt_out",
    "resource_of",
    "warn_of_past_schedule",
]
