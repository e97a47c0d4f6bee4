"""Builds Copilot manifests with constructs of this library."""

from .application import CopilotApplication
from .compatibility import Compatibility
from .environment import CopilotEnvironment
from .features import Features
from .jobs import CopilotJob
from .setting import Setting
from .workload import CopilotWorkload

__all__ = [
    "Compatibility",
    "CopilotApplication",
    "CopilotEnvironment",
    "CopilotJob",
    "CopilotWorkload",
    "Features",
    "Setting",
]
