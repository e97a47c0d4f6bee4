"""Reads files with `NAME=value`, as Compose does."""

from __future__ import annotations

import re

from cdk_containers.core.documents import Problem

from .problems import Found

_LINE = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*(?:[=:]\s*(.*))?")
_COMMENT = re.compile(r"\s#.*")


def env_values(text: str, file: str, found: Found) -> dict[str, str]:
    """Return the variables of a file. Values without quotes end at ` #`.

    Args:
        text: Content of the file.
        file: Name of the file.
        found: Collects the problems.
    """
    values = {}
    for number, line in enumerate(text.splitlines(), start=1):
        written = line.strip()
        if not written or written.startswith("#"):
            continue
        match = _LINE.fullmatch(written)
        if match is None:
            found.of(file).add(Problem((), number, 1, "not a variable; allowed: NAME=value"))
        elif match[2] is not None:
            values[match[1]] = _unquoted(match[2])
    return values


def _unquoted(value: str) -> str:
    quote = value[:1]
    end = value.rfind(quote) if quote in ("'", '"') else 0
    if end > 0:
        inside = value[1:end]
        return inside.replace("\\n", "\n").replace('\\"', '"') if quote == '"' else inside
    return _COMMENT.sub("", f" {value}").strip() if " #" in f" {value}" else value.strip()
