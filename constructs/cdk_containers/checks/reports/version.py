"""Which version of this library it is that reports."""

from __future__ import annotations


def version() -> str:
    """Return the version; `0` where the library was not installed but is read from its sources."""
    from importlib import metadata  # noqa: PLC0415  (20 ms, and most reports need no version)

    try:
        return metadata.version("cdk-containers")
    except metadata.PackageNotFoundError:
        return "0"
