"""Resources with a name in the code, in templates and deployed."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cdk_containers.core.frozen import frozen

Kind: TypeAlias = Literal["service", "express service", "job", "ECS cluster", "EKS cluster"]


@frozen
class Place:
    """A construct that can be operated, and its stack.

    Attributes:
        path: Path of the construct below its stack, such as `Shop/Web`.
        above: Path of its stages and stack, such as `Dev/dev-application`.
        kind: Its kind, such as a service or a job.
        type: CloudFormation resource type.
        logical_id: Logical id in the template.
        stack: Name of the deployed stack.
        nested: Logical ids of the nested stacks on the way.
        account: Account of the stack; empty if the app does not set it.
        region: Region of the stack; empty if the app does not set it.
        tags: Tags in the template, as far as they are plain text.
        desired: Desired count in the template; None if it sets none.
        starters: Starters of a job: type and logical id.
        lookup_role: Lookup role of CDK for the account.
    """

    path: str
    above: str
    kind: Kind
    type: str
    logical_id: str
    stack: str
    nested: tuple[str, ...] = ()
    account: str = ""
    region: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    desired: int | None = None
    starters: tuple[tuple[str, str], ...] = ()
    lookup_role: str = ""

    @property
    def whole(self) -> str:
        """The path from the app."""
        return f"{self.above}/{self.path}"

    def tag(self, key: str) -> str:
        """Return the value of a tag; empty if there is none."""
        return dict(self.tags).get(key, "")


@frozen
class Target:
    """A deployed service, job or cluster.

    Attributes:
        name: Path of the construct in the code.
        kind: Its kind, such as a service or a job.
        id: Physical id: the ARN of a service or a task definition, or the name of an EKS cluster.
        account: The account.
        region: The region.
        environment: Environment, from a tag or a stage.
        stack: Stack that owns it; empty if it was found by tags only.
        starters: Starters of a job: type and physical id.
        desired: Count that the next deployment of the stack sets; None if it sets none.
    """

    name: str
    kind: Kind
    id: str
    account: str
    region: str
    environment: str = ""
    stack: str = ""
    starters: tuple[tuple[str, str], ...] = ()
    desired: int | None = None

    @property
    def cluster(self) -> str:
        """The name of the cluster of a service; `default` if its ARN has the short form."""
        parts = self.id.split("/")
        return parts[1] if len(parts) > 2 else "default"

    @property
    def service(self) -> str:
        """The name of a service."""
        return self.id.rpartition("/")[2]

    @property
    def family(self) -> str:
        """The family of a job's task definition."""
        return self.id.rpartition("/")[2].rpartition(":")[0]
