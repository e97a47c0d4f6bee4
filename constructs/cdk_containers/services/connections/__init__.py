"""One service reaches another: the ways there are, and what a connection opens, orders and hands over."""

from .connecting import (
    connect,
    endpoint_of,
    endpoint_problems,
    make_connector,
    make_discoverable,
    make_imported_connector,
)
from .connector import CallingConnector

__all__ = [
    "CallingConnector",
    "connect",
    "endpoint_of",
    "endpoint_problems",
    "make_connector",
    "make_discoverable",
    "make_imported_connector",
]
