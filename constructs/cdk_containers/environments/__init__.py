"""Analysis of the environments of a cloud assembly: differences, collisions, and deployment permissions."""

from .assembly import AssemblyError, DeployedStack, read_assembly
from .bootstrap import Account, accounts_of, commands, text_of
from .collisions import Collision, collisions
from .differences import Difference, differences
from .execution_policy import ExecutionPolicy, execution_policy

__all__ = [
    "Account",
    "AssemblyError",
    "Collision",
    "DeployedStack",
    "Difference",
    "ExecutionPolicy",
    "accounts_of",
    "collisions",
    "commands",
    "differences",
    "execution_policy",
    "read_assembly",
    "text_of",
]
