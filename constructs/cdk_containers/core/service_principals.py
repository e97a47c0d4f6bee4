"""AWS services as principals of roles."""

from __future__ import annotations

from functools import cache

from aws_cdk import aws_iam as iam


@cache
def service_principal(name: str) -> iam.IPrincipal:
    """Return a service, such as `ec2`, as a principal without conditions, which belongs to no app or stack."""
    return iam.ServicePrincipal(f"{name}.amazonaws.com")
