"""Where ECS puts tasks on EC2 instances: strategies and constraints, in plain Python.

The language of expressions and the simulator are modules to be named when they are used, since most services run on
Fargate and need neither: `expression`, `container_instance`, `simulation`.
"""

from .strategy import PlacementConstraint, PlacementStrategy, placement_problems

__all__ = ["PlacementConstraint", "PlacementStrategy", "placement_problems"]
