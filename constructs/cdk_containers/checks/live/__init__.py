"""What is really deployed, read through boto3 into the same shape as a template.

`readers` has one module for each service; each names the calls that it makes. Nothing else can be called.
"""

from .account import Account
from .policy import read_only_policy
from .read import read_account

__all__ = ["Account", "read_account", "read_only_policy"]
