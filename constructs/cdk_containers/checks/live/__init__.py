"""Deployed resources, read through boto3 into the same form as a template.

`readers` has one module for each area; each declares the calls that it makes, and no other calls are possible. The
names exported here need no boto3; `account` and `survey` do. Modules are loaded on use: `account` needs no reader.
"""

from typing import TYPE_CHECKING

from cdk_containers.core.names_on_use import load_on_use

if TYPE_CHECKING:
    from .limits import ELSEWHERE, ONLY_IN_TEMPLATES
    from .policy import allowed_calls, read_only_policy

__all__ = ["ELSEWHERE", "ONLY_IN_TEMPLATES", "allowed_calls", "read_only_policy"]
__getattr__ = load_on_use(
    __name__, {"limits": ("ELSEWHERE", "ONLY_IN_TEMPLATES"), "policy": ("allowed_calls", "read_only_policy")}
)
