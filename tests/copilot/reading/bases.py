"""Small manifests of each type, as keys with their text, and what a test puts in their place."""

from __future__ import annotations

import re

BASES = {
    "Load Balanced Web Service": ("web", "image: {location: nginx, port: 80}\nhttp: {path: /}\ncpu: 256\nmemory: 512"),
    "Backend Service": ("api", "image: {location: nginx, port: 80}\ncpu: 256\nmemory: 512"),
    "Worker Service": ("wrk", "image: {location: nginx}\ncpu: 256\nmemory: 512"),
    "Scheduled Job": ("job", "image: {location: nginx}\ncpu: 256\nmemory: 512\non: {schedule: '@daily'}"),
    "Request-Driven Web Service": (
        "rdw",
        "image: {location: public.ecr.aws/x/y:1, port: 80}\ncpu: 256\nmemory: 512",
    ),
    "Static Site": ("ssi", "files: [{source: dist, recursive: true}]"),
}


def manifest(kind: str, says: str = "", *, prod: str | None = None) -> str:
    """Return a manifest of a type that says something instead of the keys of its base."""
    name, base = BASES[kind]
    own = set(re.findall(r"(?m)^(\w+):", says))
    lines = [line for line in base.splitlines() if line.partition(":")[0] not in own]
    text = "\n".join([f"name: {name}", f"type: {kind}", *lines, says, ""])
    if prod is None:
        return text
    return text + "environments:\n  prod:\n" + "".join(f"    {line}\n" for line in prod.splitlines())
