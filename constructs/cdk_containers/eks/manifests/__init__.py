"""Kubernetes objects as data: what they are, what is wrong with them, and how they get into files."""

from .kubernetes_names import NameForm, kubernetes_name_problems
from .manifest import Manifest

__all__ = ["Manifest", "NameForm", "kubernetes_name_problems"]
