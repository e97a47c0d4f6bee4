"""The steps of a pipeline outside AWS, in shell commands that GitHub and GitLab share."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

from cdk_containers.applications import Environment
from cdk_containers.core.errors import ConstructError, Problems
from cdk_containers.core.frozen import frozen
from cdk_containers.core.inputs import DurationLike, is_token, seconds
from cdk_containers.model.workload import NotSecret
from cdk_containers.model.workload.ecr_address import EcrAddress, partition_of

from .image_build import ImageBuild
from .oidc_roles import RoleNames
from .release import RELEASE_FILE
from .scripts import script
from .synthesis import Synthesis

ASSEMBLY = "cdk.out"
"""Folder of the assembly, which is synthesized once and deployed to every environment."""

_COMMIT_OF_CODEBUILD = "${CODEBUILD_RESOLVED_SOURCE_VERSION:?CodePipeline gave no commit}"


@frozen
class ReleasePlan:
    """What to build, synthesize, compare and deploy, and with which roles.

    Attributes:
        names: Names of the roles.
        environments: The environments in deployment order.
        images: The images to build.
        account: Account of the images.
        region: Region of the images.
        max_session: Maximum session duration of a job.
        synthesis: How to synthesize the app.
        stacks: Pattern for the stacks of an environment, with `{environment}` in it.
    """

    names: RoleNames
    environments: Sequence[Environment]
    images: Sequence[ImageBuild]
    account: str
    region: str
    max_session: DurationLike
    synthesis: Synthesis = Synthesis()
    stacks: str = "{environment}-*"

    def check(self, path: str) -> None:
        """Raise an error for missing values that a pipeline file needs."""
        found = Problems()
        for index, environment in enumerate(self.environments):
            for option in ("account", "region"):
                if getattr(environment, option) is None:
                    found.add(
                        f"environments[{index}].{option}",
                        f"{environment.name} has none, but the file needs it",
                        allowed=f'Environment(…, {option}="…")',
                    )
        if self.images and (is_token(self.account) or is_token(self.region)):
            found.add(
                "scope",
                "the stack of the images has no account and region, but the file needs them",
                allowed="env=cdk.Environment(account=…, region=…) for the stack",
            )
        found.extend(self.synthesis.problems(), under="synthesis")
        if "{environment}" not in self.stacks or "'" in self.stacks:
            found.add(
                "stacks",
                "the pattern selects the stacks of all environments",
                given=self.stacks,
                allowed="a pattern with {environment} in it, such as {environment}-*",
            )
        if found:
            raise ConstructError(path, found)

    @property
    def session_seconds(self) -> int:
        """Maximum session duration of a job."""
        return seconds(self.max_session)

    @property
    def build_role(self) -> str:
        """ARN of the role that pushes images."""
        return _role(self.account, self.region, self.names.build)

    def diff_role(self, environment: Environment) -> str:
        """Return the ARN of the role that reads templates."""
        return _role(environment.account, environment.region, self.names.diff(environment.name))

    def deploy_role(self, environment: Environment) -> str:
        """Return the ARN of the role that deploys."""
        return _role(environment.account, environment.region, self.names.deploy(environment.name))

    @property
    def _cdk(self) -> str:
        return f"npx --yes aws-cdk@{self.synthesis.cli_version}"

    def _stacks_of(self, environment: Environment) -> str:
        return f"'{self.stacks.format(environment=environment.name)}'"

    def build_variables(self, image: ImageBuild) -> dict[str, str]:
        """Return the variables that `build` reads."""
        repository = EcrAddress(account=self.account, region=self.region, name=image.repository_name)
        return {
            "IMAGE_NAME": image.name,
            "REPOSITORY_NAME": image.repository_name,
            "REPOSITORY_URI": repository.uri,
            "REPOSITORY_ARN": repository.arn(partition=partition_of(self.region)),
            "DIRECTORY": image.directory,
            "DOCKERFILE": image.dockerfile,
            "TARGET": image.target or "",
            "BUILD_ARGS": "\n".join(
                f"{name}={value.value if isinstance(value, NotSecret) else value}"
                for name, value in image.build_args.items()
            ),
            "PLATFORM": image.platform,
            "ARCHITECTURE": image.architecture,
        }

    @staticmethod
    def build(commit: str) -> list[str]:
        """Return the commands that build an image, unless that of the commit exists, and write `image/image.json`.

        Args:
            commit: The variable with the commit.
        """
        return script("build_image.sh").replace(_COMMIT_OF_CODEBUILD, f"${commit}").splitlines()

    def release(self, commit: str, images: str) -> list[str]:
        """Return the commands that combine the images into the release, which synthesis reads.

        Args:
            commit: The variable with the commit.
            images: The files with images, as the shell reads it.
        """
        path = PurePosixPath(self.synthesis.path(RELEASE_FILE))
        return [
            f"mkdir -p {shlex.quote(str(path.parent))}",
            f"jq -s --arg commit \"${commit}\" '{{commit: $commit, images: add}}' {images} > {shlex.quote(str(path))}",
        ]

    def synthesize(self, test: str | None) -> list[str]:
        """Return the commands that synthesize the app, and the tests that must pass then."""
        commands = [
            command.replace("cdk synth", f"{self._cdk} synth", 1) if command.startswith("cdk synth") else command
            for command in self.synthesis.commands
        ]
        commands += [] if test is None else [test]
        folder = self.synthesis.directory
        return "\n".join(commands if folder == "." else [f"cd {shlex.quote(folder)}", *commands]).splitlines()

    def diff(self, environment: Environment, summary: str) -> list[str]:
        """Return the commands that compare the assembly with the deployed stacks.

        Args:
            environment: The environment.
            summary: File for the summary, as shell text.
        """
        listed = f"{self._cdk} list --app ./{ASSEMBLY} --json --long {self._stacks_of(environment)}"
        fenced = "echo '```'; cat diff.txt; echo '```'"
        template = f'aws cloudformation get-template --region {environment.region} --stack-name "$name"'
        return [
            f"{listed} > stacks.json",
            """jq -r '.[] | "\\(.id | split(" ")[0]) \\(.name)"' stacks.json > stacks.txt""",
            "while read -r id name; do",
            f"  if ! {template} --query TemplateBody > deployed.json 2> error.txt; then",
            "    cat error.txt",
            "    grep -q 'does not exist' error.txt",
            "    echo '{}' > deployed.json",
            "  fi",
            f'  {self._cdk} diff --app ./{ASSEMBLY} --template deployed.json "$id" > diff.txt 2>&1 < /dev/null',
            f"  {{ echo '### {environment.name}:' \"$name\"; {fenced}; }} | tee -a {summary}",
            "done < stacks.txt",
        ]

    def deploy(self, environment: Environment) -> list[str]:
        """Return the commands that deploy the assembly to an environment."""
        return [
            f"{self._cdk} deploy --app ./{ASSEMBLY} --require-approval never --ci {self._stacks_of(environment)}",
        ]


def _role(account: str | None, region: str | None, name: str) -> str:
    return f"arn:{partition_of(region or '')}:iam::{account}:role/{name}"
