"""Checks all prerequisites of a deployment."""

from __future__ import annotations

from collections.abc import Iterator

from .certificates import verify_certificates
from .found import Found
from .images import Fetch, ImageVerifier, fetch
from .kubernetes import verify_kubernetes
from .place import Place
from .quotas import verify_quotas
from .secrets import SecretVerifier


def verify(place: Place, *, get: Fetch | None = None) -> Iterator[Found]:
    """Yield the result for each prerequisite of the stacks of a place.

    Args:
        place: The stacks of an account and region.
        get: Function that downloads from a URL of ECR. Default: by HTTPS.

    Raises:
        Refused: There are no credentials any more.
    """
    yield from ImageVerifier(place, get or fetch).found()
    yield from SecretVerifier(place).found()
    yield from verify_certificates(place)
    yield from verify_kubernetes(place)
    yield from verify_quotas(place)
