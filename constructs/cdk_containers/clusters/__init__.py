"""Where tasks find capacity: clusters and the kinds of capacity that they hold."""

from .capacity import Capacity, FargateCapacity, strategy_problems
from .cluster import Cluster

__all__ = ["Capacity", "Cluster", "FargateCapacity", "strategy_problems"]
