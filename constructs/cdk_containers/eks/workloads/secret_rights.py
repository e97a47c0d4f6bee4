"""Permission to read secrets, for pods whose driver reads them with the role of the application."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_iam as iam

from cdk_containers.model.workload import Container


def let_read_secrets(containers: Sequence[Container], reader: iam.IGrantable) -> None:
    """Let the role of pods read the secrets that the Secrets Store driver mounts for them."""
    for container in containers:
        for secret in container.secrets.values():
            secret.grant_read(reader)
