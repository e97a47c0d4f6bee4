"""Schemas of custom resources of controllers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdk_containers.core.errors import Problems

from ..schema import Schema
from . import karpenter, keda, load_balancing, secrets, snapshots, trident

SCHEMAS: Mapping[tuple[str, str], Schema] = {
    **load_balancing.SCHEMAS,
    **keda.SCHEMAS,
    **secrets.SCHEMAS,
    **karpenter.SCHEMAS,
    **snapshots.SCHEMAS,
    **trident.SCHEMAS,
}
"""The schema of `spec`, by API version and kind."""

__all__ = ["SCHEMAS", "schema_problems"]


def schema_problems(manifest: Mapping[str, Any]) -> Problems:
    """Find problems with an object whose kind has a schema here."""
    found = Problems()
    schema = SCHEMAS.get((str(manifest.get("apiVersion")), str(manifest.get("kind"))))
    if schema is None:
        return found
    if "spec" not in manifest:
        found.add("spec", "it is missing", allowed="a map")
    else:
        schema.check(found, manifest["spec"], "spec")
    for name in manifest.keys() - {"apiVersion", "kind", "metadata", "spec"}:
        found.add(str(name), "unknown field", given=manifest[name], allowed="apiVersion, kind, metadata, spec")
    return found
