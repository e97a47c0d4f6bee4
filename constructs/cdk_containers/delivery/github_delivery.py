"""Roles for GitHub workflows, and the workflow."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from cdk_containers.applications import Environment
from cdk_containers.core.checked_construct import CheckedConstruct
from cdk_containers.core.errors import Problem, Problems, child_path
from cdk_containers.core.inputs import DurationLike, argument_problems, usable_arguments

from .delivery_checks import (
    environment_problems,
    place_problems,
    provider_problems,
    qualifier_problems,
    role_problems,
)
from .git_refs import pattern_problem
from .github_repository import AUDIENCE, ISSUER, GitHubRepository
from .github_workflow import workflow_text
from .image_build import ImageBuild, image_problems, let_pull
from .oidc_roles import BOOTSTRAP_QUALIFIER, OidcRoles, RoleNames, provider_of
from .release_plan import ReleasePlan
from .synthesis import Synthesis

_FILE = re.compile(r"[A-Za-z0-9_.-]+\.ya?ml")


class GitHubDelivery(CheckedConstruct):
    """Permissions of a GitHub workflow of one repository in the account of this stack, without access keys.

    One role builds images, one reads the templates of an environment, and one deploys to it. Each role accepts only
    tokens of this repository, branch and workflow file. The deployment role accepts only tokens of jobs with its GitHub
    environment, which waits for the reviewers of the environment. No role accepts tokens of pull requests.

    Create one in each account of the environments, and in the account of the images. `workflow` returns the file.

    Attributes:
        provider_arn: The OIDC provider of the account for GitHub tokens.
        build_role: The role that pushes images; None without images.
        diff_roles: The roles that read templates, by the environments of this account.
        deploy_roles: The roles that deploy, by the environments of this account.

    See https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """

    provider_arn: str
    build_role: iam.Role | None
    diff_roles: Mapping[str, iam.Role]
    deploy_roles: Mapping[str, iam.Role]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        repository: GitHubRepository,
        environments: Sequence[Environment],
        images: Sequence[ImageBuild] = (),
        branch: str = "main",
        workflow_file: str = "deliver.yml",
        provider_arn: str | None = None,
        qualifiers: Mapping[str, str] | None = None,
        role_prefix: str | None = None,
        max_session: DurationLike = timedelta(hours=1),
        permissions_boundary: iam.IManagedPolicy | None = None,
    ) -> None:
        """Create the roles.

        Args:
            scope: The parent: a stack in one of the accounts.
            id: Name among the parent's children.
            repository: The repository, with its numbers.
            environments: All environments, in deployment order. The construct creates roles for those of this account.
                Each name is also the name of an environment in GitHub.
            images: The images that a build pushes to repositories of this account, from which the accounts of all
                environments may pull. Default: none, and no build role.
            branch: Branch to deploy. Default: `main`.
            workflow_file: Name of the file in `.github/workflows`; no other workflow of the repository gets a role.
                Default: `deliver.yml`.
            provider_arn: The existing provider for GitHub tokens; an account cannot have two. Default: a new provider,
                which all deliveries of a stack share.
            qualifiers: Qualifiers of `cdk bootstrap`, by the names of environments. Two environments in one account and
                region need different ones. Default: that of CDK, `hnb659fds`.
            role_prefix: Prefix of the role names. Another prefix creates other roles. Default: owner and name of the
                repository, `acme-shop`.
            max_session: Maximum session duration of a job, 1–12 hours; a deployment must end within it. Default: 1
                hour.
            permissions_boundary: Permissions boundary of the roles. Default: none.

        Raises:
            ConstructError: The input is wrong; all problems are reported at once.
        """
        given = dict(locals())
        found = argument_problems(GitHubDelivery.__init__, given)
        found.extend_anew(_problems(**usable_arguments(GitHubDelivery.__init__, given, found), known=found))
        if not found and isinstance(scope, Construct):
            found.extend(place_problems(environments, images, cdk.Stack.of(scope).account))
        found.raise_for(scope, id)
        super().__init__(scope, id)

        stack = cdk.Stack.of(self)
        qualifiers = qualifiers or {}
        names = _names(role_prefix, repository)
        if provider_arn is None:
            provider_arn = provider_of(stack, f"https://{ISSUER}", AUDIENCE).oidc_provider_arn
        self.provider_arn = provider_arn
        roles = OidcRoles(
            scope=self,
            names=names,
            provider_arn=provider_arn,
            max_session=max_session,
            permissions_boundary=permissions_boundary,
        )
        on_branch = repository.of_branch(branch, workflow_file)
        here = [one for one in environments if one.account in (None, stack.account)]
        for image in images:
            let_pull(image, {one.account for one in environments if one.account is not None} - {stack.account})
        self.build_role = roles.build(on_branch, images) if images else None
        self.diff_roles = {one.name: roles.diff(one, on_branch) for one in here}
        self.deploy_roles = {
            one.name: roles.deploy(
                one,
                repository.of_environment(one.name, branch, workflow_file),
                qualifiers.get(one.name, BOOTSTRAP_QUALIFIER),
            )
            for one in here
        }
        self._branch = branch
        self._plan = ReleasePlan(
            names=names,
            environments=tuple(environments),
            images=tuple(images),
            account=stack.account,
            region=stack.region,
            max_session=max_session,
        )

    def workflow(
        self,
        *,
        synthesis: Synthesis | None = None,
        stacks: str = "{environment}-*",
        test: str | None = None,
    ) -> str:
        """Return the text of the workflow, for the file in `.github/workflows`.

        It builds each image once, synthesizes once with the digests, shows the changes, and deploys the same assembly
        to one environment after another. Actions are pinned to commits.

        Args:
            synthesis: How to synthesize the app, which reads the digests with `Release.from_file()`. Default:
                `Synthesis()`.
            stacks: Pattern for the stacks of an environment, as for `cdk deploy`. Default: `{environment}-*`.
            test: A command that must pass before the deployment, such as `python -m pytest`. Default: none.

        Raises:
            ConstructError: An account or a region is missing, or the pattern selects the stacks of all environments.
        """
        argument_problems(self.workflow, locals()).raise_for(self, "workflow")
        plan = replace(self._plan, synthesis=synthesis or Synthesis(), stacks=stacks)
        plan.check(child_path(self, "workflow"))
        return workflow_text(plan, branch=self._branch, test=test)


def _names(role_prefix: str | None, repository: GitHubRepository) -> RoleNames:
    return RoleNames(prefix=role_prefix or repository.name.replace("/", "-"))


def _problems(
    *,
    repository: GitHubRepository,
    environments: Sequence[Environment],
    images: Sequence[ImageBuild],
    branch: str,
    workflow_file: str,
    provider_arn: str | None,
    qualifiers: Mapping[str, str] | None,
    role_prefix: str | None,
    max_session: DurationLike,
    known: Problems,
    **_: object,
) -> list[Problem]:
    found = Problems()
    if not known.has("repository"):
        found.extend(repository.problems(), under="repository")
    if not known.has("environments"):
        found.extend(environment_problems(environments))
        if not found.has("environments"):
            found.extend(qualifier_problems(environments, qualifiers or {}))
            if not known.has("repository") and not found.has("repository"):
                found.extend(role_problems(_names(role_prefix, repository), environments, max_session))
    found.extend(image_problems(images))
    if wrong := pattern_problem(branch):
        found.add("branch", wrong, given=branch, allowed="the name of one branch, such as main", practice="oidc-trust")
    if not _FILE.fullmatch(workflow_file):
        allowed = "the name of a file in .github/workflows, such as deliver.yml"
        found.add("workflow_file", "not the name of a workflow file", given=workflow_file, allowed=allowed)
    found.extend(provider_problems(provider_arn, ISSUER))
    return list(found)
