"""What moto's CloudFormation lacks or has wrong, type by type. The calls are those that AWS's CloudFormation makes."""

from ..recipe import Recipe
from . import (
    content,
    deployments,
    discovery,
    ecs,
    eks,
    files,
    functions,
    lattice,
    load_balancing,
    messages,
    names,
    network,
    observability,
    scaling,
    security,
)
from .amendments import ATTRIBUTES, DELETIONS

PARTS = (
    content,
    deployments,
    discovery,
    ecs,
    eks,
    files,
    functions,
    lattice,
    load_balancing,
    messages,
    names,
    network,
    observability,
    scaling,
    security,
)

RECIPES: dict[str, Recipe] = {kind: recipe for part in PARTS for kind, recipe in part.RECIPES.items()}

__all__ = ["ATTRIBUTES", "DELETIONS", "RECIPES"]
