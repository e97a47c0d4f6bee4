"""Write which fields objects of Kubernetes have, by version, from the schemas that kubernetes-validate brings along.

Usage: kubernetes_fields.py
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]

FILE = Path(__file__).parents[1] / "constructs/cdk_containers/eks/manifests/kubernetes_fields.json"
OLDEST, NEWEST = 30, 37
_SCHEMAS = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema"
_SIMPLE = {"string": "text", "integer": "int", "boolean": "flag", "number": "number", "object": "{any}"}
_EITHER = ("Quantity", "IntOrString")
_GROUPS = {
    "io.k8s.api.core": "",
    "io.k8s.api.apps": "apps/",
    "io.k8s.api.autoscaling": "autoscaling/",
    "io.k8s.api.batch": "batch/",
    "io.k8s.api.policy": "policy/",
    "io.k8s.api.networking": "networking.k8s.io/",
    "io.k8s.api.rbac": "rbac.authorization.k8s.io/",
    "io.k8s.api.scheduling": "scheduling.k8s.io/",
    "io.k8s.api.storage": "storage.k8s.io/",
}
_KINDS = [
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "IngressClass",
    "Job",
    "LimitRange",
    "Namespace",
    "NetworkPolicy",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Pod",
    "PodDisruptionBudget",
    "PriorityClass",
    "ReplicaSet",
    "ResourceQuota",
    "Role",
    "RoleBinding",
    "Service",
    "ServiceAccount",
    "StatefulSet",
    "StorageClass",
]

Definitions = Mapping[str, Any]


def definitions(minor: int) -> Definitions:
    """Return the definitions of a version."""
    found: Definitions = json.loads((_SCHEMAS / f"v1.{minor}.0-local" / "_definitions.json").read_text())["$defs"]
    return found


def kinds(known: Definitions) -> dict[str, str]:
    """Return the definition of each kind, by API version and kind."""
    found = {}
    for name, schema in known.items():
        group, _, rest = name.rpartition(".v")
        version, _, kind = f"v{rest}".partition(".")
        if group in _GROUPS and kind in _KINDS and version in ("v1", "v2") and "metadata" in schema["properties"]:
            found[f"{_GROUPS[group]}{version} {kind}"] = name
    return found


def reachable(known: Definitions, names: set[str]) -> set[str]:
    """Return these definitions, and all that they refer to."""
    found, waiting = set(), set(names)
    while waiting:
        name = waiting.pop()
        found.add(name)
        text = json.dumps(known[name])
        waiting |= {other for other in known if f'"#/$defs/{other}"' in text} - found
    return found


def type_of(schema: Mapping[str, Any], known: Definitions) -> str:
    """Write a type in a word."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        if name.endswith(_EITHER):
            return "either"
        target = known[name]
        return short(name) if "properties" in target else type_of(target, known)
    types = schema.get("type", "any")
    word = types if isinstance(types, str) else next(entry for entry in types if entry != "null")
    if word == "array":
        return f"[{type_of(schema['items'], known)}]"
    if word == "object" and "additionalProperties" in schema:
        return f"{{{type_of(schema['additionalProperties'], known)}}}"
    return _SIMPLE.get(word, "any")


def short(name: str) -> str:
    """Shorten the name of a definition."""
    return name.removeprefix("io.k8s.api.").removeprefix("io.k8s.apimachinery.pkg.apis.")


def fields() -> Iterator[tuple[str, str, str]]:
    """Yield each field: its definition, its name, and its type with the versions that have it."""
    versions = {minor: definitions(minor) for minor in range(OLDEST, NEWEST + 1)}
    reached = {name for known in versions.values() for name in reachable(known, set(kinds(known).values()))}
    for name in sorted(reached):
        there = {minor: known[name] for minor, known in versions.items() if name in known}
        names = sorted({field for schema in there.values() for field in schema.get("properties", {})})
        for field in names:
            has = [minor for minor, schema in there.items() if field in schema.get("properties", {})]
            written = type_of(there[has[-1]]["properties"][field], versions[has[-1]])
            written += "!" if all(field in there[minor].get("required", ()) for minor in has) else ""
            written += f"@{has[0]}" if has[0] > min(there) else ""
            written += f"~{has[-1] + 1}" if has[-1] < max(there) else ""
            yield short(name), field, written


def text() -> str:
    """Return what the file has."""
    types: dict[str, dict[str, str]] = {}
    for name, field, written in fields():
        types.setdefault(name, {})[field] = written
    found = {kind: short(name) for kind, name in kinds(definitions(NEWEST)).items()}
    source = f"The published API schemas of Kubernetes 1.{OLDEST} to 1.{NEWEST}, by scripts/kubernetes_fields.py"
    whole = {"source": source, "newest": NEWEST, "kinds": dict(sorted(found.items())), "types": types}
    return json.dumps(whole, separators=(",", ":")).replace('"},"', '"},\n"') + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8", newline="\n")
