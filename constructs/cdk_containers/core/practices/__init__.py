"""The practices for containers on AWS that the constructs encode, as data.

Errors, documentation and the reasons for opt-outs refer to a practice by its id. Nothing here imports AWS CDK, so that
everything here works on any template; the checks of `cdk_containers.checks` are keyed by the same ids.
"""

from typing import TYPE_CHECKING

from ..names_on_use import load_on_use
from .model import Checker, Practice, Severity
from .opt_out import ACKNOWLEDGED_AS, Disabled

if TYPE_CHECKING:
    from .catalogue import AREAS, PRACTICES, UnknownPracticeError, practice

__all__ = [
    "ACKNOWLEDGED_AS",
    "AREAS",
    "PRACTICES",
    "Checker",
    "Disabled",
    "Practice",
    "Severity",
    "UnknownPracticeError",
    "practice",
]

# Only opt-outs need all of them.
__getattr__ = load_on_use(__name__, {"catalogue": ("AREAS", "PRACTICES", "UnknownPracticeError", "practice")})
