"""Reads templates from files: JSON and YAML with line numbers, CDK assemblies, and nested stacks."""

from .estate import read_estate
from .text import Unreadable, parse

__all__ = ["Unreadable", "parse", "read_estate"]
