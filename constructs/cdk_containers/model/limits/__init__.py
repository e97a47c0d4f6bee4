"""Quotas and hard limits of AWS, as data."""

from .quota import Quota, Scope, UnknownQuotaError, quota, quotas

__all__ = ["Quota", "Scope", "UnknownQuotaError", "quota", "quotas"]
