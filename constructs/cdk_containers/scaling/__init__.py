"""How the number of tasks follows the load."""

from .service_scaling import ServiceScaling, add_scaling

__all__ = ["ServiceScaling", "add_scaling"]
