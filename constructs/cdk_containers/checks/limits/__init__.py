"""What templates need of the quotas of an account, by the codes of Service Quotas."""

from .needs import Need, needs

__all__ = ["Need", "needs"]
