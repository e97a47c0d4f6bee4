"""Manifests of Copilot, made of constructs of this library."""

from .application import CopilotApplication
from .compatibility import Compatibility
from .environment import CopilotEnvironment
from .features import Features
from .setting import Setting
from .workload import CopilotWorkload

__all__ = [
    "Compatibility",
    "CopilotApplication",
    "CopilotEnvironment",
    "CopilotWorkload",
    "Features",
    "Setting",
]
