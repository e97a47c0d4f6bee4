"""A Copilot workload: a service, a job or a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems

from ..manifests.models import workloads
from ..manifests.reading import Manifest
from .making import Making
from .naming import Naming
from .refusals import refuse_what_is_not_there
from .setting import Setting
from .sites import region_of_site
from .surroundings import Surroundings


class CopilotWorkload(CheckedConstruct):
    """A Copilot workload, built with constructs of this library in its own stack.

    It imports the exports of its environment's stack, from Copilot or from `CopilotEnvironment`.

    Attributes:
        manifest: The manifest.
        made: The result: a `WebService`, `BackendService`, `WorkerService`, `ScheduledJob`, or a distribution.
        notes: Notes about the workload.
        logical_ids: Its resources by the logical id that they have in Copilot's templates.
    """

    manifest: Manifest[workloads.Workload]
    made: Construct
    notes: list[str]
    logical_ids: Mapping[str, cdk.CfnResource]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        manifest: Manifest[workloads.Workload],
        setting: Setting,
        root: Path | None = None,
        image_tag: str = "latest",
        addons: Sequence[Path] = (),
        overrides: Path | None = None,
    ) -> None:
        """Create a workload.

        Args:
            scope: The parent, its own stack.
            id: Name among the parent's children.
            manifest: Its manifest, with the values for the environment.
            setting: Its environment.
            root: Base folder of paths in the manifest. Default: unknown; images then come from the repositories of
                Copilot.
            image_tag: Tag of the images that Copilot pushed. Default: `latest`.
            addons: Templates to deploy with it. Its containers get their outputs. Default: none.
            overrides: Folder with its overrides. Default: none.

        Raises:
            ManifestError: The environment lacks something that the manifest needs.
            ConstructError: The manifest has values that ECS would reject.
        """
        found = argument_problems(CopilotWorkload.__init__, locals())
        found.raise_for(scope, id)
        refuse_what_is_not_there(manifest, setting)
        super().__init__(scope, id)
        self.manifest = manifest
        workload = manifest.model
        making = Making(
            scope=self,
            workload=workload,
            setting=setting,
            around=Surroundings(self, setting),
            root=root,
            image_tag=image_tag,
            elsewhere=region_of_workload(setting, workload) is not None,
            naming=Naming(setting.compatibility),
        )
        if addons:
            from .addons import include_addons  # noqa: PLC0415  (most have none)

            names = {"App": setting.application, "Env": setting.environment, "Name": workload.name}
            include_addons(self, addons, names, naming=making.naming, making=making)
        self.made = _make(making, workload)
        if overrides is not None:
            from .patches import Patched, apply_overrides  # noqa: PLC0415  (most have none)

            apply_overrides(Patched(scope=self, naming=making.naming, notes=making.notes), overrides)
        self.notes = making.notes
        self.logical_ids = making.naming.known
        add_tags(self, setting, workload.name)


def region_of_workload(setting: Setting, workload: workloads.Workload) -> str | None:
    """Return the required region for the stack of a workload, if it is not the environment's region."""
    return region_of_site(setting, workload) if isinstance(workload, workloads.StaticSite) else None


def _make(making: Making, workload: workloads.Workload) -> Construct:
    """Create the resources for the type of a workload, and load only the CDK modules that it needs."""
    match workload:
        case workloads.ScheduledJob():
            from .jobs import make_job  # noqa: PLC0415

            return make_job(making, workload)
        case workloads.TaskWorkload():
            from .services import make_service  # noqa: PLC0415

            return make_service(making, workload)
        case workloads.RequestDrivenWebService():
            from .request_driven import make_request_driven  # noqa: PLC0415

            return make_request_driven(making, workload)
        case workloads.StaticSite():
            from .static_sites import make_static_site  # noqa: PLC0415

            return make_static_site(making, workload)
        case _:
            raise TypeError(f"there is no workload of the type {workload.type}")


def add_tags(scope: Construct, setting: Setting, workload: str | None = None) -> None:
    """Tag everything as Copilot does."""
    if not setting.compatibility.tags:
        return
    tags = {"copilot-application": setting.application, "copilot-environment": setting.environment}
    for name, value in {**tags, **({} if workload is None else {"copilot-service": workload})}.items():
        cdk.Tags.of(scope).add(name, value)
