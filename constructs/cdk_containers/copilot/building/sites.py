"""The name of a static site, and the region of its stack."""

from __future__ import annotations

from ..manifests.models.workloads import StaticSite
from .setting import Setting

CERTIFICATE_REGION = "us-east-1"
"""Region of CloudFront certificates."""

CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"
"""Hosted zone id of CloudFront distributions."""


def alias_of(setting: Setting, site: StaticSite) -> str | None:
    """Return the DNS name of a site: its own, or a name in the subdomain of the environment."""
    if site.http is not None and site.http.alias is not None:
        return site.http.alias
    return None if setting.subdomain is None else f"{site.name}.{setting.subdomain}"


def region_of_site(setting: Setting, site: StaticSite) -> str | None:
    """Return the required region for the stack of a site, with the certificate created for it."""
    given = site.http.certificate if site.http is not None else None
    return CERTIFICATE_REGION if alias_of(setting, site) is not None and given is None else None
