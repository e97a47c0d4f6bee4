"""Quota usage of templates, by the codes of Service Quotas."""

from .needs import Need, needs

__all__ = ["Need", "needs"]
