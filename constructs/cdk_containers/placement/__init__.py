"""Where ECS puts tasks on EC2 instances: strategies, constraints, and a simulator of both. Plain Python."""

from .container_instance import ContainerInstance, container_instances
from .expression import Expression, ExpressionError, InstanceFacts, expression_problem, parse_expression
from .simulation import simulate_placement
from .simulation_result import Event, Placement, Unplaced
from .strategy import PlacementConstraint, PlacementStrategy, placement_problems

__all__ = [
    "ContainerInstance",
    "Event",
    "Expression",
    "ExpressionError",
    "InstanceFacts",
    "Placement",
    "PlacementConstraint",
    "PlacementStrategy",
    "Unplaced",
    "container_instances",
    "expression_problem",
    "parse_expression",
    "placement_problems",
    "simulate_placement",
]
