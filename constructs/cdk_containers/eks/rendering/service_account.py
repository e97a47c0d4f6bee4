"""Service accounts of workloads."""

from __future__ import annotations

from ..manifests import Manifest
from .facts import PodFacts


def service_account_of(options: PodFacts, *, metadata: Manifest) -> Manifest | None:
    """Return the service account, or None if one exists already; pods get no token for the Kubernetes API."""
    if options.service_account is not None:
        return None
    annotations = {} if options.role_arn is None else {"eks.amazonaws.com/role-arn": options.role_arn}
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": {**metadata, **({"annotations": annotations} if annotations else {})},
        "automountServiceAccountToken": False,
    }
