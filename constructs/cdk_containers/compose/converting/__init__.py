"""Converts a project to the source of a CDK app."""

from .choices import Choices
from .convert import Conversion, convert

__all__ = ["Choices", "Conversion", "convert"]
