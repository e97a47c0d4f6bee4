"""The stages of a pipeline, as CDK Pipelines has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.core.cdk_modules import codepipeline, pipelines, sns, sns_subscriptions
from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.inputs import seconds
from cdk_containers.core.opt_outs import (
    Acknowledgement,
    acknowledge,
    acknowledge_wildcards_within,
    record_opt_out,
    resource_of,
)
from cdk_containers.core.practices import Disabled

from .application_checks import find_outputs
from .artifacts import harden_other_regions, keep_artifacts_apart
from .image_build import ImageBuild
from .scan_gate import ScanGate
from .source import Source
from .stage_conditions import StageConditions
from .steps import Steps
from .synthesis import Synthesis
from .wave import Wave

if TYPE_CHECKING:
    from .pipeline import Pipeline

_SOURCE, _APPROVE = "Source", "Approve"
_MINUTE = 60

_WILDCARDS = (
    "CDK grants a build all artifacts of its pipeline, whose names are made when it runs, the log streams and reports "
    "of its project, and the actions of S3 and KMS by groups; to log in to ECR and to update its own stack, a "
    "pipeline needs what has no ARN. What one action must not write for another is denied to it"
)

_KEY_OF_OTHER_REGION = Acknowledgement(
    "The key for artifacts in another region is in a stack of that region, which CDK makes and names by an alias; the "
    "policy of that key says who may use it",
    checkov=("CKV_AWS_111",),
)


class DeliveryStages:
    """Builds one pipeline: source, images, gate and synthesis, and for each wave the approval and the deployment."""

    def __init__(self, owner: Pipeline, source: Source, gate: ScanGate | Disabled, synthesis: Synthesis) -> None:
        self._owner = owner
        self._gate = gate
        self._synthesis = synthesis
        self._actions = Construct(owner, "Actions")
        self._steps = Steps(self._actions, owner.log_group, synthesis)
        self._source = pipelines.CodePipelineSource.connection(
            source.repository,
            source.branch,
            connection_arn=source.connection_arn,
            action_name=_SOURCE,
            trigger_on_push=False,
        )
        self._images: list[tuple[ImageBuild, Any]] = []
        self._timeouts: list[tuple[str, int]] = []
        self._deployed: list[tuple[str, Sequence[cdk.Stage]]] = []

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
        """Add approval, deployment and tests of a wave."""
        # CDK Pipelines calls the stage of one environment as CDK calls that, with what it is nested in.
        name = stages[wave.stage_name].stage_name if len(wave.environments) == 1 else wave.stage_name
        self._deployed.append((name, [stages[one.name] for one in wave.environments]))
        if any(environment.approval is not None for environment in wave.environments):
            self._approve(wave, name, [stages[one.name] for one in wave.environments], notes)
        added = self._pipeline.add_wave(wave.stage_name, pre=list(wave.before), post=list(wave.after))
        for environment in wave.environments:
            stage = stages[environment.name]
            tests: list[Any] = []
            for number, test in enumerate(wave.smoke_tests, start=1):
                outputs, problems = find_outputs(stage, test.outputs)
                if problems:
                    raise ConstructError(self._owner.node.path, problems)
                suffix = f"-{number}" if len(wave.smoke_tests) > 1 else ""
                tests.append(
                    self._steps.smoke_test(f"SmokeTest{suffix}", environment.name, test, self._source, outputs)
                )
            added.add_stage(stage, post=tests)

    def finish(self, source: Source, waves: Sequence[Wave]) -> codepipeline.Pipeline:
        """Create the resources, and add settings that CDK Pipelines does not support."""
        self._pipeline.build_pipeline()
        made: codepipeline.Pipeline = self._pipeline.pipeline
        conditions = StageConditions(made, resource_of(made))  # type: ignore[arg-type]
        conditions.start_by(source, _SOURCE)
        for wave, (name, _) in zip(waves, self._deployed, strict=True):
            if wave.window is not None:
                conditions.open_in(name, wave.window)
            if wave.rollback is True:
                conditions.roll_back(name)
            else:
                record_opt_out(made, "stage-rollback", wave.rollback)
        for stage, minutes in self._timeouts:
            conditions.time_out(stage, _APPROVE, minutes)
        for name, stages in self._deployed:
            conditions.deploy_by(name, stages)
        self._limit(made, source)
        self._write_opt_outs(made)
        return made

    def _limit(self, made: codepipeline.Pipeline, source: Source) -> None:
        """Grant each action its permissions."""
        _use_connection(made, source)
        steps = [*(step for _, step in self._images), self._scan, self._synth]
        keep_artifacts_apart(made, self._owner.artifact_bucket, steps)
        if support := made.cross_region_support:
            harden_other_regions(support)
            acknowledge(made.role.node.find_child("DefaultPolicy"), _KEY_OF_OTHER_REGION)
        for part in (self._actions, self._pipeline):
            acknowledge_wildcards_within(part, _WILDCARDS)

    def _write_opt_outs(self, made: codepipeline.Pipeline) -> None:
        if isinstance(self._gate, Disabled):
            record_opt_out(made, "scan-gate", self._gate)
        for image, step in self._images:
            if isinstance(image.scan, Disabled):
                record_opt_out(step.project, "scan-gate", image.scan)

    @property
    def build_roles(self) -> Sequence[iam.IRole]:
        """The roles that push images."""
        return [step.role for _, step in self._images]

    def _approve(self, wave: Wave, deployment: str, stages: Sequence[cdk.Stage], notes: Sequence[str]) -> None:
        """Ask for approval in a separate stage before a wave, so that a rollback of the wave needs no approval."""
        name = f"{_APPROVE}-{wave.stage_name}"
        changes = self._steps.changes(
            wave.stage_name,
            self._synth.primary_output,
            [_assembly_path(stage) for stage in stages],
            [role for stage in stages for role in _lookup_roles(stage)],
            notes,
        )
        said = {variable: changes.exported_variable(variable) for variable in ("CHANGES", "NOTES", "LOG")}
        said |= {variable: self._scan.exported_variable(variable) for variable in ("COMMIT", "DIGESTS", "FINDINGS")}
        approvals = [one.approval for one in wave.environments if one.approval is not None]
        reasons = " ".join(dict.fromkeys(f"{one.reason} " for one in approvals if one.reason))
        topic = sns.Topic(self._actions, f"{name}-Topic", master_key=self._owner.encryption_key, enforce_ssl=True)
        for address in sorted({address for one in approvals for address in one.email_addresses}):
            topic.add_subscription(sns_subscriptions.EmailSubscription(address))
        comment = (
            f"{reasons}Deploy commit {said['COMMIT']} to {', '.join(one.name for one in wave.environments)}? "
            f"Changes: {said['CHANGES']}. Images: {said['DIGESTS']}. Findings: {said['FINDINGS']}. "
            f"Notes: {said['NOTES']}. Every change: {said['LOG']} "
            f"To go back later: start a rollback of the stage {deployment} to an earlier execution."
        )
        step = pipelines.ManualApprovalStep(_APPROVE, comment=comment, review_url=said["LOG"], notification_topic=topic)
        step.add_step_dependency(changes)
        self._pipeline.add_wave(name, pre=[changes, step])
        self._timeouts.append((name, min(seconds(one.timeout) for one in approvals) // _MINUTE))


def _assembly_path(stage: cdk.Stage) -> str:
    """Return the path of a stage's assembly in the assembly of the app."""
    parts = [stage]
    while (parent := parts[0].parent_stage) is not None and not isinstance(parent, cdk.App):
        parts.insert(0, parent)
    return "/".join(part.artifact_id for part in parts)


def _use_connection(pipeline: codepipeline.Pipeline, source: Source) -> None:
    """Grant access to the source by the current IAM name for connections; CDK uses the previous name."""
    action = pipeline.node.find_child(_SOURCE).node.find_child(_SOURCE)
    role = cast("iam.Role", action.node.find_child("CodePipelineActionRole"))
    role.add_to_principal_policy(
        iam.PolicyStatement(actions=["codeconnections:UseConnection"], resources=[source.connection_arn])
    )


def _lookup_roles(stage: cdk.Stage) -> list[str]:
    """Return the lookup roles of the bootstrap stacks."""
    found, roles = Problems(), list[str]()
    for stack in stage.node.find_all():
        if not isinstance(stack, cdk.Stack):
            continue
        role = getattr(stack.synthesizer, "lookup_role", None)
        if role is None:
            found.add(
                "application",
                f"{stack.node.path} has a synthesizer without a lookup role, so the pipeline cannot show changes",
                allowed="DefaultStackSynthesizer, whose roles are in the bootstrap stack",
            )
        else:
            roles.append(role.replace("${AWS::Partition}", cdk.Aws.PARTITION))
    if found:
        raise ConstructError(stage.node.path, found)
    return roles
