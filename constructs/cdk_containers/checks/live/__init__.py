"""What is really deployed, read through boto3 into the same shape as a template.

`readers` has one module for each area; each names the calls that it makes. Nothing else can be called. What is exported
here needs no boto3; `account` and `survey` do. It is loaded when it is used: `account` needs no reader.
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
