"""Dashboards and events of clusters."""

from .cluster_dashboard import ClusterDashboard
from .cluster_events import ClusterEvents

__all__ = ["ClusterDashboard", "ClusterEvents"]
