"""From an app of the CDK to tasks: what it deploys, what its values are here, and who needs whom."""

from .app import App, Asset, read_app
from .runnable import Runnable, choose
from .values import Sources, Values

__all__ = ["App", "Asset", "Runnable", "Sources", "Values", "choose", "read_app"]
