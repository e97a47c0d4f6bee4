"""The stages of a pipeline, as CDK Pipelines has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from cdk_containers.core.cdk_modules import codepipeline, pipelines, sns, sns_subscriptions
from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.inputs import seconds
from cdk_containers.core.opt_outs import record_opt_out, resource_of
from cdk_containers.core.practices import Disabled

from .application_checks import find_outputs
from .artifacts import harden_other_regions
from .image_build import ImageBuild
from .scan_gate import ScanGate
from .source import Source
from .stage_conditions import StageConditions
from .steps import Steps
from .synthesis import Synthesis
from .wave import Wave
from .wildcards import acknowledge_pipeline

if TYPE_CHECKING:
    from .pipeline import Pipeline

_SOURCE, _APPROVE = "Source", "Approve"
_MINUTE = 60


class DeliveryStages:
    """Builds one pipeline: source, images, gate and synthesis, and for each wave the approval and the deployment."""

    def __init__(self, owner: Pipeline, source: Source, gate: ScanGate | Disabled, synthesis: Synthesis) -> None:
        self._owner = owner
        self._gate = gate
        self._synthesis = synthesis
        self._steps = Steps(owner, owner.log_group, synthesis)
        self._source = pipelines.CodePipelineSource.connection(
            source.repository,
            source.branch,
            connection_arn=source.connection_arn,
            action_name=_SOURCE,
            trigger_on_push=False,
        )
        self._images: list[tuple[ImageBuild, Any]] = []
        self._timeouts: list[tuple[str, int]] = []

    def build(self, images: Sequence[ImageBuild]) -> None:
        """Add what comes before the first environment."""
        owner, steps = self._owner, self._steps
        stack = cdk.Stack.of(owner)
        self._images = [(image, steps.image(image, self._source, stack)) for image in images]
        built = {image.name: step for image, step in self._images}
        self._scan = steps.scan(self._gate, built, images, self._source)
        self._synth = steps.synth(self._source, self._scan)
        self._pipeline = pipelines.CodePipeline(
            owner,
            "Delivery",
            synth=self._synth,
            pipeline_type=codepipeline.PipelineType.V2,
            execution_mode=codepipeline.ExecutionMode.QUEUED,
            cli_version=self._synthesis.cli_version,
            cdk_assets_cli_version=self._synthesis.assets_version,
            artifact_bucket=owner.artifact_bucket,
            cross_account_keys=True,
            enable_key_rotation=True,
            use_change_sets=False,
            code_build_defaults=steps.defaults("Step"),
            self_mutation_code_build_defaults=steps.defaults("UpdatePipeline"),
            asset_publishing_code_build_defaults=steps.defaults("Assets"),
        )

    def deploy(self, wave: Wave, stages: Mapping[str, cdk.Stage], notes: Sequence[str]) -> None:
        """Add the approval, the deployment and the tests of a wave."""
        if any(environment.approval is not None for environment in wave.environments):
            self._approve(wave, [stages[one.name] for one in wave.environments], notes)
        added = self._pipeline.add_wave(wave.stage_name, pre=list(wave.before), post=list(wave.after))
        for environment in wave.environments:
            stage = stages[environment.name]
            tests: list[Any] = []
            for number, test in enumerate(wave.smoke_tests, start=1):
                outputs, problems = find_outputs(stage, test.outputs)
                if problems:
                    raise ConstructError(self._owner.node.path, problems)
                suffix = f"-{number}" if len(wave.smoke_tests) > 1 else ""
                name = f"SmokeTest-{environment.name}{suffix}"
                tests.append(self._steps.smoke_test(name, test, self._source, outputs))
            added.add_stage(stage, post=tests)

    def finish(self, source: Source, waves: Sequence[Wave]) -> codepipeline.Pipeline:
        """Make the resources, and add to them what CDK Pipelines has no word for."""
        self._pipeline.build_pipeline()
        made: codepipeline.Pipeline = self._pipeline.pipeline
        conditions = StageConditions(made, resource_of(made))  # type: ignore[arg-type]
        conditions.start_by(source, _SOURCE)
        for wave in waves:
            if wave.window is not None:
                conditions.open_in(wave.stage_name, wave.window)
            if wave.rollback is True:
                conditions.roll_back(wave.stage_name)
            else:
                record_opt_out(made, "stage-rollback", wave.rollback)
        for stage, minutes in self._timeouts:
            conditions.time_out(stage, _APPROVE, minutes)
        harden_other_regions(made.cross_region_support)
        if isinstance(self._gate, Disabled):
            record_opt_out(made, "scan-gate", self._gate)
        for image, step in self._images:
            if isinstance(image.scan, Disabled):
                record_opt_out(step.project, "scan-gate", image.scan)
        acknowledge_pipeline(self._owner)
        return made

    @property
    def build_roles(self) -> Sequence[iam.IRole]:
        """The roles that push images."""
        return [step.role for _, step in self._images]

    def _approve(self, wave: Wave, stages: Sequence[cdk.Stage], notes: Sequence[str]) -> None:
        """Ask before a wave, with what changes, in a stage of its own: a rollback of the next one asks nobody."""
        name = f"{_APPROVE}-{wave.stage_name}"
        changes = self._steps.changes(
            wave.stage_name,
            self._synth.primary_output,
            [stage.artifact_id for stage in stages],
            [role for stage in stages for role in _lookup_roles(stage)],
            notes,
        )
        said = {variable: changes.exported_variable(variable) for variable in ("CHANGES", "NOTES", "LOG")}
        said |= {variable: self._scan.exported_variable(variable) for variable in ("COMMIT", "DIGESTS", "FINDINGS")}
        approvals = [one.approval for one in wave.environments if one.approval is not None]
        reasons = " ".join(dict.fromkeys(f"{one.reason} " for one in approvals if one.reason))
        topic = sns.Topic(self._owner, f"{name}-Topic", master_key=self._owner.encryption_key, enforce_ssl=True)
        for address in sorted({address for one in approvals for address in one.email_addresses}):
            topic.add_subscription(sns_subscriptions.EmailSubscription(address))
        comment = (
            f"{reasons}Deploy commit {said['COMMIT']} to {', '.join(one.name for one in wave.environments)}? "
            f"Changes: {said['CHANGES']}. Images: {said['DIGESTS']}. Findings: {said['FINDINGS']}. "
            f"Notes: {said['NOTES']}. Every change: {said['LOG']} "
            f"To go back later: start a rollback of the stage {wave.stage_name} to an earlier execution."
        )
        step = pipelines.ManualApprovalStep(
            _APPROVE, comment=comment, review_url=said["LOG"], notification_topic=topic
        )
        step.add_step_dependency(changes)
        self._pipeline.add_wave(name, pre=[changes, step])
        self._timeouts.append((name, min(seconds(one.timeout) for one in approvals) // _MINUTE))


def _lookup_roles(stage: cdk.Stage) -> list[str]:
    """Return the roles that may read what is deployed, as the bootstrap stack made them."""
    found, roles = Problems(), list[str]()
    for stack in stage.node.find_all():
        if not isinstance(stack, cdk.Stack):
            continue
        role = getattr(stack.synthesizer, "lookup_role", None)
        if role is None:
            found.add(
                "application",
                f"{stack.node.path} has a synthesizer without a lookup role, so nobody can tell what changes",
                allowed="DefaultStackSynthesizer, which the bootstrap stack has roles for",
            )
        else:
            roles.append(role.replace("${AWS::Partition}", cdk.Aws.PARTITION))
    if found:
        raise ConstructError(stage.node.path, found)
    return roles
