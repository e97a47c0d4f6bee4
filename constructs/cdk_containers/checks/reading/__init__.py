"""From files to templates: JSON and YAML with line numbers, CDK's assemblies, nested stacks."""

from .estate import read_estate
from .text import Unreadable, parse

__all__ = ["Unreadable", "parse", "read_estate"]
