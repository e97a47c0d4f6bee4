"""Where ECS puts tasks on EC2 instances: strategies and constraints, in plain Python.

Import the expression language and the simulator by module, because most services run on Fargate and need neither:
`expression`, `container_instance`, `simulation`.
"""

from .strategy import PlacementConstraint, PlacementStrategy, placement_problems

__all__ = ["PlacementConstraint", "PlacementStrategy", "placement_problems"]
