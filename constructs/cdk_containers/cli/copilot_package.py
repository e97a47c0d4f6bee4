"""`cdk-containers copilot package`: write the CloudFormation template of a manifest and of its environment."""

from __future__ import annotations

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from .copilot_workspace import add_what_manifests_leave_open, refused

if TYPE_CHECKING:
    from cdk_containers.copilot.manifests import Manifest, Workspace
    from cdk_containers.copilot.manifests.models.workloads import Workload

_EPILOG = """\
exit codes:
  0  the templates are written
  2  wrong usage, or an invalid manifest

The folder of --output-dir is a cloud assembly: `cdk deploy --app DIR --all` deploys it. The command does not call
AWS."""


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `copilot package`."""
    add = parser.add_argument
    add("manifest", type=Path, metavar="MANIFEST", help="manifest of a service or a job, inside or outside a workspace")
    add("--app", required=True, help="name of the application")
    add("--env", required=True, help="name of the environment")
    add_what_manifests_leave_open(parser, certificate="ARN")
    add(
        "--output-dir",
        type=Path,
        metavar="DIR",
        help=(
            "write the templates of environment and workload to a folder; by default, the workload template is printed"
        ),
    )
    parser.epilog = _EPILOG


def run(arguments: Namespace) -> int:
    """Write the templates."""
    # A CDK app requests this from the network, but it is not needed here.
    os.environ.setdefault("CDK_DISABLE_CLI_TELEMETRY", "true")
    with refused(f"{arguments.manifest}: "):
        manifest, workspace, others = _read(arguments)
        if arguments.output_dir is not None:
            _write(arguments, manifest, workspace, others, arguments.output_dir)
        else:
            with tempfile.TemporaryDirectory() as folder:
                _write(arguments, manifest, workspace, others, Path(folder))
                name = f"{arguments.app}-{arguments.env}-{manifest.model.name}.template.json"
                print((Path(folder) / name).read_text())
    return 0


def _read(arguments: Namespace) -> tuple[Manifest[Workload], Workspace | None, list[Workload]]:
    """Return the manifest, its workspace, and the other workloads there, which share the environment."""
    from cdk_containers.copilot.manifests import ManifestError, Workspace, read_workload  # noqa: PLC0415

    workspace = None
    try:
        found = Workspace.at(arguments.manifest.parent)
        named = [place.manifest for place in found.workloads.values() if place.manifest is not None]
        if any(path.resolve() == arguments.manifest.resolve() for path in named):
            workspace = found
    except ManifestError:
        pass
    manifest = read_workload(arguments.manifest, environment=arguments.env, application=arguments.app)
    others: list[Workload] = []
    for name, place in workspace.workloads.items() if workspace is not None else ():
        if place.manifest is not None and name != manifest.model.name:
            try:
                others.append(read_workload(place.manifest, environment=arguments.env, application=arguments.app).model)
            except ManifestError as error:
                print(f"cdk-containers: note: omitted: {error}", file=sys.stderr)
    return manifest, workspace, others


def _write(
    arguments: Namespace,
    manifest: Manifest[Workload],
    workspace: Workspace | None,
    others: list[Workload],
    folder: Path,
) -> None:
    import aws_cdk as cdk  # noqa: PLC0415  (a manifest that is wrong is refused without it)

    from cdk_containers.copilot.building.application import add_stacks, setting_of  # noqa: PLC0415
    from cdk_containers.copilot.building.features import Features  # noqa: PLC0415

    app = cdk.App(outdir=str(folder), analytics_reporting=False, tree_metadata=False)
    setting = setting_of(
        workspace,
        arguments.env,
        application=arguments.app,
        domain=arguments.domain,
        certificate_arns=arguments.certificate_arn,
        records=not arguments.no_records,
    )
    environment, workloads = add_stacks(
        app,
        setting,
        [manifest],
        features=Features.of([manifest.model, *others]),
        places=workspace.workloads if workspace is not None else {},
        root=workspace.root if workspace is not None else None,
        image_tag=arguments.image_tag,
        addons=workspace.environment_addons if workspace is not None else (),
        overrides=workspace.environment_overrides if workspace is not None else None,
    )
    app.synth()
    for note in [*environment.notes, *(note for made in workloads.values() for note in made.notes)]:
        print(f"cdk-containers: note: {note}", file=sys.stderr)
