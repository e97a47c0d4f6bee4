"""Checks of pipelines and builds, and of the signatures on images."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdk_containers.checks.engine import Outcome, check, fault, ok
from cdk_containers.checks.templates import CannotTell, Map, Resource
from cdk_containers.core.frozen import frozen

from .questions import holds_for_any
from .registry import REPOSITORY
from .settings import is_set

PIPELINE = "AWS::CodePipeline::Pipeline"
PROJECT = "AWS::CodeBuild::Project"
SIGNING = "AWS::ECR::SigningConfiguration"

_DEPLOYS_TO_ECS = re.compile(r"\becs\s+(update-service|register-task-definition|deploy)\b")
_BUILDS = re.compile(r"\b(docker|podman|buildah|finch|nerdctl)\s+(buildx\s+)?build\b|\bkaniko\b")
_SCANS = re.compile(r"describe-image-scan-findings|\btrivy\b|\bgrype\b|\bsnyk\b|\binspector-sbomgen\b")
_PRODUCTION = re.compile(r"(^|[^a-z])(prod|production|prd|live)([^a-z]|$)", re.IGNORECASE)
_REHEARSAL = re.compile(
    r"(^|[^a-z])(dev|development|integration|qa|sandbox|stage|staging|test|testing|uat)([^a-z]|$)", re.IGNORECASE
)


@frozen
class _Action:
    """An action of a pipeline, and its position."""

    pipeline: Resource
    source: Map
    order: tuple[int, int]
    """Number of the stage, and the run order in it."""
    stage: str

    @property
    def name(self) -> str:
        return self.source.text("Name")

    @property
    def provider(self) -> str:
        return self.source.text("ActionTypeId", "Provider")

    @property
    def category(self) -> str:
        return self.source.text("ActionTypeId", "Category")

    @property
    def deploys(self) -> bool:
        return self.category == "Deploy"

    @property
    def is_production(self) -> bool:
        """Tell from the names; in a stage for tests, a name of a stack such as live-updates means something else."""
        if _PRODUCTION.search(self.stage):
            return True
        return bool(_PRODUCTION.search(self.name)) and not _REHEARSAL.search(self.stage)

    def setting(self, name: str) -> str:
        return self.source.text("Configuration", name)

    def commands(self) -> str:
        """Return what it runs, as far as the template has it."""
        if self.source.has("Commands"):
            return "\n".join(self.source.texts("Commands"))
        return _build_spec(project) if (project := self.project()) is not None else ""

    def project(self) -> Resource | None:
        if self.provider != "CodeBuild":
            return None
        configuration = self.source.map("Configuration")
        return self.pipeline.template.estate.find(configuration.child("ProjectName"), PROJECT)

    def runs(self, pattern: re.Pattern[str]) -> bool:
        """Tell whether its commands contain something; unknown if they are elsewhere."""
        commands = self.commands()
        if pattern.search(commands):
            return True
        if self.provider == "CodeBuild" and not commands:
            raise CannotTell(f"the commands of {self.name} are not in the template")
        return False

    def builds_images(self) -> bool:
        return self.provider == "ECRBuildAndPublish" or self.runs(_BUILDS)

    def scans(self) -> bool:
        """Tell whether it stops the pipeline for critical and for high findings."""
        if self.provider == "InspectorScan":
            return all(self.setting(name) for name in ("CriticalThreshold", "HighThreshold"))
        return self.runs(_SCANS)


@check("build-once", PIPELINE, fix="Build images in a stage before the first deployment, and deploy their digests.")
def builds_before_it_deploys(pipeline: Resource) -> Outcome | None:
    """No image is built after the first deployment."""
    actions = list(_actions(pipeline))
    first = min((it.order for it in actions if it.deploys), default=None)
    if first is None:
        return None
    late = [it for it in actions if it.order > first and it.category != "Approval" and not it.deploys]
    again = holds_for_any(lambda it: it.builds_images(), late)
    return fault("it builds an image after the first deployment") if again else ok("it builds before it deploys")


@check(
    "scan-gate",
    PIPELINE,
    fix="Add an InspectorScan action with CriticalThreshold and HighThreshold, between the build and the deployment.",
)
def has_a_gate(pipeline: Resource) -> Outcome | None:
    """An image with serious vulnerabilities is not deployed."""
    actions = list(_actions(pipeline))
    first = min((it.order for it in actions if it.deploys), default=None)
    before = [it for it in actions if first is not None and it.order < first]
    builds = [it for it in before if it.category in ("Build", "Compute", "Test")]
    if first is None or not holds_for_any(lambda it: it.builds_images(), builds):
        return None
    if holds_for_any(lambda it: it.scans(), before):
        return ok("a gate checks the scan results of images")
    if any(it.provider == "InspectorScan" for it in before):
        return fault("its scan has no threshold for critical and high findings, so every image passes")
    return fault("no action stops it because of image vulnerabilities")


@check(
    "approval-before-production",
    PIPELINE,
    fix="Add an Approval action before the stage that deploys to production.",
)
def asks_before_production(pipeline: Resource) -> Outcome | None:
    """Production changes require an approval."""
    actions = list(_actions(pipeline))
    deployments = [it for it in actions if it.deploys and it.is_production]
    if not deployments:
        return None
    first = min(it.order for it in deployments)
    approvals = [it for it in actions if it.category == "Approval" and it.order < first]
    if approvals:
        return ok("someone must approve before production")
    return fault(f"{deployments[0].stage} deploys without an approval")


@check(
    "stage-rollback",
    PIPELINE,
    fix=("Set OnFailure.Result of each deploying stage to ROLLBACK, which requires pipeline type V2."),
)
def rolls_back(pipeline: Resource) -> Outcome | None:
    """A failed stage rolls back."""
    deploying = {it.stage for it in _actions(pipeline) if it.deploys}
    stages = [stage for stage in pipeline.maps("Stages") if stage.text("Name") in deploying]
    if not stages:
        return None
    left = [stage.text("Name") for stage in stages if stage.text("OnFailure", "Result") != "ROLLBACK"]
    return fault(f"{', '.join(left)} does not roll back when it fails") if left else ok("failed stages are rolled back")


@check(
    "no-deploy-outside-cloudformation",
    PIPELINE,
    PROJECT,
    fix="Deploy the stack of the service with a CloudFormation action, with the image digest in its template.",
)
def deploys_by_stacks(resource: Resource) -> Outcome | None:
    """Only its stack changes a service."""
    if resource.type == PROJECT:
        commands = _build_spec(resource)
        if not commands:
            return None
        found = _DEPLOYS_TO_ECS.search(commands)
        return fault(f"its commands call `aws {found[0]}`") if found else ok("its commands change no service")
    deployments = [it for it in _actions(resource) if it.deploys]
    if not deployments:
        return None
    past = [it.name for it in deployments if it.provider == "ECS"]
    return fault(f"{', '.join(past)} uses the provider ECS") if past else ok("no action bypasses a stack")


@check("pipeline-artifacts-encrypted", PIPELINE, fix="Set ArtifactStore.EncryptionKey to your own KMS key.")
def encrypts_artifacts(pipeline: Resource) -> Outcome:
    """Your own key controls who can read artifacts."""
    stores = [store.map("ArtifactStore") for store in pipeline.maps("ArtifactStores")]
    stores = stores or [pipeline.map("ArtifactStore")]
    if all(is_set(store, "EncryptionKey") for store in stores):
        return ok("a customer managed key encrypts its artifacts")
    return fault("only an AWS managed key encrypts its artifacts")


@check(
    "unprivileged-image-build", PROJECT, fix="Set Environment.PrivilegedMode to false, and Environment.DockerServer."
)
def builds_without_privileges(project: Resource) -> Outcome:
    """A build has no access to the devices of its host."""
    if project.flag("Environment", "PrivilegedMode"):
        return fault("it builds in privileged mode")
    return ok("it builds without privileged mode")


@check("signed-images", REPOSITORY, fix="Add a rule for the name of the repository to the signing configuration.")
def signs_images(repository: Resource) -> Outcome | None:
    """A registry that signs images signs all of them."""
    template = repository.template
    registry = [it for it in template.estate.of_type(SIGNING) if it.template.environment == template.environment]
    rules = [rule for configuration in registry for rule in configuration.maps("Rules")]
    if not rules:
        return None
    if holds_for_any(lambda rule: _signs(rule, repository), rules):
        return ok("the registry signs its images")
    return fault("no rule of the registry signs its images")


def _signs(rule: Map, repository: Resource) -> bool:
    filters = rule.maps("RepositoryFilters")
    return not filters or holds_for_any(lambda it: _matches(it.text("Filter"), repository), filters)


def _matches(pattern: str, repository: Resource) -> bool:
    if not pattern.strip("*"):
        return True
    if not repository.has("RepositoryName"):
        raise CannotTell("CloudFormation generates the name of the repository")
    parts = (re.escape(part) for part in pattern.split("*"))
    return bool(re.fullmatch(".*".join(parts), repository.text("RepositoryName")))


def _actions(pipeline: Resource) -> Iterator[_Action]:
    for number, stage in enumerate(pipeline.maps("Stages")):
        for action in stage.maps("Actions"):
            order = (number, int(action.number("RunOrder", default=1)))
            yield _Action(pipeline=pipeline, source=action, order=order, stage=stage.text("Name"))


def _build_spec(project: Resource) -> str:
    """Return the commands of a project; empty if they are in a file of the source."""
    text = project.text("Source", "BuildSpec")
    return text if "phases" in text else ""
