"""Reports of findings, for people and for programs."""

from .render import FORMATS, Results, render

__all__ = ["FORMATS", "Results", "render"]
