"""IAM statements that allow or deny people access to a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_ecs
from aws_cdk import aws_iam as iam

from cdk_containers.core.frozen import frozen

from .ecs_actions import (
    INSIDE_A_CLUSTER,
    LIST_INSIDE,
    OF_A_CLUSTER,
    OPERATE_INSIDE,
    READ_INSIDE,
    READ_OF_CLUSTER,
    TAGS,
    ecs,
)

_INSIDE = (
    "container-instance",
    "daemon",
    "daemon-deployment",
    "daemon-revision",
    "service",
    "service-deployment",
    "service-revision",
    "task",
    "task-set",
)
"""Resource types whose ARN contains the name of the cluster."""

_START_SESSION = "ssm:StartSession"
_DENY = iam.Effect.DENY

Conditions = dict[str, dict[str, str | list[str]]]
Tags = Mapping[str, str]


@frozen
class Target:
    """A cluster, as policies refer to it."""

    arn: str
    name: str
    prefix: str
    """Prefix of ECS ARNs in the cluster's account and region."""

    @classmethod
    def of(cls, cluster: aws_ecs.ICluster) -> Target:
        """Read everything that policies need from a cluster once."""
        env = cluster.env
        return cls(
            arn=cluster.cluster_arn,
            name=cluster.cluster_name,
            prefix=f"arn:{cdk.Aws.PARTITION}:ecs:{env.region}:{env.account}",
        )

    @property
    def inside(self) -> list[str]:
        """The ARNs of everything in the cluster."""
        return [self.all(type_) for type_ in _INSIDE]

    @property
    def condition(self) -> Conditions:
        """The condition that an action is about this cluster."""
        return {"ArnEquals": {"ecs:cluster": self.arn}}

    def all(self, type_: str) -> str:
        """Return the ARN of all resources of a type in the cluster."""
        return f"{self.prefix}:{type_}/{self.name}/*"

    def families(self, families: Sequence[str] | None) -> list[str]:
        """Return the ARNs of all revisions of these task definitions, or of all."""
        return [f"{self.prefix}:task-definition/{family}:*" for family in families or ("*",)]


def read(target: Target, tags: Tags) -> list[iam.PolicyStatement]:
    """Allow read access."""
    return [
        _statement("ReadCluster", ecs(*READ_OF_CLUSTER, "ListTagsForResource"), [target.arn]),
        _statement("ListInCluster", ecs(*LIST_INSIDE), ["*"], target.condition),
        # One ARN for all types keeps the policy short. The condition excludes a service of another cluster that has
        # this cluster's name, as in service-deployment/other/shop/1.
        _statement("ReadInCluster", ecs(*READ_INSIDE), [target.all("*")], target.condition, _resource_tags(tags)),
        _statement(
            "ReadTagsInCluster",
            ecs("ListTagsForResource"),
            [target.all(type_) for type_ in ("container-instance", "service", "task", "task-set")],
            _resource_tags(tags),
        ),
    ]


def operate(target: Target, tags: Tags, families: Sequence[str] | None) -> list[iam.PolicyStatement]:
    """Allow changes to tasks and services."""
    definitions = target.families(families)
    others = [action for action in OPERATE_INSIDE if action != "UpdateService"]
    # The key exists only when the service changes its task definition.
    updated_to: Conditions = {"ArnLikeIfExists": {"ecs:task-definition": definitions}} if families else {}
    return [
        _statement(
            "OperateInCluster",
            ecs(*others),
            [target.all(type_) for type_ in ("container-instance", "service", "service-deployment", "task")],
            target.condition,
            _resource_tags(tags),
        ),
        _statement(
            "UpdateServices",
            ecs("UpdateService"),
            [target.all("service")],
            target.condition,
            updated_to,
            _resource_tags(tags),
        ),
        _statement(
            "RunTasks", ecs("RunTask"), definitions, target.condition, _resource_tags(tags), _request_tags(tags)
        ),
        _statement(
            "TagNewTasks",
            ecs("TagResource"),
            [target.all("task")],
            {"StringEquals": {"ecs:CreateAction": "RunTask"}},
            _request_tags(tags),
        ),
    ]


