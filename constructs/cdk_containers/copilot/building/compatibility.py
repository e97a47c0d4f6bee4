"""What of Copilot is kept, because applications, people and stacks depend on it."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Compatibility:
    """What of Copilot is kept. All is kept by default; switch off what nothing of yours depends on.

    Attributes:
        variables: The variables `COPILOT_…` that containers find.
        tags: The tags `copilot-application`, `copilot-environment` and `copilot-service` on everything.
        logical_ids: The logical ids of Copilot's templates. With them, a deployment over a stack that Copilot made
            updates its resources in place; without them it makes them anew, and names collide.
        resource_names: The names of log groups, topics and state machines, by which scripts and alarms find them.
        discovery_names: Names in DNS, such as `api.prod.shop.local`, for services that listen.
        deny_iam: The statement by which no task may call IAM, whatever an addon grants it.
    """

    variables: bool = True
    tags: bool = True
    logical_ids: bool = True
    resource_names: bool = True
    discovery_names: bool = True
    deny_iam: bool = True
