"""A baseline: the findings that existed when a team began to check, so that it sees only new ones.

A finding is identified by its practice, its resource and its file, never by a line. Paths are relative to the folder of
the baseline, so that the file works in every copy of the repository.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass, replace  # noqa: TID251  (they are sorted)
from pathlib import Path
from typing import Any

from cdk_containers.checks.engine import Finding, Report
from cdk_containers.core.frozen import frozen

_VERSION = 1


class BaselineError(ValueError):
    """A file that is not a baseline. The message has the reason."""


@dataclass(frozen=True, order=True, slots=True)
class Known:
    """A finding in a baseline.

    Attributes:
        path: File, relative to the folder of the baseline.
        resource: The construct, or otherwise the logical id.
        practice: The id of the practice.
    """

    path: str
    resource: str
    practice: str


@frozen(kw_only=False)
class Baseline:
    """The findings of a baseline file.

    Attributes:
        known: The findings.
        folder: The folder of the file.
    """

    known: frozenset[Known]
    folder: Path

    @classmethod
    def of(cls, report: Report, path: Path) -> Baseline:
        """Return a baseline with all failures without acknowledgement, for a path."""
        return cls(frozenset(_known(it, path.parent) for it in report.failures), path.parent)

    @classmethod
    def read(cls, path: Path) -> Baseline:
        """Read a baseline.

        Raises:
            BaselineError: The file cannot be read, is not a baseline, or has another version.
        """
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise BaselineError(error.strerror or str(error)) from None
        except json.JSONDecodeError as error:
            raise BaselineError(f"line {error.lineno}: {error.msg}") from None
        except (ValueError, RecursionError):
            raise BaselineError("it is not JSON") from None
        return cls(_read(document), path.parent)

    @property
    def text(self) -> str:
        """The file, one line for each finding, so that a diff shows what changed."""
        entries = ",\n".join(
            "    " + json.dumps({"practice": it.practice, "resource": it.resource, "path": it.path})
            for it in sorted(self.known)
        )
        known = f"[\n{entries}\n  ]" if entries else "[]"
        return f'{{\n  "version": {_VERSION},\n  "known": {known}\n}}\n'

    def applied(self, report: Report, *, practices: Collection[str], paths: Collection[str]) -> Report:
        """Remove known findings from a report, and list entries that are fixed in the checked practices and files."""
        failures = {it: _known(it, self.folder) for it in report.failures}
        known = {it: entry for it, entry in failures.items() if entry in self.known}
        looked_at = {_seen_from(self.folder, path) for path in paths}
        gone = sorted(
            it
            for it in self.known - set(failures.values())
            if it.practice in practices and (it.path in looked_at or not (self.folder / it.path).exists())
        )
        return replace(
            report,
            findings=tuple(it for it in report.findings if it not in known),
            known=tuple(known),
            fixed=tuple(f"{it.path}: {it.practice} on {it.resource}" for it in gone),
        )


def _known(finding: Finding, folder: Path) -> Known:
    return Known(_seen_from(folder, finding.path), finding.subject, finding.practice)


def _seen_from(folder: Path, path: str) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # another drive
        return Path(path).as_posix()


def _read(document: Any) -> frozenset[Known]:
    match document:
        case {"version": 1, "known": list(entries)}:
            pass
        case {"version": version, "known": _}:
            raise BaselineError(f"the baseline has version {version}; write it again with --write-baseline")
        case _:
            raise BaselineError("not a baseline file; write one with --write-baseline")
    known = set()
    for number, entry in enumerate(entries, start=1):
        match entry:
            case {"practice": str(practice), "resource": str(resource), "path": str(path)}:
                known.add(Known(path, resource, practice))
            case _:
                raise BaselineError(f"entry {number} has no practice, resource and path")
    return frozenset(known)