def pass_roles(arns: Sequence[str]) -> iam.PolicyStatement:
    """Allow people to run tasks with these roles."""
    return _statement(
        "PassRolesToTasks",
        ["iam:PassRole"],
        list(arns),
        {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
    )


def execute_command(
    target: Target, tags: Tags, containers: Sequence[str], key_arn: str | None
) -> list[iam.PolicyStatement]:
    """Allow people to open shells.

    ECS checks permission on the cluster and on the task, each with its own tags. The statement for the cluster has no
    tag condition, because a cluster may lack the tags of its teams.
    """
    named: Conditions = {"StringEquals": {"ecs:container-name": list(containers)}} if containers else {}
    statements = [
        _statement("ExecuteCommandInCluster", ecs("ExecuteCommand"), [target.arn], target.condition, named),
        _statement(
            "ExecuteCommandInTasks",
            ecs("ExecuteCommand"),
            [target.all("task")],
            target.condition,
            named,
            _resource_tags(tags),
        ),
        _statement("DenyUnloggedSessions", [_START_SESSION], [target.all("task")], effect=_DENY),
    ]
    if key_arn is not None:
        statements.append(_statement("EncryptSessions", ["kms:GenerateDataKey"], [key_arn]))
    return statements


def deny(target: Target, tags: Tags) -> list[iam.PolicyStatement]:
    """Deny access to a cluster, or to resources with these tags in it."""
    if not tags:
        return [
            _statement("DenyCluster", ["ecs:*"], [target.arn, *target.inside], effect=_DENY),
            _statement("DenyInCluster", ["ecs:*"], ["*"], target.condition, effect=_DENY),
            _statement("DenySessions", [_START_SESSION], [target.all("task")], effect=_DENY),
        ]
    on_tagged, of_tagged = _resource_tags(tags), _request_tags(tags)
    return [
        _statement("DenyTagged", ["ecs:*"], [target.arn, *target.inside], on_tagged, effect=_DENY),
        _statement("DenyTaggedInCluster", ["ecs:*"], ["*"], target.condition, on_tagged, effect=_DENY),
        _statement("DenyMakingTagged", ["ecs:*"], ["*"], target.condition, of_tagged, effect=_DENY),
        _statement("DenySessionsWithTagged", [_START_SESSION], [target.all("task")], on_tagged, effect=_DENY),
    ]


def deny_everything_else(target: Target) -> list[iam.PolicyStatement]:
    """Deny access to all other clusters."""
    ours = [target.arn, *target.inside]
    without_cluster = [
        f"arn:{cdk.Aws.PARTITION}:ecs:*:*:{type_}/*" for type_ in ("capacity-provider", "task-definition")
    ]
    every_task = f"arn:{cdk.Aws.PARTITION}:ecs:*:*:task/*"
    return [
        # Without the key the condition is true and the call is denied, so an action that does not send the key cannot
        # bypass it.
        _statement(
            "DenyInOtherClusters",
            ecs(*INSIDE_A_CLUSTER),
            ["*"],
            {"ArnNotEquals": {"ecs:cluster": target.arn}},
            effect=_DENY,
        ),
        iam.PolicyStatement(
            sid="DenyOtherClusters", effect=_DENY, actions=ecs(*OF_A_CLUSTER), not_resources=[target.arn]
        ),
        iam.PolicyStatement(
            sid="DenyTagsOfOtherClusters", effect=_DENY, actions=ecs(*TAGS), not_resources=[*ours, *without_cluster]
        ),
        _statement("DenyUnloggedSessions", [_START_SESSION], [every_task], effect=_DENY),
    ]


def _resource_tags(tags: Tags) -> Conditions:
    return {"StringEquals": {f"aws:ResourceTag/{key}": value for key, value in tags.items()}} if tags else {}


def _request_tags(tags: Tags) -> Conditions:
    return {"StringEquals": {f"aws:RequestTag/{key}": value for key, value in tags.items()}} if tags else {}


def _statement(
    sid: str,
    actions: list[str],
    resources: list[str],
    *conditions: Conditions,
    effect: iam.Effect = iam.Effect.ALLOW,
) -> iam.PolicyStatement:
    """Create a statement whose conditions must all hold."""
    together: Conditions = {}
    for condition in conditions:
        for operator, keys in condition.items():
            together.setdefault(operator, {}).update(keys)
    return iam.PolicyStatement(
        sid=sid, effect=effect, actions=actions, resources=resources, conditions=together or None
    )
