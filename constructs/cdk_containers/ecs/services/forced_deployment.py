"""Forces a deployment for options that ECS otherwise applies only to new tasks."""

from __future__ import annotations

import json

from aws_cdk import aws_ecs as ecs
from constructs import Construct

from cdk_containers.core.hashes import sha256
from cdk_containers.core.inputs import is_token
from cdk_containers.core.whereabouts import stack_of

from .service_input import ServiceInput


def forced_deployment(scope: Construct, given: ServiceInput) -> ecs.ForceNewDeployment:
    """Force a deployment when an option changes that tasks read only at start and that triggers no deployment itself.

    The nonce depends only on these options, so the same input triggers no deployment. See
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
    """
    kept_by_tasks = {
        "strategy": [[share.provider, share.base, share.weight] for share in given.strategy],
        "placement_strategies": [[strategy.type, strategy.field] for strategy in given.placement_strategies or ()],
        "placement_constraints": [
            [constraint.type, constraint.expression] for constraint in given.placement_constraints
        ],
        "execute_command": given.enable_execute_command,
    }
    if any(is_token(share.provider) for share in given.strategy):
        # The names of capacity providers are tokens, whose numbers differ in each synthesis.
        kept_by_tasks = stack_of(scope).resolve(kept_by_tasks)
    digest = sha256(json.dumps(kept_by_tasks, sort_keys=True)).hex()
    return ecs.ForceNewDeployment(enabled=True, nonce=digest[:16])
