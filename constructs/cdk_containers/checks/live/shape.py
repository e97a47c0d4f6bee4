"""From the answers of boto3 to the properties of CloudFormation: the same names, with capital letters."""

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
"""Where CloudFormation spells it otherwise."""

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
"""Maps whose keys are the user's own."""


def shaped(value: Any) -> Any:
    """Return a value with the names of CloudFormation."""
    if isinstance(value, Mapping):
        return {
            _name(key): child if key in _KEYS_OF_USERS and isinstance(child, Mapping) else shaped(child)
            for key, child in value.items()
            if child is not None
        }
    return [shaped(item) for item in value] if isinstance(value, list) else value


def properties(answer: Mapping[str, Any], names: str) -> dict[str, Any]:
    """Return the properties with some names out of an answer, in which they may begin with a small letter."""
    wanted = names.split()
    return {key: value for key, value in shaped(answer).items() if key in wanted}


def without_nothing(**given: Any) -> dict[str, Any]:
    """Return what is given, without what is None or an empty map."""
    empty = [key for key, value in given.items() if value is None or (isinstance(value, Mapping) and not value)]
    return {key: value for key, value in given.items() if key not in empty}


def parts(names: Sequence[str], size: int) -> Iterator[list[str]]:
    """Return names in parts, for an operation that takes no more than so many."""
    return (list(names[start : start + size]) for start in range(0, len(names), size))


def _name(key: str) -> str:
    return _SPELT.get(key, key[:1].upper() + key[1:])
