"""The actions of a pipeline that run on CodeBuild."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs
from constructs import Construct

from cdk_containers.core.cdk_modules import codebuild, pipelines
from cdk_containers.core.practices import Disabled

from .image_build import ImageBuild
from .scan_gate import ScanGate
from .scripts import run
from .smoke_test import SmokeTest
from .synthesis import Synthesis

_NODE, _PYTHON = "22", "3.12"
_SCAN_ATTEMPTS, _SCAN_PAUSE = 90, 10
_IMAGE_TIMEOUT, _TIMEOUT = 60, 30


class Steps:
    """Creates the steps of one pipeline; each has its own role and its own log stream prefix."""

    def __init__(self, scope: Construct, log_group: aws_logs.ILogGroup, synthesis: Synthesis) -> None:
        self._scope = scope
        self._log_group = log_group
        self._synthesis = synthesis

    def defaults(self, prefix: str) -> Any:
        """Return the settings for projects that CDK Pipelines creates."""
        return pipelines.CodeBuildOptions(
            build_environment=_machine(),
            logging=self._logging(prefix),
            partial_build_spec=_with_runtimes(),
            timeout=cdk.Duration.minutes(_TIMEOUT),
        )

    def image(self, build: ImageBuild, source: Any, stack: cdk.Stack) -> Any:
        """Build an image on a Docker server, push it, and record its digest."""
        repository = build.repository.repository
        step = self._step(
            f"Image-{build.name}",
            [run("build_image.sh")],
            input=source,
            primary_output_directory="image",
            build_environment=_machine(build.architecture, docker_server=True),
            timeout=cdk.Duration.minutes(_IMAGE_TIMEOUT),
            env={
                "IMAGE_NAME": build.name,
                "REPOSITORY_NAME": build.repository_name,
                "REPOSITORY_URI": repository.repository_uri,
                "REPOSITORY_ARN": build.repository_arn(stack),
                "DIRECTORY": build.directory,
                "DOCKERFILE": build.dockerfile,
                "TARGET": build.target or "",
                "BUILD_ARGS": "\n".join(f"{name}={_plain(value)}" for name, value in sorted(build.build_args.items())),
                "ARCHITECTURE": build.architecture,
                "PLATFORM": build.platform,
            },
        )
        build.repository.grant_push(step.role)
        return step

    def scan(
        self, gate: ScanGate | Disabled, images: Mapping[str, Any], builds: Sequence[ImageBuild], source: Any
    ) -> Any:
        """Accept images whose findings are within the thresholds, and write the release."""
        unscanned = sorted(build.name for build in builds if isinstance(gate, Disabled) or build.scan is not True)
        settings = {
            "directories": [f"images/{name}" for name in sorted(images)],
            "images": sorted(images),
            "unscanned": unscanned,
            "thresholds": {} if isinstance(gate, Disabled) else gate.thresholds,
            "exceptions": "-" if isinstance(gate, Disabled) else gate.exceptions_file,
            "attempts": _SCAN_ATTEMPTS,
            "pause": _SCAN_PAUSE,
        }
        step = self._step(
            "ScanGate",
            [run("scan_gate.py", variables=True)],
            input=source,
            additional_inputs={f"images/{name}": step.primary_output for name, step in sorted(images.items())},
            primary_output_directory="release",
            env={"SCAN_GATE": json.dumps(settings, sort_keys=True)},
        )
        scanned = [build.repository.repository.repository_arn for build in builds if build.name not in unscanned]
        if scanned:
            step.role.add_to_principal_policy(
                iam.PolicyStatement(
                    actions=["ecr:DescribeImageScanFindings", "ecr:DescribeImages"], resources=sorted(set(scanned))
                )
            )
        return step

    def synth(self, source: Any, release: Any) -> Any:
        """Synthesize the app with the release that was just written; the assembly goes to every environment."""
        synthesis = self._synthesis
        directory = [] if synthesis.directory == "." else [f"cd {synthesis.directory}"]
        return self._step(
            "Synth",
            [*directory, "test -s release/release.json", *synthesis.commands],
            input=source,
            additional_inputs={synthesis.path("release"): release.primary_output},
            install_commands=[f"npm install -g aws-cdk@{synthesis.cli_version}"],
            primary_output_directory=synthesis.path("cdk.out"),
        )

    def changes(
        self, name: str, assembly: Any, directories: Sequence[str], roles: Sequence[str], notes: Sequence[str]
    ) -> Any:
        """Compare the assembly with the deployed stacks for the approver; it has read permissions only."""
        step = self._step(
            "Changes",
            [run("changes.sh", variables=True)],
            input=assembly,
            install_commands=[f"npm install -g aws-cdk@{self._synthesis.cli_version}"],
            whole_name=f"Changes-{name}",
            env={"ASSEMBLIES": "\n".join(directories), "NOTE_COMMANDS": "\n".join(notes)},
        )
        step.role.add_to_principal_policy(iam.PolicyStatement(actions=["sts:AssumeRole"], resources=sorted(set(roles))))
        return step

    def smoke_test(
        self, name: str, environment: str, test: SmokeTest, source: Any, outputs: Mapping[str, cdk.CfnOutput]
    ) -> Any:
        """Test the deployment, without any permissions."""
        return self._step(
            name, test.commands, whole_name=f"{name}-{environment}", input=source, env_from_cfn_outputs=outputs
        )

    def _step(self, name: str, commands: Sequence[str], *, whole_name: str | None = None, **options: Any) -> Any:
        whole_name = whole_name or name
        role = iam.Role(
            self._scope,
            f"{whole_name}Role",
            assumed_by=iam.ServicePrincipal("codebuild.amazonaws.com"),
        )
        options["env"] = {variable: value for variable, value in options.get("env", {}).items() if value}
        options.setdefault("build_environment", _machine())
        options.setdefault("timeout", cdk.Duration.minutes(_TIMEOUT))
        return pipelines.CodeBuildStep(
            name,
            commands=list(commands),
            role=role,
            logging=self._logging(whole_name),
            partial_build_spec=_with_runtimes(),
            **options,
        )

    def _logging(self, prefix: str) -> codebuild.LoggingOptions:
        return codebuild.LoggingOptions(
            cloud_watch=codebuild.CloudWatchLoggingOptions(log_group=self._log_group, prefix=prefix)
        )


def _machine(architecture: str = "X86_64", *, docker_server: bool = False) -> codebuild.BuildEnvironment:
    image = (
        codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0
        if architecture == "ARM64"
        else codebuild.LinuxBuildImage.AMAZON_LINUX_2023_5
    )
    return codebuild.BuildEnvironment(
        build_image=image,
        compute_type=codebuild.ComputeType.SMALL,
        privileged=False,
        docker_server=codebuild.DockerServerOptions(compute_type=codebuild.DockerServerComputeType.SMALL)
        if docker_server
        else None,
    )


def _with_runtimes() -> codebuild.BuildSpec:
    return codebuild.BuildSpec.from_object(
        {
            "version": "0.2",
            "env": {"shell": "bash"},
            "phases": {"install": {"runtime-versions": {"nodejs": _NODE, "python": _PYTHON}}},
        }
    )


def _plain(value: object) -> str:
    return str(getattr(value, "value", value))
