"""What is deployed, as people operate it: found by its name in the code, read, explained, and changed when asked.

What is exported here needs no boto3; `access` and `find` do.
"""

from .exits import Stop
from .needs import NEEDS
from .policy import policy_of

__all__ = ["NEEDS", "Stop", "policy_of"]
