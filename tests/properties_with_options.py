"""Maps options to the CloudFormation properties that they set. `python -m tests.properties_with_options` updates it.

It tries all options with other values, as tests/test_options.py does, which takes a minute. That test keeps it current:
it compares each of its templates with this file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from tests.schema_properties import TYPES, shown_in
from tests.subjects.pairs import is_shown, options, pair

FILE = Path(__file__).parent / "properties_with_options.json"


@cache
def properties_with_options() -> Mapping[str, Mapping[str, str]]:
    """Return the properties by type, each with an option whose other value sets it."""
    read: Mapping[str, Mapping[str, str]] = json.loads(FILE.read_text())
    return read


def missing_in(template: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return properties that a template shows and the file has not."""
    types = {entry["Type"] for entry in template.get("Resources", {}).values()} & set(TYPES)
    found = {type_: sorted(shown_in(template, type_) - properties_with_options()[type_].keys()) for type_ in types}
    return {type_: properties for type_, properties in found.items() if properties}


def main() -> None:
    """Write the file."""
    found: dict[str, dict[str, str]] = {type_: {} for type_ in TYPES}
    for name, option in options():
        for type_ in TYPES if is_shown(name, option) else ():
            for path in shown_in(pair(name, option)[1], type_):
                found[type_].setdefault(path, f"{name}.{option}")
    FILE.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
