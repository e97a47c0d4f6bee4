"""People's access to one cluster, as IAM policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import kms
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import ConstructError, Problem, Problems, child_path
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import (
    argument_problems,
    disabled_problems,
    field_problems,
    has_members,
    is_token,
    name_problem,
)
from cdk_containers.core.opt_outs import record_opt_out
from cdk_containers.core.opt_outs.wildcards import acknowledge_wildcards
from cdk_containers.core.practices import Disabled
from cdk_containers.ecs.clusters import Cluster

from . import access_statements as access

_WILDCARDS = (
    "The names of services and tasks are unknown before they exist, so their ARNs end in a wildcard after the name of "
    "the cluster; the condition ecs:cluster limits lists and RunTask, because ECS supports nothing else there"
)


@frozen
class ExecuteCommandAccess:
    """Permission to open a shell in containers with ECS Exec.

    Attributes:
        reason: Why people need it, for reviewers; it is written to the policy's metadata.
        containers: Names of the containers in which people may open a shell. Default: any.
        encryption_key: The key of the cluster's sessions (`Cluster.encryption_key`), which people need to open a
            session. Default: none.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
    """

    reason: str
    containers: Sequence[str] = ()
    encryption_key: kms.IKey | None = None

    def problems(self) -> list[Problem]:
        """Find problems with these options."""
        found = Problems()
        found.extend(field_problems(self))
        found.extend_anew(disabled_problems(Disabled(self.reason)))
        if not found.has("containers"):
            found.extend(_name_problems("containers", self.containers))
        return list(found)


@frozen
class ClusterAccess:
    """IAM permissions for people in one cluster only, as statements or a managed policy.

    It excludes what ECS cannot limit to a cluster, such as listing clusters and changing task definitions. It also
    excludes creating and deleting services, which your stacks do.

    Attributes:
        statements: Statements for a role, a group, or a permission set of IAM Identity Center, from `read`, `operate`,
            `deny` or `deny_everything_else`.
        shell_reason: Why people may open shells in containers. Default: None; they may not.

    See https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security_iam_id-based-policy-examples.html
    """

    statements: Sequence[iam.PolicyStatement]
    shell_reason: str | None = None

    @classmethod
    def read(cls, cluster: Cluster | ecs.ICluster, *, tags: Mapping[str, str] | None = None) -> ClusterAccess:
        """Allow read access to a cluster and everything in it.

        Args:
            cluster: The cluster.
            tags: Tags that a service, task or container instance must have; others are not readable. Lists still
                contain all names. Default: none; everything in the cluster is readable.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.read, locals())
        _check(cluster, "ClusterAccess.read", found, tags)
        return cls(statements=access.read(access.Target.of(_ecs_cluster(cluster)), tags or {}))

    @classmethod
    def operate(
        cls,
        cluster: Cluster | ecs.ICluster,
        *,
        task_families: Sequence[str] | None = None,
        pass_roles: Sequence[iam.IRole] = (),
        execute_command: ExecuteCommandAccess | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> ClusterAccess:
        """Allow reading, running and stopping tasks, updating services, controlling deployments and draining instances.

        Args:
            cluster: The cluster.
            task_families: Families of task definitions that people may run or deploy to services. Set them if some task
                definitions in the account have more permissions than these people. Default: all families of the
                account.
            pass_roles: Task roles and execution roles with which people may run tasks; they can pass each role only to
                ECS tasks. Updating a service needs none. Default: none; people can run only tasks without roles.
            execute_command: Permission to open shells in containers, with a reason. It denies Session Manager sessions
                that bypass ECS Exec, because ECS does not log them. Default: none.
            tags: Tags that services, tasks, container instances and task definitions must have, and with which people
                must run tasks. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.operate, locals())
        if task_families is not None and not found.has("task_families"):
            if not task_families:
                found.add("task_families", "no family", allowed="one or more, or None for all")
            found.extend(_name_problems("task_families", task_families))
        if execute_command is not None and not found.has("execute_command"):
            found.extend(execute_command.problems(), under="execute_command")
        _check(cluster, "ClusterAccess.operate", found, tags)

        target, tags = access.Target.of(_ecs_cluster(cluster)), tags or {}
        statements = [*access.read(target, tags), *access.operate(target, tags, task_families)]
        if pass_roles:
            statements.append(access.pass_roles([role.role_arn for role in pass_roles]))
        if execute_command is None:
            return cls(statements=statements)
        key = execute_command.encryption_key
        statements += access.execute_command(
            target, tags, execute_command.containers, None if key is None else key.key_arn
        )
        return cls(statements=statements, shell_reason=execute_command.reason)

    @classmethod
    def deny(cls, cluster: Cluster | ecs.ICluster, *, tags: Mapping[str, str] | None = None) -> ClusterAccess:
        """Deny everything in a cluster, regardless of other permissions.

        Args:
            cluster: The cluster.
            tags: Tags of existing or new resources to deny. Default: none; the whole cluster is denied.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        found = argument_problems(cls.deny, locals())
        _check(cluster, "ClusterAccess.deny", found, tags)
        return cls(statements=access.deny(access.Target.of(_ecs_cluster(cluster)), tags or {}))

    @classmethod
    def deny_everything_else(cls, cluster: Cluster | ecs.ICluster) -> ClusterAccess:
        """Deny every other cluster, regardless of other permissions; this allows nothing by itself.

        Task definitions and capacity providers belong to no cluster and are not affected. Sessions that bypass ECS Exec
        are denied in all clusters.

        Args:
            cluster: The only cluster that is not denied.

        Raises:
            ConstructError: The input is wrong.
        """
        _check(cluster, "ClusterAccess.deny_everything_else", Problems(), None)
        return cls(statements=access.deny_everything_else(access.Target.of(_ecs_cluster(cluster))))

    def to_managed_policy(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        description: str | None = None,
    ) -> iam.ManagedPolicy:
        """Create a managed policy with the statements.

        Args:
            scope: The parent, usually a stack.
            id: Name among the parent's children.
            description: Description of the policy. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        argument_problems(self.to_managed_policy, locals()).raise_for(scope, id)
        policy = iam.ManagedPolicy(
            CheckedConstruct(scope, id), "Policy", description=description, statements=list(self.statements)
        )
        acknowledge_wildcards(policy, _WILDCARDS)
        if self.shell_reason is not None:
            record_opt_out(policy, "execute-command-by-permission", Disabled(self.shell_reason))
        return policy


def _ecs_cluster(cluster: Cluster | ecs.ICluster) -> ecs.ICluster:
    return cluster.cluster if isinstance(cluster, Cluster) else cluster


def _check(cluster: object, call: str, found: Problems, tags: Mapping[str, str] | None) -> None:
    if not isinstance(cluster, Cluster) and not has_members(cluster, "cluster_arn", "cluster_name"):
        found.add(
            "cluster",
            f"a value of type {type(cluster).__name__} instead of a cluster",
            allowed="Cluster or ICluster",
            practice="cluster-access-by-arn",
        )
    if tags is not None and not found.has("tags"):
        found.extend(_tag_problems(tags))
    if found:
        raise ConstructError(child_path(cluster, call) if hasattr(cluster, "node") else call, found)


def _tag_problems(tags: Mapping[str, str]) -> list[Problem]:
    found = Problems()
    if not tags:
        found.add("tags", "no tag", allowed="one or more, or None for everything")
    for key in tags:
        if not is_token(key) and (not key or key.lower().startswith("aws:") or len(key) > 128):
            found.add(
                f"tags[{key!r}]",
                "not a valid key of a user-defined tag",
                given=key,
                allowed="1–128 characters that do not start with aws:",
            )
    return list(found)


def _name_problems(option: str, names: Sequence[str]) -> list[Problem]:
    found = Problems()
    for index, name in enumerate(names):
        if not is_token(name) and (wrong := name_problem(name)):
            found.add(
                f"{option}[{index}]", wrong, given=name, allowed="up to 255 letters, digits, hyphens and underscores"
            )
    return list(found)
