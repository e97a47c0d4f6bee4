"""Reads the tasks of a CDK app: its services and jobs, their local values, and their dependencies."""

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
