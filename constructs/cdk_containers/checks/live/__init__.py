"""Deployed resources, read through boto3 into the same form as a template.

`readers` has one module for each area; each declares the calls that it makes, and no other calls are possible. The
names exported here need no boto3; `account` and `survey` do.
"""

from .limits import ELSEWHERE, ONLY_IN_TEMPLATES
from .policy import allowed_calls, read_only_policy

__all__ = ["ELSEWHERE", "ONLY_IN_TEMPLATES", "allowed_calls", "read_only_policy"]
