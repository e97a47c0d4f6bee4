"""What has a name in the code and is deployed somewhere."""

from __future__ import annotations

from typing import Literal, TypeAlias

from cdk_containers.core.frozen import frozen

Kind: TypeAlias = Literal["service", "express service", "job", "ECS cluster", "EKS cluster"]


@frozen
class Place:
    """Where the code puts something: a construct, and the stack that it is in.

    Attributes:
        path: The path of the construct below its stack, such as `Shop/Web`.
        above: What is above that, such as `Dev/dev-application`: stages and stack.
        kind: What it is.
        type: Its type in CloudFormation.
        logical_id: Its name in the template.
        stack: What CloudFormation calls the stack.
        nested: The logical ids of the nested stacks on the way.
        account: The account that it goes to; empty if the app leaves it open.
        region: The region, likewise.
        tags: What the template says of its tags, as far as it is plain text.
        desired: The count that the template sets; None if it sets none.
        starters: What starts a job: type and logical id.
        lookup_role: The role that reads the account for CDK.
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
    """Something that is deployed.

    Attributes:
        name: The path of the construct, as in the code.
        kind: What it is.
        id: Its physical id: the ARN of a service or of a task definition, the name of an EKS cluster.
        account: The account.
        region: The region.
        environment: The environment, where a tag or a stage says so.
        stack: The stack that made it; empty if only tags lead to it.
        starters: What starts a job: type and physical id.
        desired: The count that the next deployment of the stack sets; None if it sets none.
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
        """The name of the cluster of a service; `default` where its ARN is of the short form."""
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
