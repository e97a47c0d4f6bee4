"""Features of Copilot to keep, because applications, people and stacks depend on them."""

from __future__ import annotations

from cdk_containers.core.frozen import frozen


@frozen
class Compatibility:
    """Features of Copilot to keep. All are kept by default. Turn off features that nothing depends on.

    Attributes:
        variables: The variables `COPILOT_…` in containers.
        tags: The tags `copilot-application`, `copilot-environment` and `copilot-service` on all resources.
        logical_ids: The logical ids of Copilot's templates. With them, a deployment over a Copilot stack updates its
            resources in place. Without them it recreates the resources, and names collide.
        resource_names: The names of log groups, topics and state machines, which scripts and alarms can refer to.
        discovery_names: DNS names, such as `api.prod.shop.local`, for services that listen on a port.
        deny_iam: The statement that denies tasks all IAM actions, even if an addon grants them.
    """

    variables: bool = True
    tags: bool = True
    logical_ids: bool = True
    resource_names: bool = True
    discovery_names: bool = True
    deny_iam: bool = True
