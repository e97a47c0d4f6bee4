"""Hashes for texts that are too long for a name."""

from __future__ import annotations

HASH_LENGTH = 8


def sha256(text: str) -> bytes:
    """Return the SHA-256 of a text."""
    import hashlib  # noqa: PLC0415  (it loads OpenSSL, which takes 3 ms)

    return hashlib.sha256(text.encode()).digest()


def md5(text: str) -> bytes:
    """Return the MD5 of a text, which CDK uses for names."""
    import hashlib  # noqa: PLC0415

    return hashlib.md5(text.encode(), usedforsecurity=False).digest()


def short_hash(text: str) -> str:
    """Return a hash of a text with `HASH_LENGTH` hexadecimal digits."""
    return sha256(text).hex()[:HASH_LENGTH]
