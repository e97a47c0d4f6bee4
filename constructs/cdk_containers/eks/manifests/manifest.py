"""The type of Kubernetes objects."""

from __future__ import annotations

from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""A Kubernetes object, with `apiVersion`, `kind`, `metadata` and the fields of its kind, in this order.

It contains no None and no float. Single-line text may contain tokens, but names, kinds and keys may not.
"""
