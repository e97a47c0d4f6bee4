"""From an app of the CDK to tasks: what it deploys, what its values are here, and who needs whom."""

from .app import App, Asset, read_app
from .runnable import Runnable, choose, runnables
from .services import Probe, Services
from .values import Sources, Values

__all__ = [
    "App",
    "Asset",
    "Probe",
    "Runnable",
    "Services",
    "Sources",
    "Values",
    "choose",
    "read_app",
    "runnables",
]
