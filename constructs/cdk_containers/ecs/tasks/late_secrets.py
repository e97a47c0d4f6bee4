"""Secrets in values that CDK assembles at synthesis, such as `Stack.to_json_string`."""

from __future__ import annotations

from collections.abc import Sequence

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecs as ecs
from constructs import IValidation

from cdk_containers.core.inputs import LATER, written_out
from cdk_containers.core.opt_outs import resource_of
from cdk_containers.model.workload import Container
from cdk_containers.model.workload.secrets import holds_secret, plain_value


def check_when_synthesized(task_definition: ecs.TaskDefinition, containers: Sequence[Container]) -> None:
    """Check a task definition again at synthesis, if a container has a text that is unknown before."""
    texts = (
        plain_value(text)
        for container in containers
        for group in (
            container.environment.values(),
            container.command or (),
            container.entry_point or (),
            container.docker_labels.values(),
        )
        for text in group
    )
    if any(LATER in written_out(text) for text in texts):
        task_definition.node.add_validation(_NoSecrets(task_definition))


@jsii.implements(IValidation)
class _NoSecrets:
    def __init__(self, task_definition: ecs.TaskDefinition) -> None:
        self._task_definition = task_definition

    def validate(self) -> list[str]:
        """Report containers that would expose a secret."""
        resource = resource_of(self._task_definition)
        assert isinstance(resource, ecs.CfnTaskDefinition)  # noqa: S101  (for the type checker)
        rendered = cdk.Stack.of(resource).resolve(resource.container_definitions)
        return [
            f"the container {container['name']} would expose a secret to everyone who can read the task definition; "
            f"put it into `secrets`"
            for container in rendered
            if holds_secret(str({name: part for name, part in container.items() if name != "secrets"}))
        ]
