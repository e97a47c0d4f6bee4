"""Permissions of ECS Exec, which CDK grants with wildcards."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs

from cdk_containers.core.opt_outs import Acknowledgement, acknowledge, resource_of

from ..clusters import Cluster

_REASON = (
    "The actions with which ECS Exec opens a session support no resource-level permissions, and access to the log "
    "group is limited to its streams; people still need permission for ecs:ExecuteCommand"
)


def acknowledge_execute_command(role: iam.IRole, cluster: Cluster) -> None:
    """Acknowledge the wildcards in the permissions that ECS Exec needs in a task role."""
    findings = ["AwsSolutions-IAM5[Resource::*]"]
    group = cluster.execute_command_log_group
    if isinstance(group, aws_logs.LogGroup) and cdk.Stack.of(group) == cdk.Stack.of(role):
        logical_id = cdk.Stack.of(group).resolve(resource_of(group).ref)["Ref"]
        arn = f"arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<{logical_id}>:*"
        findings.append(f"AwsSolutions-IAM5[Resource::{arn}]")
    acknowledge(role, Acknowledgement(_REASON, cdk_nag=tuple(findings)))
