"""Converts boto3 responses to CloudFormation properties, which have the same names with capital letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_SPELT = {
    "buildspec": "BuildSpec",
    "efsVolumeConfiguration": "EFSVolumeConfiguration",
    "fileSystemId": "FilesystemId",
    "fsxWindowsFileServerVolumeConfiguration": "FSxWindowsFileServerVolumeConfiguration",
    "iam": "IAM",
    "placementStrategy": "PlacementStrategies",
    "s3": "S3",
}
"""Names that CloudFormation spells differently."""

_KEYS_OF_USERS = {
    "HeaderParameters",
    "InputPathsMap",
    "QueryStringParameters",
    "dockerLabels",
    "driverOpts",
    "hookDetails",
    "labels",
    "options",
    "tags",
}
"""Maps whose keys users choose."""


def shaped(value: Any) -> Any:
    """Return a value with CloudFormation names."""
    if isinstance(value, Mapping):
        return {
            _name(key): child if key in _KEYS_OF_USERS and isinstance(child, Mapping) else shaped(child)
            for key, child in value.items()
            if child is not None
        }
    return [shaped(item) for item in value] if isinstance(value, list) else value


def properties(answer: Mapping[str, Any], names: str) -> dict[str, Any]:
    """Return some properties of a response, in which names can begin with a lower-case letter."""
    wanted = names.split()
    return {key: value for key, value in shaped(answer).items() if key in wanted}


def without_nothing(**given: Any) -> dict[str, Any]:
    """Return the properties without None and empty maps."""
    empty = [key for key, value in given.items() if value is None or (isinstance(value, Mapping) and not value)]
    return {key: value for key, value in given.items() if key not in empty}


def parts(names: Sequence[str], size: int) -> Iterator[list[str]]:
    """Split names into batches for an operation with a maximum."""
    return (list(names[start : start + size]) for start in range(0, len(names), size))


def _name(key: str) -> str:
    return _SPELT.get(key, key[:1].upper() + key[1:])
