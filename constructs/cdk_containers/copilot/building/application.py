"""A Copilot application: a stack for each environment, and a stack for each workload in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import aws_cdk as cdk
from constructs import Construct

from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.inputs import argument_problems

from ..manifests.models.workloads import WorkerService, Workload
from ..manifests.reading import Manifest, read_environment, read_workload
from ..manifests.workspace import Place, Workspace
from .compatibility import Compatibility
from .environment import CopilotEnvironment
from .features import Features
from .setting import Setting
from .workload import CopilotWorkload, region_of_workload


class CopilotApplication(CheckedConstruct):
    """An application from the folder `copilot/` of a workspace.

    The stacks have the same names as with Copilot, such as `shop-prod` and `shop-prod-api`. Create it with
    `from_workspace`.

    Attributes:
        name: Name of the application.
        environments: Its environments, by name.
        workloads: Its workloads, by environment and name.
    """

    name: str
    environments: Mapping[str, CopilotEnvironment]
    workloads: Mapping[str, Mapping[str, CopilotWorkload]]

    @classmethod
    def from_workspace(
        cls,
        scope: Construct,
        id: str,  # noqa: A002
        path: str | Path,
        *,
        environments: Mapping[str, cdk.Environment] | Sequence[str] | None = None,
        domain: str | None = None,
        certificate_arns: Mapping[str, Sequence[str]] | None = None,
        image_tag: str = "latest",
        variables: Mapping[str, str] | None = None,
        records: bool = True,
        compatibility: Compatibility | None = None,
    ) -> CopilotApplication:
        """Create the stacks of a workspace.

        Args:
            scope: The parent, an `App` or a `Stage`.
            id: Name among the parent's children.
            path: The folder that has `copilot/` in it, or one below.
            environments: Environments to create, with account and region. Default: all environments of the workspace,
                with the account and region of your credentials.
            domain: Domain of the application, as in `copilot app init --domain`. Default: none.
            certificate_arns: Certificates of load balancers, by environment. Default: those of the manifests.
            image_tag: Tag of the images that Copilot pushed, for workloads without a build. Default: `latest`.
            variables: Values for `${VAR}` in manifests. Default: the variables of the shell.
            records: Whether to create public DNS records for aliases. Use False for the first deployment over Copilot
                stacks, whose functions delete their own records. Default: True.
            compatibility: Features of Copilot to keep. Default: all.

        Raises:
            ManifestError: A manifest is invalid; all problems are reported at once.
            ConstructError: A manifest says what ECS would refuse.
        """
        found = argument_problems(cls.from_workspace, locals())
        found.raise_for(scope, id)
        workspace = Workspace.at(path)
        made = cls(scope, id)
        made.name = workspace.application
        chosen = list(workspace.environments) if environments is None else list(environments)
        where = environments if isinstance(environments, Mapping) else {}
        made.environments, made.workloads = {}, {}
        for name in chosen:
            setting = setting_of(
                workspace,
                name,
                domain=domain,
                certificate_arns=(certificate_arns or {}).get(name, ()),
                records=records,
                compatibility=compatibility,
                variables=variables,
            )
            manifests = [
                _read(place, setting, workspace, variables) for place in workspace.workloads.values() if place.manifest
            ]
            environment, workloads = add_stacks(
                made,
                setting,
                manifests,
                features=Features.of(manifest.model for manifest in manifests),
                places=workspace.workloads,
                root=workspace.root,
                image_tag=image_tag,
                env=where.get(name),
                addons=workspace.environment_addons,
                overrides=workspace.environment_overrides,
            )
            made.environments = {**made.environments, name: environment}
            made.workloads = {**made.workloads, name: workloads}
        return made


def setting_of(
    workspace: Workspace | None,
    name: str,
    *,
    application: str | None = None,
    domain: str | None,
    certificate_arns: Sequence[str],
    records: bool = True,
    compatibility: Compatibility | None = None,
    variables: Mapping[str, str] | None = None,
) -> Setting:
    """Return an environment from the workspace, or the default environment."""
    application = application or (workspace.application if workspace is not None else "")
    place = workspace.environments.get(name) if workspace is not None else None
    manifest = None
    if place is not None and place.manifest is not None:
        manifest = read_environment(place.manifest, application=application, variables=variables).model
    return Setting(
        application=application,
        environment=name,
        domain=domain,
        certificate_arns=certificate_arns,
        manifest=manifest,
        records=records,
        compatibility=compatibility or Compatibility(),
    )


def add_stacks(
    scope: Construct,
    setting: Setting,
    manifests: Sequence[Manifest[Workload]],
    *,
    features: Features,
    places: Mapping[str, Place],
    root: Path | None,
    image_tag: str,
    env: cdk.Environment | None = None,
    addons: Sequence[Path] = (),
    overrides: Path | None = None,
) -> tuple[CopilotEnvironment, dict[str, CopilotWorkload]]:
    """Add the stack of an environment, and then the stacks of its workloads."""
    stack = _stack(scope, setting.stack_name(), env)
    environment = CopilotEnvironment(
        stack, "Environment", setting=setting, features=features, addons=addons, overrides=overrides
    )
    workloads: dict[str, CopilotWorkload] = {}
    for manifest in manifests:
        name = manifest.model.name
        region = region_of_workload(setting, manifest.model)
        own = env if region is None else cdk.Environment(account=env.account if env else None, region=region)
        made = _stack(scope, setting.stack_name(name), own)
        if region is None:
            made.add_stack_dependency(stack)
        workloads[name] = CopilotWorkload(
            made,
            "Workload",
            manifest=manifest,
            setting=setting,
            root=root,
            image_tag=image_tag,
            addons=places[name].addons if name in places else (),
            overrides=places[name].overrides if name in places else None,
        )
    for name, made_workload in workloads.items():
        for publisher in _publishers(made_workload.manifest.model):
            if publisher in workloads and publisher != name:
                cdk.Stack.of(made_workload).add_stack_dependency(cdk.Stack.of(workloads[publisher]))
    return environment, workloads


def _read(
    place: Place, setting: Setting, workspace: Workspace, variables: Mapping[str, str] | None
) -> Manifest[Workload]:
    assert place.manifest is not None  # noqa: S101  (who has none was left out)
    return read_workload(
        place.manifest,
        environment=setting.environment,
        application=setting.application,
        variables=variables,
        environments=list(workspace.environments) or None,
    )


def _publishers(workload: Workload) -> list[str]:
    """Return the workloads whose topics a worker subscribes to, which must exist first."""
    if not isinstance(workload, WorkerService) or workload.subscribe is None:
        return []
    return [topic.service or "" for topic in workload.subscribe.topics or []]


def _stack(scope: Construct, name: str, env: cdk.Environment | None) -> cdk.Stack:
    return cdk.Stack(
        scope,
        name,
        stack_name=name,
        env=env,
        # Other deployment tools need no bootstrapped account.
        synthesizer=cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
    )
