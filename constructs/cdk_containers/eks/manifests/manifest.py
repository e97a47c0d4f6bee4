"""What a Kubernetes object is here."""

from __future__ import annotations

from typing import Any, TypeAlias

Manifest: TypeAlias = dict[str, Any]
"""A Kubernetes object, with `apiVersion`, `kind`, `metadata` and what its kind has, in this order.

It holds no None and no float. Texts of one line may hold tokens, but names, kinds and keys may not.
"""
