"""Reads YAML: nodes with their positions, typed models, and all problems at once."""

from .loading import MisreadError, decode, load, meaning
from .nodes import Items, Map, Node, Scalar, says_nothing
from .problems import ManifestError, Problem, Problems, dotted, nearest
from .scalars import duration, number
from .structuring import structure

__all__ = [
    "Items",
    "ManifestError",
    "Map",
    "MisreadError",
    "Node",
    "Problem",
    "Problems",
    "Scalar",
    "decode",
    "dotted",
    "duration",
    "load",
    "meaning",
    "nearest",
    "number",
    "says_nothing",
    "structure",
]
