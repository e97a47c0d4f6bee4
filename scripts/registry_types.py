"""What CloudFormation's registry says of resource types, as one line each: `environments/registry.txt`.

Run it after an update of cfn-lint, which brings the schemas: `python scripts/registry_types.py`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import cfnlint  # type: ignore[import-untyped]

_SCHEMAS = Path(cfnlint.__file__).parent / "data" / "schemas" / "resources"
_ACTION = re.compile(r"[A-Za-z0-9-]+:[A-Za-z0-9*]+")
FILE = Path(__file__).parents[1] / "constructs" / "cdk_containers" / "environments" / "registry.txt"


def text() -> str:
    """Return the file: the type, what identifies a resource where a template says it, and what its handlers call."""
    schemas = (json.loads(path.read_text(encoding="utf-8")) for path in _SCHEMAS.glob("*.json"))
    lines = sorted(_line(schema) for schema in schemas if schema.get("handlers"))
    return "\n".join(lines) + "\n"


def _line(schema: Mapping[str, Any]) -> str:
    by_service: dict[str, set[str]] = defaultdict(set)
    for handler in schema["handlers"].values():
        for action in handler.get("permissions", []):
            # Some schemas have other things in the list: names of services, or nothing.
            if _ACTION.fullmatch(action):
                service, _, name = action.partition(":")
                by_service[service.lower()].add(name)
    actions = (f"{service}:{','.join(sorted(names))}" for service, names in sorted(by_service.items()))
    return " ".join([schema["typeName"], *_identifier(schema), *actions])


def _identifier(schema: Mapping[str, Any]) -> Iterator[str]:
    properties = schema.get("primaryIdentifier", [])
    if properties and not set(properties) & set(schema.get("readOnlyProperties", [])):
        yield "=" + ",".join(path.removeprefix("/properties/") for path in properties)


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
