"""Converts names of compose files to names in Python and CloudFormation."""

from __future__ import annotations

import keyword
import re
from collections.abc import Collection

_WORD = re.compile(r"[A-Za-z0-9]+")


def construct_id(name: str) -> str:
    """Return the id of a construct: `DbData` for `db-data`."""
    words = "".join(word[0].upper() + word[1:] for word in _WORD.findall(name)) or "Service"
    return words if words[0].isalpha() else f"Service{words}"


def variable(name: str, taken: Collection[str] = ()) -> str:
    """Return the name of a variable: `db_data` for `db-data`."""
    words = "_".join(word.lower() for word in _WORD.findall(name)) or "service"
    words = words if words[0].isalpha() else f"service_{words}"
    while words in taken or keyword.iskeyword(words):
        words += "_"
    return words


def container_name(name: str) -> str:
    """Return the name of a container, a volume or a port: lower-case letters, digits, hyphens and underscores."""
    return re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-") or "app"
