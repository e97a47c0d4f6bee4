"""Audit trails of calls to AWS, and people's access to a cluster."""

from .audit_trail import AuditTrail
from .cluster_access import ClusterAccess, ExecuteCommandAccess

__all__ = ["AuditTrail", "ClusterAccess", "ExecuteCommandAccess"]
