"""Operates deployed resources by their names in the code: finds, shows and explains them, and changes them on request.

What is exported here needs no boto3; `access` and `find` do.
"""

from .exits import Stop
from .needs import NEEDS
from .policy import policy_of

__all__ = ["NEEDS", "Stop", "policy_of"]
