"""Scaling of services by load, schedule, or forecast."""

from .counts import DEFAULT_COUNT, count_problems
from .predictive_scaling import PredictiveServiceScaling
from .scheduled_scaling import ScheduledScaling
from .service_scaling import ServiceScaling, add_scaling
from .step_scaling import ScalingStep, StepScaling
from .target_metric import TargetMetric
from .worker_scaling import worker_scaling

__all__ = [
    "DEFAULT_COUNT",
    "PredictiveServiceScaling",
    "ScalingStep",
    "ScheduledScaling",
    "ServiceScaling",
    "StepScaling",
    "TargetMetric",
    "add_scaling",
    "count_problems",
    "worker_scaling",
]
