"""What CDK Pipelines cannot say of stages and actions: written into the resource of the pipeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cdk_containers.core.cdk_modules import codepipeline

from .source import Filter, Source
from .windows import DeploymentWindow


class StageConditions:
    """Adds to the stages and actions of a pipeline that was built."""

    def __init__(self, pipeline: codepipeline.Pipeline, resource: codepipeline.CfnPipeline) -> None:
        self._resource = resource
        self._stages = [stage.stage_name for stage in pipeline.stages]
        self._pipeline = pipeline

    def open_in(self, stage: str, window: DeploymentWindow) -> None:
        """Have a stage start in a window only."""
        rule = {
            "Name": "DeploymentWindow",
            "RuleTypeId": {"Category": "Rule", "Owner": "AWS", "Provider": "DeploymentWindow", "Version": "1"},
            "Configuration": {"Cron": window.cron, "TimeZone": window.time_zone},
        }
        self._set(stage, "BeforeEntry", {"Conditions": [{"Result": "FAIL", "Rules": [rule]}]})

    def roll_back(self, stage: str) -> None:
        """Have a stage that fails deploy again what it deployed last."""
        self._set(stage, "OnFailure", {"Result": "ROLLBACK"})

    def time_out(self, stage: str, action: str, minutes: int) -> None:
        """Have an action of a stage fail after some minutes."""
        actions = [one.action_properties.action_name for one in self._pipeline.stage(stage).actions]
        self._set(stage, f"Actions.{actions.index(action)}.TimeoutInMinutes", minutes)

    def start_by(self, source: Source, action: str) -> None:
        """Have pushes that a source names start the pipeline."""
        push: list[dict[str, Any]] = []
        if branches := source.triggering_branches:
            push.append({"Branches": _filter(branches), **({"FilePaths": _filter(source.paths)} if source.paths else {})})
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
    """Write a filter as CloudFormation has it; one that only leaves out takes everything else."""
    filter_ = Filter.of(patterns)
    parts = {"Includes": filter_.includes, "Excludes": filter_.excludes}
    return {name: part for name, part in parts.items() if part}
