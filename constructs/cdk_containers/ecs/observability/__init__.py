"""Seeing how clusters are: their dashboard, and what ECS says happened."""

from .cluster_dashboard import ClusterDashboard
from .cluster_events import ClusterEvents

__all__ = ["ClusterDashboard", "ClusterEvents"]
