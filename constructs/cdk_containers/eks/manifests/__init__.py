"""Kubernetes objects as data: what they are, what is wrong with them, and how they get into files."""

from .manifest import Manifest

__all__ = ["Manifest"]
