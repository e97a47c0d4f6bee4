"""Templates: resources whose properties are evaluated as far as the template allows.

Add templates that belong together to an `Estate`. Checks read its resources as maps.
"""

from .estate import Estate, references_in
from .intrinsics import Dynamic, NoEcho
from .map import Map
from .resource import Resource
from .template import WHOLE, AppMetadata, NestedIn, Template
from .values import MISSING, CannotTell, Malformed, Missing, Partial, Reference, Unknown, Unread, Value, texts_of
from .worlds import World

__all__ = [
    "MISSING",
    "WHOLE",
    "AppMetadata",
    "CannotTell",
    "Dynamic",
    "Estate",
    "Malformed",
    "Map",
    "Missing",
    "NestedIn",
    "NoEcho",
    "Partial",
    "Reference",
    "Resource",
    "Template",
    "Unknown",
    "Unread",
    "Value",
    "World",
    "references_in",
    "texts_of",
]
