"""How the number of tasks follows the load, the clock, or a forecast."""

from .predictive_scaling import PredictiveServiceScaling
from .scheduled_scaling import ScheduledScaling
from .service_scaling import ServiceScaling, add_scaling
from .step_scaling import ScalingStep, StepScaling
from .target_metric import TargetMetric

__all__ = [
    "PredictiveServiceScaling",
    "ScalingStep",
    "ScheduledScaling",
    "ServiceScaling",
    "StepScaling",
    "TargetMetric",
    "add_scaling",
]
