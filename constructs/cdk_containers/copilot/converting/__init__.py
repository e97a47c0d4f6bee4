"""Converts Copilot workspaces to CDK apps in Python."""

from .app import Converted, convert

__all__ = ["Converted", "convert"]
