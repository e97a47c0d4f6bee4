"""How a new version replaces the old one."""

from .blue_green import BlueGreen
from .canary import Canary
from .circuit_breaker import CircuitBreaker
from .code_deploy_blue_green import CodeDeployBlueGreen
from .deployment import Deployment
from .deployment_hook import DeploymentHook
from .deployment_pause import DeploymentPause
from .early_success import EarlySuccess
from .linear import Linear
from .rolling import Rolling
from .shifting_roles import (
    acknowledge_no_circuit_breaker,
    add_hooks,
    make_infrastructure_role,
)
from .traffic_shift import TrafficShiftingDeployment

__all__ = [
    "BlueGreen",
    "Canary",
    "CircuitBreaker",
    "CodeDeployBlueGreen",
    "Deployment",
    "DeploymentHook",
    "DeploymentPause",
    "EarlySuccess",
    "Linear",
    "Rolling",
    "TrafficShiftingDeployment",
    "acknowledge_no_circuit_breaker",
    "add_hooks",
    "make_infrastructure_role",
]
