"""Settings of stages and actions that CDK Pipelines does not support: written into the pipeline resource."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk

from cdk_containers.core.cdk_modules import codepipeline

from .source import Filter, Source
from .windows import DeploymentWindow


class StageConditions:
    """Adds settings to the stages and actions of a built pipeline."""

    def __init__(self, pipeline: codepipeline.Pipeline, resource: codepipeline.CfnPipeline) -> None:
        self._resource = resource
        self._stages = [stage.stage_name for stage in pipeline.stages]
        self._pipeline = pipeline

    def open_in(self, stage: str, window: DeploymentWindow) -> None:
        """Let a stage start only in a window."""
        rule = {
            "Name": "DeploymentWindow",
            "RuleTypeId": {"Category": "Rule", "Owner": "AWS", "Provider": "DeploymentWindow", "Version": "1"},
            "Configuration": {"Cron": window.cron, "TimeZone": window.time_zone},
        }
        self._set(stage, "BeforeEntry", {"Conditions": [{"Result": "FAIL", "Rules": [rule]}]})

    def roll_back(self, stage: str) -> None:
        """Let a failed stage redeploy its last release."""
        self._set(stage, "OnFailure", {"Result": "ROLLBACK"})

    def time_out(self, stage: str, action: str, minutes: int) -> None:
        """Set the timeout of an action, in minutes."""
        actions = [one.action_properties.action_name for one in self._pipeline.stage(stage).actions]
        self._set(stage, f"Actions.{actions.index(action)}.TimeoutInMinutes", minutes)

    def deploy_by(self, stage: str, deployed: Sequence[cdk.Stage]) -> None:
        """Write the role that CloudFormation deploys with as `Fn::Sub`; cfn-lint refuses what CDK writes."""
        for index, action in enumerate(self._pipeline.stage(stage).actions):
            if action.action_properties.provider != "CloudFormation":
                continue
            name = action.action_properties.action_name
            one = next((it for it in deployed if name.startswith(f"{it.stage_name}.")), deployed[0])
            stack = next(part for part in one.node.find_all() if isinstance(part, cdk.Stack))
            role = getattr(stack.synthesizer, "cloud_formation_execution_role", None)
            if role is not None:
                self._set(stage, f"Actions.{index}.Configuration.RoleArn", {"Fn::Sub": role})

    def start_by(self, source: Source, action: str) -> None:
        """Let the pushes of a source start the pipeline."""
        push: list[dict[str, Any]] = []
        if branches := source.triggering_branches:
            push.append(
                {"Branches": _filter(branches), **({"FilePaths": _filter(source.paths)} if source.paths else {})}
            )
        if source.tags:
            push.append({"Tags": _filter(source.tags)})
        trigger = {
            "ProviderType": "CodeStarSourceConnection",
            "GitConfiguration": {"SourceActionName": action, "Push": push},
        }
        self._resource.add_property_override("Triggers", [trigger])

    def _set(self, stage: str, path: str, value: Any) -> None:
        self._resource.add_property_override(f"Stages.{self._stages.index(stage)}.{path}", value)


def _filter(patterns: Sequence[str]) -> dict[str, Sequence[str]]:
    """Write a filter in the form of CloudFormation; a filter that only excludes includes everything else."""
    filter_ = Filter.of(patterns)
    parts = {"Includes": filter_.includes, "Excludes": filter_.excludes}
    return {name: part for name, part in parts.items() if part}
